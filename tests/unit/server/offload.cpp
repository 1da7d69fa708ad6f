// SPDX-License-Identifier: BSL-1.0
// Long work of a server's calls leaves its threads: every façade before every vendor, whole and
// streamed, requests and answers. What a thread allocates shows what it did itself.
#include "support.hpp"

#include <support/allocations.hpp>

#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/service/asio_runtime.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/test/data/test_case.hpp>

#include <algorithm>
#include <future>
#include <optional>

namespace offload_unit {

using namespace llmx;
using namespace server_test;

namespace {

constexpr std::size_t kib = 1024;
using vendors = registry<openai, anthropic, gemini>;
using vendor_gateway = gateway<vendors, weighted, retry>;
using vendor_server = server<vendor_gateway, openai_chat_endpoint, anthropic_messages_endpoint,
                             gemini_generate_endpoint, health_endpoint>;

std::string repeated(std::string_view what, std::size_t bytes, std::string_view between = ",") {
    std::string all(what);
    while (all.size() < bytes) (all += between) += what;
    return all;
}

/// Holds work back until it is opened, and reports when the first has come.
class barrier {
public:
    void pass() {
        if (!told_.exchange(true)) reached_.set_value();
        opened_.wait();
    }
    void wait_until_reached() { reached_future_.wait(); }
    void open() { open_.set_value(); }

private:
    std::atomic<bool> told_{false};
    std::promise<void> reached_, open_;
    std::future<void> reached_future_ = reached_.get_future();
    std::shared_future<void> opened_ = open_.get_future().share();
};

/// What a test sees of a server's one thread.
struct observed {
    std::atomic<std::size_t> offloaded{0}, on_the_loop{0};
    barrier* hold = nullptr;
    std::size_t holds_above = 0;
    std::optional<asio::any_io_executor> loop;
    std::function<void(testing::scripted_transport&)> script;
};

/// The real runtime over a scripted network, watched.
class observed_runtime final : public runtime {
public:
    observed_runtime(asio::io_context& io, observed& seen) : seen_(&seen), world_(io, network_) {
        seen.loop.emplace(io.get_executor());
        network_.record(false);
        if (seen.script) seen.script(network_);
    }
    time_point now() const noexcept override { return world_.now(); }
    std::int64_t unix_seconds() const noexcept override { return world_.unix_seconds(); }
    std::uint64_t random() noexcept override { return world_.random(); }
    asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) override {
        return world_.sleep_until(when, stop);
    }
    http_transport& transport() noexcept override { return network_; }
    asio::any_io_executor executor() noexcept override { return world_.executor(); }
    asio::awaitable<result<void>> offload(offloaded_work& work, cancellation& stop) override {
        watched mine(work, *seen_);
        const auto ran = co_await world_.offload(mine, stop);
        co_return ran;
    }
    void stop_offloading() override { world_.stop_offloading(); }

private:
    class watched final : public offloaded_work {
    public:
        watched(offloaded_work& work, observed& seen) noexcept
            : work_(&work), seen_(&seen), loop_(std::this_thread::get_id()) {}
        std::size_t bytes() const noexcept override { return work_->bytes(); }
        void run() override {
            ++seen_->offloaded;
            if (std::this_thread::get_id() == loop_) ++seen_->on_the_loop;
            if (seen_->hold != nullptr && bytes() > seen_->holds_above) seen_->hold->pass();
            work_->run();
        }

