// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdlib>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Where environment variables are looked up while a deployment is configured; nothing when one is not set.
using variable_lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// The variables of this process. Not safe while another thread changes them.
[[nodiscard]] inline variable_lookup process_variables() {
    return [](std::string_view name) -> std::optional<std::string> {
        const char* const value = std::getenv(std::string(name).c_str());
        return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
    };
}

namespace detail {
/// The variable's value; empty when it is not set.
[[nodiscard]] inline std::string variable_or_empty(const variable_lookup& variables, std::string_view name) {
    return variables ? variables(name).value_or(std::string()) : std::string();
}
} // namespace detail

} // namespace llmx::inline LLMX_ABI
