// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/machine_memory.hpp>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <string_view>

#if __has_include(<unistd.h>)
#include <unistd.h>
#endif

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The number at the beginning of \p file; the largest when there is no file, or "max" in it.
LLMX_DECL [[nodiscard]] std::uint64_t number_in_file(const std::string& file) {
    constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();
    std::string text;
    std::ifstream in(file);
    if (!std::getline(in, text)) return none;
    std::uint64_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    return read.ec == std::errc() ? value : none;
}

/// The lowest limit called \p file in the folder \p base + \p group and those above it up to \p base.
LLMX_DECL [[nodiscard]] std::uint64_t lowest_in_group(const std::string& base, std::string_view group,
                                                      const std::string& file) {
    std::uint64_t lowest = number_in_file(base + file);
    while (!group.empty()) {
        lowest = std::min(lowest, number_in_file(base + std::string(group) + file));
        const auto slash = group.rfind('/');
        group = group.substr(0, slash == std::string_view::npos ? 0 : slash);
    }
    return lowest;
}

LLMX_DECL std::uint64_t cgroup_memory_limit(const std::string& root) {
    std::uint64_t lowest = std::numeric_limits<std::uint64_t>::max();
    std::ifstream groups(root + "/proc/self/cgroup");
    // Each line is "hierarchy:controllers:group"; version 2 has the one hierarchy 0 and names no
    // controllers. In a container the group may be named as the host sees it, and then only the
    // root of what is mounted exists here: `lowest_in_group` looks at both.
    for (std::string line; std::getline(groups, line);) {
        const auto first = line.find(':');
        const auto second = first == std::string::npos ? first : line.find(':', first + 1);
        if (second == std::string::npos) continue;
        const std::string_view controllers = std::string_view(line).substr(first + 1, second - first - 1);
        const std::string_view group = std::string_view(line).substr(second + 1);
        if (controllers.empty()) {
            lowest = std::min(lowest, lowest_in_group(root + "/sys/fs/cgroup", group, "/memory.max"));
            continue;
        }
        const std::string listed = "," + std::string(controllers) + ",";
        if (listed.find(",memory,") != std::string::npos)
            lowest = std::min(lowest, lowest_in_group(root + "/sys/fs/cgroup/memory", group, "/memory.limit_in_bytes"));
    }
    return lowest;
}

} // namespace detail

LLMX_DECL std::uint64_t machine_memory() {
    std::uint64_t memory = std::numeric_limits<std::uint64_t>::max();
#if defined(_SC_PHYS_PAGES) && defined(_SC_PAGESIZE)
    const long pages = ::sysconf(_SC_PHYS_PAGES), size = ::sysconf(_SC_PAGESIZE);
    if (pages > 0 && size > 0) memory = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size);
#endif
    memory = std::min(memory, detail::cgroup_memory_limit(std::string()));
    return memory == std::numeric_limits<std::uint64_t>::max() ? 0 : memory;
}

LLMX_DECL std::size_t default_memory_limit() {
    constexpr std::uint64_t unknown = std::uint64_t(256) * 1024 * 1024;
    const std::uint64_t memory = machine_memory();
    const std::uint64_t quarter = memory == 0 ? unknown : memory / 4;
    return static_cast<std::size_t>(std::min<std::uint64_t>(quarter, std::numeric_limits<std::size_t>::max()));
}

} // namespace llmx::inline LLMX_ABI