    private:
        offloaded_work* work_;
        observed* seen_;
        std::thread::id loop_;
    };
    observed* seen_;
    testing::scripted_transport network_;
    asio_runtime world_;
};

std::shared_ptr<const topology> world_of_vendors() {
    std::vector<deployment> ds;
    for (const char* const vendor : {"openai", "anthropic", "gemini"}) {
        deployment d;
        d.id = d.model_group = d.provider = vendor;
        d.model = "up";
        d.key = secret("sk");
        if (vendors::complete(d).has_error()) return nullptr;
        ds.push_back(std::move(d));
    }
    return topology::make(std::move(ds)).value();
}

/// A server with one thread, over a scripted network.
class watched_server {
public:
    explicit watched_server(observed& seen) : seen_(&seen), gateway_(world_of_vendors()) {
        server_options o;
        o.port = 0;
        o.threads = 1;
        o.handle_signals = false;
        o.log.sink = std::make_shared<memory_sink>();
        server_.emplace(gateway_, o, [this](asio::io_context& io) -> std::unique_ptr<runtime> {
            return std::make_unique<observed_runtime>(io, *seen_);
        });
        const auto bound = server_->listen();
        BOOST_REQUIRE_MESSAGE(bound, bound.error().message());
        thread_ = std::thread([this] { (void)server_->run(); });
    }
    ~watched_server() {
        if (thread_.joinable()) {
            server_->stop();
            thread_.join();
        }
    }
    std::uint16_t port() const { return server_->port(); }
    void stop() { server_->stop(); }
    void join() { thread_.join(); }
    void destroy() { server_.reset(); }
    /// Allocations of the server's thread up to now.
    std::size_t allocations() {
        std::promise<std::size_t> counted;
        asio::post(*seen_->loop, [&] { counted.set_value(llmx_test::allocations_of_thread()); });
        return counted.get_future().get();
    }

private:
    observed* seen_;
    vendor_gateway gateway_;
    std::optional<vendor_server> server_;
    std::thread thread_;
};

/// How a façade is asked.
struct face {
    const char* name;
    std::string path, stream_path;
    std::string head, stream_head, item, tail;
    [[nodiscard]] std::string ask(const std::string& vendor, bool stream, std::size_t bytes) const {
        std::string target = stream ? stream_path : path, begin = stream ? stream_head : head;
        for (std::string* s : {&target, &begin})
            if (const auto at = s->find('$'); at != std::string::npos) s->replace(at, 1, vendor);
        return post(target, begin + repeated(item, bytes) + tail, "Connection: close\r\n");
    }
};

const std::vector<face>& faces() {
    static const std::vector<face> all = {
        {"openai", "/v1/chat/completions", "/v1/chat/completions", R"({"model":"$","messages":[)",
         R"({"model":"$","stream":true,"messages":[)", R"({"role":"user","content":"a"})", "]}"},
        {"anthropic", "/v1/messages", "/v1/messages", R"({"model":"$","max_tokens":9,"messages":[)",
         R"({"model":"$","max_tokens":9,"stream":true,"messages":[)", R"({"role":"user","content":"a"})", "]}"},
        {"gemini", "/v1beta/models/$:generateContent", "/v1beta/models/$:streamGenerateContent?alt=sse",
         R"({"contents":[)", R"({"contents":[)", R"({"role":"user","parts":[{"text":"a"}]})", "]}"},
    };
    return all;
}

/// What a vendor answers; \p bytes of small values go into one member that is read and left out.
struct vendor {
    const char* name;
    const char* path;
    std::string head, tail;             // a whole answer around the padding
    std::string begin, event, middle, end; // a stream, and an event around the padding
    [[nodiscard]] std::string whole(std::size_t bytes) const { return head + repeated("[]", bytes) + tail; }
    [[nodiscard]] std::string stream(std::size_t bytes) const { return begin + event + repeated("[]", bytes) + middle + end; }
};

const std::vector<vendor>& all_vendors() {
    static const std::vector<vendor> all = {
        {"openai", "/v1/chat",
         R"({"id":"c","object":"chat.completion","created":7,"model":"x","choices":[{"index":0,"message":{"role":"assistant",)"
         R"("content":"the answer"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8},)"
         R"("x":[)",
         "]}",
         R"(data: {"id":"c","object":"chat.completion.chunk","created":7,"model":"x","choices":[{"index":0,)"
         R"("delta":{"role":"assistant","content":"the "},"finish_reason":null}]})" "\n\n",
         R"(data: {"id":"c","object":"chat.completion.chunk","created":7,"model":"x","choices":[{"index":0,)"
         R"("delta":{"content":"answer"},"finish_reason":null}],"x":[)",
         "]}\n\n",
         R"(data: {"id":"c","object":"chat.completion.chunk","created":7,"model":"x","choices":[{"index":0,"delta":{},)"
         R"("finish_reason":"stop"}]})" "\n\ndata: [DONE]\n\n"},
        {"anthropic", "/v1/messages",
         R"({"id":"m","type":"message","role":"assistant","model":"x","content":[{"type":"text","text":"the answer"}],)"
         R"("stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":5},"x":[)",
         "]}",
         "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\","
         "\"role\":\"assistant\",\"model\":\"x\",\"content\":[],\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n"
         "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
         "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"the \"}}\n\n",
         "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"answer\"},\"x\":[",
         "]}\n\n",
         "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
         "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":5}}\n\n"
         "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n"},
        {"gemini", "/v1beta/models",
         R"({"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[{"text":"the answer"}]}}],)"
         R"("usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":5,"totalTokenCount":8},"x":[)",
         "]}",
         R"(data: {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"the "}]}}]})" "\n\n",
         R"(data: {"candidates":[{"index":0,"content":{"role":"model","parts":[{"text":"answer"}]}}],"x":[)", "]}\n\n",
         R"(data: {"candidates":[{"index":0,"finishReason":"STOP","content":{"role":"model","parts":[{"text":"."}]}}],)"
         R"("usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":5,"totalTokenCount":8}})" "\n\n"},
    };
    return all;
}

