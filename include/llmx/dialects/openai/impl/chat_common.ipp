// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/chat_fields.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL std::int64_t openai_chat_length(std::string_view text) noexcept {
    return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; });
}

LLMX_DECL void openai_chat_read_tier(std::string_view name, std::optional<service_tier>& to, extra_members& extra) {
    to = read_enum(openai_chat_tiers, name);
    if (to || name.empty()) return;
    std::string json;
    append_json_string(json, name);
    extra.add(openai_chat::name, "service_tier", std::move(json)).hint = true;
}

LLMX_DECL void openai_chat_keep(const json_cursor& from, std::initializer_list<std::string_view> known,
                                std::string_view prefix, extra_members& to) {
    const std::span<const std::string_view> names(known.begin(), known.size());
    keep_extra(from, std::span<const field_rule>(), names, openai_chat::name, prefix, openai_chat_hints, to);
}

LLMX_DECL void openai_chat_write_inner(json_writer& w, const extra_members& extra, std::string_view prefix) {
    if (!extra.speaks(openai_chat::name)) return;
    for (const auto& m : extra.members)
        if (m.name.starts_with(prefix))
            w.raw_member(extra_members::wire_name(std::string_view(m.name).substr(prefix.size())), m.value.text);
}

LLMX_DECL void openai_chat_write_outer(json_writer& w, const extra_members& extra,
                                       std::initializer_list<std::string_view> prefixes) {
    if (!extra.speaks(openai_chat::name)) return;
    for (const auto& m : extra.members) {
        const auto inner = [&m](std::string_view prefix) { return m.name.starts_with(prefix); };
        if (std::none_of(prefixes.begin(), prefixes.end(), inner)) w.raw_member(extra_members::wire_name(m.name), m.value.text);
    }
}

LLMX_DECL bool openai_chat_has_inner(const extra_members& extra, std::string_view prefix) {
    return extra.speaks(openai_chat::name) &&
           std::any_of(extra.members.begin(), extra.members.end(),
                       [prefix](const auto& m) { return m.name.starts_with(prefix); });
}

LLMX_DECL void openai_chat_report_inner(const extra_members& extra, std::string_view prefix, const request_place& of,
                                        drop_report& drops) {
    if (!extra.speaks(openai_chat::name)) return;
    for (const auto& m : extra.members) {
        if (!m.name.starts_with(prefix) || m.is_absent) continue;
        if (m.hint) drops.hint(of.other(std::string(extra_members::wire_name(m.name))));
        else drops.lost(of.other(std::string(extra_members::wire_name(m.name))));
    }
}

LLMX_DECL void openai_chat_append_flat(std::string& out, std::string_view json) {
    for (;;) {
        const std::size_t end = json.find_first_of("\r\n");
        out += json.substr(0, end);
        if (end == std::string_view::npos) return;
        out += ' ';
        json.remove_prefix(end + 1);
    }
}

LLMX_DECL std::string openai_chat_opaque_type(std::string_view json) {
    json_document document(json);
    const json_cursor part = document.root();
    return std::string(part["type"].string_or());
}

LLMX_DECL void openai_chat_need(const json_cursor& from, std::string& to) {
    if (!from) return from.expected("a string");
    from.read(to);
}

LLMX_DECL std::string_view openai_chat_signature(const json_cursor& from) noexcept {
    const json_cursor content = from["extra_content"];
    const json_cursor google = content["google"];
    return google["thought_signature"].string_or();
}

LLMX_DECL void openai_chat_write_signature(json_writer& w, std::string_view signature) {
    w.key("extra_content").object().key("google").object().member("thought_signature", signature);
    w.end_object().end_object();
}

LLMX_DECL void openai_chat_read_cache(const json_cursor& from, std::optional<cache_control>& to) {
    const json_cursor cache = from["cache_control"];
    if (cache.is_object()) read_fields(cache, &to.emplace(), openai_chat_cache_fields.view());
}

LLMX_DECL std::string openai_chat_thinking_text(const json_cursor& from) {
    std::string text(from.string_or());
    from.each_object_or_skip([&text](const json_cursor& piece, std::size_t) { text += piece["text"].string_or(); });
    return text;
}

LLMX_DECL void openai_chat_read_proof(const json_cursor& from, thinking_part& to) {
    std::string text;
    from["signature"].read(text);
    const signed_by read = read_signature(text, openai_chat_usual_signer);
    to.signature = read.signature;
    to.signer = read.signer;
}

