// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <llmx/gateway/stock_gateway.hpp>
#include <llmx/registry/stock_vendors.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vendors_unit {

// What a vendor's row contains is done to requests whose bytes pass and to those that are translated.

using namespace gateway_test;

namespace {

using all = registry<openai, stock_vendors, vendors<credential_rows>>;
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

const std::string vectors =
    R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5]}],"model":"m","usage":{"prompt_tokens":5,"total_tokens":5}})";

sent what_was_sent(world& w) {
    sent s;
    if (w.network.requests().empty()) return s;
    const auto& request = w.network.requests()[0];
    s.body = request.body;
    s.host = request.to.host;
    s.target = request.target;
    s.fields = request.fields;
    return s;
}
/// A request for embeddings whose bytes pass.
sent embed(std::string_view vendor, const std::string& members) {
    world w;
    plain_gateway gw(all::make_topology({at_vendor(vendor)}).value());
    w.network.reply_always(200, vectors);
    call c(w.runtime, w.context);
    const std::string body = R"({"model":"m",)" + members + R"("input":"hi"})";
    const auto head = openai_embeddings::scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    c.in.operation = &embeddings::info;
    c.in.codec = &codec_of<openai_embeddings>;
    c.in.body = body;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.model = head->model;
    const auto r = testing::run(gw.execute(c));
    sent s = what_was_sent(w);
    s.dropped = c.now.dropped;
    if (!r) s.failure = r.error();
    return s;
}
/// One that an encoder writes.
sent embed_typed(std::string_view vendor) {
    world w;
    plain_gateway gw(all::make_topology({at_vendor(vendor)}).value());
    w.network.reply_always(200, vectors);
    embedding_request q("m", "hi");
    q.dimensions = 7;
    const auto r = testing::run(gw.embed(w.runtime, w.context, q));
    sent s = what_was_sent(w);
    if (!r) s.failure = r.error();
    return s;
}

std::string why(const sent& s) { return s.failure ? s.failure->message() : std::string(); }

/// A value of the member that OpenAI does not have as its default.
std::string value_of(std::string_view member) {
    if (member == "stream_options") return R"({"include_usage":true})";
    if (member == "parallel_tool_calls") return "false";
    if (member == "logprobs" || member == "store") return "true";
    if (member == "tools" || member == "functions") return R"([{"name":"f"}])";
    if (member == "modalities") return R"(["audio"])";
    if (member == "n" || member == "top_logprobs" || member.starts_with("max_")) return "2";
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

/// Name, aliases, base URL and variables.
void check_facts(const vendor_row& row) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < stock_registry::size; ++i) {
        const provider_ops& one = stock_registry::ops(i);
        same += one.name == row.name || one.facts.aliases.contains(row.name) ? 1 : 0;
        for (const std::string_view alias : row.aliases)
            BOOST_TEST((one.name == row.name || (one.name != alias && !one.facts.aliases.contains(alias))), alias);
        if (one.name != row.name && !row.key_env.empty()) BOOST_TEST(one.facts.key_env.front() != row.key_env.front());
    }
    BOOST_TEST(same == 1u);
    BOOST_TEST(row.operations != 0);
    BOOST_TEST((!row.needs_key || !row.key_env.empty()));
    BOOST_TEST(!row.base_env.empty(), "a base URL can be configured by a variable");
    for (const name_list* const names : {&row.key_env, &row.base_env})
        for (const std::string_view name : *names)
            BOOST_TEST((name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos), name);
    std::string base(row.base);
    for (std::size_t open = base.find('{'); open != std::string::npos; open = base.find('{'))
        base.replace(open, base.find('}', open) + 1 - open, "x");
    if (!base.empty()) BOOST_TEST((parse_base_url(base).has_value() && !base.ends_with('/')), base);
    for (const operation_path& own : row.paths) BOOST_TEST(own.path.starts_with('/'));
    BOOST_TEST((row.fields.empty() || row.fields.ends_with("\r\n")));
}

