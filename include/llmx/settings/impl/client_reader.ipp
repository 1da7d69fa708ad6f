// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/header_fields.hpp>
#include <llmx/settings/detail/general_reader.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

/// What is wrong with an entry of `cors_origins`; empty when nothing is. Browsers write an origin without a path and in small letters.
LLMX_DECL [[nodiscard]] std::string_view origin_fault(std::string_view entry) noexcept {
    constexpr std::string_view expected = "expected *, or an origin as browsers write it: https://app.example or https://*.app.example";
    if (entry == "*") return std::string_view();
    const auto scheme = entry.find("://");
    if (scheme == std::string_view::npos || scheme == 0) return expected;
    const std::string_view host = entry.substr(scheme + 3);
    const bool plain = std::none_of(entry.begin(), entry.end(), [](char c) { return c <= ' ' || c > '~' || (c >= 'A' && c <= 'Z'); });
    if (!plain || host.empty() || host.find_first_of("/?#@") != std::string_view::npos) return expected;
    if (std::count(entry.begin(), entry.end(), '*') > 1 || entry.substr(0, scheme).find('*') != std::string_view::npos) return expected;
    return std::string_view();
}

/// Why no field of the name \p entry is sent on; empty when one may be.
LLMX_DECL [[nodiscard]] std::string forward_fault(std::string_view entry) {
    const std::string_view name = entry.ends_with('*') ? entry.substr(0, entry.size() - 1) : entry;
    if (name.empty()) return "expected the name of a header field, or the beginning of names with a * behind it, as x-*";
    if (const std::string_view owner = owner_of_field(name, true); !owner.empty() && name == entry)
        return "the field belongs to " + std::string(owner) + " and is never sent on; remove the entry";
    header_fields probe(header_fields::direction::upstream);
    if (name == entry && !probe.set(name, std::string_view())) return "expected the name of a header field: letters, digits and hyphens";
    return std::string();
}

LLMX_DECL void general_reader::read_clients(settings_node& s) {
    listen_settings& l = into_.listen;
    s.at("store_responses").flag(l.store_responses);
    std::uint32_t megabytes = 0;
    if (s.at("responses_store_mb").count(megabytes, 1, 1048576)) l.responses_store_bytes = std::size_t(megabytes) * 1024 * 1024;
    s.at("responses_store_ttl").seconds(l.responses_store_ttl);
    // The others are LiteLLM's names, the last of them that of a deployment too.
    s.first_of({"stream_ping_interval", "sse_keepalive_ping_interval_seconds", "anthropic_sse_ping_interval_seconds", "keepalive_seconds"})
        .seconds(l.stream_ping_interval, true);
    s.at("realtime_idle_timeout").seconds(l.realtime_idle_timeout);
    s.at("realtime_ping_interval").seconds(l.realtime_ping_interval, true);
    s.at("realtime_session_limit_seconds").seconds(l.realtime_session_limit, true);
    s.at("max_realtime_sessions").count(l.max_realtime_sessions);
    s.at("max_realtime_sessions_per_key").count(l.max_realtime_sessions_per_key);
    settings_node& origins = s.at("cors_origins");
    if (std::vector<std::string> all; origins.given() && origins.texts(all)) {
        for (const std::string& one : all)
            if (const std::string_view fault = origin_fault(one); !fault.empty())
                return origins.fail(origins.quoted(one) + ": " + std::string(fault));
        l.cors_origins = std::move(all);
    }
    settings_node& names = s.at("forward_headers");
    if (std::vector<std::string> all; names.given() && names.texts(all)) {
        for (const std::string& one : all)
            if (const std::string fault = forward_fault(one); !fault.empty()) return names.fail(names.quoted(one) + ": " + fault);
        l.forward_headers = std::move(all);
    }
    // LiteLLM's flag: all fields of the client's that are extensions.
    if (bool extensions = false; s.at("forward_client_headers_to_llm_api").flag(extensions) && extensions)
        l.forward_headers.emplace_back("x-*");
}

} // namespace llmx::inline LLMX_ABI::detail
