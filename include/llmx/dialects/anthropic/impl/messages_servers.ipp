// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

// Servers of the Model Context Protocol, whose tools the API calls (platform.claude.com/docs/en/agents-and-tools/mcp-connector).

namespace llmx::inline LLMX_ABI::detail {

/// Whether the server of \p t, a tool of another language, can be one of the API's, which takes URLs of HTTPS alone. A server with a
/// setting that has no equivalent is none: it may be one that restricts the calls.
LLMX_DECL [[nodiscard]] bool messages_takes_server(const tool& t, const model_traits& traits) {
    const auto matters = [](const extra_members::member& m) { return !m.is_absent && !m.hint; };
    return traits.mcp_servers && t.mcp && t.builtin && t.builtin->origin != anthropic_messages::name && !t.mcp->name.empty() &&
           t.mcp->url.starts_with("https://") && std::none_of(t.extra.members.begin(), t.extra.members.end(), matters);
}

/// Writes `mcp_servers`, unless there are none. Of several servers with one name the first counts.
LLMX_DECL void messages_write_servers(json_writer& w, const chat_request& request, const model_traits& traits) {
    std::set<std::string_view> names;
    for (const tool& t : request.tools) {
        if (!messages_takes_server(t, traits) || !names.insert(t.mcp->name).second) continue;
        if (names.size() == 1) w.key("mcp_servers").array();
        w.object().member("type", "url").member("url", t.mcp->url).member("name", t.mcp->name);
        if (!t.mcp->authorization.empty()) w.member("authorization_token", t.mcp->authorization);
        w.end_object();
    }
    if (!names.empty()) w.end_array();
}

/// Appends the tools of \p server, an element of `tools`.
LLMX_DECL void messages_write_toolset(const mcp_server& server, std::string& out) {
    json_writer w(out);
    w.object().member("type", "mcp_toolset").member("mcp_server_name", server.name);
    if (!server.allowed_tools.empty()) {
        const std::set<std::string_view> names(server.allowed_tools.begin(), server.allowed_tools.end());
        w.key("default_config").object().member("enabled", false).end_object().key("configs").object();
        for (const std::string_view one : names) w.key(one).object().member("enabled", true).end_object();
        w.end_object();
    }
    w.end_object();
}

} // namespace llmx::inline LLMX_ABI::detail
