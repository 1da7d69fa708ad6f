// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/path.hpp>
#include <llmx/server/detail/upgrade_request.hpp>
#include <llmx/server/response_head.hpp>

namespace llmx::inline LLMX_ABI::detail {

/// The elements of a list that may be on several lines (RFC 9110 section 5.3).
template <class Use> void for_each_listed(const http_request_head& head, std::string_view name, Use use) {
    for (const http_field& f : head.fields)
        if (iequals(f.name, name)) for_each_token(f.value, use);
}

LLMX_DECL bool asks_for_websocket(const http_request_head& head) noexcept {
    bool upgrades = false;
    for_each_listed(head, "connection", [&](std::string_view t) { upgrades |= iequals(t, "upgrade"); });
    return upgrades && iequals(head.find("upgrade"), "websocket");
}

LLMX_DECL result<void> check_websocket_request(const http_request_head& head) {
    if (!asks_for_websocket(head))
        return error(errc::invalid_request, "the path takes WebSocket connections only: send Connection: Upgrade and Upgrade: websocket");
    if (head.find("sec-websocket-key").empty() || head.find("sec-websocket-version") != "13")
        return error(errc::invalid_request, "a WebSocket needs Sec-WebSocket-Key and Sec-WebSocket-Version: 13");
    return success();
}

LLMX_DECL void append_protocols(const http_request_head& head, std::string& to) {
    for_each_listed(head, "sec-websocket-protocol", [&](std::string_view t) {
        if (t.starts_with(websocket_key_protocol) || t.starts_with("openai-organization.") || t.starts_with("openai-project.")) return;
        if (!to.empty()) to += ", ";
        to += t;
    });
}

LLMX_DECL result<void> set_up_upgrade(call& c, const http_request_head& head, std::string_view granted, std::string& model,
    std::string& protocols) {
    std::string_view named = query_value(head.query, "model");
    if (named.empty()) named = query_value(head.query, "deployment");
    if (named.empty()) model = granted;
    if (named.empty() ? granted.empty() : !decode_name(named, model))
        return error(errc::invalid_request, "the query must name a model: /v1/realtime?model=...").with_param("model");
    c.model = model;
    c.in.stream = true;
    const result<void> right = check_websocket_request(head);
    if (!right) return right;
    append_protocols(head, protocols);
    const auto forward = [&c](std::string_view name, std::string_view value) {
        if (value.empty() || c.in.forwarded_count == c.in.forwarded.size()) return;
        http_field& f = c.in.forwarded[c.in.forwarded_count++];
        f.name = name;
        f.value = value;
    };
    forward("sec-websocket-key", head.find("sec-websocket-key"));
    forward("sec-websocket-version", head.find("sec-websocket-version"));
    forward("sec-websocket-protocol", protocols);
    forward("openai-beta", head.find("openai-beta"));
    forward("user-agent", head.find("user-agent"));
    return success();
}

LLMX_DECL void append_upgrade_fields(std::string& out, std::span<const http_field> answered, std::string_view offered) {
    append_field(out, "connection", "Upgrade");
    append_field(out, "upgrade", "websocket");
    append_field(out, "sec-websocket-accept", find_field(answered, "sec-websocket-accept"));
    const std::string_view chosen = find_field(answered, "sec-websocket-protocol");
    std::string_view echoed;
    for_each_token(offered, [&](std::string_view t) {
        if (t == chosen || (chosen.empty() && t == "realtime")) echoed = t;
    });
    append_field(out, "sec-websocket-protocol", echoed);
}

} // namespace llmx::inline LLMX_ABI::detail
