// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/settings/detail/configuration_reader.hpp>
#include <llmx/settings/environment.hpp>
#include <llmx/settings/gateway_settings.hpp>
#include <llmx/settings/tree.hpp>

#include <string>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {
template <class Gateway> void read_policies(settings_reader& top, configuration<Gateway>& into) {
    std::apply([&top](auto&... each) { (read_policy(top, each), ...); }, into.policies);
}
} // namespace detail

/// The configuration of a gateway of type \p Gateway from a tree, in the names of LiteLLM's `config.yaml`
/// (docs.litellm.ai/docs/proxy/config_settings) and llmx's own under `general_settings`.
///
/// The keys known are those of the models, of the server, and those that the policies of `Gateway` and the providers
/// of its registry declare (core/settings_keys.hpp), a program's own too. Options without a key, and policies
/// without any, are those of \p given.
///
/// All mistakes are found at once: a wrong value, an unset variable or a missing key of a vendor is
/// `errc::bad_configuration` whose message has a line for each, with file, line, key and the expected value;
/// after 50 they are counted, and the warnings follow them. Models that cannot be served are mistakes as well,
/// unless they are to be reported (\p unserved). A variable whose value in `environment_variables` is wrong
/// is not set. Keys that are unknown or have no effect here are named in `gateway_settings::warnings`. Without a
/// `model_list` the models are those of `settings_from_environment`.
template <class Gateway>
[[nodiscard]] result<configuration<Gateway>>
read_settings(setting root, environment env, typename Gateway::policies_type given = typename Gateway::policies_type(),
              unserved_models unserved = unserved_models::refused) {
    configuration<Gateway> made(std::move(given));
    detail::configuration_reader reader(known_providers<typename Gateway::registry_type>(), std::move(env), unserved);
    reader.begin(std::move(root), made);
    detail::read_policies(reader.top(), made);
    if (auto done = reader.finish(made); done.has_error()) return done.error();
    return made;
}

/// A configuration without a file: each provider that can be reached with the variables of the environment
/// is served as the wildcard group "<provider>/*"; a provider with a model that needs no account (the mock) also under its name.
template <class Gateway>
[[nodiscard]] result<configuration<Gateway>>
settings_from_environment(environment env, typename Gateway::policies_type given = typename Gateway::policies_type()) {
    configuration<Gateway> made(std::move(given));
    detail::configuration_reader reader(known_providers<typename Gateway::registry_type>(), std::move(env), unserved_models::refused);
    reader.begin_without_file(made);
    detail::read_policies(reader.top(), made);
    if (auto done = reader.finish(made); done.has_error()) return done.error();
    return made;
}

/// Reads a file, ".json" as JSON, ".yaml" and ".yml" as YAML, others by their first
/// character, and the files named by its `include`.
///
/// Relative names of included files start at the including file. Lists of all files are
/// joined, maps too; of two values for one key the including file's counts. A file that
/// includes itself, however indirectly, is an error. The first error ends the reading: after a
/// mistake of syntax nothing is known of the rest.
LLMX_DECL [[nodiscard]] result<setting> read_settings_tree(const std::string& path);

/// `read_settings_tree`, then `read_settings`.
template <class Gateway>
[[nodiscard]] result<configuration<Gateway>>
load_settings(const std::string& path, environment env,
              typename Gateway::policies_type given = typename Gateway::policies_type(),
              unserved_models unserved = unserved_models::refused) {
    auto tree = read_settings_tree(path);
    if (tree.has_error()) return tree.error();
    return read_settings<Gateway>(std::move(*tree), std::move(env), std::move(given), unserved);
}

/// Reads the `.env` file at \p path; an empty map when there is none.
LLMX_DECL [[nodiscard]] result<environment_map> load_env_file(const std::string& path);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/files.ipp>
#endif
