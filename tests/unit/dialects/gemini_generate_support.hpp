// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gemini_test {

inline boost::json::value json(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = 64;
    return boost::json::parse(boost::json::string_view(text.data(), text.size()), boost::json::storage_ptr(), options);
}

inline llmx::request_target target() {
    llmx::request_target t;
    t.model = "gemini-x";
    return t;
}

inline llmx::result<llmx::chat_request> decode(std::string_view body) {
    return llmx::gemini_generate::decode_request(body, target());
}

/// Decodes what must be a request.
inline llmx::chat_request decoded(std::string_view body) { return decode(body).value(); }

/// A body with one text turn and \p members beside it.
inline std::string with(std::string_view members) {
    std::string body = R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}])";
    if (!members.empty()) {
        body += ',';
        body += members;
    }
    return body += '}';
}

inline llmx::result<void> try_encode(const llmx::chat_request& request, const llmx::encode_options& options,
                                     std::string& out, llmx::drop_report& drops) {
    return llmx::gemini_generate::encode_request(request, options, out, drops);
}

inline std::string encode(const llmx::chat_request& request, llmx::drop_report& drops,
                          const llmx::encode_options& options = llmx::encode_options()) {
    std::string out;
    try_encode(request, options, out, drops).value();
    return out;
}

inline std::string encode(const llmx::chat_request& request,
                          const llmx::encode_options& options = llmx::encode_options()) {
    llmx::drop_report drops;
    return encode(request, drops, options);
}

inline std::string encode(const llmx::chat_reply& reply, const llmx::reply_options& options = llmx::reply_options()) {
    std::string out;
    llmx::gemini_generate::encode_reply(reply, options, out);
    return out;
}

