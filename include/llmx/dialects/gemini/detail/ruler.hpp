// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Offsets into a text that grows, in bytes (Google's) and in characters (the vocabulary's).
///
/// Costs nothing for a text in ASCII, else a bit for each byte from the first other one on and a
/// number for each 512 of them; a look-up takes the logarithm of the text's size.
class gemini_ruler {
public:
    LLMX_DECL void add(std::string_view text);
    /// An offset beyond the text becomes its end; a negative one means none and stays.
    LLMX_DECL [[nodiscard]] std::int64_t characters(std::int64_t bytes) const noexcept;
    LLMX_DECL [[nodiscard]] std::int64_t bytes(std::int64_t characters) const noexcept;

private:
    static constexpr std::size_t block = 512;

    std::int64_t ascii_ = 0;
    /// Whether a character begins at a byte after the first `ascii_` ones.
    std::vector<bool> begins_;
    /// How many begin before each whole block of them.
    std::vector<std::int64_t> before_;
    std::int64_t characters_ = 0; // of all of them
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/ruler.ipp>
#endif
