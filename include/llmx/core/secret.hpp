// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// A credential that does not print itself. `reveal` is the only way to its text.
class secret {
public:
    secret() = default;
    explicit secret(std::string text) noexcept : text_(std::move(text)) {}

    [[nodiscard]] std::string_view reveal() const noexcept { return text_; }
    [[nodiscard]] bool empty() const noexcept { return text_.empty(); }

    /// Equality whose time depends on the two lengths, not on where the texts differ.
    [[nodiscard]] bool matches(std::string_view given) const noexcept {
        if (given.size() == text_.size() && !text_.empty()) return differences(given.data(), text_.data(), given.size()) == 0;
        // The length of the stored secret is not hidden beyond this: the loop runs over
        // the caller's bytes, comparing with the secret repeated as often as needed.
        const std::string_view own = text_.empty() ? std::string_view("\0", 1) : std::string_view(text_);
        unsigned char diff = given.size() == text_.size() ? 0 : 1;
        for (std::size_t at = 0; at < given.size(); at += own.size()) {
            const std::size_t n = std::min(own.size(), given.size() - at);
            for (std::size_t i = 0; i < n; ++i)
                diff = static_cast<unsigned char>(
                    diff | (static_cast<unsigned char>(given[at + i]) ^ static_cast<unsigned char>(own[i])));
        }
        return diff == 0 && !text_.empty();
    }

    friend std::ostream& operator<<(std::ostream& os, const secret& s) {
        return os << (s.empty() ? "(none)" : "(secret)");
    }

private:
    /// Not 0 when the \p n bytes at \p a and \p b differ anywhere. All of them are compared, eight
    /// at once: this runs for every request.
    [[nodiscard]] static std::uint64_t differences(const char* a, const char* b, std::size_t n) noexcept {
        std::uint64_t found = 0;
        for (; n >= 8; n -= 8, a += 8, b += 8) {
            std::uint64_t x, y;
            std::memcpy(&x, a, 8);
            std::memcpy(&y, b, 8);
            found |= x ^ y;
        }
        for (; n != 0; --n, ++a, ++b) found |= static_cast<unsigned char>(*a ^ *b);
        return found;
    }
    std::string text_;
};

} // namespace llmx::inline LLMX_ABI
