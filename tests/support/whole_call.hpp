// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <unit/gateway/fixture.hpp>

#include <llmx/core/memory_budget.hpp>
#include <llmx/policies/concurrency_limit.hpp>
#include <llmx/policies/deployment_limit.hpp>
#include <llmx/policies/observers.hpp>
#include <llmx/policies/rate_limit.hpp>

#include <support/stepped_transport.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A gateway with every policy that takes something and must give it back, over a network whose steps are counted.
namespace gateway_test {

/// Counts what observers are notified of.
struct tally {
    int began = 0, ended = 0, attempts = 0, attempts_ended = 0;
    void call_began(const call&) noexcept { ++began; }
    void attempt_began(const call&) noexcept { ++attempts; }
    void attempt_ended(const call&, const deployment&, const outcome&) noexcept { ++attempts_ended; }
    void call_ended(const call&, const outcome&) noexcept { ++ended; }
};

using full_gateway = gateway<providers, observers<tally>, rate_limit, fallback, retry, weighted, breaker, deployment_limit,
                             concurrency_limit, timeout>;

/// "Hello" in each language, whole and as events; 3 tokens in, 5 out.
inline std::string claude_reply() {
    return R"({"id":"m1","type":"message","role":"assistant","model":"claude-x","content":[{"type":"text","text":"Hello"}],)"
           R"("stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":5}})";
}
inline std::vector<std::string> claude_stream() {
    const auto event = [](std::string_view name, std::string_view members) {
        return "event: " + std::string(name) + "\ndata: {\"type\":\"" + std::string(name) + "\"" + std::string(members) + "}\n\n";
    };
    const auto text = [&event](std::string_view piece) {
        return event("content_block_delta", R"(,"index":0,"delta":{"type":"text_delta","text":")" + std::string(piece) + "\"}");
    };
    return {event("message_start", R"(,"message":{"id":"m1","type":"message","role":"assistant","model":"claude-x",)"
                                   R"("content":[],"usage":{"input_tokens":3,"output_tokens":1}})"),
            event("content_block_start", R"(,"index":0,"content_block":{"type":"text","text":""})") + text("Hel"), text("lo"),
            event("content_block_stop", R"(,"index":0)") +
                event("message_delta", R"(,"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5})") +
                event("message_stop", "")};
}

/// What a call may need at most.
inline constexpr int reserved_tokens = 900;
/// One call fits into tight limits, two do not: a reservation that is not given back turns the next call away. It is
/// kept where the provider may have worked (an answer that broke off), which wide limits have room for.
enum class token_limits : int { tight = 1000, wide = 1'000'000 };

/// Two groups of one deployment each, "m" of OpenAI's language and "n" of Anthropic's; each is the other's fallback.
/// A deployment serves one call at a time, so a slot that is not given back turns the next call away.
struct full_world {
    testing::scripted_transport network;
    llmx_test::stepped_transport steps{network};
    full_gateway gw;
    memory_budget budget{64'000'000};
    call_context context;

    /// The network answers every request, streamed or whole.
    explicit full_world(bool streamed, token_limits limits = token_limits::wide)
        : gw(topology_of(static_cast<std::uint64_t>(limits)), policies_of(static_cast<std::uint64_t>(limits))) {
        answer("/v1/chat/completions", streamed, openai_reply, openai_stream);
        answer("/v1/messages", streamed, claude_reply(), claude_stream());
        answer("/v1/embeddings", false,
               R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"model":"e",)"
               R"("usage":{"prompt_tokens":5,"total_tokens":5}})",
               {});
    }
    tally& seen() { return *gw.observer<tally>(); }

    /// Everything that was taken is back at \p now: both deployments serve a whole call at once.
    void check_all_is_back(time_point now) {
        BOOST_TEST_REQUIRE(network.open_bodies() == 0u);
        BOOST_TEST_REQUIRE(steps.open_tunnels() == 0u);
        BOOST_TEST_REQUIRE(budget.in_use() == 0u);
        BOOST_TEST_REQUIRE(seen().began == seen().ended);
        BOOST_TEST_REQUIRE(seen().attempts == seen().attempts_ended);
        for (const bool claude : {false, true}) {
            testing::scripted_transport healthy;
            healthy.reply_always(200, claude ? claude_reply() : openai_reply);
            testing::manual_runtime runtime(healthy);
            runtime.clock().advance_to(now);
            call_context next;
            chat_request q(claude ? "n" : "m", "hi");
            q.max_output_tokens = reserved_tokens;
            const auto r = testing::run(gw.chat(runtime, next, q));
            BOOST_TEST_REQUIRE(r.has_value(), "slots and limits are not back: " << (r ? std::string() : r.error().message()));
            BOOST_TEST_REQUIRE(next.report.deployment_id == (claude ? "b" : "a"), "a fallback had to serve");
        }
    }

