// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::uint32_t no_rank = 0xFFFFFFFF;

/// The tokens of an encoding and their ranks, in a hash table without pointers: a token of up to eight bytes is compared in its
/// slot, a longer one by 64 bits of its hash and then its bytes.
class token_ranks {
public:
    /// Reads a file of ranks; \p origin names it in errors.
    LLMX_DECL [[nodiscard]] static result<token_ranks> read(std::string_view text, std::string_view origin);

    /// The rank of the token that is \p n bytes at \p p; `no_rank` when there is none.
    [[nodiscard]] std::uint32_t find(const char* p, std::size_t n) const noexcept {
        if (n > longest_ || n == 0) return no_rank;
        const std::uint64_t key = key_of(p, n);
        for (std::size_t at = place_of(key, n);; at = (at + 1) & mask_) {
            const slot& s = slots_[at];
            if (s.length == 0) return no_rank;
            if (s.key == key && s.length == n && (n <= 8 || std::memcmp(bytes_.data() + begins_[s.rank].first, p, n) == 0))
                return s.rank;
        }
    }

    /// The bytes of the token \p rank; empty when there is none.
    [[nodiscard]] std::string_view bytes_of(std::uint32_t rank) const noexcept {
        if (rank >= begins_.size()) return {};
        return std::string_view(bytes_).substr(begins_[rank].first, begins_[rank].second);
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t longest() const noexcept { return longest_; }

private:
    struct slot {
        std::uint64_t key = 0;
        std::uint32_t rank = 0, length = 0;
    };

    token_ranks() = default;

    template <class Word> [[nodiscard]] static Word word_at(const char* p) noexcept {
        Word w;
        std::memcpy(&w, p, sizeof w);
        return w;
    }
    [[nodiscard]] static constexpr std::uint64_t mixed(std::uint64_t v) noexcept {
        v *= 0x9E3779B97F4A7C15u;
        return v ^ (v >> 32);
    }
    /// With the length it identifies up to eight bytes; of more it is a hash.
    [[nodiscard]] static std::uint64_t key_of(const char* p, std::size_t n) noexcept {
        if (n <= 3) {
            const auto byte = [p](std::size_t i) { return std::uint64_t(static_cast<unsigned char>(p[i])); };
            return byte(0) | byte(n / 2) << 8 | byte(n - 1) << 16;
        }
        if (n <= 8) return word_at<std::uint32_t>(p) | std::uint64_t(word_at<std::uint32_t>(p + n - 4)) << 32;
        std::uint64_t key = 0;
        for (std::size_t i = 0; i + 8 <= n; i += 8) key = mixed(std::rotl(key, 23) ^ word_at<std::uint64_t>(p + i));
        return mixed(std::rotl(key, 23) ^ word_at<std::uint64_t>(p + n - 8));
    }
    [[nodiscard]] std::size_t place_of(std::uint64_t key, std::size_t n) const noexcept {
        return static_cast<std::size_t>(mixed(key + n * 0xD6E8FEB86659FD93u)) & mask_;
    }
    LLMX_DECL void fill();

    std::string bytes_;
    /// By rank: where the token begins in `bytes_`, and its length; 0 where the file has no such rank.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> begins_;
    std::vector<slot> slots_;
    std::size_t mask_ = 0, size_ = 0, longest_ = 0;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/token_ranks.ipp>
#endif
