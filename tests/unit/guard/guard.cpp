// SPDX-License-Identifier: BSL-1.0
// The list of guardrails around whole calls: order, refusals before and after, changes, and what is
// left alone.
#include "fixture.hpp"

#include "../../../examples/keyword_guardrail/keyword_guardrail.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace guard_test::guard_unit {
namespace {

using gateway_test::all_spoken;
using gateway_test::spoken;

/// Counts how often it is asked, which happens before its awaitable is.
struct counting_service {
    int* asked;
    boost::asio::awaitable<result<reply>> operator()(call&) {
        ++*asked;
        return nothing();
    }
    static boost::asio::awaitable<result<reply>> nothing() { co_return error(errc::no_deployment); }
    [[nodiscard]] time_point available_at(const deployment&, time_point now) const noexcept { return now; }
    void adopt(counting_service&) {}
};

std::string long_body(std::size_t size) {
    return R"({"model":"m","messages":[{"role":"user","content":")" + std::string(size, 'x') + R"("}], "unknown":[1.50]})";
}

} // namespace

BOOST_AUTO_TEST_SUITE(guard_whole)

BOOST_FIXTURE_TEST_CASE(they_run_in_order_and_each_sees_what_the_one_before_has_changed, guarded_world) {
    const auto a = add("a", guardrail_needs()), b = add("b", guardrail_needs());
    a->before = [](call& c, const chat_request&) -> result<void> {
        const auto r = edit<chat>(c);
        if (!r) return r.error();
        (*r)->messages.back() = message::user("changed by a");
        return success();
    };
    a->after = [](call&, chat_reply& r) -> result<void> {
        r.choices[0].answer = message::assistant("a");
        return success();
    };
    std::string seen, asked;
    b->before = [&](call&, const chat_request& r) -> result<void> {
        asked = r.messages.back().text();
        return success();
    };
    b->after = [&](call&, chat_reply& r) -> result<void> {
        seen = r.text();
        return success();
    };
    network.reply(200, gateway_test::openai_reply);
    const auto r = testing::run(gw().chat(runtime, context, question));
    BOOST_REQUIRE_MESSAGE(r.has_value(), r.error().message());
    BOOST_TEST(r->text() == "a");
    BOOST_TEST(seen == "a");
    BOOST_TEST(asked == "changed by a");
    BOOST_TEST(b->last_seen == "changed by a"); // beside the call
    BOOST_TEST(network.requests().at(0).body.find("changed by a") != std::string::npos);
    BOOST_TEST(question.messages.back().text() == "hi");
    const std::vector<std::string> order = {"a:before", "b:before", "a:during", "a:done", "b:during", "b:done", "a:after", "b:after"};
    BOOST_TEST(log == order, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_refusal_before_the_call_makes_none, guarded_world) {
    add("first", only_before);
    const auto g = add("strict", only_before);
    g->before = [g = g.get()](call&, const chat_request&) { return g->refuse("not that"); };
    add("third", guardrail_needs());
    const auto r = testing::run(gw().chat(runtime, context, question));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::content_policy));
    BOOST_TEST(r.error().http_status() == 400);
    BOOST_TEST(r.error().message() == "the guardrail 'strict' refused: not that");
    BOOST_TEST(r.error().provider_code() == guardrail_refused);
    BOOST_TEST(r.error().provider().empty());
    BOOST_TEST(network.calls() == 0u);
    BOOST_TEST(log.size() == 2u);
    std::string body;
    openai_chat::encode_error(r.error(), body);
    BOOST_TEST(body.find(R"("code":"guardrail_refused")") != std::string::npos);
    BOOST_TEST(!context.cancellation.cancelled());
}

BOOST_FIXTURE_TEST_CASE(a_refusal_after_the_call_withholds_the_answer, guarded_world) {
    const auto g = add("strict", only_after);
    g->after = [g = g.get()](call&, chat_reply&) { return g->refuse(); };
    network.reply(200, gateway_test::openai_reply);
    const auto r = testing::run(gw().chat(runtime, context, question));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::content_policy));
    BOOST_TEST(context.report.tokens.output_tokens == 5);
}

