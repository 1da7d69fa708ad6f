// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/token_count_body.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL result<token_count> read_token_count(std::string_view body, std::string_view name, std::string_view cached) {
    token_count counted;
    bool found = false;
    const auto done = scan_json_members(body, [&](const json_member& m) {
        const std::optional<std::int64_t> n = json_count(m.value);
        if (!n) return;
        if (m.named(name)) {
            counted.input_tokens = *n;
            found = true;
        } else if (!cached.empty() && m.named(cached)) {
            counted.cached_tokens = *n;
        }
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (!found) return error(errc::bad_response, std::string("the answer has no number called ").append(name));
    return counted;
}

LLMX_DECL void append_count_members(std::string_view text, std::span<const std::string_view> names, bool only, bool first, std::string& out) {
    static_cast<void>(scan_json_members(text, [&](const json_member& m) {
        const bool listed = std::find(names.begin(), names.end(), m.key) != names.end();
        if (listed != only) return;
        if (!std::exchange(first, false)) out += ',';
        out.append(1, '"').append(m.key).append("\":").append(m.value);
    }));
}

} // namespace llmx::inline LLMX_ABI::detail
