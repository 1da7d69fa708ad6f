// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>
#include <string_view>

namespace llmx::inline v0 {

/// What a call asks for. Layers do not care; providers either have it or not.
enum class operation : std::uint8_t { chat };

[[nodiscard]] constexpr std::string_view to_string(operation op) noexcept {
    switch (op) {
    case operation::chat: return "chat";
    }
    return "unknown";
}

} // namespace llmx::inline v0
