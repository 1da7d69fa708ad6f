// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <llmx/dialects/openai/realtime.hpp>
#include <llmx/providers/authorizing.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace authorize_unit {

// A provider that authorizes each request when it is finished.

using namespace gateway_test;

namespace {

/// What its authorization saw and is to do, apart from the provider, which is copied.
struct notes {
    std::vector<std::string> seen;
    bool refuse = false;
    duration takes{};
    /// Added as a Bearer token.
    std::string token;
};

struct signing : openai {
    static constexpr std::string_view name = "signing";
    std::shared_ptr<notes> told = std::make_shared<notes>();

    boost::asio::awaitable<result<void>> authorize(runtime& on, const deployment& d, http_request& out,
                                                   const http_limits&, cancellation& stop) const {
        std::string body;
        for (const std::string_view piece : out.body) body += piece;
        told->seen.push_back(std::string(out.method) + " " + out.target + " " + body);
        if (told->refuse) co_return error(errc::authentication, "deployment '" + d.id + "': no token with sk-upstream");
        const auto slept = co_await on.sleep_until(on.now() + told->takes, stop);
        if (!slept) co_return slept.error();
        out.add_field("x-signature", "of " + std::to_string(body.size()));
        if (!told->token.empty()) out.add_field("authorization", "Bearer " + told->token);
        co_return success();
    }
};
static_assert(authorizing_provider<signing>);
static_assert(!authorizing_provider<openai>);
static_assert(provider_ops_of<openai>.authorize == nullptr, "a provider without it costs nothing");

using both = registry<openai, signing>;
using tested = gateway<both, weighted>;

std::shared_ptr<const topology> world_with(const std::string& provider) {
    std::vector<deployment> ds = {make("a", "m", provider, "chosen")};
    if (const auto completed = both::complete(ds[0]); completed.has_error()) throw call_failed(completed.error());
    return topology::make(std::move(ds)).value();
}

const std::string request = R"({"model":"m","messages":[{"role":"user","content":"Hi"}]})";

/// Calls \p model in OpenAI's language.
result<reply> ask(world& w, tested& gw, call& c) {
    c.in.codec = &codec_of<openai_chat>;
    c.in.body = request;
    c.model = "m";
    c.in.model_begin = request.find("\"m\"");
    c.in.model_end = c.in.model_begin + 3;
    (void)w;
    return testing::run(gw.execute(c));
}

/// Notes the request for an upgrade, and refuses it.
struct no_tunnels final : http_transport {
    std::string fields, method;
    boost::asio::awaitable<result<http_response>> exchange(const http_request&, const http_limits&, cancellation&) override {
        co_return error(errc::connect_failed);
    }
    boost::asio::awaitable<result<tunnel_response>> open_tunnel(const http_request& r, const http_limits&,
                                                                cancellation&) override {
        fields = r.fields;
        method = r.method;
        co_return error(errc::connect_failed);
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(authorize)

BOOST_FIXTURE_TEST_CASE(a_provider_authorizes_the_finished_request_once_for_each_attempt, world) {
    const signing vendor;
    tested gw(world_with("signing"), tested::policies_type(weighted()), both(openai(), vendor));
    network.reply_always(200, openai_reply);
    call c(runtime, context);
    BOOST_TEST_REQUIRE(ask(*this, gw, c).has_value());
    BOOST_TEST_REQUIRE(vendor.told->seen.size() == 1u);
    const testing::recorded_request& sent = network.requests().at(0);
    BOOST_TEST(vendor.told->seen[0] == "POST " + sent.target + " " + sent.body);
    BOOST_TEST(sent.body.find("\"chosen\"") != std::string::npos);
    BOOST_TEST(sent.fields.find("x-signature: of " + std::to_string(sent.body.size()) + "\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(failures_hide_the_token_that_was_added) {
    const std::string quoted = R"({"error":{"message":"bad token-of-an-account and sk-upstream","code":"token-of-an-account"}})";
    for (const bool in_stream : {false, true}) {
        world w;
        const signing vendor;
        vendor.told->token = "token-of-an-account";
        tested gw(world_with("signing"), tested::policies_type(weighted()), both(openai(), vendor));
        if (in_stream) w.network.reply(200, "data: " + quoted + "\n\n").field("content-type", "text/event-stream");
        else w.network.reply(401, quoted).field("x-request-id", "token-of-an-account");
        call c(w.runtime, w.context);
        c.in.stream = in_stream;
        const auto got = ask(w, gw, c);
        BOOST_TEST_REQUIRE(got.has_error());
        const error& e = got.error();
        for (const std::string& text : {std::string(e.message()), e.provider_message(), e.provider_code(), e.request_id(), e.param()})
            BOOST_TEST(text.find("token-of-an-account") == std::string::npos, text);
    }
}

BOOST_FIXTURE_TEST_CASE(without_authorization_nothing_is_sent_and_its_error_hides_the_key, world) {
    const signing vendor;
    vendor.told->refuse = true;
    tested gw(world_with("signing"), tested::policies_type(weighted()), both(openai(), vendor));
    call c(runtime, context);
    const auto got = ask(*this, gw, c);
    BOOST_TEST_REQUIRE(got.has_error());
    BOOST_TEST((got.error() == errc::authentication));
    BOOST_TEST(got.error().message() == "deployment 'a': no token with ***");
    BOOST_TEST(got.error().provider() == "signing");
    BOOST_TEST(network.calls() == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_call_that_is_cancelled_during_authorization_sends_nothing, world) {
    const signing vendor;
    tested gw(world_with("signing"), tested::policies_type(weighted()), both(openai(), vendor));
    runtime.hold_sleeps(true);
    vendor.told->takes = std::chrono::hours(1);
    call c(runtime, context);
    cancellation never;
    boost::asio::io_context io;
    boost::asio::co_spawn(io, [&]() -> boost::asio::awaitable<void> {
        co_await runtime.clock().wait_until(runtime.now() + std::chrono::seconds(1), never);
        c.stop.cancel();
    }, [](std::exception_ptr) {});
    c.in.codec = &codec_of<openai_chat>;
    c.in.body = request;
    c.model = "m";
    c.in.model_begin = request.find("\"m\"");
    c.in.model_end = c.in.model_begin + 3;
    io.poll();
    boost::asio::post(io, [&] { runtime.advance(std::chrono::seconds(1)); });
    const auto got = testing::run(io, gw.execute(c));
    BOOST_TEST_REQUIRE(got.has_error());
    BOOST_TEST((got.error() == errc::cancelled));
    BOOST_TEST(network.calls() == 0u);
}

BOOST_AUTO_TEST_CASE(the_request_for_a_session_is_authorized_with_its_upgrade) {
    no_tunnels network;
    testing::manual_runtime runtime(network);
    call_context context;
    const signing vendor;
    tested gw(world_with("signing"), tested::policies_type(weighted()), both(openai(), vendor));
    call c(runtime, context);
    c.in.operation = &realtime::info;
    c.in.codec = &codec_of<openai_realtime>;
    c.model = "m";
    BOOST_TEST((testing::run(gw.execute(c)).error() == errc::connect_failed));
    BOOST_TEST_REQUIRE(vendor.told->seen.size() == 1u);
    BOOST_TEST(vendor.told->seen[0].starts_with("GET "));
    BOOST_TEST(network.fields.find("upgrade: websocket\r\n") < network.fields.find("x-signature: of 0\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace authorize_unit
