// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/azure_speech.hpp>

#include <llmx/dialects/openai/detail/flat.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// \p from with another host, its path without \p end.
LLMX_DECL [[nodiscard]] base_url azure_speech_base(const base_url& from, std::string host, std::string_view end) {
    base_url made = from;
    if (host != from.where.host) {
        made.where.authority = host + from.where.authority.substr(std::min(from.where.host.size(), from.where.authority.size()));
        made.where.host = std::move(host);
        made.path.clear();
    }
    if (made.path.ends_with(end)) made.path.resize(made.path.size() - end.size());
    return made;
}

/// Where \p d makes speech and recognises it.
LLMX_DECL void azure_speech_addresses(const base_url& base, azure_speech::settings& into) {
    std::string speaking = base.where.host, recognition = base.where.host;
    constexpr std::string_view clouds[] = {"microsoft.com", "azure.cn", "azure.us"};
    for (const std::string_view cloud : clouds) {
        const std::string tts = std::string(".tts.speech.").append(cloud), stt = std::string(".stt.speech.").append(cloud),
                          api = std::string(".api.cognitive.").append(cloud);
        for (const std::string& end : {tts, stt, api}) {
            if (!base.where.host.ends_with(end)) continue;
            const std::string region = base.where.host.substr(0, base.where.host.size() - end.size());
            speaking = region + tts;
            recognition = region + api;
        }
    }
    into.speaking = azure_speech_base(base, std::move(speaking), azure_speak::path);
    into.recognition = azure_speech_base(base, std::move(recognition), azure_transcribe::path);
    // A resource with a domain of its own has both services below one host.
    if (into.speaking.where.host.ends_with(".cognitiveservices.azure.com") && into.speaking.path.empty()) into.speaking.path = "/tts";
}

} // namespace detail

LLMX_DECL result<void> azure_speech::complete(deployment& d, const variable_lookup& variables) {
    settings own = d.settings.get<settings>();
    // Completed before, where the region's variable may have been known.
    if (d.api_base.where.host.empty()) d.api_base = own.speaking;
    if (d.api_base.where.host.empty()) {
        const std::string region = d.region.empty() ? detail::variable_or_empty(variables, "AZURE_SPEECH_REGION") : d.region;
        const bool fits = std::all_of(region.begin(), region.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
        if (region.empty() || !fits)
            return error(errc::bad_configuration, "azure_speech needs api_base (https://eastus.tts.speech.microsoft.com), or region_name or "
                                                  "AZURE_SPEECH_REGION with the name of a region (eastus)");
        auto made = parse_base_url("https://" + region + ".tts.speech.microsoft.com");
        if (!made) return made.error();
        d.api_base = std::move(*made);
    }
    detail::azure_speech_addresses(d.api_base, own);
    d.settings = any_settings::of(std::move(own));
    return success();
}

LLMX_DECL result<void> azure_speech::check(const deployment& d) {
    return detail::check_one_line("api_version", d.settings.get<settings>().api_version);
}

LLMX_DECL result<void> azure_speech::prepare(const deployment& d, const outgoing& what, http_request& out) const {
    const settings& own = d.settings.get<settings>();
    const bool speaks = what.codec->operation == &speech::info;
    const base_url& base = speaks ? own.speaking : own.recognition;
    if (base.where.host.empty()) return error(errc::bad_configuration, "the deployment '" + d.id + "' has no address; complete it by its registry");
    out.to = &base.where;
    out.target = base.path;
    out.target += what.path();
    if (speaks) {
        out.add_field("x-microsoft-outputformat", what.url_end);
        // Azure refuses speech without one.
        out.add_field("user-agent", "llmx");
    } else {
        out.target += "?api-version=";
        append_percent_encoded(out.target, own.api_version.empty() ? default_api_version : std::string_view(own.api_version));
    }
    if (!d.key.empty()) out.add_field("ocp-apim-subscription-key", d.key.reveal());
    return success();
}

LLMX_DECL error azure_speech::classify(int status, std::span<const http_field> fields, std::string_view body) const {
    return classify_http(name, status, fields, detail::openai_flat_codec::decode_error(body));
}

} // namespace llmx::inline LLMX_ABI