LLMX_DECL void openai_chat_read_thinking_block(const json_cursor& from, thinking_part& to) {
    std::string type;
    from["type"].read(type);
    if (type == "redacted_thinking") {
        from["data"].read(to.redacted_data);
        openai_chat_keep(from, {"type", "data"}, "", to.extra);
    } else if (type == "thinking") {
        from["thinking"].read(to.text);
        openai_chat_read_proof(from, to);
        openai_chat_keep(from, {"type", "thinking", "signature"}, "", to.extra);
    } else {
        from["type"].expected("\"thinking\" or \"redacted_thinking\"");
    }
}

LLMX_DECL void openai_chat_read_thinking(const json_cursor& from, openai_chat_parts& to) {
    const json_cursor blocks = from["thinking_blocks"];
    const json_document& document = from.document();
    blocks.each_object([&](const json_cursor& block, std::size_t i) {
        thinking_part part;
        openai_chat_read_thinking_block(block, part);
        if (document.good()) to.add(std::move(part), openai_chat_list::thinking_blocks, i);
    });
    if (const auto* const list = blocks.array(); list != nullptr && !list->empty()) return;
    std::string text;
    from["reasoning_content"].read(text);
    openai_chat_list list = openai_chat_list::reasoning_content;
    // Some servers have an object of settings under the same name; only text is thought.
    if (const json_cursor words = from["reasoning"]; text.empty() && words.is_string()) {
        text = words.string_or();
        list = openai_chat_list::reasoning;
    }
    if (!text.empty()) to.add(thinking_part(std::move(text)), list);
}

LLMX_DECL void openai_chat_read_annotations(const json_cursor& from, std::vector<citation>& to) {
    const json_cursor list = from["annotations"];
    list.each_object_or_skip([&to](const json_cursor& one, std::size_t) {
        citation& c = to.emplace_back();
        if (const json_cursor url = one["url_citation"]; url.object() != nullptr) {
            c.url = url["url"].string_or();
            c.title = url["title"].string_or();
            c.start = url["start_index"].count_or(-1);
            c.end = url["end_index"].count_or(-1);
        }
        openai_chat_keep(one, {}, "", c.original);
    });
}

LLMX_DECL result<void> openai_chat_read_media_url(std::string_view url, media& to) {
    if (!is_data_url(url)) {
        to.url = url;
        return success();
    }
    const auto inlined = parse_data_url(url);
    if (inlined.has_error()) return inlined.error();
    if (inlined->base64) {
        to.data = inlined->payload;
    } else {
        const auto bytes = data_url_bytes(*inlined);
        if (bytes.has_error()) return bytes.error();
        to.data = base64_encode(*bytes);
    }
    to.media_type = inlined->media_type;
    return success();
}

LLMX_DECL void openai_chat_read_media_format(const json_cursor& from, media& to) {
    const json_cursor format = from["format"];
    if (const std::string_view type = format.string_or(); type.find('/') != std::string_view::npos) to.media_type = type;
}

LLMX_DECL void openai_chat_read_image(const json_cursor& from, image_part& to) {
    const json_cursor image = from["image_url"];
    const json_cursor member = image["url"];
    // LiteLLM's word for the media type of what a URL leads to.
    std::string url;
    if (image.is_string()) {
        url = image.string_or();
    } else if (image.expect_object()) {
        member.read(url);
        read_fields(image, &to, openai_chat_image_fields.view());
        openai_chat_keep(image, {"url", "detail", "format"}, "image_url.", to.extra);
    }
    if (url.empty()) member.expected("a URL");
    if (openai_chat_read_media_url(url, to.source).has_error()) member.expected("an http(s) or a data URL");
    openai_chat_read_media_format(image, to.source);
    openai_chat_read_cache(from, to.cache);
    // Gemini refuses a picture of its own that comes back without its signature.
    if (const std::string_view signature = openai_chat_signature(from); !signature.empty() && to.extra.empty()) {
        std::string json;
        append_json_string(json, signature);
        to.extra.add(openai_chat_google_signer, "thoughtSignature", std::move(json)).hint = true;
        return;
    }
    openai_chat_keep(from, {"type", "image_url", "cache_control", "index"}, "", to.extra);
}

