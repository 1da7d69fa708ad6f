// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// A process to start.
struct child_options {
    child_options() = default;
    /// The program and its arguments; a program without a slash is searched in the child's PATH.
    std::vector<std::string> command;
    /// "NAME=value"; all that the process gets.
    std::vector<std::string> environment;
    /// Empty: that of this process.
    std::string working_directory;
    /// Standard input and output are pipes. Else the input is empty, and the output goes where the errors go.
    bool pipes = true;
};

/// A started process: the ends of its pipes, which do not block, are the caller's to close; -1: there is none.
struct child_process {
    child_process() = default;
    int id = -1;
    int input = -1, output = -1, errors = -1;
};

/// Starts a process that leads a process group of its own, with no signal ignored or blocked and no descriptors but 0, 1 and 2.
///
/// `posix_spawn` does it, and not Boost.Process 1.81: version 1 keeps the descriptors of this process open in the child, version 2 needs
/// Boost.Filesystem, and both copy the address space of a process that has threads (`fork`) and run handlers between that and `exec`.
/// Fails with `errc::bad_configuration`, a clause such as "could not be started: no such file or directory". Linux alone; elsewhere
/// it fails. Thread-safe. Source: POSIX.1-2017 posix_spawn, https://man7.org/linux/man-pages/man3/posix_spawn.3.html.
LLMX_DECL [[nodiscard]] result<child_process> start_child(const child_options& options);

/// Sends \p number to each process of the group that the process \p id leads.
LLMX_DECL void signal_group(int id, int number) noexcept;

/// The wait status of the process \p id once it has ended, nothing while it runs. What is left of its group is killed before its id is
/// free for others.
LLMX_DECL [[nodiscard]] std::optional<int> reap_child(int id) noexcept;

/// A descriptor that becomes readable when the process \p id has ended; -1 where the system has none (Linux before 5.3).
LLMX_DECL [[nodiscard]] int watch_child(int id) noexcept;

/// A wait status as a clause: "ended with exit status 1", "was ended by signal 11".
LLMX_DECL [[nodiscard]] std::string describe_exit(int status);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/child_process.ipp>
#endif
