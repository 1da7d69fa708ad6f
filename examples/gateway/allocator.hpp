// SPDX-License-Identifier: BSL-1.0
#pragma once

#if defined(__linux__) && __has_include(<malloc.h>)
#include <malloc.h>
#endif

/// Has glibc give large blocks back to the system as soon as they are freed.
///
/// By default it raises the size above which it does so with the largest block it has seen freed,
/// up to 32 MiB (mallopt(3), M_MMAP_THRESHOLD). Bodies and answers of some MiB then leave gaps that
/// stay with the process, and it holds twice what its memory limit allows. Blocks of 256 KiB and
/// more are rare enough that asking the system for each does not show. Does nothing with
/// another C library. To be called before the first thread starts.
inline void return_large_blocks() noexcept {
#if defined(M_MMAP_THRESHOLD) && defined(M_TRIM_THRESHOLD)
    ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    ::mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
#endif
}
