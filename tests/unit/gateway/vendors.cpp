// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <llmx/registry/stock_vendors.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vendors_unit {

// What a vendor's row contains is done to requests whose bytes pass and to those that are translated.

using namespace gateway_test;

namespace {

using all = registry<openai, stock_vendors>;
using plain_gateway = gateway<all, weighted>;

struct sent {
    sent() = default;
    std::string body, host, target, fields;
    std::vector<std::string> dropped;
    std::optional<error> failure;
    [[nodiscard]] boost::json::object json() const { return boost::json::parse(body).as_object(); }
};

deployment at_vendor(std::string_view vendor) {
    deployment d = make("a", "m", std::string(vendor), "chosen");
    d.key = secret("k-1");
    const provider_facts& facts = all::ops(all::find(vendor).value()).facts;
    if (facts.default_base.empty() || facts.default_base.find('{') != std::string_view::npos)
        d.api_base = parse_base_url("https://own.test/base").value();
    return d;
}

template <class Dialect> sent ask(std::string_view vendor, const std::string& body, bool drop = false) {
    world w;
    plain_gateway gw(all::make_topology({at_vendor(vendor)}).value());
    call c(w.runtime, w.context);
    const auto head = Dialect::scan_request(body, request_target());
    BOOST_REQUIRE_MESSAGE(head.has_value(), body);
    if (head->stream) w.streams();
    else w.network.reply_always(200, openai_reply);
    c.in.codec = &codec_of<Dialect>;
    c.in.body = body;
    c.model = head->model;
    c.in.stream = head->stream;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.members = head->members;
    c.in.answer.include_usage = head->include_usage;
    if (drop) c.in.drop_params = true;
    sent s;
    const auto r = testing::run(gw.execute(c));
    if (!r) s.failure = r.error();
    s.dropped = c.now.dropped;
    if (w.network.requests().empty()) return s;
    const auto& request = w.network.requests()[0];
    s.body = request.body;
    s.host = request.to.host;
    s.target = request.target;
    s.fields = request.fields;
    return s;
}

sent pass(std::string_view vendor, const std::string& members, bool drop = false) {
    return ask<openai_chat>(vendor, R"({"model":"m",)" + members + R"("messages":[{"role":"user","content":"hi"}]})", drop);
}
sent translate(std::string_view vendor, const std::string& members, bool drop = false) {
    return ask<anthropic_messages>(vendor, R"({"model":"m","max_tokens":9,)" + members + R"("messages":[{"role":"user","content":"hi"}]})", drop);
}

std::string why(const sent& s) { return s.failure ? s.failure->message() : std::string(); }

/// A value of the member that OpenAI does not have as its default.
std::string value_of(std::string_view member) {
    if (member == "stream_options") return R"({"include_usage":true})";
    if (member == "parallel_tool_calls") return "false";
    if (member == "logprobs" || member == "store") return "true";
    if (member == "tools" || member == "functions") return R"([{"name":"f"}])";
    if (member == "modalities") return R"(["audio"])";
    if (member == "n" || member == "top_logprobs") return "2";
    if (member.ends_with("penalty") || member == "seed") return "1";
    if (member == "logit_bias") return R"({"5":1})";
    return R"("x")";
}

bool is_harmless(std::string_view member) {
    for (const std::string_view one : {"stream_options", "store", "prediction", "prompt_cache_key",
                                      "prompt_cache_retention", "safety_identifier", "user", "metadata", "temperature", "top_p", "top_k", "seed",
                                      "service_tier", "presence_penalty", "frequency_penalty", "parallel_tool_calls", "audio", "verbosity",
                                      "reasoning_effort"})
        if (member == one) return true;
    return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_vendors)

// Written by hand from the vendors' facts, not from the rows.
BOOST_AUTO_TEST_CASE(a_request_arrives_as_the_vendor_wants_it) {
    const std::string tail = R"("messages":[{"role":"user","content":"hi"}]})", model = R"({"model":"chosen",)";
    struct golden {
        std::string vendor, host, target, members, expected;
    };
    const golden table[] = {
        {"groq", "api.groq.com", "/openai/v1/chat/completions", R"("max_completion_tokens":9,)", model + R"("max_tokens":9,)" + tail},
        {"openrouter", "openrouter.ai", "/api/v1/chat/completions", R"("max_completion_tokens":9,"reasoning_effort":"max",)",
         R"({"usage":{"include":true},"model":"chosen","max_completion_tokens":9,"reasoning_effort":"xhigh",)" + tail},
        {"mistral", "api.mistral.ai", "/v1/chat/completions", R"("seed" : 5, "tool_choice":"required","max_completion_tokens":9,"n":2,)",
         model + R"("random_seed" : 5, "tool_choice":"any","max_tokens":9,"n":2,)" + tail},
        {"codestral", "codestral.mistral.ai", "/v1/chat/completions", R"("seed":5,)", model + R"("random_seed":5,)" + tail},
        {"cerebras", "api.cerebras.ai", "/v1/chat/completions", R"("max_tokens":4,"max_completion_tokens":9,)", model + R"("max_tokens":9,)" + tail},
        {"cohere", "api.cohere.ai", "/compatibility/v1/chat/completions", R"("temperature":0.5,)", model + R"("temperature":0.5,)" + tail},
        {"github", "models.inference.ai.azure.com", "/chat/completions", R"("max_completion_tokens":9,)", model + R"("max_tokens":9,)" + tail},
        {"nvidia_nim", "integrate.api.nvidia.com", "/v1/chat/completions", R"("n":1,)", model + tail},
        {"together_ai", "api.together.ai", "/v1/chat/completions", R"("reasoning_effort":"minimal","max_completion_tokens":9,)",
         model + R"("reasoning_effort":"low","max_completion_tokens":9,)" + tail},
        {"fireworks_ai", "api.fireworks.ai", "/inference/v1/chat/completions", R"("tool_choice":"required","max_completion_tokens":9,)",
         model + R"("tool_choice":"any","max_tokens":9,)" + tail},
        {"deepseek", "api.deepseek.com", "/beta/chat/completions", R"("max_tokens":9,"new":[1, 2],)", model + R"("max_tokens":9,"new":[1, 2],)" + tail},
        {"xai", "api.x.ai", "/v1/chat/completions", R"("max_completion_tokens":9,)", model + R"("max_tokens":9,)" + tail},
        {"perplexity", "api.perplexity.ai", "/chat/completions", R"("max_completion_tokens":9,)", model + R"("max_completion_tokens":9,)" + tail},
        {"moonshot", "api.moonshot.ai", "/v1/chat/completions", R"("temperature":1.5,"max_completion_tokens":9,)",
         model + R"("temperature":1,"max_tokens":9,)" + tail},
        {"zai", "api.z.ai", "/api/paas/v4/chat/completions", R"("max_completion_tokens":9,)", model + R"("max_tokens":9,)" + tail},
        {"dashscope", "dashscope.aliyuncs.com", "/compatible-mode/v1/chat/completions", R"("n":2,)", model + R"("n":2,)" + tail},
        {"huggingface", "router.huggingface.co", "/v1/chat/completions", "", model + tail},
        {"ollama", "127.0.0.1", "/v1/chat/completions", "", model + tail},
        {"deepinfra", "api.deepinfra.com", "/v1/openai/chat/completions", R"("tool_choice":"none",)", model + R"("tool_choice":"none",)" + tail},
    };
    for (const golden& g : table) {
        const sent s = pass(g.vendor, g.members);
        BOOST_TEST_CONTEXT(g.vendor) {
            BOOST_TEST(!s.failure, why(s));
            BOOST_TEST(s.host == g.host);
            BOOST_TEST(s.target == g.target);
            BOOST_TEST(s.body == g.expected);
            BOOST_TEST(s.fields.find("authorization: Bearer k-1\r\n") != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_a_vendor_refuses_is_an_error_in_the_callers_words) {
    struct refusal {
        std::string vendor, member, value;
    };
    for (const refusal& x : {refusal{"groq", "web_search_options", "{}"}, refusal{"cerebras", "n", "2"}, refusal{"mistral", "logit_bias", R"({"1":2})"},
                             refusal{"perplexity", "stop", R"(["x"])"}, refusal{"zai", "n", "2"}, refusal{"moonshot", "tool_choice", "\"required\""},
                             refusal{"sambanova", "logprobs", "true"}, refusal{"xai", "web_search_options", "{}"},
                             refusal{"volcengine", "response_format", R"({"type":"json_object"})"}}) {
        const std::string members = '"' + x.member + "\":" + x.value + ',';
        BOOST_TEST_CONTEXT(x.vendor << " " << x.member) {
            const sent refused = pass(x.vendor, members);
            BOOST_REQUIRE(refused.failure.has_value());
            BOOST_TEST((refused.failure->value() == errc::unsupported_parameter));
            BOOST_TEST(refused.failure->param() == x.member);
            BOOST_TEST(refused.failure->message().find("'" + x.vendor + "'") != std::string::npos);
            BOOST_TEST(refused.body.empty());
            const sent dropped = pass(x.vendor, members, true);
            BOOST_TEST(!dropped.failure, why(dropped));
            BOOST_TEST(dropped.body == R"({"model":"chosen","messages":[{"role":"user","content":"hi"}]})");
            BOOST_TEST(dropped.dropped == std::vector<std::string>{x.member}, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(what_tunes_is_left_out_and_named_where_a_vendor_refuses_it) {
    struct tuning {
        std::string vendor, member, value;
    };
    for (const tuning& x : {tuning{"zai", "seed", "1"}, tuning{"sambanova", "frequency_penalty", "0.5"}, tuning{"xai", "service_tier", "\"flex\""},
                            tuning{"cohere", "parallel_tool_calls", "false"}, tuning{"cohere", "store", "true"}}) {
        BOOST_TEST_CONTEXT(x.vendor << " " << x.member) {
            const sent s = pass(x.vendor, '"' + x.member + "\":" + x.value + ',');
            BOOST_TEST(!s.failure, why(s));
            BOOST_TEST(s.body == R"({"model":"chosen","messages":[{"role":"user","content":"hi"}]})");
            BOOST_TEST(s.dropped == std::vector<std::string>{x.member}, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_translated_request_is_edited_and_reported_like_one_that_passes) {
    const sent mistral = translate("mistral", R"("tools":[{"name":"f","input_schema":{"type":"object"}}],"tool_choice":{"type":"any"},)");
    BOOST_TEST(!mistral.failure, why(mistral));
    BOOST_TEST(mistral.json().at("tool_choice") == "any");
    BOOST_TEST(mistral.json().at("max_tokens") == 9);
    BOOST_TEST(mistral.json().at("model") == "chosen");
    const sent openrouter = translate("openrouter", "");
    BOOST_TEST(openrouter.json().at("usage").at("include") == true);

    const sent refused = translate("perplexity", R"("stop_sequences":["x"],)");
    BOOST_REQUIRE(refused.failure.has_value());
    BOOST_TEST((refused.failure->value() == errc::unsupported_parameter));
    BOOST_TEST(refused.failure->param() == "stop_sequences");
    const sent dropped = translate("perplexity", R"("stop_sequences":["x"],)", true);
    BOOST_TEST(!dropped.failure, why(dropped));
    BOOST_TEST(!dropped.json().contains("stop"));
    BOOST_TEST(dropped.dropped == std::vector<std::string>{"stop_sequences"}, boost::test_tools::per_element());
    // The gateway alone asks for usage: where it cannot, there is nothing to report.
    const sent quiet = translate("mistral", R"("stream":true,)");
    BOOST_TEST(!quiet.failure, why(quiet));
    BOOST_TEST(!quiet.json().contains("stream_options"));
    BOOST_TEST(quiet.dropped.empty());
    BOOST_TEST(translate("groq", R"("stream":true,)").json().at("stream_options").at("include_usage") == true);
}

BOOST_AUTO_TEST_CASE(a_passing_stream_asks_only_where_the_vendor_lets_it) {
    BOOST_TEST(pass("groq", R"("stream":true,)").json().at("stream_options").at("include_usage") == true);
    BOOST_TEST(!pass("mistral", R"("stream":true,)").json().contains("stream_options"));
    const sent asked = pass("mistral", R"("stream":true,"stream_options":{"include_usage":true},)");
    BOOST_TEST(!asked.failure, why(asked));
    BOOST_TEST(!asked.json().contains("stream_options"));
    BOOST_TEST(asked.dropped == std::vector<std::string>{"stream_options"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_odd_spelling_does_not_pass_a_refusal) {
    BOOST_TEST(pass("groq", R"("web\u005fsearch_options":{},)").failure.has_value());
    BOOST_TEST(pass("groq", R"("web\u005fsearch_options":{},)", true).body == R"({"model":"chosen","messages":[{"role":"user","content":"hi"}]})");
    // More members than a scan keeps: found by another one.
    std::string many;
    for (int i = 0; i < 40; ++i) many += "\"x" + std::to_string(i) + "\":0,";
    const sent s = pass("groq", many + R"("web_search_options":{},"max_completion_tokens":9,)", true);
    BOOST_TEST(s.json().at("max_tokens") == 9);
    BOOST_TEST(!s.json().contains("web_search_options"));
}

BOOST_AUTO_TEST_CASE(null_is_as_good_as_absent) {
    const sent s = pass("perplexity", R"("seed":null,"tools":null,)");
    BOOST_TEST(!s.failure, why(s));
    BOOST_TEST(s.body == R"({"model":"chosen","messages":[{"role":"user","content":"hi"}]})");
    BOOST_TEST(s.dropped.empty());
    BOOST_TEST(pass("groq", R"("max_tokens":9,"max_completion_tokens":null,)").json().at("max_tokens") == 9);
}

// Each row by its own contents.
BOOST_AUTO_TEST_CASE(every_row_does_what_it_says) {
    for (const vendor_row* const row : stock_rows)
        BOOST_TEST_CONTEXT(row->name) {
            const deployment d = at_vendor(row->name);
            deployment completed = d;
            BOOST_REQUIRE(all::complete(completed).has_value());
            const sent plain = pass(row->name, "");
            const sent other = translate(row->name, "");
            for (const sent* s : {&plain, &other}) {
                BOOST_TEST(!s->failure, why(*s));
                BOOST_TEST(s->host == completed.api_base.where.host);
                BOOST_TEST(s->target.ends_with("/chat/completions"));
                BOOST_TEST(s->fields.find(std::string(row->auth_field) + ": " + std::string(row->auth_prefix) + "k-1\r\n") != std::string::npos);
                BOOST_TEST(s->json().at("model") == "chosen");
            }
            BOOST_TEST(other.json().at("max_tokens") == 9);
            const auto limited = pass(row->name, R"("max_completion_tokens":7,)").json();
            BOOST_TEST(limited.contains("max_tokens") == (row->limit == token_limit_name::max_tokens));
            BOOST_TEST(limited.contains("max_completion_tokens") == (row->limit != token_limit_name::max_tokens));

            for (const std::string_view member : row->refuses) {
                const std::string given = '"' + std::string(member) + "\":" + value_of(member) + ',';
                const sent refused = pass(row->name, given), dropped = pass(row->name, given, true);
                BOOST_TEST(refused.failure.has_value() == !is_harmless(member), member);
                BOOST_TEST(!dropped.failure, member);
                BOOST_TEST(!dropped.json().contains(member), member);
                BOOST_TEST(std::count(dropped.dropped.begin(), dropped.dropped.end(), member) == 1, member);
            }
            for (const member_edit& e : row->edits) {
                const std::string named = '"' + std::string(e.name) + "\":";
                switch (e.what) {
                case member_edit::kind::rename:
                    BOOST_TEST(pass(row->name, named + "5,").json().at(e.to) == 5);
                    break;
                case member_edit::kind::at_most:
                    BOOST_TEST(boost::json::serialize(pass(row->name, named + std::to_string(e.most + 0.5) + ",").json().at(e.name)) == e.to);
                    break;
                case member_edit::kind::map:
                    BOOST_TEST(boost::json::serialize(pass(row->name, named + std::string(e.values) + ",").json().at(e.name)) == e.to);
                    break;
                case member_edit::kind::only:
                    BOOST_TEST(pass(row->name, named + "\"else\",").failure.has_value());
                    BOOST_TEST(!pass(row->name, named + "\"else\",", true).json().contains(e.name));
                    break;
                case member_edit::kind::add:
                    BOOST_TEST(boost::json::serialize(plain.json().at(e.name)) == e.to);
                    BOOST_TEST(pass(row->name, named + "0,").json().at(e.name) == 0);
                }
            }
        }
}

BOOST_AUTO_TEST_CASE(what_a_row_does_not_serve_is_a_typed_error) {
    world w;
    plain_gateway gw(all::make_topology({at_vendor("groq")}).value());
    const embedding_request q("m", "x");
    const auto r = testing::run(gw.embed(w.runtime, w.context, q));
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::unsupported_operation));
    BOOST_TEST(w.network.requests().empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vendors_unit
