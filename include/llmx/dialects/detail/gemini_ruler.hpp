// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace llmx::inline v0::detail {

/// Offsets into a text that grows, in bytes (Google's) and in characters (the vocabulary's).
///
/// Costs nothing for a text in ASCII, else a bit for each byte from the first other one on.
class gemini_ruler {
public:
    LLMX_DECL void add(std::string_view text);
    /// An offset behind the text becomes its end; a negative one means none and stays.
    [[nodiscard]] LLMX_DECL std::int64_t characters(std::int64_t bytes) const noexcept;
    [[nodiscard]] LLMX_DECL std::int64_t bytes(std::int64_t characters) const noexcept;

private:
    std::int64_t ascii_ = 0;
    /// Whether a character begins at a byte behind the first `ascii_` ones.
    std::vector<bool> begins_;
};

} // namespace llmx::inline v0::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/gemini_ruler.ipp>
#endif
