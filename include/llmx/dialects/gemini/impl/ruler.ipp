// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/detail/ruler.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void gemini_ruler::add(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (begins_.empty() && byte < 0x80) ++ascii_;
        else {
            const bool begins = (byte & 0xC0u) != 0x80u;
            if (begins_.size() % block == 0) before_.push_back(characters_);
            begins_.push_back(begins);
            characters_ += begins ? 1 : 0;
        }
    }
}

LLMX_DECL std::int64_t gemini_ruler::characters(std::int64_t bytes) const noexcept {
    if (bytes <= ascii_) return bytes;
    const auto behind = std::min(bytes - ascii_, static_cast<std::int64_t>(begins_.size()));
    if (before_.empty()) return ascii_;
    const auto at = std::min(static_cast<std::size_t>(behind) / block, before_.size() - 1);
    const auto from = begins_.begin() + static_cast<std::ptrdiff_t>(at * block);
    return ascii_ + before_[at] + std::count(from, begins_.begin() + behind, true);
}

LLMX_DECL std::int64_t gemini_ruler::bytes(std::int64_t characters) const noexcept {
    if (characters <= ascii_) return characters;
    std::int64_t left = characters - ascii_;
    // The last block before which there are no more than that.
    const auto above = std::upper_bound(before_.begin(), before_.end(), left);
    const std::ptrdiff_t at = above == before_.begin() ? 0 : above - before_.begin() - 1;
    if (!before_.empty()) left -= before_[static_cast<std::size_t>(at)];
    // The character after the last requested one begins where that one ends.
    const auto end = std::find_if(begins_.begin() + at * static_cast<std::ptrdiff_t>(block), begins_.end(),
                                  [&left](bool begins) { return begins && left-- == 0; });
    return ascii_ + (end - begins_.begin());
}

} // namespace llmx::inline LLMX_ABI::detail
