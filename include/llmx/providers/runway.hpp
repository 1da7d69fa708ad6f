// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/settings_keys.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/runway/videos.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Runway: videos as tasks, `POST {base}/v1/image_to_video`, `POST {base}/v1/text_to_video` and `GET {base}/v1/tasks/{id}` with a bearer key and the
/// API's version in `X-Runway-Version` (https://docs.dev.runwayml.com/api). The base may carry `/v1` or leave it out.
struct runway {
    static constexpr std::string_view name = "runwayml";
    using codecs = codec_list<runway_video, runway_video_state>;
    /// The version that the codecs were written for.
    static constexpr std::string_view default_version = "2024-11-06";
    /// Settings of a deployment beside its key.
    struct settings {
        settings() = default;
        /// Value of `X-Runway-Version`; empty: `default_version`.
        std::string version;
        static constexpr auto keys = settings_keys(config_key("runway_version", &settings::version).also("api_version"));
    };
    static constexpr provider_facts facts = {
        .default_base = "https://api.dev.runwayml.com",
        .key_env = {"RUNWAYML_API_SECRET", "RUNWAYML_API_KEY"},
        .base_env = {"RUNWAYML_API_BASE", "RUNWAYML_BASE_URL"},
        .needs_key = true,
        .traits = {},
        .aliases = "runway",
    };

    /// No line break in the version.
    [[nodiscard]] static result<void> check(const deployment& d) {
        return detail::check_one_line("runway_version", d.settings.get<settings>().version);
    }
    [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        const std::string& version = d.settings.get<settings>().version;
        out.target = d.api_base.path;
        if (!out.target.ends_with("/v1")) out.target += "/v1";
        if (detail::asks_video_state(what)) detail::prepare_video_state(what, out);
        else out.target += what.url_end;
        if (!d.key.empty()) out.fields.append("authorization: Bearer ").append(d.key.reveal()).append("\r\n");
        out.add_field("x-runway-version", version.empty() ? default_version : std::string_view(version));
        return success();
    }
    [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, openai_chat::decode_error(body));
    }
};

} // namespace llmx::inline LLMX_ABI
