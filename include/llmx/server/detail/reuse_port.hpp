// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

/// \file
/// Linux only: several sockets listening on one port, among which the kernel spreads
/// connections (SO_REUSEPORT, socket(7)). Elsewhere one socket distributes them; define
/// `LLMX_NO_REUSE_PORT` to have that here too.

#if defined(__linux__) && !defined(LLMX_NO_REUSE_PORT)
#include <sys/socket.h>
#endif

namespace llmx::inline LLMX_ABI::detail {

#if defined(__linux__) && !defined(LLMX_NO_REUSE_PORT)

inline constexpr bool has_reuse_port = true;

/// To be called before bind, on each of the sockets; false when the kernel refuses.
inline bool set_reuse_port(int socket) noexcept {
    const int on = 1;
    return ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
}

#else

inline constexpr bool has_reuse_port = false;

template <class Handle> bool set_reuse_port(Handle) noexcept { return false; }

#endif

} // namespace llmx::inline LLMX_ABI::detail