/// URL and credentials of one operation.
void check_target(const vendor_row& row, const codec_ops& form) {
    const std::size_t at = all::find(row.name).value();
    BOOST_REQUIRE((all::ops(at).codec_for(*form.operation, nullptr) == &form));
    deployment d = at_vendor(row.name);
    d.key = secret(std::string(row.key_mark) + "k-1");
    BOOST_REQUIRE(all::complete(d).has_value());
    http_request out;
    outgoing what(form);
    what.model = "grok voice";
    BOOST_REQUIRE(all::ops(at).prepare(all().self(at), d, what, out).has_value());
    std::string expected = d.api_base.path;
    std::string_view query, field = row.auth_field, prefix = row.auth_prefix;
    const auto fitting = std::find_if(row.forms.begin(), row.forms.end(),
                                      [&d](const base_form& one) { return one.fits(d.api_base.where.host, d.api_base.path); });
    if (fitting != row.forms.end()) {
        expected += fitting->suffix;
        query = fitting->query;
        if (!fitting->auth_field.empty()) field = fitting->auth_field, prefix = fitting->auth_prefix;
    } else if (!expected.ends_with(row.version)) {
        expected += row.version;
    }
    std::string path(form.path);
    for (const operation_path& own : row.paths) {
        if (own.of != form.operation || !(own.codec.empty() || own.codec == form.name)) continue;
        if (!own.host.empty() && own.host != d.api_base.where.host) continue;
        path = own.path;
        if (own.from_root) expected.clear();
    }
    if (const std::size_t model = path.find("{model}"); model != std::string::npos) path.replace(model, 7, "grok%20voice");
    expected.append(path).append(query);
    if (form.operation == &realtime::info) expected += "?model=grok%20voice";
    BOOST_TEST(out.target == expected);
    BOOST_TEST(out.fields == std::string(row.fields) + std::string(field) + ": " + std::string(prefix) + "k-1\r\n");
    d.key = secret();
    http_request open;
    BOOST_REQUIRE(all::ops(at).prepare(all().self(at), d, what, open).has_value());
    BOOST_TEST(open.fields == row.fields, "no key, no field");
}

/// The edits of one member.
void check_edit(const vendor_row& row, const member_edit& e, const sent& plain) {
    const std::string named = '"' + std::string(e.name) + "\":";
    switch (e.what) {
    case member_edit::kind::rename: BOOST_TEST(pass(row.name, named + "5,").json().at(e.to) == 5); break;
    case member_edit::kind::at_most:
        BOOST_TEST(pass(row.name, named + std::to_string(e.most + 0.5) + ",").json().at(e.name).to_number<double>() == e.most);
        BOOST_TEST(pass(row.name, named + std::to_string(e.most + 0.5) + ",").body.find(e.to) != std::string::npos);
        break;
    case member_edit::kind::map:
        BOOST_TEST(boost::json::serialize(pass(row.name, named + std::string(e.values) + ",").json().at(e.name)) == e.to);
        break;
    case member_edit::kind::only:
        BOOST_TEST(pass(row.name, named + "\"else\",").failure.has_value());
        BOOST_TEST(!pass(row.name, named + "\"else\",", true).json().contains(e.name));
        break;
    case member_edit::kind::add:
        BOOST_TEST(boost::json::serialize(plain.json().at(e.name)) == e.to);
        BOOST_TEST(pass(row.name, named + "0,").json().at(e.name) == 0);
        break;
    case member_edit::kind::exchange:
        for (std::string_view left = e.values; !left.empty();) {
            const std::string_view value = left.substr(0, left.find(' '));
            left.remove_prefix(std::min(left.size(), value.size() + 1));
            const std::string given = named + std::string(value) + ',';
            const sent s = pass(row.name, given);
            BOOST_REQUIRE_MESSAGE(!s.failure, why(s));
            BOOST_TEST(!s.json().contains(e.name), value);
            BOOST_TEST(boost::json::serialize(s.json().at(e.other)) == e.to, value);
            const sent both = pass(row.name, given + '"' + std::string(e.other) + R"(":{"own":1},)");
            BOOST_TEST(boost::json::serialize(both.json().at(e.other)) == R"({"own":1})");
            BOOST_TEST(!both.json().contains(e.name), value);
            BOOST_TEST(std::count(both.dropped.begin(), both.dropped.end(), e.name) == 1, value);
        }
        break;
    }
}

