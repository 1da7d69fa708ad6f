// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/detail/descriptor_write.hpp>

#include <algorithm>
#include <cerrno>

#if defined(__unix__) || defined(__APPLE__)
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace llmx::inline LLMX_ABI::detail {

#if defined(__unix__) || defined(__APPLE__)

/// The kind of a descriptor: it decides how much may be written without waiting.
enum class log_target : unsigned char {
    file,     ///< a disk, or a device that discards: no reader
    pipe,     ///< `poll` promises PIPE_BUF bytes (POSIX) and an empty one takes all it holds
    terminal, ///< `poll` promises some bytes
    socket,   ///< can be written without waiting whatever its mode is
};

LLMX_DECL [[nodiscard]] log_target log_target_of(int fd) noexcept {
    struct stat s {};
    if (::fstat(fd, &s) != 0) return log_target::file;
    if (S_ISFIFO(s.st_mode)) return log_target::pipe;
    if (S_ISSOCK(s.st_mode)) return log_target::socket;
    if (S_ISCHR(s.st_mode) && ::isatty(fd) == 1) return log_target::terminal;
    return log_target::file;
}

/// How many bytes the pipe takes without waiting when it is empty, and 0 when it is not.
LLMX_DECL [[nodiscard]] std::size_t room_of_empty_pipe(int fd) noexcept {
#if defined(__linux__) && defined(F_GETPIPE_SZ)
    int unread = 0;
    if (::ioctl(fd, FIONREAD, &unread) != 0 || unread != 0) return 0;
    const int size = ::fcntl(fd, F_GETPIPE_SZ);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
#else
    (void)fd;
    return 0;
#endif
}

/// False when \p fd took nothing for a moment: time to look whether to stop.
LLMX_DECL [[nodiscard]] bool log_target_ready(int fd) noexcept {
    constexpr int moment = 50; // ms
    struct pollfd p {};
    p.fd = fd;
    p.events = POLLOUT;
    return ::poll(&p, 1, moment) != 0;
}

LLMX_DECL std::size_t write_to(std::FILE* file, std::string_view bytes, const std::atomic<bool>& stop,
                               int& fault) noexcept {
    constexpr std::size_t piece = std::min<std::size_t>(PIPE_BUF, 4096);
    const int fd = ::fileno(file);
    fault = 0;
    if (fd < 0) { // a stream in memory
        const std::size_t n = std::fwrite(bytes.data(), 1, bytes.size(), file);
        if (n != bytes.size() || std::fflush(file) != 0) {
            fault = EIO;
            std::clearerr(file);
        }
        return n;
    }
    const log_target kind = log_target_of(fd);
    std::size_t done = 0;
    while (done != bytes.size() && !stop.load(std::memory_order_relaxed)) {
        std::string_view next = bytes.substr(done);
        ssize_t n = 0;
        if (kind == log_target::socket) {
#if defined(MSG_NOSIGNAL)
            n = ::send(fd, next.data(), next.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
#else
            n = ::send(fd, next.data(), next.size(), MSG_DONTWAIT);
#endif
        } else {
            const std::size_t room = kind == log_target::pipe ? room_of_empty_pipe(fd) : 0;
            if (room != 0) {
                next = whole_lines(next, room);
            } else if (kind != log_target::file) {
                if (!log_target_ready(fd)) continue;
                next = whole_lines(next, piece);
            }
            n = ::write(fd, next.data(), next.size());
        }
        if (n >= 0) {
            done += static_cast<std::size_t>(n);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            (void)log_target_ready(fd);
        } else if (errno != EINTR) {
            fault = errno;
            break;
        }
    }
    return done;
}

#else

LLMX_DECL std::size_t write_to(std::FILE* file, std::string_view bytes, const std::atomic<bool>&,
                               int& fault) noexcept {
    const std::size_t n = std::fwrite(bytes.data(), 1, bytes.size(), file);
    fault = n == bytes.size() && std::fflush(file) == 0 ? 0 : EIO;
    if (fault != 0) std::clearerr(file);
    return n;
}

#endif

} // namespace llmx::inline LLMX_ABI::detail
