// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/core/variable_lookup.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Where environment variables are looked up; nothing when one is not set.
using environment = variable_lookup;

/// Names and values, for `.env` files and tests.
using environment_map = std::map<std::string, std::string, std::less<>>;

/// The environment of this process. Not to be called while another thread changes it.
///
/// Two kinds of names are no variables: "file:PATH" is the text of a file (a secret that Docker or Kubernetes mounts), and
/// "command:LINE" what a command prints, run by /bin/sh, that has 30 s and must end with status 0; both up to 1 MiB, without the line
/// breaks at the end. Looking one up blocks, and runs the command anew. Only a configuration's owner may name them: texts of callers
/// are never looked up.
LLMX_DECL [[nodiscard]] environment process_environment();

/// \p first, and variables that it does not have from \p second.
LLMX_DECL [[nodiscard]] environment layered_environment(environment first, environment second);

/// Looks up in a copy of \p values.
LLMX_DECL [[nodiscard]] environment environment_of(environment_map values);

/// Replaces environment variables in a text.
///
/// - "os.environ/NAME", as a whole: the variable's value (LiteLLM's form).
/// - "${NAME}" anywhere: the same; "${NAME:-default}" has a default for a variable that is
///   unset or empty. "$${" is a plain "${".
/// - "${file:PATH}" and "${command:LINE}": what \p env has under these names (`process_environment`). A "}" ends them.
///
/// Fails with `errc::bad_configuration` naming the variable that is not set, or a "${"
/// without its end. Values are not expanded again.
LLMX_DECL [[nodiscard]] result<std::string> expand_environment(std::string_view text, const environment& env);

/// Reads a `.env` file: lines NAME=value, "export " in front allowed, "#" begins a comment
/// (after a value only after a space). Values may be quoted: '...' as it is,
/// "..." with \n, \r, \t, \", \\ and \$, over several lines if need be. The last of several lines
/// with the same name wins. Fails naming \p file and the line, never a value.
LLMX_DECL [[nodiscard]] result<environment_map> parse_env_file(std::string_view text, std::string_view file);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/environment.ipp>
#endif
