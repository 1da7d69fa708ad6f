// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>
#include <llmx/transport/http_pool_options.hpp>

#include <cstddef>

/// \file
/// How the descriptors that a process may have open are shared out. Each client's connection
/// needs one, its call may need a second one for the provider, and neither may take those
/// that the log, name resolution and configuration files need.

namespace llmx::inline v0 {

/// RLIMIT_NOFILE as this process has it now, and what it has open.
struct descriptor_limits {
    descriptor_limits() = default;
    /// The soft limit; the largest number where there is none.
    std::size_t limit = static_cast<std::size_t>(-1);
    /// The hard limit, up to which a process may raise the soft one.
    std::size_t hard = static_cast<std::size_t>(-1);
    std::size_t open = 0;

    /// Asks the system; costs a look at each open descriptor.
    [[nodiscard]] LLMX_DECL static descriptor_limits now();
};

/// Raises the soft limit of RLIMIT_NOFILE to the hard one, for the whole process and for
/// what it starts from now on. Not for a program that uses select(2), whose sets end at
/// descriptor 1023, or that starts children which close every possible descriptor. False
/// when the system refuses, where there is no such limit too. See
/// `server_options::raise_descriptor_limit`.
LLMX_DECL bool raise_descriptor_limit() noexcept;

/// How many clients' connections a process with \p l can serve, at most \p wanted and at
/// least 1, from \p threads threads. See the source for the shares.
[[nodiscard]] LLMX_DECL std::size_t connections_within(const descriptor_limits& l, std::size_t wanted,
                                                       std::size_t threads) noexcept;
/// The limit at which `connections_within` gives \p wanted, with so many open as \p l says.
[[nodiscard]] LLMX_DECL std::size_t descriptors_needed(const descriptor_limits& l, std::size_t wanted,
                                                       std::size_t threads) noexcept;
/// \p o with `max_idle` lowered so that the unused connections to providers of all
/// \p threads pools take no more than a sixteenth of \p l.
[[nodiscard]] LLMX_DECL http_pool_options pool_options_within(const descriptor_limits& l, http_pool_options o,
                                                              std::size_t threads);

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/descriptors.ipp>
#endif