private:
    static std::shared_ptr<const topology> topology_of(std::uint64_t tokens) {
        std::vector<deployment> ds = {make("a", "m", "openai", "gpt-x"), make("b", "n", "anthropic", "claude-x")};
        for (deployment& d : ds) {
            d.max_parallel = 1;
            d.tokens_per_minute = tokens;
        }
        return world_of(std::move(ds));
    }
    static full_gateway::policies_type policies_of(std::uint64_t tokens) {
        full_gateway::policies_type p;
        std::get<rate_limit>(p).gateway(0, tokens);
        std::get<fallback>(p).add("m", {"n"}).add("n", {"m"});
        std::get<retry>(p).max_retries = 1;
        return p;
    }
    void answer(std::string path, bool streamed, const std::string& whole, const std::vector<std::string>& pieces) {
        auto& r = network.reply(200).when_path(std::move(path)).times(100);
        if (streamed) {
            r.field("content-type", "text/event-stream");
            for (const auto& piece : pieces) r.piece(piece);
        } else {
            r.split(whole, whole.size() / 3 + 1);
        }
    }
};

/// What a caller got.
struct caller_result {
    std::string text;
    std::optional<error> failure;
    bool opened = false;
};

/// Calls \p model in the vocabulary, whole or streamed, and reads the reply to its end.
inline boost::asio::awaitable<void> ask(full_gateway& gw, runtime& on, call_context& context, std::string_view model, bool streamed,
                                        caller_result& to) {
    chat_request q(std::string(model), "hi");
    q.max_output_tokens = reserved_tokens;
    if (!streamed) {
        const auto r = co_await gw.chat(on, context, q);
        if (r) to.text = r->text();
        else to.failure = r.error();
        co_return;
    }
    auto opened = co_await gw.stream(on, context, q);
    if (!opened) {
        to.failure = opened.error();
        co_return;
    }
    to.opened = true;
    while (co_await opened->read_more())
        while (const chat_event* e = opened->try_next())
            if (e->what == chat_event::kind::text) to.text += e->text;
    to.failure = opened->failure();
}

/// A client's request for \p model, in the words that OpenAI's and Anthropic's languages share; large enough that a
/// translated copy is taken from the memory budget.
inline std::string chat_bytes(std::string_view model, bool streamed) {
    return R"({"model":")" + std::string(model) + R"(","max_tokens":900,"stream":)" + (streamed ? "true" : "false") +
           R"(,"messages":[{"role":"user","content":")" + std::string(100'000, 'q') + "\"}]}";
}

/// Makes \p c the call of \p body in the language of \p Codec, as a façade does; \p body must outlive the call.
template <class Codec> void set_bytes(call& c, std::string_view body) {
    const auto head = Codec::scan_request(body, request_target());
    BOOST_TEST_REQUIRE(head.has_value());
    c.in.codec = &codec_of<Codec>;
    c.in.body = body;
    c.model = head->model;
    c.in.stream = head->stream;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.members = head->members;
    c.in.estimated_tokens = reserved_tokens;
}

/// Reads what \p r streams to its end.
inline boost::asio::awaitable<void> read_pieces(reply& r, caller_result& to) {
    to.opened = true;
    for (;;) {
        const auto piece = co_await r.stream->read_some();
        if (!piece) to.failure = piece.error();
        if (!piece || piece->empty()) break;
        to.text += *piece;
    }
}

} // namespace gateway_test
