// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_keys.hpp>
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Anthropic: `POST {base}/v1/messages` with `x-api-key` and `anthropic-version`
/// (docs.anthropic.com/en/api/overview). The base may carry the /v1 or leave it out.
struct anthropic {
    static constexpr std::string_view name = "anthropic";
    using codecs = codec_list<anthropic_messages>;
    static constexpr std::string_view api_version = "2023-06-01";
    /// The version of the API's connector to servers of the Model Context Protocol that the codec follows.
    static constexpr std::string_view mcp_beta = "mcp-client-2025-11-20";
    /// Settings of a deployment beside its key.
    struct settings {
        settings() = default;
        explicit settings(std::string version) : api_version(std::move(version)) {}
        /// The `anthropic-version` of each request; empty: `anthropic::api_version`, the version that the codec follows.
        std::string api_version;
        static constexpr auto keys = settings_keys(config_key("api_version", &settings::api_version));
    };
    static constexpr provider_facts facts = {
        .default_base = "https://api.anthropic.com",
        .key_env = "ANTHROPIC_API_KEY",
        .base_env = {"ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE"},
        .needs_key = true,
        .traits = {.reasoning = model_traits::reasoning_style::budget,
                   .native_json_schema = false,
                   .default_max_tokens = 4096,
                   .max_completion_tokens = false,
                   .mcp_servers = true},
        .model_beginnings = "claude-",
    };

    /// No line break in the version.
    [[nodiscard]] static result<void> check(const deployment& d) {
        return detail::check_one_line("api_version", d.settings.get<settings>().api_version);
    }
    [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        out.target = d.api_base.path;
        // The base may carry the version or leave it out.
        out.target += d.api_base.path.ends_with("/v1") ? what.path().substr(3) : what.path();
        if (!d.key.empty()) out.add_field("x-api-key", d.key.reveal());
        // A client of the same dialect may have requested a version of its own.
        if (out.fields.find("anthropic-version:") == std::string::npos) {
            const std::string& own = d.settings.get<settings>().api_version;
            out.add_field("anthropic-version", own.empty() ? api_version : std::string_view(own));
        }
        // Where the codec names servers, which it writes first (platform.claude.com/docs/en/agents-and-tools/mcp-connector). A client of
        // the same dialect sends the field itself.
        if (what.translated && out.body.bytes() != 0 && out.body.begin()->starts_with(R"({"mcp_servers":)"))
            out.add_field("anthropic-beta", mcp_beta);
        return success();
    }
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, anthropic_messages::decode_error(body));
    }
};

} // namespace llmx::inline LLMX_ABI