void check_chat(const vendor_row& row) {
    deployment completed = at_vendor(row.name);
    BOOST_REQUIRE(all::complete(completed).has_value());
    const bool limits = !row.does_refuse("max_tokens");
    const sent plain = pass(row.name, ""), other = translate(row.name, "", !limits);
    for (const sent* s : {&plain, &other}) {
        BOOST_REQUIRE_MESSAGE(!s->failure, why(*s));
        BOOST_TEST(s->host == completed.api_base.where.host);
        BOOST_TEST(s->target.find("/chat/completions") != std::string::npos);
        BOOST_TEST(s->fields.find("k-1\r\n") != std::string::npos);
        BOOST_TEST(s->json().at("model") == "chosen");
    }
    const std::string_view limit = row.limit == token_limit_name::max_completion_tokens ? "max_completion_tokens" : "max_tokens";
    BOOST_TEST(other.json().contains(limit) == limits);
    if (limits) {
        BOOST_TEST(other.json().at(limit) == 9);
        const auto limited = pass(row.name, R"("max_completion_tokens":7,)").json();
        BOOST_TEST(limited.contains("max_tokens") == (row.limit == token_limit_name::max_tokens));
        BOOST_TEST(limited.contains("max_completion_tokens") == (row.limit != token_limit_name::max_tokens));
    } else {
        BOOST_TEST(translate(row.name, "").failure->param() == "max_tokens");
    }
    for (const std::string_view member : row.refuses) {
        const std::string given = '"' + std::string(member) + "\":" + value_of(member) + ',';
        const sent refused = pass(row.name, given), dropped = pass(row.name, given, true);
        BOOST_TEST(refused.failure.has_value() == !is_harmless(member), member);
        BOOST_REQUIRE_MESSAGE(!dropped.failure, member << ": " << why(dropped));
        BOOST_TEST(!dropped.json().contains(member), member);
        BOOST_TEST(std::count(dropped.dropped.begin(), dropped.dropped.end(), member) == 1, member);
    }
    for (const member_edit& e : row.edits) check_edit(row, e, plain);
    const auto content = [&row](auto dialect, const std::string& list) {
        const sent s = ask<decltype(dialect)>(row.name, R"({"model":"m","messages":[{"role":"user","content":)" + list + "}]" +
                                              (std::is_same_v<decltype(dialect), openai_chat> ? "}" : R"(,"max_tokens":9})"), true);
        BOOST_REQUIRE_MESSAGE(!s.failure, why(s));
        return boost::json::serialize(s.json().at("messages").at(0).at("content"));
    };
    const std::string texts = R"([{"type":"text","text":"a\n"},{"type":"text","text":"b"}])";
    BOOST_TEST(content(openai_chat(), texts) == (row.text_content ? R"("a\nb")" : texts));
    if (row.text_content) BOOST_TEST(content(anthropic_messages(), texts) == R"("a\nb")");
}

