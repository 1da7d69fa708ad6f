// SPDX-License-Identifier: BSL-1.0
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/wire/utf8.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace request_members_unit {

// Which members of a request routing reads, and that no other reader can find others in their place.

using namespace llmx;

namespace {

struct language {
    std::string name;
    result<request_head> (*scan)(std::string_view, const request_target&);
    /// A request without its braces.
    std::string body;
    /// What the scan reads, each with a value.
    std::vector<std::pair<std::string, std::string>> read;
    bool path_names_model;
};

const std::vector<language>& languages() {
    static const std::vector<language> all = {
        {"openai", &openai_chat::scan_request, R"("model":"m","messages":[{"role":"user","content":"x"}])",
         {{"model", "\"m\""}, {"messages", "[1]"}, {"stream", "true"}, {"stream_options", "{}"}, {"max_tokens", "7"}, {"max_completion_tokens", "7"}},
         false},
        {"anthropic", &anthropic_messages::scan_request, R"("model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"}])",
         {{"model", "\"m\""}, {"messages", "[1]"}, {"stream", "true"}, {"max_tokens", "7"}}, false},
        {"gemini", &gemini_generate::scan_request, R"("contents":[{"role":"user","parts":[{"text":"x"}]}])",
         {{"model", "\"m\""}, {"contents", "[1]"}, {"generationConfig", "{}"}, {"generation_config", "{}"}}, true},
    };
    return all;
}

result<request_head> scan(const language& l, const std::string& members) {
    request_target target;
    if (l.path_names_model) target.model = "m";
    return l.scan("{" + members + "}", target);
}

/// Other spellings of \p name that a reader without regard to case takes for it.
std::vector<std::string> other_cases(const std::string& name) {
    std::vector<std::string> out;
    std::string upper = name, first = name, last = name;
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    const auto turn = [](char& c) { c = static_cast<char>(c ^ 0x20); };
    turn(first.front());
    turn(last.back());
    out.insert(out.end(), {upper, first, last});
    // What Go's encoding/json takes for k and s, too: U+212A and U+017F.
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == 's') out.push_back(std::string(name).replace(i, 1, "\xc5\xbf"));
        if (name[i] == 'k') out.push_back(std::string(name).replace(i, 1, "\xe2\x84\xaa"));
        if (name[i] == 's') out.push_back(std::string(name).replace(i, 1, "\\u017f"));
        if (name[i] == 'k') out.push_back(std::string(name).replace(i, 1, "\\u212A"));
    }
    static constexpr char digits[] = "0123456789abcdef";
    const auto escaped = [](char c) {
        return std::string("\\u00") + digits[(c >> 4) & 15] + digits[c & 15];
    };
    out.push_back(escaped(first.front()) + name.substr(1));
    out.push_back(name.substr(0, name.size() - 1) + escaped(last.back()));
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_request_members)

BOOST_AUTO_TEST_CASE(names_in_other_letters_are_refused) {
    for (const language& l : languages()) {
        BOOST_TEST(scan(l, l.body).has_value());
        for (const auto& [name, value] : l.read)
            for (const std::string& other : other_cases(name))
                for (const bool in_front : {true, false}) {
                    const std::string member = "\"" + other + "\":" + value;
                    const auto r = scan(l, in_front ? member + "," + l.body : l.body + "," + member);
                    BOOST_TEST_CONTEXT(l.name << ": " << member) {
                        BOOST_REQUIRE(r.has_error());
                        BOOST_TEST((r.error().value() == errc::invalid_request));
                        const std::string text = r.error().message();
                        BOOST_TEST(text.find("'" + name + "'") != std::string::npos, text);
                        BOOST_TEST(text.find('\n') == std::string::npos);
                        BOOST_TEST(valid_utf8(text));
                        if (other.find('\\') == std::string::npos) BOOST_TEST(r.error().param() == other);
                    }
                }
    }
}

BOOST_AUTO_TEST_CASE(members_inside_of_others_may_have_any_name) {
    for (const language& l : languages())
        for (const auto& [name, value] : l.read)
            for (const std::string& other : other_cases(name)) {
                const std::string member = "\"" + other + "\":" + value;
                BOOST_TEST(scan(l, l.body + ",\"metadata\":{" + member + "}").has_value(), member);
                BOOST_TEST(scan(l, l.body + ",\"tools\":[{\"x\":{" + member + "}}]").has_value(), member);
                // Almost the same is another name.
                BOOST_TEST(scan(l, l.body + ",\"" + name + "x\":1").has_value());
                BOOST_TEST(scan(l, l.body + ",\"x" + other + "\":1").has_value());
            }
}

