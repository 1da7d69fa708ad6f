// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/settings/environment.hpp>
#include <llmx/settings/gateway_settings.hpp>
#include <llmx/settings/tree.hpp>

#include <string>

namespace llmx::inline v0 {

/// Settings from a tree, in the names of LiteLLM's `config.yaml`
/// (docs.litellm.ai/docs/proxy/config_settings) and llmx's own under `general_settings`.
///
/// A wrong value, an unset variable or a missing key of a vendor is
/// `errc::bad_configuration` with file, line, key and what was expected. What is unknown or
/// has no effect here is named in `gateway_settings::warnings`. Without a `model_list` the
/// models are those of `settings_from_environment`.
[[nodiscard]] LLMX_DECL result<gateway_settings> read_settings(setting root, const settings_source& source);

/// Settings without a file: each provider that can be reached with what the environment
/// holds, as the wildcard group "<provider>/*"; the mock also as the ready model "mock".
[[nodiscard]] LLMX_DECL result<gateway_settings> settings_from_environment(const settings_source& source);

/// Reads a file, ".json" as JSON, ".yaml" and ".yml" as YAML, others by their first
/// character, and the files named by its `include`.
///
/// Relative names of included files start at the including file. Lists of all files are
/// joined, maps too; of two values for one key the including file's counts. A file that
/// includes itself, however indirectly, is an error.
[[nodiscard]] LLMX_DECL result<setting> read_settings_tree(const std::string& path);

/// `read_settings_tree`, then `read_settings`.
[[nodiscard]] LLMX_DECL result<gateway_settings> load_settings(const std::string& path, const settings_source& source);

/// Reads the `.env` file at \p path; an empty map when there is none.
[[nodiscard]] LLMX_DECL result<environment_map> load_env_file(const std::string& path);

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/files.ipp>
#include <llmx/settings/impl/settings.ipp>
#endif
