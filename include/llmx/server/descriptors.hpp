// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>
#include <llmx/transport/http_pool_options.hpp>

#include <cstddef>

/// \file
/// How the descriptors that a process may have open are shared out: each client's connection
/// needs one, its call may need a second one for the provider, and some are set aside for
/// the log, name resolution and configuration files.

namespace llmx::inline LLMX_ABI {

/// RLIMIT_NOFILE as this process has it now, and what it has open.
struct descriptor_limits {
    descriptor_limits() = default;
    /// The soft limit; the largest number where there is none.
    std::size_t limit = static_cast<std::size_t>(-1);
    /// The hard limit, up to which a process may raise the soft one.
    std::size_t hard = static_cast<std::size_t>(-1);
    std::size_t open = 0;

    /// Asks the system; costs a look at each open descriptor.
    LLMX_DECL [[nodiscard]] static descriptor_limits now();
};

/// Raises the soft limit of RLIMIT_NOFILE to the hard one, for the whole process and for
/// its later child processes. Not for a program that uses select(2), whose sets end at
/// descriptor 1,023, or whose children close every possible descriptor one by one. False
/// when the system refuses or has no such limit. See `server_options::raise_descriptor_limit`.
LLMX_DECL bool raise_descriptor_limit() noexcept;

/// How many clients' connections a process with \p l can serve from \p threads threads; at
/// most \p wanted and at least 1.
///
/// Of the limit a sixteenth is for unused connections to providers (`pool_options_within`),
/// 16 descriptors and 4 for each thread are set aside, and what is open stays open. The rest
/// is for n clients, their n calls, and n / 8 + 16 clients that are refused.
LLMX_DECL [[nodiscard]] std::size_t connections_within(const descriptor_limits& l, std::size_t wanted,
                                                       std::size_t threads) noexcept;
/// The limit at which `connections_within` gives \p wanted, with as many open as \p l allows.
LLMX_DECL [[nodiscard]] std::size_t descriptors_needed(const descriptor_limits& l, std::size_t wanted,
                                                       std::size_t threads) noexcept;
/// \p o with `max_idle` lowered so that the unused connections to providers of all
/// \p threads pools take no more than a sixteenth of \p l.
LLMX_DECL [[nodiscard]] http_pool_options pool_options_within(const descriptor_limits& l, http_pool_options o,
                                                              std::size_t threads);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/descriptors.ipp>
#endif