BOOST_FIXTURE_TEST_CASE(what_no_guardrail_changes_goes_on_as_its_bytes, guarded_world) {
    add("a", guardrail_needs());
    const std::string body = R"({ "unknown":[1.50], "model":"x","messages":[{"role":"user","content":"hi"}]})";
    network.reply(200, gateway_test::openai_reply);
    call c(runtime, context);
    const spoken asked{"openai", &codec_of<openai_chat>, body};
    set_up(c, asked, false);
    c.in.model_begin = body.find("\"x\"");
    c.in.model_end = c.in.model_begin + 3;
    const auto r = testing::run(gw().execute(c));
    BOOST_REQUIRE_MESSAGE(r.has_value(), r.error().message());
    BOOST_TEST(network.requests().at(0).body == body);
    BOOST_TEST(r->body == gateway_test::openai_reply);
    BOOST_TEST(log.size() == 4u);
}

BOOST_FIXTURE_TEST_CASE(a_changed_request_goes_on_with_what_else_it_had, guarded_world) {
    const auto g = add("a", only_before);
    g->before = [](call& c, const chat_request&) -> result<void> {
        (*edit<chat>(c))->messages.back() = message::user("changed");
        return success();
    };
    network.reply(200, gateway_test::openai_reply);
    call c(runtime, context);
    const spoken asked{"openai", &codec_of<openai_chat>, R"({"unknown":[7],"model":"m","messages":[{"role":"user","content":"hi"}]})"};
    set_up(c, asked, false);
    c.in.forwarded[0].name = "openai-beta";
    c.in.forwarded[0].value = "some";
    c.in.forwarded_count = 1;
    const auto r = testing::run(gw().execute(c));
    BOOST_REQUIRE_MESSAGE(r.has_value(), r.error().message());
    const std::string& sent = network.requests().at(0).body;
    BOOST_TEST(sent.find("changed") != std::string::npos);
    BOOST_TEST(sent.find("\"hi\"") == std::string::npos);
    BOOST_TEST(sent.find(R"("unknown":[7])") != std::string::npos);
    BOOST_TEST(sent.find(R"("model":"x")") != std::string::npos);
    BOOST_TEST(network.requests()[0].fields.find("openai-beta: some") != std::string::npos);
    BOOST_TEST(r->passes_as(codec_of<openai_chat>));
}

BOOST_DATA_TEST_CASE(a_keyword_is_found_and_masked_in_every_pair_of_languages,
                     boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3), from, to) {
    const spoken &f = all_spoken()[static_cast<std::size_t>(from)], &t = all_spoken()[static_cast<std::size_t>(to)];
    guarded_world w;
    std::get<guard>(w.policies).add(std::make_shared<keyword_guardrail>("secret"));
    w.network.reply(200, gateway_test::whole(*t.codec, "no secret here"));
    {
        call c(w.runtime, w.context);
        set_up(c, f, false);
        const auto answer = testing::run(w.gw(t.vendor).execute(c));
        BOOST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->passes_as(*f.codec));
        const auto read = answer->as<chat>();
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST(read->text() == "no ****** here");
    }
    spoken bad = f;
    bad.request.replace(bad.request.find("\"hi\""), 4, "\"a secret\"");
    call c(w.runtime, w.context);
    set_up(c, bad, false);
    const auto refused = testing::run(w.gw().execute(c));
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error().value() == errc::content_policy));
    BOOST_TEST(w.network.calls() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_body_that_is_no_request_is_the_callers_mistake, guarded_world) {
    add("a", only_before);
    call c(runtime, context);
    const spoken asked{"openai", &codec_of<openai_chat>, R"({"model":"m","messages":7})"};
    set_up(c, asked, false);
    const auto r = testing::run(gw().execute(c));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST(r.error().is(condition::client_fault));
    BOOST_TEST(log.empty());
}

BOOST_FIXTURE_TEST_CASE(large_bodies_are_decoded_on_another_thread_and_once, guarded_world) {
    add("a", only_before);
    add("b", only_during);
    network.reply(200, gateway_test::openai_reply);
    memory_budget budget(8 << 20);
    call c(runtime, context, &budget);
    const spoken asked{"openai", &codec_of<openai_chat>, long_body(offload_translation_above)};
    set_up(c, asked, false);
    const auto r = testing::run(gw().execute(c));
    BOOST_REQUIRE_MESSAGE(r.has_value(), r.error().message());
    BOOST_TEST(runtime.offloaded() == 1u);
    BOOST_TEST(network.requests().at(0).body.find(R"("unknown":[1.50])") != std::string::npos);
    // The decoded request is still accounted for.
    BOOST_TEST(budget.in_use() >= asked.request.size());
    BOOST_TEST(budget.in_use() < 2 * asked.request.size());
}

