// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/json_scan.hpp>

#include <cstdint>
#include <string>
#include <string_view>

// Single members of an object, for messages that are small and of which few members are looked at.

namespace llmx::inline LLMX_ABI::detail {

/// The value of the member \p name of the object \p json; the last one counts. Empty: there is none.
[[nodiscard]] inline std::string_view json_member_of(std::string_view json, std::string_view name) {
    std::string_view found;
    json_scanner scanner(json);
    json_member m;
    while (scanner.next(m))
        if (m.named(name)) found = m.value;
    return found;
}
/// The same of a string, unescaped.
[[nodiscard]] inline std::string json_text_of(std::string_view json, std::string_view name) {
    const std::string_view value = json_member_of(json, name);
    return is_json_string(value) ? unescape_json_string(value) : std::string();
}
[[nodiscard]] inline std::int64_t json_count_of(std::string_view json, std::string_view name) {
    return json_count(json_member_of(json, name)).value_or(0);
}

} // namespace llmx::inline LLMX_ABI::detail
