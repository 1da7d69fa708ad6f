// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_defaults.hpp>
#include <llmx/dialects/detail/name_drops.hpp>
#include <llmx/gateway/detail/attempt_buffers.hpp>
#include <llmx/gateway/impl/upstream_reply.ipp>
#include <llmx/service/call.hpp>
#include <llmx/wire/json_omit.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a deployment states about members of requests: those that are never sent (`omitted_members`), those that are sent although the
// provider's language has no equivalent (`allowed_members`), those that are always sent (`added_members`), and those that a caller need
// not state (`chat_defaults`). Only deployments with such lists come here.

namespace llmx::inline LLMX_ABI::detail {

/// Whether the caller's bytes are JSON and what is sent is made of them: no layer has edited the decoded form.
LLMX_DECL [[nodiscard]] bool has_callers_json(const call& c) noexcept {
    return c.in.codec != nullptr && c.in.codec->json_request && c.in.source == nullptr && !c.in.body.empty() &&
           !(c.in.must_translate && !c.in.canonical.empty());
}

/// The names of the lists are those of OpenAI's requests, as in LiteLLM.
LLMX_DECL [[nodiscard]] bool caller_uses_openai(const call& c) noexcept {
    return c.in.codec != nullptr && c.in.codec->language == "openai";
}

/// Whether \p place is in the top-level member \p name, or that itself.
LLMX_DECL [[nodiscard]] bool is_in_member(std::string_view place, std::string_view name) noexcept {
    return place.starts_with(name) && (place.size() == name.size() || place[name.size()] == '.' || place[name.size()] == '[');
}

/// Whether the deployment of the attempt has the member at \p place, in the caller's words, sent all the same.
LLMX_DECL [[nodiscard]] bool is_allowed_member(const call& c, std::string_view place) noexcept {
    // Only such members can be put back (`apply_member_lists`).
    if (!has_callers_json(c) || !caller_uses_openai(c)) return false;
    for (const std::string& name : c.now.target->allowed_members)
        if (is_in_member(place, name)) return true;
    return false;
}

/// The caller's bytes without the members that the deployment omits, whose places \p left_out becomes; nothing when they have none.
LLMX_DECL [[nodiscard]] std::optional<std::string> without_omitted(const call& c, std::vector<std::string>& left_out) {
    if (c.now.target->omitted_members.empty() || !has_callers_json(c)) return std::nullopt;
    std::string text(c.in.body);
    for (const std::string& path : c.now.target->omitted_members)
        if (omit_member(text, path)) left_out.push_back(path);
    if (left_out.empty()) return std::nullopt;
    return text;
}

/// Decodes \p text in place of the caller's bytes.
LLMX_DECL [[nodiscard]] result<any_message> decode_instead(const call& c, std::string_view text) {
    request_target target;
    target.model = c.in.path_model;
    target.stream = c.in.stream;
    return c.in.codec->decode_request(text, c.in.content_type, target);
}

/// Puts \p value into the object \p text as the member \p name, unless it has one.
LLMX_DECL bool add_raw_member(std::string& text, std::string_view name, std::string_view value) {
    const std::size_t object = text.find('{');
    if (object == std::string::npos || json_member_value(text, name)) return false;
    const std::size_t next = text.find_first_not_of(" \t\r\n", object + 1);
    std::string member = "\"";
    member.append(name).append("\":").append(value);
    if (next != std::string::npos && text[next] != '}') member += ',';
    text.insert(object + 1, member);
    return true;
}

/// Puts \p value into the object \p text as the member \p name, in place of the one that it has.
LLMX_DECL void set_raw_member(std::string& text, std::string_view name, std::string_view value) {
    if (const std::optional<std::string_view> old = json_member_value(text, name))
        text.replace(static_cast<std::size_t>(old->data() - text.data()), old->size(), value);
    else add_raw_member(text, name, value);
}

/// Whether the deployment of the attempt has default values for the call's requests.
LLMX_DECL [[nodiscard]] bool has_defaults(const call& c) noexcept {
    return c.now.target->chat_defaults != nullptr && c.in.operation == &chat::info;
}

/// The chat request \p request with the deployment's default values for what it does not state.
LLMX_DECL [[nodiscard]] any_message with_defaults(const call& c, const any_message& request) {
    const chat_request* const stated = request.get<chat_request>();
    if (stated == nullptr) return any_message();
    chat_request whole = *stated;
    fill_absent(whole, *c.now.place().chat_defaults);
    return any_message::of(std::move(whole));
}

/// What default values make of the caller's bytes that could pass.
enum class defaults_step : std::uint8_t {
    none,     ///< the bytes state all of them
    appended, ///< they follow the bytes
    nested    ///< they are within a member that the bytes have: the request has to be translated
};

/// Has \p to become the caller's bytes, a chat request in the provider's language, followed by the deployment's default values for what
/// they do not state: each place in the bytes stays the same.
LLMX_DECL [[nodiscard]] defaults_step append_defaults(const call& c, const codec_ops& codec, const encode_options& options, std::string& to) {
    chat_request defaults(std::string(), std::string(1, 'x'));
    fill_absent(defaults, *c.now.place().chat_defaults);
    std::string text, added;
    encoded_request out(text);
    drop_report drops;
    // The translation has the words for what cannot be encoded.
    if (!codec.encode_request(any_message::borrow(defaults), options, out, drops)) return defaults_step::nested;
    // Two names of one limit, of which the encoder writes one.
    constexpr std::string_view limits[] = {"max_tokens", "max_completion_tokens"};
    bool nested = false;
    const auto take = [&](const json_member& m) {
        for (const std::string_view structural : {"model", "messages", "contents", "stream", "stream_options"})
            if (m.named(structural)) return;
        bool stated = json_member_value(c.in.body, m.key).has_value();
        nested = nested || (stated && m.value.starts_with('{'));
        if (m.named(limits[0]) || m.named(limits[1]))
            stated = json_member_value(c.in.body, limits[0]) || json_member_value(c.in.body, limits[1]);
        if (stated) return;
        added += ',';
        append_json_string(added, m.key);
        added += ':';
        added += m.value;
    };
    const std::size_t end = c.in.body.rfind('}');
    if (!scan_json_members(text, take) || nested || end == std::string_view::npos) return defaults_step::nested;
    if (added.empty()) return defaults_step::none;
    to.assign(c.in.body, 0, end).append(added).append(c.in.body.substr(end));
    return defaults_step::appended;
}

/// Changes the body of \p a, which is written, by the lists of the deployment; \p omits states whether the omitted members may still be
/// in it, in OpenAI's words or the caller's. The names of what was left out are reported.
LLMX_DECL [[nodiscard]] result<void> apply_member_lists(call& c, attempt_buffers& a, bool omits) {
    const deployment& d = c.now.place();
    if (!a.codec->json_request || a.request.source != nullptr) return success();
    const bool may_omit = omits && !d.omitted_members.empty(), may_add = !d.allowed_members.empty() && !c.now.dropped.empty();
    if (!may_omit && !may_add && d.added_members.empty()) return success();
    if (!c.memory.grow(a.request.body.bytes())) return no_memory_to("send the request");
    std::string text;
    text.reserve(a.request.body.bytes());
    for (const std::string_view piece : a.request.body) text += piece;
    bool changed = false;
    if (omits)
        for (const std::string& path : d.omitted_members) {
            // What no provider can do without, and what Claude's language demands, is no hint of a caller.
            if (path == "model" || path == "messages" || path == "contents" || path == "input") continue;
            if (path == "max_tokens" && a.codec->language == "anthropic") continue;
            if (!omit_member(text, path)) continue;
            changed = true;
            c.now.dropped.push_back(path);
        }
    if (!d.allowed_members.empty() && has_callers_json(c) && caller_uses_openai(c))
        for (const std::string& name : d.allowed_members) {
            const auto of_it = [&name](const std::string& dropped) { return is_in_member(dropped, name); };
            if (std::none_of(c.now.dropped.begin(), c.now.dropped.end(), of_it)) continue;
            const std::optional<std::string_view> value = json_member_value(c.in.body, name);
            if (!value || !add_raw_member(text, name, *value)) continue;
            changed = true;
            std::erase_if(c.now.dropped, of_it);
        }
    if (!d.added_members.empty()) {
        const auto add = [&text](const json_member& m) { set_raw_member(text, m.key, m.value); };
        if (const result<void> added = scan_json_members(d.added_members, add); !added) return added.error();
        changed = true;
    }
    if (!changed) return success();
    a.altered = std::move(text);
    a.request.body.assign(a.altered);
    return success();
}

/// Whether the deployment of the attempt has such lists at all.
LLMX_DECL [[nodiscard]] bool has_member_lists(const call& c) noexcept {
    const deployment& d = c.now.place();
    return !d.omitted_members.empty() || !d.allowed_members.empty() || !d.added_members.empty();
}

} // namespace llmx::inline LLMX_ABI::detail
