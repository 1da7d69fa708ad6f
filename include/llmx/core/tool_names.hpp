// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_event.hpp>
#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A vendor's rule for the name of a function: ASCII letters, digits and \p marks.
struct tool_name_rule {
    constexpr tool_name_rule() = default;
    constexpr tool_name_rule(std::size_t most, std::string_view others, bool letter = false) noexcept
        : longest(most), marks(others), letter_first(letter) {}
    /// In bytes; 0: anything goes.
    std::size_t longest = 0;
    std::string_view marks;
    /// It begins with a letter or "_".
    bool letter_first = false;

    LLMX_DECL [[nodiscard]] bool fits(std::string_view name) const noexcept;
};

/// Names of functions as sent to a provider that would have refused the caller's.
///
/// A name that does not fit gets "_" for characters that it may not hold and before one that it may not begin
/// with, is shortened, and ends with eight digits of its FNV-1a hash, so that it is the same in
/// every call (prompts stay cached) and names that differ stay different.
class tool_names {
public:
    /// Whether \p request names nothing that \p rule refuses.
    LLMX_DECL [[nodiscard]] static bool fit(const chat_request& request, const tool_name_rule& rule) noexcept;
    /// Makes all names of \p request fit: tools, choice, calls and results.
    LLMX_DECL void make_fit(chat_request& request, const tool_name_rule& rule);
    /// Gives the calls of an answer the caller's names again.
    LLMX_DECL void restore(chat_reply& reply) const;
    /// The same for one event of a stream, whose name is then valid as long as this.
    LLMX_DECL void restore(chat_event& event) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return fitted_.empty(); }

private:
    LLMX_DECL [[nodiscard]] const std::string* original_of(std::string_view fitted) const noexcept;
    /// Pairs of the name sent to the provider and the caller's name, ordered by the former.
    std::vector<std::pair<std::string, std::string>> fitted_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/tool_names.ipp>
#endif
