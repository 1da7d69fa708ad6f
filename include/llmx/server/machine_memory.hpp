// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace llmx::inline LLMX_ABI {

/// Bytes of main memory that this process may use; 0 when the system does not say.
///
/// The machine's physical memory, or the limit of the control group that the process is in when
/// that is lower, as in a container. Reads a few files of /proc and /sys on Linux: for the start of
/// a program, not for the request path. Thread-safe.
///
/// Sources: sysconf(3) `_SC_PHYS_PAGES`; cgroups(7) for /proc/self/cgroup; the kernel's
/// admin-guide/cgroup-v2.rst (`memory.max`) and admin-guide/cgroup-v1/memory.rst
/// (`memory.limit_in_bytes`). A group's limit also binds the groups below it, so the lowest on
/// the way up to the root counts.
LLMX_DECL [[nodiscard]] std::uint64_t machine_memory();

/// The limit of a server's buffers when no option names another: a quarter of
/// `machine_memory`, and 256 MiB where that is unknown.
///
/// A quarter, because the process has to hold other things too (connections, code, what a
/// translation takes while it runs, the allocator's own gaps) and is seldom alone on its machine.
LLMX_DECL [[nodiscard]] std::size_t default_memory_limit();

namespace detail {

/// The lowest memory limit of the control groups of this process, below the folder \p root (which
/// is empty but for tests); the largest number when there is none.
LLMX_DECL [[nodiscard]] std::uint64_t cgroup_memory_limit(const std::string& root);

} // namespace detail
} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/machine_memory.ipp>
#endif
