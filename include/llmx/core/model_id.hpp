// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A model name split at its first slash: "anthropic/claude-x" is provider
/// "anthropic", model "claude-x"; a name without a slash has no provider. Views into
/// the text it was made from.
struct model_id {
    explicit constexpr model_id(std::string_view text) noexcept {
        const auto slash = text.find('/');
        if (slash == std::string_view::npos) {
            model = text;
        } else {
            provider = text.substr(0, slash);
            model = text.substr(slash + 1);
        }
    }
    std::string_view provider;
    std::string_view model;
};

} // namespace llmx::inline LLMX_ABI
