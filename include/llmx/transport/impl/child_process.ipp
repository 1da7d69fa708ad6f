// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/child_process.hpp>

#include <boost/system/error_code.hpp>
#include <boost/system/system_category.hpp>

#include <cerrno>

#if defined(__linux__)
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <utility>
#endif

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL [[nodiscard]] error child_failure(int number) {
    std::string text = "could not be started: ";
    text += boost::system::error_code(number, boost::system::system_category()).message();
    return error(errc::bad_configuration, std::move(text));
}

#if defined(__linux__)

/// Both ends of a pipe, closed unless they are released.
class child_pipe {
public:
    child_pipe() = default;
    child_pipe(const child_pipe&) = delete;
    child_pipe& operator=(const child_pipe&) = delete;
    ~child_pipe() {
        for (const int end : ends_)
            if (end >= 0) ::close(end);
    }
    /// \p own is the end that this process keeps.
    [[nodiscard]] bool open(int own) noexcept {
        if (::pipe2(ends_, O_CLOEXEC) != 0) return false;
        const int flags = ::fcntl(ends_[own], F_GETFL);
        return flags >= 0 && ::fcntl(ends_[own], F_SETFL, flags | O_NONBLOCK) == 0;
    }
    [[nodiscard]] int end(int which) const noexcept { return ends_[which]; }
    [[nodiscard]] int release(int which) noexcept { return std::exchange(ends_[which], -1); }

private:
    int ends_[2] = {-1, -1};
};

struct spawn_setup {
    spawn_setup() {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    spawn_setup(const spawn_setup&) = delete;
    spawn_setup& operator=(const spawn_setup&) = delete;
    ~spawn_setup() {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

/// The file of the program \p name, which has no slash, in the child's PATH; \p name itself where there is none.
LLMX_DECL [[nodiscard]] std::string find_program(const std::string& name, const std::vector<std::string>& environment) {
    if (name.find('/') != std::string::npos) return name;
    std::string_view path;
    for (const std::string& one : environment)
        if (one.starts_with("PATH=")) path = std::string_view(one).substr(5);
    while (!path.empty()) {
        const std::string_view folder = path.substr(0, path.find(':'));
        path.remove_prefix(std::min(path.size(), folder.size() + 1));
        if (folder.empty()) continue;
        std::string file(folder);
        file.append(1, '/').append(name);
        std::error_code none;
        if (::access(file.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(file, none)) return file;
    }
    return name;
}

/// The descriptors of this process stay here: those of Asio are inherited by a child unless they are closed in it.
LLMX_DECL void keep_descriptors_from(spawn_setup& setup) noexcept {
#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
    ::posix_spawn_file_actions_addclosefrom_np(&setup.actions, 3);
    return;
#endif
#endif
    // Older libraries: they are marked, which this process does not notice.
    static_cast<void>(setup);
    std::error_code failed;
    for (std::filesystem::directory_iterator at("/proc/self/fd", failed), end; !failed && at != end; at.increment(failed)) {
        const int fd = std::atoi(at->path().filename().c_str());
        if (fd > 2) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
}

LLMX_DECL result<child_process> start_child(const child_options& options) {
    if (options.command.empty()) return error(errc::bad_configuration, "could not be started: the command is empty");
    child_pipe input, output, errors;
    if (!errors.open(0) || (options.pipes && (!input.open(1) || !output.open(0)))) return child_failure(errno);

    spawn_setup setup;
    if (options.pipes) {
        ::posix_spawn_file_actions_adddup2(&setup.actions, input.end(0), 0);
        ::posix_spawn_file_actions_adddup2(&setup.actions, output.end(1), 1);
    } else {
        ::posix_spawn_file_actions_addopen(&setup.actions, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&setup.actions, errors.end(1), 1);
    }
    ::posix_spawn_file_actions_adddup2(&setup.actions, errors.end(1), 2);
    if (!options.working_directory.empty()) ::posix_spawn_file_actions_addchdir_np(&setup.actions, options.working_directory.c_str());
    keep_descriptors_from(setup);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&setup.attributes, &none);
    ::posix_spawnattr_setsigdefault(&setup.attributes, &all);
    ::posix_spawnattr_setpgroup(&setup.attributes, 0);
    ::posix_spawnattr_setflags(&setup.attributes,
                               static_cast<short>(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));

    std::vector<char*> arguments, variables;
    for (const std::string& a : options.command) arguments.push_back(const_cast<char*>(a.c_str()));
    for (const std::string& v : options.environment) variables.push_back(const_cast<char*>(v.c_str()));
    arguments.push_back(nullptr);
    variables.push_back(nullptr);
    child_process made;
    const std::string file = find_program(options.command.front(), options.environment);
    const int failed = ::posix_spawn(&made.id, file.c_str(), &setup.actions, &setup.attributes, arguments.data(), variables.data());
    if (failed != 0) return child_failure(failed);
    made.errors = errors.release(0);
    if (options.pipes) {
        made.input = input.release(1);
        made.output = output.release(0);
    }
    return made;
}

LLMX_DECL void signal_group(int id, int number) noexcept {
    if (id > 1) ::kill(-id, number);
}

LLMX_DECL std::optional<int> reap_child(int id) noexcept {
    siginfo_t ended{};
    if (::waitid(P_PID, static_cast<id_t>(id), &ended, WEXITED | WNOHANG | WNOWAIT) != 0) return errno == ECHILD ? std::optional<int>(0) : std::nullopt;
    if (ended.si_pid == 0) return std::nullopt;
    // While the process is not reaped, no other one can have its id.
    ::kill(-id, SIGKILL);
    int status = 0;
    if (::waitpid(id, &status, 0) != id) return 0;
    return status;
}

LLMX_DECL int watch_child(int id) noexcept {
#if defined(SYS_pidfd_open)
    return static_cast<int>(::syscall(SYS_pidfd_open, id, 0));
#else
    static_cast<void>(id);
    return -1;
#endif
}

LLMX_DECL std::string describe_exit(int status) {
    if (WIFSIGNALED(status)) return "was ended by signal " + std::to_string(WTERMSIG(status));
    return "ended with exit status " + std::to_string(WEXITSTATUS(status));
}

#else

LLMX_DECL result<child_process> start_child(const child_options&) { return child_failure(ENOSYS); }
LLMX_DECL void signal_group(int, int) noexcept {}
LLMX_DECL std::optional<int> reap_child(int) noexcept { return 0; }
LLMX_DECL int watch_child(int) noexcept { return -1; }
LLMX_DECL std::string describe_exit(int status) { return "ended with status " + std::to_string(status); }

#endif

} // namespace llmx::inline LLMX_ABI::detail
