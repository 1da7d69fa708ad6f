// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// What a program writes for people, as lines for a log: bounded in length and in number for each second.
///
/// Control characters become blanks, so that no line takes a terminal over. Lines beyond the limit are counted, and the number
/// is a line of its own. Not thread-safe.
class program_log {
public:
    /// Bytes of a line; the rest of a longer one is left out.
    static constexpr std::size_t longest = 2048;
    /// Lines in each second: a program that fails in a loop must not fill a disk.
    static constexpr std::uint32_t most = 200;

    /// \p to gets each line, which is valid during the call.
    explicit program_log(std::function<void(std::string_view)> to) : to_(std::move(to)) {}

    /// The next bytes, split anywhere.
    LLMX_DECL void feed(std::string_view bytes, time_point now);
    /// One whole line.
    LLMX_DECL void line(std::string_view text, time_point now);
    /// Writes a line that has begun, at the end of a process.
    LLMX_DECL void finish(time_point now);

private:
    std::function<void(std::string_view)> to_;
    std::string partial_;
    time_point second_{};
    std::uint32_t written_ = 0;
    std::uint64_t left_out_ = 0;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/program_log.ipp>
#endif
