// SPDX-License-Identifier: BSL-1.0
// What a policy of a program's own sees and changes: header fields, the request, events, the view.
#include "spoken.hpp"

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/policies/rate_limit.hpp>
#include <llmx/service/map_events.hpp>
#include <llmx/service/read_request.hpp>
#include <llmx/service/view_of.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>

namespace gateway_test::policy_surface_unit {
namespace policy_surface {

/// Calls what the test gives it on the way in.
template <class Policy, class Next> class hook_layer : public deciding_layer<hook_layer<Policy, Next>, Next> {
public:
    struct memory {};
    hook_layer(const Policy& policy, std::shared_ptr<const topology>, Next next)
        : deciding_layer<hook_layer, Next>(std::move(next)), enter_(policy.enter) {}
    [[nodiscard]] result<void> before(call& c, memory&) { return enter_ ? enter_(c) : success(); }

private:
    std::function<result<void>(call&)> enter_;
};
/// 0: outside of the attempts; 1: inside of the route layer.
template <int Where> struct hook {
    hook() = default;
    static constexpr stage_position position = Where == 0 ? at(stage::transform) : after(stage::route);
    std::function<result<void>(call&)> enter;
    template <class Next> using layer = hook_layer<hook, Next>;
};

/// Passes streamed answers through `map_events`.
struct mapper {
    mapper() = default;
    static constexpr stage_position position = at(stage::guard);
    std::function<event_action(chat_event&, const std::function<void(const chat_event&)>&)> f;
    template <class Next> class layer;
};
template <class Next> class mapper::layer : public layer_base<Next> {
public:
    layer(const mapper& policy, std::shared_ptr<const topology>, Next next) : layer_base<Next>(std::move(next)), policy_(policy) {}
    boost::asio::awaitable<result<reply>> operator()(call& c) {
        result<reply> r = co_await this->next_(c);
        if (!r || r->stream == nullptr) co_return std::move(r);
        auto change = [f = policy_.f](chat_event& e, const auto& emit) { return f(e, emit); };
        co_return map_events(c, std::move(*r), std::move(change));
    }

private:
    mapper policy_;
};

using hooked = gateway<providers, weighted, retry, timeout, hook<0>, hook<1>>;

inline hooked::policies_type with(const hook<0>& outside, const hook<1>& inside = hook<1>()) {
    hooked::policies_type policies;
    std::get<hook<0>>(policies) = outside;
    std::get<hook<1>>(policies) = inside;
    return policies;
}

inline std::string field_of(const testing::recorded_request& r, std::string_view name) {
    std::string found;
    for (std::size_t at = 0; at < r.fields.size();) {
        const std::size_t eol = r.fields.find("\r\n", at), colon = r.fields.find(": ", at);
        if (iequals(std::string_view(r.fields).substr(at, colon - at), name)) found += "[" + r.fields.substr(colon + 2, eol - colon - 2) + "]";
        at = eol + 2;
    }
    return found;
}

} // namespace policy_surface

using namespace policy_surface;

BOOST_AUTO_TEST_SUITE(gateway_policy_surface)

BOOST_DATA_TEST_CASE(fields_go_upstream_in_each_language_and_in_process, boost::unit_test::data::xrange(4) * boost::unit_test::data::xrange(3), from, to) {
    world w;
    const spoken& t = all_spoken()[static_cast<std::size_t>(to)];
    hook<0> team;
    team.enter = [](call& c) { return c.upstream_fields.set("x-team", "a"); };
    hooked gw(world_of({make("a", "m", t.vendor, "x")}), with(team));
    w.network.reply(200, whole(*t.codec, "hello"));
    if (from == 3) {
        const chat_request request("m", "hi");
        BOOST_TEST(testing::run(gw.chat(w.runtime, w.context, request)).has_value());
    } else {
        call c(w.runtime, w.context);
        set_up(c, all_spoken()[static_cast<std::size_t>(from)], false);
        BOOST_TEST(testing::run(gw.execute(c)).has_value());
    }
    BOOST_REQUIRE(w.network.requests().size() == 1u);
    BOOST_TEST(field_of(w.network.requests()[0], "x-team") == "[a]");
}

BOOST_FIXTURE_TEST_CASE(a_layer_inside_route_sets_fields_for_one_attempt_only, world) {
    hook<0> all;
    all.enter = [](call& c) -> result<void> {
        if (auto set = c.upstream_fields.set("x-team", "a"); !set) return set;
        return c.upstream_fields.set("x-both", "b");
    };
    int attempts = 0;
    hook<1> first;
    first.enter = [&attempts](call& c) -> result<void> {
        if (++attempts != 1) return success();
        if (auto set = c.now.upstream_fields.set("x-team", "one"); !set) return set;
        return c.now.upstream_fields.omit("x-both");
    };
    hooked gw(world_of({make("a", "m", "openai", "x"), make("b", "m", "openai", "x")}), with(all, first));
    network.reply(500, "{}");
    network.reply(200, openai_reply);
    const chat_request request("m", "hi");
    BOOST_TEST(testing::run(gw.chat(runtime, context, request)).has_value());
    BOOST_REQUIRE(network.requests().size() == 2u);
    BOOST_TEST(field_of(network.requests()[0], "x-team") == "[one]");
    BOOST_TEST(field_of(network.requests()[0], "x-both") == "");
    BOOST_TEST(field_of(network.requests()[1], "x-team") == "[a]");
    BOOST_TEST(field_of(network.requests()[1], "x-both") == "[b]");
}

BOOST_FIXTURE_TEST_CASE(a_policys_field_takes_the_place_of_the_providers, world) {
    hook<0> version;
    version.enter = [](call& c) { return c.upstream_fields.set("Anthropic-Version", "2099-01-01"); };
    hooked gw(world_of({make("a", "m", "anthropic", "x")}), with(version));
    network.reply(200, whole(codec_of<anthropic_messages>, "hello"));
    const chat_request request("m", "hi");
    BOOST_TEST(testing::run(gw.chat(runtime, context, request)).has_value());
    BOOST_TEST(field_of(network.requests().at(0), "anthropic-version") == "[2099-01-01]");
    BOOST_TEST(field_of(network.requests().at(0), "x-api-key") != "");
}

BOOST_FIXTURE_TEST_CASE(a_program_reads_the_fields_of_the_reply_in_its_report, world) {
    hook<0> down;
    down.enter = [](call& c) { return c.report.reply_fields.set("x-cost", "3"); };
    hooked gw(world_of({make("a", "m", "openai", "x")}), with(down));
    network.reply(200, openai_reply);
    const chat_request request("m", "hi");
    BOOST_TEST(testing::run(gw.chat(runtime, context, request)).has_value());
    BOOST_REQUIRE(context.report.reply_fields.find("x-cost") != nullptr);
    BOOST_TEST(*context.report.reply_fields.find("x-cost") == "3");
    const call_report copy = context.report;
    BOOST_TEST(copy.reply_fields.size() == 1u);
    streams();
    call_context other;
    BOOST_TEST(testing::run(gw.stream(runtime, other, request)).has_value());
    BOOST_TEST(other.report.reply_fields.size() == 1u);
}

BOOST_DATA_TEST_CASE(what_is_edited_is_sent_and_not_the_clients_bytes, boost::unit_test::data::xrange(4), from) {
    world w;
    hook<0> edits;
    edits.enter = [](call& c) -> result<void> {
        const result<chat_request*> request = edit<chat>(c);
        if (!request) return request.error();
        (*request)->messages.back() = message::user("edited");
        return success();
    };
    hooked gw(world_of({make("a", "m", "openai", "x")}), with(edits));
    w.network.reply(200, openai_reply);
    const chat_request request("m", "hi");
    if (from == 3) {
        BOOST_TEST(testing::run(gw.chat(w.runtime, w.context, request)).has_value());
        BOOST_TEST(request.messages.back().text() == "hi");
    } else {
        call c(w.runtime, w.context);
        set_up(c, all_spoken()[static_cast<std::size_t>(from)], false);
        BOOST_TEST(testing::run(gw.execute(c)).has_value());
    }
    BOOST_TEST(w.network.requests().at(0).body.find("edited") != std::string::npos);
    BOOST_TEST(w.network.requests().at(0).body.find("\"hi\"") == std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(a_flat_operation_is_edited_alike, world) {
    hook<0> edits;
    edits.enter = [](call& c) -> result<void> {
        const result<embedding_request*> request = edit<embeddings>(c);
        if (!request) return request.error();
        (*request)->dimensions = 77;
        return success();
    };
    hooked gw(world_of({make("a", "m", "openai", "x")}), with(edits));
    network.reply(200, R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1]}],
                        "model":"x","usage":{"prompt_tokens":1,"total_tokens":1}})");
    const std::string body = R"({"model":"m","input":"hi"})";
    call c(runtime, context);
    c.in.operation = &embeddings::info;
    c.in.codec = &codec_of<openai_embeddings>;
    c.in.body = body;
    c.model = "m";
    BOOST_TEST(testing::run(gw.execute(c)).has_value());
    BOOST_TEST(network.requests().at(0).body.find("\"dimensions\":77") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(reservations_follow_an_edit_until_the_first_is_made, world) {
    const chat_request mine("m", "hi");
    call c(runtime, context);
    detail::set_request<chat>(c, mine, false);
    const std::uint64_t before = c.in.reserved_tokens();
    BOOST_TEST(before == estimate_tokens(mine));
    call d(runtime, context);
    detail::set_request<chat>(d, mine, false);
    chat_request& changed = **edit<chat>(d);
    changed.messages[0] = message::user(std::string(4000, 'x'));
    BOOST_TEST(d.in.reserved_tokens() == 1000u);
    // What was reserved is given back as it was.
    (**edit<chat>(d)).messages.clear();
    BOOST_TEST(d.in.reserved_tokens() == 1000u);
}

BOOST_DATA_TEST_CASE(events_are_changed_dropped_and_inserted, boost::unit_test::data::xrange(3) * boost::unit_test::data::xrange(3), from, to) {
    spoken f = all_spoken()[static_cast<std::size_t>(from)];
    const spoken& t = all_spoken()[static_cast<std::size_t>(to)];
    // OpenAI's streams have their usage only where it is asked for.
    if (from == 0) f.request.insert(1, R"("stream":true,"stream_options":{"include_usage":true},)");
    world w;
    mapper policy;
    policy.f = [](chat_event& e, const std::function<void(const chat_event&)>& emit) {
        if (e.what != chat_event::kind::text) return event_action::drop; // finish and usage survive
        if (e.text == "ret.") return event_action::drop;
        if (e.text == " s") {
            chat_event more = e;
            more.text = "<";
            emit(more);
            e.text = ">";
        }
        return event_action::keep;
    };
    using mapped = gateway<providers, weighted, timeout, mapper>;
    mapped::policies_type policies;
    std::get<mapper>(policies) = policy;
    mapped gw(world_of({make("a", "m", t.vendor, "x")}), policies);
    auto& r = w.network.reply(200);
    r.field("content-type", "text/event-stream");
    for (const std::string& piece : streamed(*t.codec)) r.piece(piece);
    call c(w.runtime, w.context);
    set_up(c, f, true);
    c.in.answer.include_usage = true;
    auto answer = testing::run(gw.execute(c));
    BOOST_REQUIRE(answer.has_value());
    BOOST_TEST(answer->passes_as(*f.codec));
    reply_events<chat> events(c, std::move(*answer));
    std::string text;
    bool finished = false;
    std::int64_t tokens = 0;
    while (testing::run(events.read_more()))
        while (const chat_event* e = events.try_next()) {
            if (e->what == chat_event::kind::text) text += e->text;
            finished |= e->what == chat_event::kind::finish && e->reason == finish_reason::stop;
            if (e->what == chat_event::kind::usage) tokens = static_cast<std::int64_t>(e->tokens.output_tokens);
        }
    BOOST_TEST(!events.failure().has_value());
    BOOST_TEST(text == "The secret is a sec<>");
    BOOST_TEST(finished);
    BOOST_TEST(tokens == 8);
    BOOST_TEST(w.context.report.tokens.output_tokens == 8);
}

BOOST_AUTO_TEST_CASE(the_view_is_the_same_by_scan_and_from_the_decoded_request) {
    struct sample {
        const codec_ops* codec;
        std::string body;
    };
    const std::vector<sample> samples = {
        {&codec_of<openai_chat>, R"({"model":"m","tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"messages":[
            {"role":"system","content":"be \"kind\""},{"role":"developer","content":[{"type":"text","text":"and brief"}]},
            {"role":"user","content":[{"type":"text","text":"look \u00e4"},
              {"type":"image_url","image_url":{"url":"https://h/x.png"}},{"text":"!","type":"t\u0065xt"}]},
            {"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},
            {"role":"tool","tool_call_id":"1","content":"42"}]})"},
        {&codec_of<openai_chat>, R"({"model":"m","tools":[],"messages":[{"role":"user","content":""},
            {"role":"assistant","content":"a"},{"role":"user","content":"b"}]})"},
        {&codec_of<openai_chat>, R"({"messages":[{"role":"user","content":"first"}],"model":"m","messages":[{"content":"last","role":"user"}]})"},
        {&codec_of<anthropic_messages>, R"({"model":"m","max_tokens":9,"system":[{"type":"text","text":"sys"},{"type":"text","text":"tem"}],"messages":[
            {"role":"user","content":"one"},
            {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},
            {"type":"text","text":"two"},{"type":"tool_use","id":"t","name":"f","input":{}}]},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"image","source":{"type":"url","url":"https://h/x.png"}}]}]}],
            "tools":[{"name":"f","input_schema":{"type":"object"}}]})"},
        {&codec_of<anthropic_messages>, R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":[
            {"type":"image","source":{"type":"base64","media_type":"image/png","data":"QUJD"}},
            {"type":"text","text":"see"}]}]})"},
        {&codec_of<gemini_generate>, R"({"system_instruction":{"parts":[{"text":"s"}]},"contents":[
            {"role":"user","parts":[{"text":"a"},{"inline_data":{"mime_type":"image/png","data":"QUJD"}}]},
            {"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},{"role":"model","parts":[{"text":"more"}]},
            {"role":"function","parts":[{"functionResponse":{"name":"f","response":{"result":"1"}}}]},{"parts":[{"text":"last"}]}],
            "tools":[{"functionDeclarations":[{"name":"f"}]}]})"},
        {&codec_of<gemini_generate>, R"({"contents":[{"role":"user","parts":[{"text":"a"}]}],"tools":[{"functionDeclarations":[]}]})"},
    };
    for (const sample& s : samples) {
        BOOST_TEST_CONTEXT(s.body) {
            world w;
            call c(w.runtime, w.context), decoded(w.runtime, w.context);
            for (call* one : {&c, &decoded}) {
                one->in.codec = s.codec;
                one->in.body = s.body;
                one->in.path_model = "m";
            }
            BOOST_REQUIRE(read_request<chat>(decoded).has_value());
            const request_view &seen = view_of(c), &read = view_of(decoded);
            BOOST_TEST(c.in.canonical.empty());
            BOOST_TEST(seen.known);
            BOOST_TEST(seen.last_user_text == read.last_user_text);
            BOOST_TEST(seen.system_text == read.system_text);
            BOOST_TEST(seen.text_bytes == read.text_bytes);
            BOOST_TEST(seen.messages() == read.messages());
            BOOST_TEST(seen.tools == read.tools);
            BOOST_TEST(seen.images == read.images);
            BOOST_TEST((seen == read));
            BOOST_TEST(&view_of(c) == &seen);
        }
    }
    world w;
    call c(w.runtime, w.context);
    c.in.codec = samples[0].codec;
    c.in.body = samples[0].body;
    const request_view& v = view_of(c);
    BOOST_TEST(v.last_user_text == "look \xc3\xa4!");
    BOOST_TEST(v.system_text == "be \"kind\"\nand brief");
    BOOST_TEST(v.messages_of(role::tool) == 1u);
    BOOST_TEST((v.last == role::tool));
    BOOST_TEST(v.tools);
    BOOST_TEST(v.images);
}

