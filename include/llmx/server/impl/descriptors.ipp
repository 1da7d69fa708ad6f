// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/descriptors.hpp>

#include <algorithm>
#include <limits>
#include <utility>

#if defined(__unix__) || defined(__APPLE__)
#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#endif

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Not for connections: one name is resolved at a time by each thread, with files and
/// sockets of the system's resolver; and settings that are read again, certificates, and
/// what else the program opens now and then.
[[nodiscard]] constexpr std::size_t descriptors_aside(std::size_t threads) noexcept { return 4 * threads + 16; }
/// Connections to providers that are kept for later.
inline constexpr std::size_t idle_share = 16;
/// See `server_shared::margin`.
inline constexpr std::size_t least_margin = 16, margin_share = 8;

#if defined(__unix__) || defined(__APPLE__)
LLMX_DECL [[nodiscard]] std::size_t descriptor_number(rlim_t n) noexcept {
    constexpr auto most = std::numeric_limits<std::size_t>::max();
    return n == RLIM_INFINITY || n > most ? most : static_cast<std::size_t>(n);
}

LLMX_DECL [[nodiscard]] std::size_t open_descriptors(std::size_t limit) {
    std::size_t n = 0;
    if (DIR* const all = ::opendir("/dev/fd"); all != nullptr) {
        while (const dirent* const each = ::readdir(all)) n += each->d_name[0] != '.';
        ::closedir(all);
        return n - std::min<std::size_t>(n, 1); // not the directory itself
    }
    // No such directory: descriptors are given out from the lowest number on.
    for (int d = 0; d < static_cast<int>(std::min<std::size_t>(limit, 4096)); ++d) n += ::fcntl(d, F_GETFD) != -1;
    return n;
}
#endif

} // namespace detail

LLMX_DECL descriptor_limits descriptor_limits::now() {
    descriptor_limits l;
#if defined(__unix__) || defined(__APPLE__)
    rlimit r{};
    if (::getrlimit(RLIMIT_NOFILE, &r) == 0) {
        l.limit = detail::descriptor_number(r.rlim_cur);
        l.hard = detail::descriptor_number(r.rlim_max);
    }
    l.open = detail::open_descriptors(l.limit);
#endif
    return l;
}

LLMX_DECL bool raise_descriptor_limit() noexcept {
#if defined(__unix__) || defined(__APPLE__)
    rlimit r{};
    if (::getrlimit(RLIMIT_NOFILE, &r) != 0) return false;
    if (r.rlim_cur == r.rlim_max) return true;
    r.rlim_cur = r.rlim_max;
#if defined(__APPLE__)
    r.rlim_cur = std::min<rlim_t>(r.rlim_cur, OPEN_MAX); // more is refused
#endif
    return ::setrlimit(RLIMIT_NOFILE, &r) == 0;
#else
    return false;
#endif
}

LLMX_DECL std::size_t connections_within(const descriptor_limits& l, std::size_t wanted,
                                         std::size_t threads) noexcept {
    const std::size_t taken = l.open + detail::descriptors_aside(threads) + l.limit / detail::idle_share;
    const std::size_t left = l.limit - std::min(l.limit, taken);
    // n clients, their n calls, and the margin of n / 8 + 16.
    const std::size_t pairs = (left - std::min(left, detail::least_margin)) / (2 * detail::margin_share + 1);
    const std::size_t most = pairs > wanted / detail::margin_share ? wanted : pairs * detail::margin_share;
    return std::max<std::size_t>(most, 1);
}

LLMX_DECL std::size_t descriptors_needed(const descriptor_limits& l, std::size_t wanted,
                                         std::size_t threads) noexcept {
    const std::size_t eighths = wanted / detail::margin_share + 1;
    const std::size_t connections = eighths * (2 * detail::margin_share + 1) + detail::least_margin;
    const std::size_t others = connections + l.open + detail::descriptors_aside(threads);
    return others + others / (detail::idle_share - 1) + 1;
}

LLMX_DECL http_pool_options pool_options_within(const descriptor_limits& l, http_pool_options o,
                                                std::size_t threads) {
    const std::size_t each = l.limit / detail::idle_share / std::max<std::size_t>(threads, 1);
    o.max_idle = std::min(o.max_idle, std::max<std::size_t>(each, 1));
    return o;
}

} // namespace llmx::inline LLMX_ABI