/// Every vendor answers so, with \p bytes of padding.
std::function<void(testing::scripted_transport&)> answers(bool stream, std::size_t bytes) {
    return [=](testing::scripted_transport& network) {
        for (const vendor& v : all_vendors()) {
            auto& r = stream ? network.reply(200).split(v.stream(bytes), 16 * kib) : network.reply(200, v.whole(bytes));
            r.when_path(v.path).times(100);
        }
    };
}

std::string text_of(const answer& a) {
    // The words, whatever the language, without what a stream has between them.
    std::string all;
    for (const std::string_view word : {"the ", "answer"})
        if (a.body.find(word) != std::string::npos) all += word;
    return all;
}

/// More than the thread allocates for a call by itself, and far less than any part of the long work would.
constexpr std::size_t few = 1000;

} // namespace

BOOST_AUTO_TEST_SUITE(server_offload)

BOOST_DATA_TEST_CASE(short_calls_stay, boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3) *
                                           boost::unit_test::data::make({false, true}),
                     f, v, stream) {
    observed seen;
    seen.script = answers(stream, 60 * kib);
    watched_server s(seen);
    client c(s.port());
    c.send(faces()[static_cast<std::size_t>(f)].ask(all_vendors()[static_cast<std::size_t>(v)].name, stream, 60 * kib));
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(text_of(a) == "the answer");
    BOOST_TEST(seen.offloaded == 0u);
}

BOOST_DATA_TEST_CASE(long_requests_leave_the_loop, boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3) *
                                                       boost::unit_test::data::make({false, true}),
                     f, v, stream) {
    const face& from = faces()[static_cast<std::size_t>(f)];
    const vendor& to = all_vendors()[static_cast<std::size_t>(v)];
    const bool same = f == v;
    observed seen;
    seen.script = answers(stream, 10);
    watched_server s(seen);
    for (const std::size_t size : {200 * kib, 1100 * kib}) {
        const std::size_t offloaded = seen.offloaded, before = s.allocations();
        client c(s.port());
        c.send(from.ask(to.name, stream, size));
        const answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(text_of(a) == "the answer");
        BOOST_TEST(s.allocations() - before < few);
        // Looked through, and then searched or translated.
        const std::size_t expected = size > 1024 * kib ? 2 : same ? 0 : 1;
        BOOST_TEST(seen.offloaded - offloaded == expected);
    }
    BOOST_TEST(seen.on_the_loop == 0u);
}