/// Requests and replies that the dialect can say, from a seed.
class generator {
public:
    explicit generator(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_); }
    bool chance(std::size_t one_in) { return below(one_in) == 0; }

    /// Never empty.
    std::string text() {
        static constexpr std::string_view pieces[] = {
            "a", "Z", " ", "\"", "\\", "\n", "\t", "\r", "\x01", "/", "data: ", "\xC3\xA9", "\xE2\x82\xAC",
            "\xF0\x9F\x98\x80", "[DONE]", "{}", ":", "\"finishReason\":\"STOP\"", "]", ",",
        };
        std::string out = "t";
        for (std::size_t n = below(8); n > 0; --n) out += pieces[below(std::size(pieces))];
        return out;
    }
    std::string word() {
        std::string out;
        for (std::size_t n = 1 + below(12); n > 0; --n) out += static_cast<char>('a' + below(26));
        return out;
    }
    std::string object() {
        static constexpr std::string_view samples[] = {
            "{}", R"({"a":1})", R"({"city":"Paris","n":0.5,"deep":{"er":[1,-2,true,null]}})", R"({"x":"é\n\"q\""})"};
        return std::string(samples[below(std::size(samples))]);
    }
    std::string schema() {
        static constexpr std::string_view samples[] = {
            R"({"type":"object","properties":{"x":{"type":"string","description":"d"}},"required":["x"]})",
            R"({"type":"object","properties":{"u":{"type":["string","null"],"enum":["c","f",null]},"l":{"type":"array","items":{"type":"integer"}}}})"};
        return std::string(samples[below(std::size(samples))]);
    }
    std::string base64() { return chance(2) ? "aGVsbG8=" : "AAEC/+8="; }
    void add_extra(llmx::extra_members& to, std::string_view prefix = "") {
        if (!extras || !chance(4)) return;
        for (std::size_t n = 1 + below(2), i = 0; i < n; ++i)
            to.add(llmx::gemini_generate::name, std::string(prefix) + "x" + word() + std::to_string(i), object());
    }
    llmx::media source(std::string_view type) {
        if (chance(2)) return llmx::media::from_base64(std::string(type), base64());
        llmx::media m = llmx::media::from_url("https://example.com/" + word());
        m.media_type = type;
        return m;
    }

    llmx::content_part user_part() {
        switch (below(4)) {
        case 0: {
            llmx::image_part p(source("image/png"));
            add_extra(p.extra, chance(2) ? (p.source.data.empty() ? "fileData." : "inlineData.") : "");
            return p;
        }
        case 1: return llmx::audio_part(source("audio/wav"));
        case 2: {
            llmx::file_part p(source(chance(2) ? "application/pdf" : "video/mp4"));
            add_extra(p.extra);
            return p;
        }
        default: {
            llmx::text_part p(text());
            add_extra(p.extra);
            return p;
        }
        }
    }

    /// A turn of the model; its calls are noted in `calls`. No two thoughts without a
    /// signature meet: those would be one.
    llmx::message model_turn(bool in_reply) {
        llmx::message m(llmx::role::assistant);
        if (chance(2)) {
            llmx::thinking_part p(text());
            if (!in_reply || !chance(2)) {
                p.signature = "c2ln";
                p.signer = llmx::gemini_generate::name;
            }
            add_extra(p.extra);
            m.content.emplace_back(std::move(p));
        }
        if (chance(2)) {
            llmx::text_part p(text());
            if (chance(3)) p.signature = "dHh0";
            add_extra(p.extra);
            m.content.emplace_back(std::move(p));
        }
        if (chance(4)) m.content.emplace_back(llmx::image_part(source("image/png")));
        if (chance(5))
            m.content.emplace_back(llmx::opaque_part(llmx::gemini_generate::name,
                                                     R"({"executableCode":{"language":"PYTHON","code":"1"}})"));
        calls.clear();
        for (std::size_t n = m.content.empty() ? 1 + below(2) : below(3); n > 0; --n) {
            llmx::tool_call_part p("call_" + word() + std::to_string(++ids_), word(), object());
            if (chance(3)) p.signature = "Y2FsbA==";
            add_extra(p.extra, chance(2) ? "functionCall." : "");
            calls.emplace_back(p.id, p.name);
            m.content.emplace_back(std::move(p));
        }
        if (chance(6)) add_extra(m.extra);
        return m;
    }

    llmx::message results() {
        llmx::message m(llmx::role::tool);
        for (const auto& [id, function] : calls) {
            llmx::tool_result_part p(id, chance(2) ? text() : R"({"temperature":18,"unit":"c"})");
            p.name = function;
            if (chance(3)) {
                p.is_error = true;
                p.content.clear();
                p.content.emplace_back(llmx::text_part(text()));
            }
            add_extra(p.extra, chance(2) ? "functionResponse." : "");
            m.content.emplace_back(std::move(p));
        }
        return m;
    }

    llmx::chat_request request() {
        llmx::chat_request r;
        r.model = "gemini-x";
        if (chance(2)) {
            r.messages.push_back(llmx::message::system(text()));
            if (chance(2)) r.messages.back().content.emplace_back(llmx::text_part(text()));
        }
        for (std::size_t turns = 1 + below(3); turns > 0; --turns) {
            llmx::message user(llmx::role::user);
            for (std::size_t n = 1 + below(3); n > 0; --n) user.content.push_back(user_part());
            r.messages.push_back(std::move(user));
            if (!chance(3)) {
                r.messages.push_back(model_turn(false));
                if (!calls.empty()) r.messages.push_back(results());
            } else {
                break; // two turns of the user would be one
            }
        }
        for (std::size_t n = below(3); n > 0; --n) {
            llmx::tool t(word(), text(), chance(4) ? "" : schema());
            add_extra(t.extra);
            r.tools.push_back(std::move(t));
        }
        // What not every model takes together stands alone: search and functions, functions
        // and JSON, a choice without functions.
        const bool functions = !r.tools.empty();
        if (!functions && chance(3)) {
            llmx::tool t;
            t.builtin = llmx::opaque_part(llmx::gemini_generate::name, R"({"googleSearch":{}})");
            t.kind = llmx::builtin_kind::web_search;
            r.tools.push_back(std::move(t));
        }
        if (functions && chance(3)) {
            using mode = llmx::tool_choice::mode;
            switch (below(4)) {
            case 0: r.tool_choice = llmx::tool_choice(mode::automatic); break;
            case 1: r.tool_choice = llmx::tool_choice(mode::none); break;
            case 2: r.tool_choice = llmx::tool_choice(mode::required); break;
            default: r.tool_choice = llmx::tool_choice::function(word());
            }
        }
        options(r);
        if (chance(3)) {
            if (functions) add_extra(r.extra, "toolConfig.functionCallingConfig.");
            add_extra(r.extra, "toolConfig.");
            if (r.reasoning) add_extra(r.extra, "generationConfig.thinkingConfig.");
            add_extra(r.extra, "generationConfig.");
            add_extra(r.extra);
        }
        return r;
    }

    llmx::chat_reply reply() {
        llmx::chat_reply r;
        r.id = word();
        r.model = word();
        for (std::size_t n = 1 + below(3); n > 0; --n) {
            llmx::chat_choice c;
            c.answer = model_turn(true);
            c.answer.extra = llmx::extra_members();
            switch (below(4)) {
            case 0: c.finish = llmx::finish_reason::length; break;
            case 1: c.finish = llmx::finish_reason::content_filter; break;
            case 2: c.finish = llmx::finish_reason::failed; break;
            default: c.finish = calls.empty() ? llmx::finish_reason::stop : llmx::finish_reason::tool_calls;
            }
            if (chance(3))
                c.logprobs = llmx::raw_json(
                    R"({"content":[{"token":"a","logprob":-0.25,"bytes":null,"top_logprobs":[{"token":"b","logprob":-1.5,"bytes":null}]}]})");
            add_extra(c.extra);
            r.choices.push_back(std::move(c));
        }
        r.usage.reasoning_tokens = static_cast<std::int64_t>(below(50));
        r.usage.output_tokens = r.usage.reasoning_tokens + static_cast<std::int64_t>(below(100));
        r.usage.input_tokens = 100 + static_cast<std::int64_t>(below(100));
        r.usage.cached_tokens = static_cast<std::int64_t>(below(100));
        if (chance(3)) r.usage.input_audio_tokens = static_cast<std::int64_t>(below(100));
        add_extra(r.extra);
        return r;
    }

    std::vector<std::pair<std::string, std::string>> calls;
    /// Off: only what the published protos know.
    bool extras = true;