BOOST_FIXTURE_TEST_CASE(the_view_follows_an_edit_and_is_bounded, world) {
    const std::string long_text(request_view::max_text - 1, 'x');
    std::string body = R"({"model":"m","messages":[{"role":"user","content":")" + long_text + "\xc3\xa4" R"("}]})";
    call c(runtime, context);
    set_up(c, all_spoken()[0], false);
    c.in.body = body;
    BOOST_TEST(view_of(c).text_bytes == long_text.size() + 2);
    BOOST_TEST(view_of(c).last_user_text == long_text);
    (**edit<chat>(c)).messages[0] = message::user("short");
    BOOST_TEST(view_of(c).last_user_text == "short");

    call broken(runtime, context);
    set_up(broken, all_spoken()[0], false);
    broken.in.body = R"({"model":"m","messages":[{"role":"user","content":["}]})";
    BOOST_TEST(!view_of(broken).known);
    BOOST_TEST(view_of(broken).messages() == 0u);

    body = R"({"model":"m","messages":[{"role":"user","content":")" + std::string(max_viewed_body, 'x') + R"("}]})";
    call large(runtime, context);
    set_up(large, all_spoken()[0], false);
    large.in.body = body;
    BOOST_TEST(!view_of(large).known);
    BOOST_TEST(read_request<chat>(large).has_value());
    BOOST_TEST(view_of(large).known);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::policy_surface_unit