BOOST_DATA_TEST_CASE(long_answers_leave_the_loop, boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3), f, v) {
    const face& to = faces()[static_cast<std::size_t>(f)];
    const vendor& from = all_vendors()[static_cast<std::size_t>(v)];
    const bool same = f == v;
    for (const std::size_t size : {200 * kib, 1100 * kib}) {
        observed seen;
        seen.script = answers(false, size);
        watched_server s(seen);
        const std::size_t before = s.allocations();
        client c(s.port());
        c.send(to.ask(from.name, false, 10));
        const answer a = c.read();
        BOOST_TEST(a.status == 200);
        BOOST_TEST(text_of(a) == "the answer");
        BOOST_TEST(s.allocations() - before < few);
        const std::size_t looked_through = size > 1024 * kib ? 1 : 0, rewritten = same ? 0 : 1;
        BOOST_TEST(seen.offloaded == looked_through + rewritten);
        BOOST_TEST(seen.on_the_loop == 0u);
    }
}

BOOST_DATA_TEST_CASE(long_events_leave_the_loop, boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3), f, v) {
    const face& to = faces()[static_cast<std::size_t>(f)];
    const vendor& from = all_vendors()[static_cast<std::size_t>(v)];
    observed seen;
    seen.script = answers(true, 600 * kib);
    watched_server s(seen);
    const std::size_t before = s.allocations();
    client c(s.port());
    c.send(to.ask(from.name, true, 10));
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.complete);
    BOOST_TEST(text_of(a) == "the answer");
    BOOST_TEST(s.allocations() - before < few);
    // Bytes that pass are not decoded.
    if (f == v) BOOST_TEST(seen.offloaded == 0u);
    else BOOST_TEST(seen.offloaded >= 20u); // its first 256 KiB come at once: they may be an error
    BOOST_TEST(seen.on_the_loop == 0u);
}

BOOST_AUTO_TEST_CASE(an_event_that_becomes_many_is_written_a_part_at_a_time) {
    // Each part of the one event is an event of its own in OpenAI's language.
    observed seen;
    const std::size_t parts = 20000;
    seen.script = [&](testing::scripted_transport& network) {
        std::string all = all_vendors()[2].begin + R"(data: {"candidates":[{"index":0,"content":{"role":"model","parts":[)";
        for (std::size_t i = 0; i < parts; ++i) (all += i == 0 ? "" : ",") += R"({"text":"a"})";
        network.reply(200).split(all + "]}}]}\n\n" + all_vendors()[2].end, 16 * kib);
    };
    watched_server s(seen);
    const std::size_t before = s.allocations();
    client c(s.port());
    c.send(faces()[0].ask("gemini", true, 10));
    const answer a = c.read();
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.complete);
    std::size_t words = 0;
    for (std::size_t at = 0; (at = a.body.find(R"("content":"a")", at)) != std::string::npos; ++at) ++words;
    BOOST_TEST(words == parts);
    BOOST_TEST(a.body.ends_with("data: [DONE]\n\n"));
    BOOST_TEST(s.allocations() - before < few);
    // 20,000 chunks of some 150 bytes: at least ten times the memory that is filled at once.
    BOOST_TEST(a.body.size() > 10u * 256 * kib);
    BOOST_TEST(seen.offloaded >= a.body.size() / (300 * kib));
    BOOST_TEST(seen.on_the_loop == 0u);
}

BOOST_AUTO_TEST_CASE(names_of_many_tools_go_elsewhere_too) {
    observed seen;
    seen.script = [](testing::scripted_transport& network) {
        network.reply(503, "{}").when_path("/v1/chat").times(100);
    };
    watched_server s(seen);
    const std::size_t before = s.allocations();
    client c(s.port());
    std::string tools;
    for (int i = 0; i < 5000; ++i)
        (tools += i == 0 ? "" : ",") += R"({"name":"a name that no vendor takes )" + std::to_string(i) + R"(","input_schema":{"type":"object"}})";
    c.send(post("/v1/messages", R"({"model":"openai","max_tokens":9,"tools":[)" + tools + R"(],"messages":[{"role":"user","content":"a"}]})"));
    BOOST_TEST(c.read().status == 503);
    BOOST_TEST(s.allocations() - before < few);
    // Written once for each attempt; what the last one leaves is freed there as well.
    BOOST_TEST(seen.offloaded >= 2u);
}