private:
    void options(llmx::chat_request& r) {
        if (chance(3)) r.temperature = 0.25 * static_cast<double>(below(8));
        if (chance(3)) r.top_p = 0.5;
        if (chance(3)) r.top_k = 40;
        if (chance(3)) r.n = 2;
        if (chance(3)) r.max_output_tokens = 1 + static_cast<std::int64_t>(below(5000));
        if (chance(3)) r.stop = {text(), word()};
        if (chance(3)) r.seed = -7;
        if (chance(3)) r.presence_penalty = 0.5;
        if (chance(3)) r.frequency_penalty = -1;
        if (chance(3)) r.logprobs = true;
        if (chance(3)) r.top_logprobs = 3;
        if (chance(3)) r.modalities = {"text", "image"};
        if (chance(3)) {
            switch (r.tools.empty() || r.tools[0].builtin ? below(3) : 0) {
            case 0: r.response_format = llmx::response_format(llmx::response_format::kind::text); break;
            case 1: r.response_format = llmx::response_format(llmx::response_format::kind::json_object); break;
            default: r.response_format = llmx::response_format::json_schema("response", schema());
            }
        }
        if (chance(3)) {
            llmx::reasoning_options o;
            if (chance(2)) o.budget_tokens = static_cast<std::int64_t>(below(3)) * 1024 - 1;
            o.include_thoughts = chance(2);
            r.reasoning = o;
        }
        static constexpr llmx::service_tier tiers[] = {llmx::service_tier::standard, llmx::service_tier::flex,
                                                       llmx::service_tier::priority};
        if (chance(4)) r.service_tier = tiers[below(3)];
    }
    std::mt19937_64 random_;
    int ids_ = 0;
};

} // namespace gemini_test