LLMX_DECL void openai_chat_write_image(json_writer& w, const image_part& image) {
    w.object().member("type", "image_url").key("image_url").object();
    if (image.source.data.empty()) {
        w.member("url", image.source.url);
    } else {
        const std::string_view type = type_by_bytes(image.source.media_type, image.source.data);
        w.member("url", make_data_url(type.empty() ? "image/png" : type, image.source.data));
    }
    if (!image.detail.empty()) w.member("detail", image.detail);
    openai_chat_write_inner(w, image.extra, "image_url.");
    w.end_object();
    openai_chat_write_outer(w, image.extra, {"image_url."});
    if (const raw_json* const signature = image.extra.speaks(openai_chat_google_signer) ? image.extra.find("thoughtSignature") : nullptr)
        w.key("extra_content").object().key("google").object().raw_member("thought_signature", signature->text).end_object().end_object();
    w.end_object();
}

/// `{"type":"name","name":json}`.
LLMX_DECL [[nodiscard]] opaque_part openai_chat_wrapped(std::string_view name, std::string_view json) {
    std::string whole;
    json_writer w(whole);
    w.object().member("type", name).raw_member(name, json).end_object();
    return opaque_part(openai_chat::name, std::move(whole));
}

LLMX_DECL opaque_part openai_chat_audio(std::string_view json) { return openai_chat_wrapped("audio", json); }

LLMX_DECL opaque_part openai_chat_search_tool(std::string_view json) {
    return openai_chat_wrapped(openai_chat_search_options, json);
}

LLMX_DECL void openai_chat_write_custom_call(json_writer& w, std::string_view id, const tool_call_part& call) {
    w.object().member("id", id).member("type", "custom").key("custom").object();
    w.member("name", call.name).member("input", custom_tool_input(call.arguments)).end_object();
    openai_chat_write_outer(w, call.extra, {custom_tool_mark, "function."});
    w.end_object();
}

LLMX_DECL std::string openai_chat_call_id(std::string_view reply_id, std::int64_t choice,
                                          std::size_t ordinal) {
    std::string id = "call_";
    // Other vendors take letters, digits, '_' and '-' in a call id, nothing else.
    for (const char c : reply_id.substr(0, 64)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '-' || c == '_';
        id += plain ? c : '_';
    }
    id += '_';
    id += std::to_string(choice);
    id += '_';
    id += std::to_string(ordinal);
    return id;
}

LLMX_DECL finish_reason openai_chat_finish(std::string_view word, bool has_calls) noexcept {
    if (word.empty()) return finish_reason::none;
    if (word == "tool_calls" || word == "function_call") return finish_reason::tool_calls;
    if (word == "length") return finish_reason::length;
    if (word == "content_filter") return finish_reason::content_filter;
    // "error" is OpenRouter's word, "network_error" Zhipu's: generation broke off.
    if (word == "error" || word == "network_error") return finish_reason::failed;
    if (word == "max_tokens" || word == "model_length") return finish_reason::length;
    if (word == "sensitive") return finish_reason::content_filter;
    return has_calls ? finish_reason::tool_calls : finish_reason::stop;
}

LLMX_DECL std::string openai_chat_failure_words(const json_cursor& choice) {
    // OpenRouter has an error beside the reason, and the reason that the model's own provider gave.
    const json_cursor failure = choice["error"];
    std::string words(choice["native_finish_reason"].string_or(choice["finish_reason"].string_or()));
    if (const std::string_view why = failure["message"].string_or(); !why.empty()) (words += ": ") += why;
    return words;
}

LLMX_DECL std::string_view openai_chat_finish_word(finish_reason r, bool has_calls) noexcept {
    switch (r) {
    case finish_reason::none: return has_calls ? "tool_calls" : "stop";
    case finish_reason::stop:
    case finish_reason::stop_sequence:
    case finish_reason::pause: return "stop";
    case finish_reason::length: return "length";
    case finish_reason::tool_calls: return "tool_calls";
    case finish_reason::content_filter:
    case finish_reason::failed: return "content_filter";
    }
    return "content_filter";
}

LLMX_DECL void openai_chat_counts::take(std::string_view name, std::int64_t n) noexcept {
    if (is_literal(name, "prompt_tokens")) prompt = n;
    else if (is_literal(name, "completion_tokens")) completion = n;
    else if (is_literal(name, "total_tokens")) total = n;
    else if (is_literal(name, "cache_read_input_tokens")) cached_by_litellm = n;
    else if (is_literal(name, "prompt_cache_hit_tokens")) cached_by_deepseek = n;
    else if (is_literal(name, "cached_tokens")) cached_by_moonshot = n;
    else if (is_literal(name, "cache_creation_input_tokens")) written_by_litellm = n;
    else if (is_literal(name, "reasoning_tokens")) reasoning = n;
}