BOOST_AUTO_TEST_CASE(others_are_served_while_work_is_held_up) {
    observed seen;
    barrier held;
    seen.hold = &held;
    seen.script = answers(false, 10);
    watched_server s(seen);
    client slow(s.port()), behind(s.port());
    slow.send(faces()[0].ask("anthropic", false, 300 * kib));
    held.wait_until_reached();
    behind.send(faces()[1].ask("gemini", false, 300 * kib));
    for (std::size_t f = 0; f < 3; ++f)
        for (std::size_t v = 0; v < 3; ++v) {
            client c(s.port());
            c.send(faces()[f].ask(all_vendors()[v].name, false, 10));
            BOOST_TEST(c.read().status == 200);
        }
    client health(s.port());
    health.send(get("/health/liveliness"));
    BOOST_TEST(health.read().status == 200);
    BOOST_TEST(seen.offloaded == 1u);
    held.open();
    BOOST_TEST(slow.read().status == 200);
    BOOST_TEST(behind.read().status == 200);
}

BOOST_AUTO_TEST_CASE(a_conversation_does_not_wait_for_a_giant) {
    observed seen;
    barrier held;
    seen.hold = &held;
    seen.holds_above = offload_long_above;
    seen.script = answers(false, 10);
    watched_server s(seen);
    client giant(s.port()), next_giant(s.port());
    giant.send(faces()[0].ask("anthropic", false, 1100 * kib));
    held.wait_until_reached();
    next_giant.send(faces()[2].ask("openai", false, 1100 * kib));
    for (std::size_t f = 0; f < 3; ++f) {
        client c(s.port());
        c.send(faces()[f].ask(all_vendors()[(f + 1) % 3].name, false, 500 * kib));
        BOOST_TEST(c.read().status == 200);
    }
    held.open();
    BOOST_TEST(giant.read().status == 200);
    BOOST_TEST(next_giant.read().status == 200);
}

BOOST_AUTO_TEST_CASE(a_client_that_goes_away_while_its_work_waits_costs_no_work) {
    observed seen;
    barrier held;
    seen.hold = &held;
    seen.script = answers(false, 10);
    {
        watched_server s(seen);
        client slow(s.port());
        slow.send(faces()[0].ask("anthropic", false, 300 * kib));
        held.wait_until_reached();
        {
            client gone(s.port());
            gone.send(faces()[0].ask("gemini", false, 300 * kib));
            // Its whole request is there when a later one has been answered.
            client later(s.port());
            later.send(faces()[0].ask("openai", false, 10));
            BOOST_TEST(later.read().status == 200);
            gone.reset();
        }
        // The client is looked after once the call has taken a moment; the drain waits for both.
        s.stop();
        held.open();
        BOOST_TEST(slow.read().status == 200);
        s.join();
    }
    BOOST_TEST(seen.offloaded <= 2u);
}

BOOST_AUTO_TEST_CASE(a_server_stopped_at_once_waits_for_the_work_that_runs) {
    observed seen;
    barrier held;
    seen.hold = &held;
    seen.script = answers(false, 10);
    auto s = std::make_unique<watched_server>(seen);
    client running(s->port()), queued(s->port());
    running.send(faces()[0].ask("anthropic", false, 300 * kib));
    held.wait_until_reached();
    queued.send(faces()[0].ask("gemini", false, 300 * kib));
    // Drain, cancel, stop.
    for (int i = 0; i < 3; ++i) s->stop();
    s->join();
    std::thread opener([&] { held.open(); });
    s->destroy();
    opener.join();
    // What waited may have begun before the stop.
    BOOST_TEST(seen.offloaded <= 2u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace offload_unit
