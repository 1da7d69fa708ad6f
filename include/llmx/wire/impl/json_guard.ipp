// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/json_guard.hpp>
#include <llmx/wire/detail/plain_run.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <random>

namespace llmx::inline LLMX_ABI::detail {

/// Colons in a text, eight bytes at a time.
LLMX_DECL [[nodiscard]] std::size_t count_colons(std::string_view text) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u, lows = 0x7f7f7f7f7f7f7f7fu;
    const char* p = text.data();
    const char* const end = p + text.size();
    std::size_t n = 0;
    for (; end - p >= 8; p += 8) {
        std::uint64_t w;
        std::memcpy(&w, p, sizeof w);
        w ^= ones * ':';
        // A byte's high bit is left where nothing of it is set.
        n += static_cast<std::size_t>(std::popcount(~(((w & lows) + lows) | w | lows)));
    }
    return n + static_cast<std::size_t>(std::count(p, end, ':'));
}

/// The place after the string whose opening quote is before \p p; \p end when it is not closed.
LLMX_DECL [[nodiscard]] const char* behind_json_string(const char* p, const char* end) noexcept {
    for (;;) {
        p = skip_plain(p, end);
        if (p == end) return end;
        if (*p == '"') return p + 1;
        if (*p == '\\' && ++p == end) return end;
        ++p;
    }
}

LLMX_DECL std::size_t most_json_members(std::string_view text) noexcept {
    // In the worst case all of them are in one object: 8 million comparisons.
    constexpr std::size_t harmless = 4000;
    constexpr std::size_t shortest = 5; // `"":1,`
    if (text.size() < harmless * shortest || count_colons(text) < harmless) return 0;
    constexpr std::size_t deepest = 256; // max_json_depth: the parser goes no deeper
    std::array<std::uint32_t, deepest + 1> open{}; // colons of the containers around p
    std::size_t depth = 0;
    std::uint32_t most = 0;
    const char* p = text.data();
    const char* const end = p + text.size();
    while (p != end) {
        switch (*p++) {
        case '"': p = behind_json_string(p, end); break;
        case ':': most = std::max(most, ++open[depth]); break;
        case '{':
        case '[':
            if (depth == deepest) return most;
            open[++depth] = 0;
            break;
        case '}':
        case ']':
            if (depth == 0) return most;
            --depth;
            break;
        default: break;
        }
    }
    return most;
}

/// A number that no outside party can foresee; cheap, and for no other purpose.
LLMX_DECL [[nodiscard]] std::uint64_t next_json_salt() {
    thread_local std::uint64_t state = std::uint64_t{std::random_device()()} << 32 | std::random_device()();
    std::uint64_t z = state += 0x9e3779b97f4a7c15u; // SplitMix64
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/// Of a block's size: 0 for one that stays where it is.
LLMX_DECL [[nodiscard]] std::size_t json_salt_room(std::size_t size) noexcept {
    constexpr std::size_t member = 48; // at least, in a table of Boost.JSON's
    if (size < salted_json_memory::least_members * member) return 0;
    return std::min(size / 4, std::size_t{64} * 1024);
}

LLMX_DECL void* LLMX_OF(salted_json_memory)::do_allocate(std::size_t size, std::size_t alignment) {
    const std::size_t room = json_salt_room(size);
    if (room == 0) return upstream_->allocate(size, alignment);
    // The block's true beginning is right before it.
    constexpr std::size_t step = 16;
    auto* const begin = static_cast<char*>(upstream_->allocate(step + size + room, std::max(alignment, step)));
    char* const at = begin + step + next_json_salt() % (room / step + 1) * step;
    std::memcpy(at - sizeof begin, &begin, sizeof begin);
    return at;
}

LLMX_DECL void LLMX_OF(salted_json_memory)::do_deallocate(void* at, std::size_t size, std::size_t alignment) {
    const std::size_t room = json_salt_room(size);
    if (room == 0) return upstream_->deallocate(at, size, alignment);
    constexpr std::size_t step = 16;
    char* begin = nullptr;
    std::memcpy(&begin, static_cast<char*>(at) - sizeof begin, sizeof begin);
    upstream_->deallocate(begin, step + size + room, std::max(alignment, step));
}

} // namespace llmx::inline LLMX_ABI::detail
