// SPDX-License-Identifier: BSL-1.0
// Deployments whose context window cannot hold a request are passed over.
#include <unit/gateway/fixture.hpp>

#include <llmx/catalog/model_facts.hpp>
#include <llmx/gateway/context_check.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace context_check_unit {

using namespace gateway_test;

namespace {

using checking_gateway = gateway<providers, weighted, breaker, retry, fallback, context_check>;

deployment with_window(std::string id, std::int64_t window, std::string group = "m") {
    deployment d = make(std::move(id), std::move(group), "openai", "upstream");
    if (window == 0) return d;
    auto facts = std::make_shared<model_facts>();
    facts->context_window = window;
    d.facts = std::move(facts);
    return d;
}

/// Counts one token for each character of the messages.
struct letters final : any_token_counter {
    explicit letters(bool is) : exact(is) {}
    bool is_exact(std::string_view) const noexcept override { return exact; }
    std::uint64_t count_input(const token_count_request&, std::string_view) const override { return 0; }
    std::uint64_t count_input(const chat_request& request, std::string_view) const override {
        std::uint64_t n = 0;
        for (const message& m : request.messages)
            for (const content_part& p : m.content)
                if (const auto* const text = std::get_if<text_part>(&p)) n += text->text.size();
        return n;
    }
    std::uint64_t count_output(const chat_reply&, std::string_view) const override { return 0; }
    bool exact;
};

struct outcome {
    outcome() = default;
    std::optional<error> failure;
    std::string deployment;
    std::size_t sent = 0, retries = 0;
};

outcome call_of(std::vector<deployment> places, std::size_t letters_of_prompt, bool enabled = true, bool exact = true, fallback others = fallback()) {
    world w;
    context_check check;
    check.enabled = enabled;
    check.counter = std::make_shared<letters>(exact);
    checking_gateway::policies_type policies;
    std::get<context_check>(policies) = check;
    std::get<fallback>(policies) = std::move(others);
    checking_gateway gw(world_of(std::move(places)), std::move(policies));
    w.network.reply_always(200, openai_reply);
    const std::string body = R"({"model":"m","messages":[{"role":"user","content":")" + std::string(letters_of_prompt, 'x') + R"("}]})";
    const auto head = openai_chat::scan_request(body, request_target());
    BOOST_REQUIRE(head);
    call c(w.runtime, w.context);
    c.in.codec = &codec_of<openai_chat>;
    c.in.body = body;
    c.model = head->model;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.members = head->members;
    c.in.estimated_tokens = letters_of_prompt / 4 + 1000;
    c.in.reserved_output = 1000;
    const auto r = testing::run(gw.execute(c));
    outcome o;
    if (!r) o.failure = r.error();
    o.deployment = c.report.deployment_id;
    o.sent = w.network.requests().size();
    o.retries = c.report.retries;
    return o;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_context_check)

BOOST_AUTO_TEST_CASE(a_request_goes_where_it_fits) {
    for (int i = 0; i < 8; ++i) {
        const outcome o = call_of({with_window("small", 100), with_window("large", 1000)}, 500);
        BOOST_TEST(!o.failure.has_value());
        BOOST_TEST(o.deployment == "large");
        BOOST_TEST(o.sent == 1u);
        BOOST_TEST(o.retries == 0u);
    }
}

BOOST_AUTO_TEST_CASE(without_a_place_the_failure_has_both_numbers) {
    const outcome o = call_of({with_window("a", 100), with_window("b", 200)}, 500);
    BOOST_TEST(o.sent == 0u);
    BOOST_TEST_REQUIRE(o.failure.has_value());
    BOOST_TEST((o.failure->value() == errc::context_window_exceeded));
    BOOST_TEST(o.failure->message().find("500 tokens") != std::string::npos, o.failure->message());
    BOOST_TEST((o.failure->message().find("is 100;") != std::string::npos || o.failure->message().find("is 200;") != std::string::npos), o.failure->message());
}

BOOST_AUTO_TEST_CASE(the_borders) {
    BOOST_TEST(!call_of({with_window("a", 500)}, 500).failure.has_value());
    BOOST_TEST(call_of({with_window("a", 499)}, 500).failure.has_value());
    // An estimate refuses only what exceeds the window by more than a quarter.
    BOOST_TEST(!call_of({with_window("a", 400)}, 500, true, false).failure.has_value());
    BOOST_TEST(call_of({with_window("a", 399)}, 500, true, false).failure.has_value());
    // Nothing is known, or nothing is wanted.
    BOOST_TEST(!call_of({with_window("a", 0)}, 500).failure.has_value());
    BOOST_TEST(!call_of({with_window("a", 100)}, 500, false).failure.has_value());
}

BOOST_AUTO_TEST_CASE(a_fallback_for_full_windows_follows) {
    fallback others;
    others.add_context_window("m", {"n"});
    const outcome o = call_of({with_window("a", 100), with_window("b", 1000, "n")}, 500, true, true, others);
    BOOST_TEST(!o.failure.has_value());
    BOOST_TEST(o.deployment == "b");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace context_check_unit
