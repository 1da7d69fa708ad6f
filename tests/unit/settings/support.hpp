// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/stock_gateway.hpp>
#include <llmx/settings/json.hpp>
#include <llmx/settings/settings.hpp>
#include <llmx/settings/yaml.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace settings_test {

/// A configuration of the ready program.
using stock = llmx::configuration<llmx::stock_gateway>;

/// An environment of the test's own.
inline llmx::environment env(llmx::environment_map variables = llmx::environment_map()) {
    return llmx::environment_of(std::move(variables));
}

template <class Gateway = llmx::stock_gateway>
llmx::result<llmx::configuration<Gateway>> from_json(std::string_view text, llmx::environment_map variables = llmx::environment_map()) {
    auto tree = llmx::parse_json_settings(text, "config.json");
    if (tree.has_error()) return tree.error();
    return llmx::read_settings<Gateway>(std::move(*tree), env(std::move(variables)));
}

template <class Gateway = llmx::stock_gateway>
llmx::result<llmx::configuration<Gateway>> from_yaml(std::string_view text, llmx::environment_map variables = llmx::environment_map()) {
    auto tree = llmx::parse_yaml_settings(text, "config.yaml");
    if (tree.has_error()) return tree.error();
    return llmx::read_settings<Gateway>(std::move(*tree), env(std::move(variables)));
}

inline llmx::result<stock> load(const std::string& path, llmx::environment_map variables = llmx::environment_map()) {
    return llmx::load_settings<llmx::stock_gateway>(path, env(std::move(variables)));
}

/// The message of a failure, or "ok".
template <class T> std::string message_of(const llmx::result<T>& r) {
    return r.has_error() ? r.error().message() : std::string("ok");
}

/// The version that an Azure or Anthropic deployment asks for.
inline std::string version_of(const llmx::deployment& d) {
    return d.settings.get<llmx::azure_openai::settings>().api_version + d.settings.get<llmx::anthropic::settings>().api_version;
}

/// Every member of a deployment in one line, the key too.
inline std::string text_of(const llmx::deployment& d) {
    const auto time = [](const std::optional<llmx::duration>& t) {
        return t ? std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(*t).count()) + "ms" : std::string("-");
    };
    std::string s = d.id + " " + d.model_group + " " + d.provider + "/" + d.model + " ";
    s += (d.api_base.where.tls ? "https://" : "http://") + d.api_base.where.authority + d.api_base.path;
    s += " key=" + std::string(d.key.reveal()) + " version=" + version_of(d) + " org=" + d.settings.get<llmx::openai::settings>().organization + "," +
         d.settings.get<llmx::openai::settings>().project;
    s += " weight=" + std::to_string(d.weight) + " order=" + std::to_string(d.order);
    s += " rpm=" + std::to_string(d.requests_per_minute) + " tpm=" + std::to_string(d.tokens_per_minute);
    s += " parallel=" + std::to_string(d.max_parallel) + " tags=";
    for (const std::string& t : d.tags) s += t + ",";
    s += " region=" + d.region + " timeouts=" + time(d.timeout) + "," + time(d.first_token_timeout) + "," + time(d.cool_down);
    s += " retries=" + (d.retries ? std::to_string(*d.retries) : std::string("-"));
    s += " drop=" + (d.drop_params ? std::to_string(*d.drop_params) : std::string("-"));
    if (d.stated.max_output_tokens) s += " max_tokens=" + std::to_string(*d.stated.max_output_tokens);
    if (d.stated.native_json_schema) s += " schema=" + std::to_string(*d.stated.native_json_schema);
    if (d.stated.reasoning) s += " style=" + std::to_string(static_cast<int>(*d.stated.reasoning));
    return s;
}

} // namespace settings_test
