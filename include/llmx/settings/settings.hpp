// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/core/deployment.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/policies/breaker.hpp>
#include <llmx/policies/concurrency_limit.hpp>
#include <llmx/policies/deployment_limit.hpp>
#include <llmx/policies/fallback.hpp>
#include <llmx/policies/rate_limit.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/timeout.hpp>
#include <llmx/settings/environment.hpp>
#include <llmx/settings/providers.hpp>
#include <llmx/settings/tree.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline v0 {

/// How a server should listen; the program hands it to `server_options`.
struct listen_settings {
    listen_settings() = default;
    std::string host = "127.0.0.1";
    std::uint16_t port = 4000;
    /// 0: as many as the machine has processors.
    unsigned threads = 0;
    secret master_key;
    std::size_t max_request_body = std::size_t(32) * 1024 * 1024;
    duration header_timeout = std::chrono::seconds(10);
    duration keep_alive_timeout = std::chrono::seconds(75);
    duration drain_timeout = std::chrono::seconds(30);
    std::size_t max_connections = 16 * 1024;
    /// "off", "error", "info" or "debug".
    std::string log_level = "info";
};

/// Everything a configuration says, checked and with defaults filled in: plain data.
struct gateway_settings {
    gateway_settings() = default;

    std::vector<deployment> deployments;
    std::vector<std::pair<std::string, std::string>> aliases;

    /// Empty: the router's own default.
    std::string routing_strategy;
    /// "file:line: key: " of the strategy, for messages.
    std::string routing_strategy_at;

    retry retries;
    fallback fallbacks;
    breaker cooling;
    rate_limit limits;
    deployment_limit deployment_limits;
    concurrency_limit concurrency;
    timeout times;
    listen_settings listen;

    /// What was ignored or looks like a mistake; one line each, without secrets.
    std::vector<std::string> warnings;
};

/// Where settings come from, besides the file.
struct settings_source {
    settings_source() = default;
    explicit settings_source(std::vector<known_provider> in_program, environment variables = process_environment())
        : providers(std::move(in_program)), env(std::move(variables)) {}

    std::vector<known_provider> providers;
    environment env;
};

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