void check_embeddings(const vendor_row& row) {
    const bool fixed_length = std::any_of(row.embedding_edits.begin(), row.embedding_edits.end(), [](const member_edit& e) {
        return e.what == member_edit::kind::only && e.name == "dimensions";
    });
    const sent plain = embed(row.name, ""), typed = embed_typed(row.name);
    BOOST_REQUIRE_MESSAGE(!plain.failure, why(plain));
    BOOST_TEST(typed.failure.has_value() == fixed_length, why(typed));
    if (fixed_length) BOOST_TEST(typed.failure->param() == "dimensions");
    BOOST_TEST(plain.body == R"({"model":"chosen","input":"hi"})");
    if (!fixed_length) BOOST_TEST(typed.json().at("input") == "hi");
    std::string dimensions = "dimensions";
    for (const member_edit& e : row.embedding_edits) {
        const std::string named = '"' + std::string(e.name) + "\":";
        if (e.what == member_edit::kind::rename) {
            const std::string given = e.name == "encoding_format" ? "\"base64\"" : "5";
            const sent s = embed(row.name, named + given + ",");
            BOOST_REQUIRE_MESSAGE(!s.failure, why(s));
            BOOST_REQUIRE_MESSAGE(s.json().contains(e.to), row.name << ": " << s.body);
            BOOST_TEST(boost::json::serialize(s.json().at(e.to)) == given);
            BOOST_TEST(!s.json().contains(e.name));
            if (e.name == "dimensions") dimensions = e.to;
        } else if (e.name == "dimensions") {
            BOOST_TEST(embed(row.name, named + "7,").failure->param() == "dimensions");
        } else {
            BOOST_REQUIRE((e.what == member_edit::kind::only));
            const std::string given = e.name == "user" ? "\"u\"" : "\"float\"";
            const sent s = embed(row.name, named + given + ",");
            BOOST_REQUIRE_MESSAGE(!s.failure, why(s));
            BOOST_TEST(!s.json().contains(e.name));
            BOOST_TEST(s.dropped == std::vector<std::string>{std::string(e.name)}, boost::test_tools::per_element());
        }
    }
    if (!fixed_length) BOOST_TEST(typed.json().at(dimensions) == 7);
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
        {"groq", "api.groq.com", "/openai/v1/chat/completions", R"("max_tokens":9,"n":1,)", model + R"("max_completion_tokens":9,"n":1,)" + tail},
        {"openrouter", "openrouter.ai", "/api/v1/chat/completions", R"("max_completion_tokens":9,"reasoning_effort":"max",)",
         model + R"("max_completion_tokens":9,"reasoning_effort":"max",)" + tail},
        {"mistral", "api.mistral.ai", "/v1/chat/completions", R"("seed" : 5, "tool_choice":"required","max_completion_tokens":9,"n":2,)",
         model + tail.substr(0, tail.size() - 1) + R"(,"tool_choice":"any","max_tokens":9,"n":2,"random_seed":5})"},
        {"codestral", "codestral.mistral.ai", "/v1/chat/completions", R"("seed":5,)", model + tail.substr(0, tail.size() - 1) + R"(,"random_seed":5})"},
        {"cerebras", "api.cerebras.ai", "/v1/chat/completions", R"("max_tokens":4,"max_completion_tokens":9,"n":2,)",
         model + R"("max_completion_tokens":9,"n":2,)" + tail},
        {"cohere_compatible", "api.cohere.ai", "/compatibility/v1/chat/completions", R"("temperature":0.5,)", model + R"("temperature":0.5,)" + tail},
        {"github", "models.github.ai", "/inference/chat/completions", R"("max_completion_tokens":9,)", model + R"("max_tokens":9,)" + tail},
        {"nvidia_nim", "integrate.api.nvidia.com", "/v1/chat/completions", R"("n":1,)", model + tail},
        {"together_ai", "api.together.ai", "/v1/chat/completions", R"("reasoning_effort":"minimal","max_completion_tokens":9,)",
         model + R"("reasoning_effort":"low","max_tokens":9,)" + tail},
        {"fireworks_ai", "api.fireworks.ai", "/inference/v1/chat/completions", R"("tool_choice":"required","max_completion_tokens":9,)",
         model + R"("tool_choice":"required","max_tokens":9,)" + tail},
        {"deepseek", "api.deepseek.com", "/beta/chat/completions", R"("max_tokens":9,"new":[1, 2],)", model + R"("max_tokens":9,"new":[1, 2],)" + tail},
        {"xai", "api.x.ai", "/v1/chat/completions", R"("max_completion_tokens":9,)", model + R"("max_tokens":9,)" + tail},
        {"perplexity", "api.perplexity.ai", "/chat/completions", R"("max_completion_tokens":9,)", model + R"("max_completion_tokens":9,)" + tail},
        {"moonshot", "api.moonshot.ai", "/v1/chat/completions", R"("temperature":1.5,"max_completion_tokens":9,)",
         model + R"("temperature":1,"max_completion_tokens":9,)" + tail},
        {"minimax", "api.minimax.io", "/v1/chat/completions", R"("temperature":1.5,"max_tokens":9,"n":1,)",
         model + R"("temperature":1,"max_completion_tokens":9,"n":1,)" + tail},
        {"zai", "api.z.ai", "/api/paas/v4/chat/completions",
         R"("temperature":1.5,"response_format":{"type":"json_object"},"max_completion_tokens":9,)",
         model + R"("temperature":1,"response_format":{"type":"json_object"},"max_tokens":9,)" + tail},
        {"sambanova", "api.sambanova.ai", "/v1/chat/completions", R"("logprobs":true,"seed":5,"max_completion_tokens":9,)",
         model + R"("logprobs":true,"seed":5,"max_completion_tokens":9,)" + tail},
        {"volcengine", "ark.cn-beijing.volces.com", "/api/v3/chat/completions", R"("response_format":{"type":"json_object"},)",
         model + R"("response_format":{"type":"json_object"},)" + tail},
        {"nebius", "api.tokenfactory.nebius.com", "/v1/chat/completions", "", model + tail},
        {"novita", "api.novita.ai", "/openai/v1/chat/completions", "", model + tail},
        {"scaleway", "api.scaleway.ai", "/v1/chat/completions", R"("max_completion_tokens":9,)", model + R"("max_tokens":9,)" + tail},
        {"dashscope", "dashscope.aliyuncs.com", "/compatible-mode/v1/chat/completions", R"("n":2,)", model + R"("n":2,)" + tail},
        {"huggingface", "router.huggingface.co", "/v1/chat/completions", "", model + tail},
        {"ollama_v1", "127.0.0.1", "/v1/chat/completions", "", model + tail},
        {"deepseek", "api.deepseek.com", "/beta/chat/completions", R"("reasoning_effort":"none",)", model + R"("thinking":{"type":"disabled"},)" + tail},
        {"together_ai", "api.together.ai", "/v1/chat/completions", R"("reasoning_effort":"none",)", model + R"("reasoning":{"enabled":false},)" + tail},
        {"tencent", "tokenhub-intl.tencentcloudmaas.com", "/v1/chat/completions", R"("reasoning_effort":"high",)",
         model + R"("thinking":{"type":"enabled"},)" + tail},
        {"ai21", "api.ai21.com", "/studio/v1/chat/completions", R"("top_p":0.5,"max_completion_tokens":9,)",
         model + R"("top_p":0.5,"max_tokens":9,)" + tail},
        {"baseten", "inference.baseten.co", "/v1/chat/completions", R"("n":1,)", model + tail},
        {"chutes", "llm.chutes.ai", "/v1/chat/completions", R"("max_completion_tokens":9,)", model + R"("max_tokens":9,)" + tail},
        {"datarobot", "app.datarobot.com", "/api/v2/genai/llmgw/chat/completions/", "", model + tail},
        {"gradient_ai", "inference.do-ai.run", "/v1/chat/completions", R"("tool_choice":"auto","n":2,)",
         model + R"("tool_choice":"auto","n":2,)" + tail},
        {"heroku", "us.inference.heroku.com", "/v1/chat/completions", R"("temperature":1.5,)", model + R"("temperature":1,)" + tail},
        {"featherless_ai", "api.featherless.ai", "/v1/chat/completions", R"("seed":5,)", model + R"("seed":5,)" + tail},
        {"meta_llama", "api.llama.com", "/compat/v1/chat/completions", "", model + tail},
        {"nano-gpt", "nano-gpt.com", "/api/v1/chat/completions", R"("max_completion_tokens":9,)", model + R"("max_tokens":9,)" + tail},
        {"sail", "api.sailresearch.com", "/v1/chat/completions", R"("service_tier":"flex",)",
         model + R"("metadata":{"completion_window":"flex"},)" + tail},
        {"scx-ai", "api.scx.ai", "/v1/chat/completions", R"("temperature":2,)", model + R"("temperature":1.99,)" + tail},
        {"vercel_ai_gateway", "ai-gateway.vercel.sh", "/v1/chat/completions", "", model + tail},
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
    for (const refusal& x : {refusal{"groq", "web_search_options", "{}"}, refusal{"cerebras", "logit_bias", R"({"1":2})"},
                             refusal{"mistral", "logit_bias", R"({"1":2})"},
                             refusal{"perplexity", "stop", R"(["x"])"}, refusal{"zai", "n", "2"}, refusal{"moonshot", "tool_choice", "\"required\""},
                             refusal{"sambanova", "web_search_options", "{}"}, refusal{"xai", "web_search_options", "{}"},
                             refusal{"volcengine", "web_search_options", "{}"}, refusal{"groq", "n", "2"}, refusal{"groq", "logprobs", "true"},
                             refusal{"scaleway", "top_logprobs", "2"}, refusal{"deepinfra", "logprobs", "true"},
                             refusal{"minimax", "logit_bias", R"({"1":2})"}}) {
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
    for (const tuning& x : {tuning{"zai", "presence_penalty", "0.5"}, tuning{"sambanova", "frequency_penalty", "0.5"},
                            tuning{"xai", "service_tier", "\"flex\""},
                            tuning{"cohere_compatible", "parallel_tool_calls", "false"}, tuning{"cohere_compatible", "store", "true"}}) {
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
    BOOST_TEST(translate("groq", "").json().at("max_completion_tokens") == 9);

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
    // Its streams end with the usage: nothing is left out.
    BOOST_TEST(!asked.json().contains("stream_options"));
    BOOST_TEST(asked.dropped.empty());
}

BOOST_AUTO_TEST_CASE(an_odd_spelling_does_not_pass_a_refusal) {
    BOOST_TEST(pass("groq", R"("web\u005fsearch_options":{},)").failure.has_value());
    BOOST_TEST(pass("groq", R"("web\u005fsearch_options":{},)", true).body == R"({"model":"chosen","messages":[{"role":"user","content":"hi"}]})");
    // More members than a scan keeps: found by another one.
    std::string many;
    for (int i = 0; i < 40; ++i) many += "\"x" + std::to_string(i) + "\":0,";
    const sent s = pass("groq", many + R"("web_search_options":{},"max_completion_tokens":9,)", true);
    BOOST_TEST(s.json().at("max_completion_tokens") == 9);
    BOOST_TEST(!s.json().contains("web_search_options"));
}

BOOST_AUTO_TEST_CASE(null_is_as_good_as_absent) {
    const sent s = pass("perplexity", R"("seed":null,"tools":null,)");
    BOOST_TEST(!s.failure, why(s));
    BOOST_TEST(s.body == R"({"model":"chosen","messages":[{"role":"user","content":"hi"}]})");
    BOOST_TEST(s.dropped.empty());
    BOOST_TEST(pass("groq", R"("max_tokens":9,"max_completion_tokens":null,)").json().at("max_completion_tokens") == 9);
}

// Each row by its own contents.
BOOST_AUTO_TEST_CASE(every_row_does_what_it_says) {
    std::vector<const vendor_row*> rows(std::begin(stock_rows), std::end(stock_rows));
    rows.insert(rows.end(), std::begin(credential_rows), std::end(credential_rows));
    for (const vendor_row* const row : rows)
        BOOST_TEST_CONTEXT(row->name) {
            check_facts(*row);
            for (std::size_t i = 0; i < serves::always; ++i)
                if ((row->operations >> i & 1) != 0) check_target(*row, *LLMX_PLAIN(detail::row_codecs)[i]);
            if ((row->operations & serves::chat) != 0) check_chat(*row);
            if ((row->operations & serves::embeddings) != 0) check_embeddings(*row);
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
