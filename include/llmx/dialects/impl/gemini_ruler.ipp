// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/gemini_ruler.hpp>

#include <algorithm>

namespace llmx::inline v0::detail {

LLMX_DECL void gemini_ruler::add(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (begins_.empty() && byte < 0x80) ++ascii_;
        else begins_.push_back((byte & 0xC0u) != 0x80u);
    }
}

LLMX_DECL std::int64_t gemini_ruler::characters(std::int64_t bytes) const noexcept {
    if (bytes <= ascii_) return bytes;
    const auto behind = std::min(bytes - ascii_, static_cast<std::int64_t>(begins_.size()));
    return ascii_ + std::count(begins_.begin(), begins_.begin() + behind, true);
}

LLMX_DECL std::int64_t gemini_ruler::bytes(std::int64_t characters) const noexcept {
    if (characters <= ascii_) return characters;
    std::int64_t left = characters - ascii_;
    // The character after the last one asked for begins where that one ends.
    const auto end = std::find_if(begins_.begin(), begins_.end(), [&left](bool begins) { return begins && left-- == 0; });
    return ascii_ + (end - begins_.begin());
}

} // namespace llmx::inline v0::detail