LLMX_DECL void openai_chat_counts::take_detail(std::string_view of, std::string_view name, std::int64_t n) noexcept {
    if (of == "prompt_tokens_details") {
        if (name == "cached_tokens") detail.cached_tokens = n;
        else if (name == "audio_tokens") detail.input_audio_tokens = n;
        else if (name == "image_tokens") detail.input_image_tokens = n;
        else if (name == "web_search_requests") detail.web_searches = n;
        else if (name == "cache_write_tokens") written = n;
        else if (name == "cache_creation_tokens") created = n;
    } else if (of == "completion_tokens_details") {
        if (name == "reasoning_tokens") detail.reasoning_tokens = n;
        else if (name == "audio_tokens") detail.output_audio_tokens = n;
        else if (name == "image_tokens") detail.output_image_tokens = n;
    } else if (of == "server_tool_use") {
        // OpenRouter and LiteLLM, as Anthropic has it.
        if (name == "web_search_requests") detail.web_searches = n;
    } else if (of == "cache_creation" || of == "cache_creation_token_details") {
        if (name == "ephemeral_1h_input_tokens") detail.cache_write_1h_tokens = n;
    }
}

LLMX_DECL usage openai_chat_counts::totals() const noexcept {
    usage u = detail;
    // Counters arrive in range (`clamp_count`): differences of three of them do.
    u.input_tokens = prompt;
    u.output_tokens = completion;
    u.cache_write_tokens = written ? *written : created;
    // LiteLLM's, DeepSeek's and Moonshot's names of the same counter.
    if (u.cached_tokens == 0)
        u.cached_tokens = cached_by_litellm ? *cached_by_litellm : cached_by_deepseek.value_or(cached_by_moonshot);
    if (u.cache_write_tokens == 0) u.cache_write_tokens = written_by_litellm;
    if (u.reasoning_tokens == 0) u.reasoning_tokens = reasoning;
    // xAI and Google leave reasoning out of completion_tokens but not out of the total.
    const std::int64_t rest = total - u.input_tokens - u.output_tokens;
    if (rest > 0 && (u.reasoning_tokens == 0 || u.reasoning_tokens == rest)) {
        u.output_tokens = add_counts(u.output_tokens, rest);
        u.reasoning_tokens = rest;
    }
    return u;
}

LLMX_DECL usage openai_chat_read_usage(const boost::json::object& o) noexcept {
    openai_chat_counts counts;
    for (const auto& m : o) {
        if (const auto n = json_count(m.value())) counts.take(m.key(), *n);
        else if (const auto* const details = m.value().if_object())
            for (const auto& d : *details) {
                if (const auto in = json_count(d.value())) counts.take_detail(m.key(), d.key(), *in);
                // LiteLLM's parts of a part.
                else if (const auto* const parts = d.value().if_object())
                    for (const auto& part : *parts)
                        if (const auto count = json_count(part.value())) counts.take_detail(d.key(), part.key(), *count);
            }
    }
    return counts.totals();
}

LLMX_DECL void openai_chat_write_usage(json_writer& w, const usage& u) {
    w.object();
    w.member("prompt_tokens", u.input_tokens).member("completion_tokens", u.output_tokens);
    w.member("total_tokens", u.total_tokens());
    w.key("prompt_tokens_details").object();
    w.member("cached_tokens", u.cached_tokens).member("audio_tokens", u.input_audio_tokens);
    if (u.input_image_tokens != 0) w.member("image_tokens", u.input_image_tokens);
    if (u.cache_write_tokens != 0) w.member("cache_write_tokens", u.cache_write_tokens);
    // The API has no word for the time that a cache is kept, nor for searches that are charged by their number. These are LiteLLM's, whose
    // clients compute prices from them.
    if (u.cache_write_1h_tokens != 0) {
        w.key("cache_creation_token_details").object();
        w.member("ephemeral_5m_input_tokens", subtract_counts(u.cache_write_tokens, u.cache_write_1h_tokens));
        w.member("ephemeral_1h_input_tokens", u.cache_write_1h_tokens).end_object();
    }
    w.end_object().key("completion_tokens_details").object();
    w.member("reasoning_tokens", u.reasoning_tokens).member("audio_tokens", u.output_audio_tokens);
    if (u.output_image_tokens != 0) w.member("image_tokens", u.output_image_tokens);
    w.end_object();
    // LiteLLM's clients read this member.
    if (u.cache_write_tokens != 0) w.member("cache_creation_input_tokens", u.cache_write_tokens);
    if (u.web_searches != 0) w.key("server_tool_use").object().member("web_search_requests", u.web_searches).end_object();
    w.end_object();
}

} // namespace detail
} // namespace llmx::inline LLMX_ABI