BOOST_FIXTURE_TEST_CASE(large_answers_are_read_and_written_on_another_thread, guarded_world) {
    std::get<guard>(policies).add(std::make_shared<keyword_guardrail>("secret"));
    network.reply(200, gateway_test::whole(codec_of<openai_chat>, "secret" + std::string(offload_translation_above, 'x')));
    call c(runtime, context);
    set_up(c, all_spoken()[0], false);
    const auto r = testing::run(gw().execute(c));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(runtime.offloaded() == 2u);
    BOOST_TEST(r->body.find("******x") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(without_memory_for_the_request_the_call_is_shed, guarded_world) {
    add("a", only_before);
    memory_budget budget(32 * 1024);
    call c(runtime, context, &budget);
    const spoken asked{"openai", &codec_of<openai_chat>, long_body(24 * 1024)};
    set_up(c, asked, false);
    const auto r = testing::run(gw().execute(c));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::shed));
    BOOST_TEST(r.error().retry_after().has_value());
}

BOOST_FIXTURE_TEST_CASE(a_guardrail_may_be_for_some_callers_only, guarded_world) {
    const auto g = add("strict", only_before);
    g->only_for = "child";
    g->before = [g = g.get()](call&, const chat_request&) { return g->refuse(); };
    network.reply(200, gateway_test::openai_reply);
    BOOST_TEST(testing::run(gw().chat(runtime, context, question)).has_value());
    call_context second;
    second.caller = "child";
    BOOST_TEST(testing::run(gw().chat(runtime, second, question)).has_error());
    BOOST_TEST(network.calls() == 1u);
}

BOOST_FIXTURE_TEST_CASE(other_operations_pass_untouched, guarded_world) {
    const auto g = add("strict", guardrail_needs());
    g->before = [g = g.get()](call&, const chat_request&) { return g->refuse(); };
    network.reply(200, R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"model":"e",)"
        R"("usage":{"prompt_tokens":5,"total_tokens":5}})");
    const embedding_request request("m", "hi");
    const auto r = testing::run(gw().embed(runtime, context, request));
    BOOST_TEST(r.has_value());
    BOOST_TEST(log.empty());
}

BOOST_FIXTURE_TEST_CASE(a_layer_with_nothing_to_do_has_no_coroutine, guarded_world) {
    int asked = 0;
    call c(runtime, context);
    set_up(c, all_spoken()[0], false);
    const auto asked_at_once = [&](guard policy) {
        asked = 0;
        guard::layer<counting_service> layer(policy, nullptr, counting_service{&asked});
        const auto awaitable = layer(c);
        return asked == 1;
    };
    BOOST_TEST(asked_at_once(guard()));
    guard with;
    const auto g = std::make_shared<scripted_guardrail>("a", only_stream);
    with.add(g);
    // Not a stream, so that it has nothing to do either.
    BOOST_TEST(asked_at_once(with));
    c.in.stream = true;
    BOOST_TEST(!asked_at_once(with));
    g->only_for = "somebody else";
    BOOST_TEST(asked_at_once(with));
}

BOOST_AUTO_TEST_CASE(a_guardrail_needs_what_it_defines) {
    const keyword_guardrail k("x");
    BOOST_TEST(k.needs().before_call);
    BOOST_TEST(!k.needs().during_call);
    BOOST_TEST(k.needs().after_call);
    BOOST_TEST(k.needs().watch_stream);
    struct hidden final : guardrail<hidden> {
        std::string_view name() const noexcept override { return "hidden"; }

    private:
        std::unique_ptr<chat_filter> watch_stream(call&) override { return nullptr; }
    };
    const hidden h;
    BOOST_TEST(!h.needs().before_call);
    BOOST_TEST(h.needs().watch_stream);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace guard_test::guard_unit