BOOST_AUTO_TEST_CASE(every_member_of_the_apis_is_let_through) {
    // platform.openai.com/docs/api-reference/chat/create, docs.anthropic.com/en/api/messages,
    // ai.google.dev/api/generate-content, and what compatible servers added.
    const std::vector<std::pair<std::string, std::vector<std::string>>> known = {
        {"openai",
         {"audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "metadata", "modalities", "n",
          "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_retention", "reasoning_effort",
          "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "temperature", "tool_choice", "tools",
          "top_logprobs", "top_p", "user", "verbosity", "web_search_options", "top_k", "min_p", "repetition_penalty", "stop_token_ids",
          "guided_json", "extra_body", "models", "provider", "route", "transforms", "thinking", "enable_thinking", "mode", "options", "keep_alive"}},
        {"anthropic",
         {"container", "context_management", "mcp_servers", "metadata", "service_tier", "stop_sequences", "system", "temperature",
          "thinking", "tool_choice", "tools", "top_k", "top_p", "cache_control", "output_config", "inference_geo"}},
        {"gemini",
         {"tools", "toolConfig", "tool_config", "safetySettings", "safety_settings", "systemInstruction", "system_instruction",
          "cachedContent", "cached_content", "serviceTier", "service_tier", "store", "labels"}},
    };
    for (const auto& [name, members] : known)
        for (const language& l : languages()) {
            if (l.name != name) continue;
            std::string all = l.body;
            for (const std::string& member : members) {
                BOOST_TEST(scan(l, l.body + ",\"" + member + "\":null").has_value(), name + ": " + member);
                all += ",\"" + member + "\":null";
            }
            BOOST_TEST(scan(l, all).has_value());
        }
}

BOOST_AUTO_TEST_CASE(what_routing_reads_is_given_once) {
    for (const language& l : languages())
        for (const auto& [name, value] : l.read) {
            const std::string member = "\"" + name + "\":" + value;
            const bool there = l.body.find("\"" + name + "\"") != std::string::npos;
            if (!there) BOOST_TEST(scan(l, l.body + "," + member).has_value(), member);
            for (const std::string& again : {member, "\"" + name + "\":null",
                                             "\"\\u00" + std::string(name[0] == 'm' ? "6d" : name[0] == 's' ? "73" : name[0] == 'c' ? "63" : "67") +
                                                 name.substr(1) + "\":" + value}) {
                const auto r = scan(l, l.body + (there ? "" : "," + member) + "," + again);
                BOOST_REQUIRE_MESSAGE(r.has_error(), l.name + ": " + again);
                BOOST_TEST((r.error().value() == errc::invalid_request));
                BOOST_TEST(r.error().param() == name);
            }
        }
    // Two spellings of one member of Google's.
    BOOST_TEST(scan(languages()[2], languages()[2].body + R"(,"generationConfig":{},"generation_config":{})").has_error());
}

BOOST_AUTO_TEST_CASE(a_stream_is_true_or_false) {
    for (const language& l : languages()) {
        if (l.path_names_model) continue;
        for (const std::string wrong : {"\"true\"", "1", "0", "[]", "{}", "\"\""})
            BOOST_TEST(scan(l, l.body + ",\"stream\":" + wrong).has_error(), wrong);
        for (const std::string right : {"true", "false", "null"}) {
            const auto r = scan(l, l.body + ",\"stream\":" + right);
            BOOST_REQUIRE(r.has_value());
            BOOST_TEST(r->stream == (right == "true"));
            BOOST_TEST(!r->must_translate);
            request_target target;
            target.stream = true;
            const auto asked = l.scan("{" + l.body + ",\"stream\":" + right + "}", target);
            BOOST_REQUIRE(asked.has_value());
            BOOST_TEST(asked->stream);
            BOOST_TEST(asked->must_translate == (right != "true"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_model_that_is_no_name_is_refused) {
    for (const language& l : languages())
        for (const std::string wrong : {"1", "[\"m\"]", "{}", "true"}) {
            std::string body = l.body;
            if (!l.path_names_model) body = body.substr(body.find(',') + 1);
            request_target target;
            target.model = "m";
            BOOST_TEST(l.scan("{" + body + ",\"model\":" + wrong + "}", target).has_error(), l.name + wrong);
            BOOST_TEST(l.scan("{" + body + ",\"model\":null}", target).has_value());
            BOOST_TEST(l.scan("{" + body + "}", target).has_value());
            if (!l.path_names_model) {
                BOOST_TEST(l.scan("{" + body + ",\"model\":null}", request_target()).has_error());
                BOOST_TEST(l.scan("{" + body + "}", request_target()).has_error());
            }
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace request_members_unit
