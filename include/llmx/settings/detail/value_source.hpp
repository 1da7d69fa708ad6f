// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Names that `process_environment` looks up elsewhere than among the variables: "file:PATH" and "command:LINE".
inline constexpr std::string_view file_scheme = "file:", command_scheme = "command:";

/// A credential is not longer; a file or an answer beyond it is the wrong one.
inline constexpr std::size_t longest_sourced_value = std::size_t{1} << 20;

/// The text of a file without the line breaks at its end; nothing when it cannot be read or is too long.
LLMX_DECL [[nodiscard]] std::optional<std::string> value_of_file(const std::string& path);

/// What the command \p line prints, run by /bin/sh, without the line breaks at its end; nothing when it cannot be started, ends with
/// another status than 0, prints too much, or has not ended after \p limit, when it is killed with what it started. Its
/// standard error is the program's. Blocks until then.
LLMX_DECL [[nodiscard]] std::optional<std::string> value_of_command(const std::string& line, std::chrono::milliseconds limit);

/// A password manager that asks a person has ended by then; a start or a reload does not wait longer.
inline constexpr std::chrono::milliseconds command_limit{30000};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/value_source.ipp>
#endif
