// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace openai_chat_test {

inline boost::json::value json(std::string_view text) {
    boost::json::parse_options options;
    options.max_depth = 64;
    return boost::json::parse(boost::json::string_view(text.data(), text.size()), boost::json::storage_ptr(),
                              options);
}

inline llmx::result<llmx::chat_request> decode(std::string_view body) {
    return llmx::openai_chat::decode_request(body, llmx::request_target());
}

inline std::string encode(const llmx::chat_request& request, llmx::drop_report& drops,
                          bool max_completion_tokens = false) {
    llmx::encode_options options;
    options.traits.max_completion_tokens = max_completion_tokens;
    options.traits.custom_tools = true;
    std::string out;
    const auto done = llmx::openai_chat::encode_request(request, options, out, drops);
    if (done.has_error()) throw llmx::call_failed(done.error());
    return out;
}

inline std::string encode(const llmx::chat_request& request) {
    llmx::drop_report drops;
    return encode(request, drops);
}

inline std::string encode(const llmx::chat_reply& reply,
                          const llmx::reply_options& options = llmx::reply_options()) {
    std::string out;
    llmx::openai_chat::encode_reply(reply, options, out);
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
            "a",  "Z",    " ",    "\"",           "\\",           "\n",     "\t", "\r", "\x01",
            "/",  "data", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "[DONE]", "{}", ":",  "\"usage\":{",
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
    /// As Boost.JSON writes it, so that it compares equal.
    std::string object() {
        static constexpr std::string_view samples[] = {
            "{}", R"({"a":1})", R"({"type":"object","properties":{"x":{"type":"string"}}})",
            R"({"list":[1,-2,true,false,"\u0001é"],"deep":{"er":{"est":{}}}})"};
        return std::string(samples[below(std::size(samples))]);
    }
    void add_extra(llmx::extra_members& to, std::string_view prefix = "") {
        if (!chance(4)) return;
        for (std::size_t n = 1 + below(2), i = 0; i < n; ++i)
            to.add(llmx::openai_chat::name, std::string(prefix) + "x_" + word() + std::to_string(i), object());
    }

    llmx::image_part image() {
        llmx::image_part p(chance(2) ? llmx::media::from_url("https://example.com/" + word() + ".png")
                                     : llmx::media::from_base64("image/jpeg", "aGVsbG8="));
        if (chance(2)) p.detail = "low";
        add_extra(p.extra, chance(2) ? "image_url." : "");
        return p;
    }
    llmx::tool_call_part call(std::size_t i) {
        llmx::tool_call_part p("call_" + std::to_string(i), word(), object());
        if (chance(4)) p.signature = text();
        add_extra(p.extra, chance(2) ? "function." : "");
        return p;
    }

    llmx::message user() {
        llmx::message m(llmx::role::user);
        if (chance(6)) m.name = word();
        add_extra(m.extra);
        if (chance(8)) return m;
        for (std::size_t n = 1 + below(4); n > 0; --n) {
            switch (below(6)) {
            case 0: m.add(image()); break;
            case 1: m.add(llmx::audio_part(llmx::media::from_base64(chance(2) ? "audio/wav" : "audio/mpeg", "UklG"))); break;
            case 2: {
                llmx::file_part f(chance(2) ? llmx::media::from_file_id("file-" + word())
                                            : llmx::media::from_base64("application/pdf", "JVBERg=="));
                if (chance(2) || f.source.file_id.empty()) f.filename = word() + ".pdf";
                add_extra(f.extra, "file.");
                m.add(std::move(f));
                break;
            }
            case 3:
                m.add(llmx::opaque_part(llmx::openai_chat::name,
                                        R"({"type":"video_url","video_url":{"url":"https://example.com"}})"));
                break;
            default: {
                llmx::text_part t(text());
                add_extra(t.extra);
                m.add(std::move(t));
            }
            }
        }
        return m;
    }

    void turn_of_tools(std::vector<llmx::message>& to) {
        llmx::message m(llmx::role::assistant);
        if (chance(2)) m.add(llmx::text_part(text()));
        if (chance(4)) m.add(llmx::refusal_part(text()));
        const std::size_t n = 1 + below(3);
        const std::size_t first = to.size() * 10;
        for (std::size_t i = 0; i < n; ++i) m.add(call(first + i));
        if (chance(4)) {
            llmx::tool_call_part custom("c" + std::to_string(first), "n", R"({"input":"i"})");
            llmx::detail::mark_custom_tool(custom.extra, llmx::openai_chat::name);
            m.add(std::move(custom));
        }
        add_extra(m.extra);
        to.push_back(std::move(m));
        for (std::size_t i = 0; i < n; ++i) {
            llmx::message answer(llmx::role::tool);
            llmx::tool_result_part r;
            r.call_id = "call_" + std::to_string(first + i);
            for (std::size_t k = below(3); k > 0; --k) r.content.emplace_back(llmx::text_part(text()));
            add_extra(r.extra);
            answer.add(std::move(r));
            to.push_back(std::move(answer));
        }
    }

    llmx::chat_request request() {
        llmx::chat_request r;
        r.model = word();
        if (chance(2)) r.messages.push_back(llmx::message::system(text()));
        if (chance(4)) r.messages.push_back(llmx::message(llmx::role::developer, text()));
        for (std::size_t n = 1 + below(3); n > 0; --n) {
            r.messages.push_back(user());
            if (chance(2)) turn_of_tools(r.messages);
            if (chance(3)) r.messages.push_back(llmx::message::assistant(text()));
            if (chance(6)) r.messages.push_back(llmx::message(llmx::role::assistant).add(llmx::refusal_part(text())));
        }
        for (std::size_t n = below(3); n > 0; --n) {
            llmx::tool t(word(), chance(2) ? text() : std::string(), chance(3) ? std::string() : object());
            if (chance(3)) t.strict = chance(2);
            add_extra(t.extra, chance(2) ? "function." : "");
            r.tools.push_back(std::move(t));
        }
        if (chance(4)) {
            llmx::tool t("grep", "", R"({"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false})");
            llmx::detail::mark_custom_tool(t.extra, llmx::openai_chat::name);
            r.tools.push_back(std::move(t));
        }
        if (chance(3)) r.tool_choice = llmx::tool_choice(static_cast<llmx::tool_choice::mode>(below(3)));
        else if (chance(3)) r.tool_choice = llmx::tool_choice::function(word());
        if (chance(3)) r.parallel_tool_calls = chance(2);
        if (chance(2)) r.max_output_tokens = static_cast<std::int64_t>(1 + below(100000));
        // Binary fractions: Boost.JSON 1.81 reads others with an error of one unit in the last place.
        if (chance(2)) r.temperature = static_cast<double>(below(256)) / 128.0;
        if (chance(3)) r.top_p = static_cast<double>(below(1024)) / 1024.0;
        if (chance(4)) r.presence_penalty = -1.5;
        if (chance(4)) r.frequency_penalty = 0.125;
        for (std::size_t n = below(3); n > 0; --n) r.stop.push_back(text());
        if (chance(4)) r.seed = static_cast<std::int64_t>(below(1u << 30)) - (1 << 29);
        if (chance(4)) r.n = static_cast<std::int64_t>(1 + below(4));
        if (chance(4)) r.logprobs = true;
        if (chance(4)) r.top_logprobs = 5;
        if (chance(4)) r.logit_bias = llmx::raw_json(R"({"50256":-100})");
        if (chance(3)) {
            r.response_format.emplace(static_cast<llmx::response_format::kind>(below(3)));
            if (r.response_format->form == llmx::response_format::kind::json_schema) {
                r.response_format->name = word();
                r.response_format->schema = llmx::raw_json(object());
                if (chance(2)) r.response_format->strict = chance(2);
                if (chance(2)) r.response_format->description = text();
            }
        }
        if (chance(3)) r.reasoning = llmx::reasoning_options(static_cast<llmx::reasoning_effort>(below(7)));
        if (chance(4)) r.modalities = {"text", "audio"};
        if (chance(4)) r.user = text();
        if (chance(4)) r.service_tier = llmx::service_tier::flex;
        for (std::size_t n = below(3), i = 0; i < n; ++i) r.metadata.emplace_back(word() + std::to_string(i), text());
        r.stream = chance(2);
        r.include_usage = r.stream && chance(2);
        if (r.stream) add_extra(r.extra, "stream_options.");
        add_extra(r.extra);
        return r;
    }

    llmx::citation citation() {
        llmx::citation c;
        c.url = "https://example.com/" + word();
        c.title = word();
        c.start = static_cast<std::int64_t>(below(5));
        c.end = c.start + 3;
        c.original.add(llmx::openai_chat::name, "type", R"("url_citation")");
        c.original.add(llmx::openai_chat::name, "url_citation",
                       R"({"start_index":)" + std::to_string(c.start) + R"(,"end_index":)" +
                           std::to_string(c.end) + R"(,"url":")" + c.url + R"(","title":")" + c.title + "\"}");
        return c;
    }

    llmx::chat_reply reply() {
        llmx::chat_reply r;
        r.id = "chatcmpl-" + word();
        r.model = word();
        r.created = static_cast<std::int64_t>(1 + below(1u << 30));
        if (chance(3)) r.service_tier = llmx::service_tier::standard;
        r.usage.tier = r.service_tier; // of a whole reply it stands in both
        add_extra(r.extra);
        if (!chance(4)) {
            r.usage.input_tokens = static_cast<std::int64_t>(1 + below(10000));
            r.usage.output_tokens = static_cast<std::int64_t>(1 + below(1000));
            r.usage.cached_tokens = static_cast<std::int64_t>(below(50));
            r.usage.cache_write_tokens = static_cast<std::int64_t>(below(50));
            r.usage.reasoning_tokens = static_cast<std::int64_t>(below(50));
            r.usage.input_audio_tokens = static_cast<std::int64_t>(below(5));
            r.usage.output_audio_tokens = static_cast<std::int64_t>(below(5));
        }
        for (std::size_t n = 1 + below(3); n > 0; --n) {
            llmx::chat_choice c;
            auto& m = c.answer;
            if (chance(3)) m.add(llmx::thinking_part(text()));
            else if (chance(2)) {
                m.add(llmx::thinking_part(text(), "c2ln" + word(), chance(2) ? "gemini_generate" : "anthropic_messages"));
                llmx::thinking_part redacted;
                redacted.redacted_data = "AAAA";
                if (chance(2)) m.add(std::move(redacted));
                if (chance(2)) m.add(llmx::thinking_part(text()));
            }
            if (!chance(3)) {
                llmx::text_part t(text());
                for (std::size_t k = below(3); k > 0; --k) t.citations.push_back(citation());
                if (chance(4)) t.signature = text();
                m.add(std::move(t));
            }
            if (chance(5)) m.add(llmx::refusal_part(text()));
            if (chance(5))
                m.add(llmx::opaque_part(llmx::openai_chat::name,
                                        R"({"type":"audio","audio":{"id":"a","expires_at":1,"data":"AA==","transcript":"x"}})"));
            if (chance(5)) m.add(image());
            bool calls = false;
            if (chance(3)) {
                calls = true;
                for (std::size_t k = 1 + below(3), i = 0; i < k; ++i) m.add(call(i));
            }
            static constexpr llmx::finish_reason reasons[] = {llmx::finish_reason::stop, llmx::finish_reason::length,
                                                              llmx::finish_reason::content_filter};
            c.finish = calls ? llmx::finish_reason::tool_calls : reasons[below(3)];
            if (chance(4)) c.logprobs = llmx::raw_json(R"({"content":null,"refusal":null})");
            add_extra(c.extra);
            add_extra(m.extra);
            r.choices.push_back(std::move(c));
        }
        return r;
    }

private:
    std::mt19937_64 random_;
};

} // namespace openai_chat_test
