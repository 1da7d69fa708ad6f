// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/elevenlabs/audio.hpp>

#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto elevenlabs_speech_fields = fields_of<speech_request>(
    by_hand<&speech_request::model>("model_id"), mapped<&speech_request::input>("text"),
    by_hand<&speech_request::voice>(""), by_hand<&speech_request::voice_id>(""), // in the URL
    lost<&speech_request::instructions>(), by_hand<&speech_request::response_format>("output_format"),
    by_hand<&speech_request::speed>("voice_settings.speed"), by_hand<&speech_request::stream_format>(""),
    by_hand<&speech_request::extra>(""));
static_assert(accounts_for_all<speech_request>(elevenlabs_speech_fields));

inline constexpr vendor_member elevenlabs_speech_members[] = {
    {"voice_settings", "", "voice_settings"}, {"language_code", "", "language_code"},
    {"seed", "", "seed"},                     {"previous_text", "", "previous_text"},
    {"next_text", "", "next_text"},           {"apply_text_normalization", "", "apply_text_normalization"},
    {"pronunciation_dictionary_locators", "", "pronunciation_dictionary_locators"}};

/// A format of OpenAI's in the vendor's words; empty: there is none.
LLMX_DECL [[nodiscard]] std::string_view elevenlabs_format(std::string_view format) noexcept {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> known = {
        {{"mp3", "mp3_44100_128"}, {"opus", "opus_48000_128"}, {"pcm", "pcm_24000"}}};
    for (const auto& [theirs, own] : known)
        if (format == theirs) return own;
    const bool own = format.find('_') != std::string_view::npos &&
                     std::all_of(format.begin(), format.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
    return own ? format : std::string_view();
}

LLMX_DECL result<void> elevenlabs_speech_encode(const speech_request& request, const encode_options& options, encoded_request& out,
                                                drop_report& drops) {
    if (auto fits = check_spoken(request, options, drops); fits.has_error()) return fits;
    const request_place at;
    const std::string& voice = request.voice_id.empty() ? request.voice : request.voice_id;
    if (voice.empty()) return drops.refuse(at.of<&speech_request::voice>(), "expected the id of a voice of ElevenLabs");
    if (!request.voice_id.empty() && !request.voice.empty()) drops.lost(at.of<&speech_request::voice>());
    out.url_end = "/";
    append_percent_encoded(out.url_end, voice);
    if (!request.response_format.empty()) {
        const std::string_view format = elevenlabs_format(request.response_format);
        if (format.empty()) drops.lost(at.of<&speech_request::response_format>());
        else out.url_end.append("?output_format=").append(format);
    }
    const bool speeds = request.speed && *request.speed >= 0.7 && *request.speed <= 1.2;
    if (request.speed && !speeds) drops.lost(at.of<&speech_request::speed>());
    json_writer w(out.body);
    w.object();
    write_fields(w, &request, elevenlabs_speech_fields.view(), at, drops);
    w.member("model_id", options.model.empty() ? std::string_view(request.model) : options.model);
    std::string_view settings;
    take_vendor_members(request.extra, elevenlabs_speech_members, at, drops, [&](const vendor_member& m, std::string_view json) {
        if (m.written == "voice_settings" && json.starts_with('{')) settings = request.extra.find("voice_settings")->text;
        else w.raw_member(m.written, json);
    });
    if (speeds || !settings.empty()) {
        w.key("voice_settings").object();
        if (!settings.empty())
            static_cast<void>(scan_json_members(settings, [&w, speeds](const json_member& m) {
                if (!speeds || !m.named("speed")) w.raw_member(m.key, m.value);
            }));
        if (speeds) w.member("speed", *request.speed);
        w.end_object();
    }
    w.end_object();
    return success();
}

} // namespace llmx::inline LLMX_ABI::detail
