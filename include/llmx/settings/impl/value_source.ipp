// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/value_source.hpp>

#include <array>
#include <cerrno>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" char** environ;

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL [[nodiscard]] std::optional<std::string> trimmed_value(std::string text) {
    if (text.size() > longest_sourced_value) return std::nullopt;
    while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
    return text;
}

LLMX_DECL std::optional<std::string> value_of_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text;
    std::array<char, 4096> block{};
    while (in && text.size() <= longest_sourced_value) {
        in.read(block.data(), static_cast<std::streamsize>(block.size()));
        text.append(block.data(), static_cast<std::size_t>(in.gcount()));
    }
    // A folder opens, and fails when it is read.
    if (!in.eof() && text.size() <= longest_sourced_value) return std::nullopt;
    return trimmed_value(std::move(text));
}

/// A child in a process group of its own, whose standard output is a pipe.
LLMX_DECL class basic_command_child {
public:
    basic_command_child() = default;
    basic_command_child(const basic_command_child&) = delete;
    basic_command_child& operator=(const basic_command_child&) = delete;
    ~basic_command_child() {
        if (pid_ > 0) {
            ::kill(-pid_, SIGKILL);
            static_cast<void>(wait());
        }
        if (output_ >= 0) ::close(output_);
    }

    [[nodiscard]] bool start(const std::string& line) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return false;
        output_ = ends[0];
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
        ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
        ::posix_spawnattr_setpgroup(&attributes, 0);
        // A program may block signals in the thread that reads its configuration; the child begins without that.
        sigset_t none;
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
        std::string shell = "sh", option = "-c", command = line;
        char* const arguments[] = {shell.data(), option.data(), command.data(), nullptr};
        const int failed = ::posix_spawn(&pid_, "/bin/sh", &actions, &attributes, arguments, environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
        ::close(ends[1]);
        if (failed != 0) pid_ = -1;
        return failed == 0;
    }
    /// All output up to its end; false when \p until passes or it is too long.
    [[nodiscard]] bool read(std::string& text, std::chrono::steady_clock::time_point until) {
        std::array<char, 4096> block{};
        for (;;) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
            if (left <= 0) return false;
            pollfd one{output_, POLLIN, 0};
            const int ready = ::poll(&one, 1, static_cast<int>(left));
            if (ready < 0 && errno != EINTR) return false;
            if (ready <= 0) continue;
            const ssize_t got = ::read(output_, block.data(), block.size());
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) return got == 0;
            text.append(block.data(), static_cast<std::size_t>(got));
            if (text.size() > longest_sourced_value) return false;
        }
    }
    /// Whether it ends with status 0 before \p until. One that has closed its output may run on.
    [[nodiscard]] bool ended_well(std::chrono::steady_clock::time_point until) {
        for (;;) {
            int status = 0;
            const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
            if (ended < 0 && errno != EINTR) return false;
            if (ended > 0) {
                pid_ = -1;
                return WIFEXITED(status) && WEXITSTATUS(status) == 0;
            }
            if (std::chrono::steady_clock::now() >= until) return false;
            static_cast<void>(::poll(nullptr, 0, 5));
        }
    }

private:
    [[nodiscard]] int wait() {
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {}
        return status;
    }

    pid_t pid_ = -1;
    int output_ = -1;
};
using command_child = LLMX_PLAIN(basic_command_child);

LLMX_DECL std::optional<std::string> value_of_command(const std::string& line, std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    LLMX_OF(command_child) child;
    std::string text;
    if (!child.start(line) || !child.read(text, until) || !child.ended_well(until)) return std::nullopt;
    return trimmed_value(std::move(text));
}

} // namespace llmx::inline LLMX_ABI::detail
