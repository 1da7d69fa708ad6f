// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_request.hpp>

#include <set>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The tools of a request that its choice allows: for a language that has no list of names, and therefore sends those alone.
///
/// \p request outlives the object.
class allowed_tools {
public:
    explicit allowed_tools(const chat_request& request) {
        if (!request.tool_choice) return;
        const tool_choice& c = *request.tool_choice;
        if (c.how == tool_choice::mode::automatic || c.how == tool_choice::mode::required)
            names_.insert(c.allowed.begin(), c.allowed.end());
    }
    /// Whether some tools may not be called.
    [[nodiscard]] bool restrict_tools() const noexcept { return !names_.empty(); }
    [[nodiscard]] bool have(const tool& t) const {
        return names_.empty() || t.name.empty() || names_.contains(t.name);
    }

private:
    // Ordered: a caller can choose names that have one hash.
    std::set<std::string_view> names_;
};

} // namespace llmx::inline LLMX_ABI::detail
