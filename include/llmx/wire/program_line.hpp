// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/body_pieces.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// One line of a model program's standard output in the protocol of docs/local-programs.md.
///
/// Views into the line that it was read from.
struct program_line {
    program_line() = default;
    enum class kind : std::uint8_t {
        body,  ///< the whole answer of a call
        event, ///< an event of a call's stream
        done,  ///< the end of a call's stream
        error, ///< the failure of a call
        pong,  ///< the answer to a ping
        other, ///< an object with another meaning, such as a log record
    };
    kind what = kind::other;
    /// Of the call, or of the ping.
    std::uint64_t id = 0;
    /// Value of `body`, `event` or `error`, as it was written.
    std::string_view json;
    /// HTTP status of an error, 400 to 599; 0: none was given.
    int status = 0;
};

/// Reads one line. Fails with `errc::bad_response` when it is not a JSON object, or when what it answers cannot be found in it.
LLMX_DECL [[nodiscard]] result<program_line> read_program_line(std::string_view line);

/// Appends the line of a call to \p out: \p body, one JSON object in one or several pieces, becomes its `body`. Line ends between the tokens
/// of \p body become blanks.
LLMX_DECL void write_program_call(std::string& out, std::uint64_t id, std::string_view operation, bool stream, const body_pieces& body);
/// Appends the line that ends the call \p id without an answer.
LLMX_DECL void write_program_cancel(std::string& out, std::uint64_t id);
/// Appends the line that asks for a sign of life.
LLMX_DECL void write_program_ping(std::string& out, std::uint64_t number);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/program_line.ipp>
#endif
