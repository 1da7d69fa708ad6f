// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>

namespace llmx::inline v0 {
namespace detail {

LLMX_DECL void openai_chat_read_tier(std::string_view name, std::optional<service_tier>& to, extra_members& extra) {
    to = read_enum(openai_chat_tiers, name);
    if (to || name.empty()) return;
    std::string json;
    append_json_string(json, name);
    extra.add(openai_chat::name, "service_tier", std::move(json));
}

LLMX_DECL void openai_chat_collect(const json_reader& from, std::initializer_list<std::string_view> known,
                                   std::string_view prefix, extra_members& to) {
    for (const auto& m : from.object()) {
        const std::string_view key = m.key();
        if (m.value().is_null() || std::find(known.begin(), known.end(), key) != known.end()) continue;
        std::string full(prefix);
        full += key;
        to.add(openai_chat::name, std::move(full), openai_chat_json(m.value()));
    }
}

LLMX_DECL void openai_chat_write_inner(json_writer& w, const extra_members& extra, std::string_view prefix) {
    if (!extra.speaks(openai_chat::name)) return;
    for (const auto& m : extra.members)
        if (m.name.starts_with(prefix))
            w.raw_member(std::string_view(m.name).substr(prefix.size()), m.value.text);
}

LLMX_DECL void openai_chat_write_outer(json_writer& w, const extra_members& extra, std::string_view prefix) {
    if (!extra.speaks(openai_chat::name)) return;
    for (const auto& m : extra.members)
        if (!m.name.starts_with(prefix)) w.raw_member(m.name, m.value.text);
}

LLMX_DECL bool openai_chat_has_inner(const extra_members& extra, std::string_view prefix) {
    return extra.speaks(openai_chat::name) &&
           std::any_of(extra.members.begin(), extra.members.end(),
                       [prefix](const auto& m) { return m.name.starts_with(prefix); });
}

LLMX_DECL void openai_chat_report_extra(const extra_members& extra, std::string_view owner,
                                        drop_report& drops) {
    if (extra.speaks(openai_chat::name)) return;
    for (const auto& m : extra.members) {
        std::string path(owner);
        if (!path.empty()) path += '.';
        path += m.name;
        drops.foreign(std::move(path));
    }
}

LLMX_DECL std::string openai_chat_json(const boost::json::value& v) { return boost::json::serialize(v); }

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
    auto parsed = parse_json_object(json);
    if (parsed.has_error()) return std::string();
    return std::string(json_reader(*parsed).string_or("type"));
}

LLMX_DECL std::string_view openai_chat_signature(const json_reader& from) noexcept {
    const auto* content = from.object_or_null("extra_content");
    if (content == nullptr) return std::string_view();
    const auto google = content->find("google");
    if (google == content->end() || !google->value().is_object()) return std::string_view();
    const auto& members = google->value().get_object();
    const auto signature = members.find("thought_signature");
    if (signature == members.end() || !signature->value().is_string()) return std::string_view();
    return signature->value().get_string();
}

LLMX_DECL void openai_chat_write_signature(json_writer& w, std::string_view signature) {
    w.key("extra_content").object().key("google").object().member("thought_signature", signature);
    w.end_object().end_object();
}

LLMX_DECL result<void> openai_chat_read_cache(const json_reader& from, std::optional<cache_control>& to) {
    const auto* v = from.find("cache_control");
    if (v == nullptr) return success();
    if (!v->is_object()) return from.expected("cache_control", "an object");
    cache_control cache;
    const json_reader r(v->get_object(), from.path_of("cache_control"));
    if (auto done = r.read("ttl", cache.ttl); done.has_error()) return done;
    to = std::move(cache);
    return success();
}

LLMX_DECL std::string openai_chat_thinking_text(const boost::json::value* v) {
    if (v == nullptr) return std::string();
    if (v->is_string()) return std::string(std::string_view(v->get_string()));
    std::string text;
    if (v->is_array()) {
        for (const auto& piece : v->get_array())
            if (piece.is_object()) text += json_reader(piece.get_object()).string_or("text");
    }
    return text;
}

LLMX_DECL result<void> openai_chat_read_proof(const json_reader& from, thinking_part& to) {
    std::string text;
    if (auto done = from.read("signature", text); done.has_error()) return done;
    const signed_by read = read_signature(text, openai_chat_usual_signer);
    to.signature = read.signature;
    to.signer = read.signer;
    return success();
}

LLMX_DECL result<void> openai_chat_read_thinking(const json_reader& from, message& to) {
    if (const auto* v = from.find("thinking_blocks"); v != nullptr) {
        if (!v->is_array()) return from.expected("thinking_blocks", "an array");
        const auto& blocks = v->get_array();
        for (std::size_t i = 0; i < blocks.size(); ++i) {
            const std::string where = "thinking_blocks[" + std::to_string(i) + "]";
            if (!blocks[i].is_object()) return from.expected(where, "an object");
            const json_reader r(blocks[i].get_object(), from.path_of(where));
            thinking_part part;
            std::string type;
            if (auto done = r.read("type", type); done.has_error()) return done;
            if (type == "redacted_thinking") {
                if (auto done = r.read("data", part.redacted_data); done.has_error()) return done;
                openai_chat_collect(r, {"type", "data"}, "", part.extra);
            } else if (type == "thinking") {
                if (auto done = r.read("thinking", part.text); done.has_error()) return done;
                if (auto done = openai_chat_read_proof(r, part); done.has_error()) return done;
                openai_chat_collect(r, {"type", "thinking", "signature"}, "", part.extra);
            } else {
                return r.expected("type", "\"thinking\" or \"redacted_thinking\"");
            }
            to.content.emplace_back(std::move(part));
        }
        if (!blocks.empty()) return success();
    }
    std::string text;
    if (auto done = from.read("reasoning_content", text); done.has_error()) return done;
    // Some servers have an object of settings under the same name; only text is thought.
    if (const auto* v = from.find("reasoning"); text.empty() && v != nullptr && v->is_string())
        text = std::string_view(v->get_string());
    if (!text.empty()) to.content.emplace_back(thinking_part(std::move(text)));
    return success();
}

LLMX_DECL void openai_chat_read_annotations(const json_reader& from, std::vector<citation>& to) {
    const auto* list = from.array_or_null("annotations");
    if (list == nullptr) return;
    for (const auto& v : *list) {
        if (!v.is_object()) continue;
        citation c;
        const json_reader r(v.get_object());
        if (const auto* url = r.object_or_null("url_citation"); url != nullptr) {
            const json_reader u(*url);
            c.url = u.string_or("url");
            c.title = u.string_or("title");
            c.start = u.count_or("start_index", -1);
            c.end = u.count_or("end_index", -1);
        }
        openai_chat_collect(r, {}, "", c.original);
        to.push_back(std::move(c));
    }
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

LLMX_DECL result<void> openai_chat_read_image(const json_reader& from, image_part& to) {
    const auto* v = from.find("image_url");
    if (v == nullptr) return from.expected("image_url", "an object");
    std::string url;
    if (v->is_string()) {
        url = std::string_view(v->get_string());
    } else {
        if (!v->is_object()) return from.expected("image_url", "an object");
        const json_reader r(v->get_object(), from.path_of("image_url"));
        if (auto done = r.read("url", url); done.has_error()) return done;
        if (auto done = r.read("detail", to.detail); done.has_error()) return done;
        openai_chat_collect(r, {"url", "detail"}, "image_url.", to.extra);
    }
    if (url.empty()) return from.expected("image_url.url", "a URL");
    if (openai_chat_read_media_url(url, to.source).has_error())
        return from.expected("image_url.url", "an http(s) or a data URL");
    if (auto done = openai_chat_read_cache(from, to.cache); done.has_error()) return done;
    openai_chat_collect(from, {"type", "image_url", "cache_control", "index"}, "", to.extra);
    return success();
}

LLMX_DECL void openai_chat_write_image(json_writer& w, const image_part& image) {
    w.object().member("type", "image_url").key("image_url").object();
    if (image.source.data.empty()) {
        w.member("url", image.source.url);
    } else {
        const std::string_view type = image.source.media_type;
        w.member("url", make_data_url(type.empty() ? "image/png" : type, image.source.data));
    }
    if (!image.detail.empty()) w.member("detail", image.detail);
    openai_chat_write_inner(w, image.extra, "image_url.");
    w.end_object();
    openai_chat_write_outer(w, image.extra, "image_url.");
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
    if (name == "prompt_tokens") prompt = n;
    else if (name == "completion_tokens") completion = n;
    else if (name == "total_tokens") total = n;
    else if (name == "cache_read_input_tokens") cached_by_litellm = n;
    else if (name == "prompt_cache_hit_tokens") cached_by_deepseek = n;
    else if (name == "cached_tokens") cached_by_moonshot = n;
    else if (name == "cache_creation_input_tokens") written_by_litellm = n;
    else if (name == "reasoning_tokens") reasoning = n;
}

LLMX_DECL void openai_chat_counts::take_detail(std::string_view of, std::string_view name, std::int64_t n) noexcept {
    if (of == "prompt_tokens_details") {
        if (name == "cached_tokens") detail.cached_tokens = n;
        else if (name == "audio_tokens") detail.input_audio_tokens = n;
        else if (name == "cache_write_tokens") written = n;
        else if (name == "cache_creation_tokens") created = n;
    } else if (of == "completion_tokens_details") {
        if (name == "reasoning_tokens") detail.reasoning_tokens = n;
        else if (name == "audio_tokens") detail.output_audio_tokens = n;
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
            for (const auto& d : *details)
                if (const auto in = json_count(d.value())) counts.take_detail(m.key(), d.key(), *in);
    }
    return counts.totals();
}

LLMX_DECL void openai_chat_write_usage(json_writer& w, const usage& u) {
    w.object();
    w.member("prompt_tokens", u.input_tokens).member("completion_tokens", u.output_tokens);
    w.member("total_tokens", u.total_tokens());
    w.key("prompt_tokens_details").object();
    w.member("cached_tokens", u.cached_tokens).member("audio_tokens", u.input_audio_tokens);
    if (u.cache_write_tokens != 0) w.member("cache_write_tokens", u.cache_write_tokens);
    w.end_object().key("completion_tokens_details").object();
    w.member("reasoning_tokens", u.reasoning_tokens).member("audio_tokens", u.output_audio_tokens);
    w.end_object();
    // What LiteLLM's clients look for.
    if (u.cache_write_tokens != 0) w.member("cache_creation_input_tokens", u.cache_write_tokens);
    w.end_object();
}

} // namespace detail
} // namespace llmx::inline v0
