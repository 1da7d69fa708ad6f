// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/azure/speech.hpp>

#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto azure_speak_fields = fields_of<speech_request>(
    by_hand<&speech_request::model>(""), by_hand<&speech_request::input>(""), by_hand<&speech_request::voice>(""),
    lost<&speech_request::voice_id>(), lost<&speech_request::instructions>(), by_hand<&speech_request::response_format>(""),
    by_hand<&speech_request::speed>(""), by_hand<&speech_request::stream_format>(""), by_hand<&speech_request::extra>(""));
static_assert(accounts_for_all<speech_request>(azure_speak_fields));

inline constexpr vendor_member azure_speak_members[] = {{"style", "", "style"}, {"styledegree", "", "styledegree"}, {"role", "", "role"}, {"lang", "", "lang"}};

/// \p text as character data or an attribute's value. Characters that XML 1.0 cannot hold become blanks.
LLMX_DECL void append_xml(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&apos;"; break;
        case '\t':
        case '\n':
        case '\r': out += c; break;
        default: out += static_cast<unsigned char>(c) < 32 ? ' ' : c;
        }
    }
}

/// Azure's voice for one of OpenAI's; empty: there is none.
LLMX_DECL [[nodiscard]] std::string_view azure_voice(std::string_view voice) noexcept {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> known = {{{"alloy", "en-US-JennyNeural"},
                                                                                     {"echo", "en-US-GuyNeural"},
                                                                                     {"fable", "en-GB-RyanNeural"},
                                                                                     {"onyx", "en-US-DavisNeural"},
                                                                                     {"nova", "en-US-AmberNeural"},
                                                                                     {"shimmer", "en-US-AriaNeural"}}};
    for (const auto& [theirs, own] : known)
        if (voice == theirs) return own;
    return voice.find('-') != std::string_view::npos ? voice : std::string_view();
}

/// Azure's name of a format; empty: there is none.
LLMX_DECL [[nodiscard]] std::string_view azure_format(std::string_view format) noexcept {
    constexpr std::string_view usual = "audio-24khz-48kbitrate-mono-mp3";
    constexpr std::array<std::pair<std::string_view, std::string_view>, 5> known = {{{"", usual},
                                                                                     {"mp3", usual},
                                                                                     {"opus", "ogg-48khz-16bit-mono-opus"},
                                                                                     {"wav", "riff-24khz-16bit-mono-pcm"},
                                                                                     {"pcm", "raw-24khz-16bit-mono-pcm"}}};
    for (const auto& [theirs, own] : known)
        if (format == theirs) return own;
    const bool own = format.find('-') != std::string_view::npos &&
                     std::all_of(format.begin(), format.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
    return own ? format : std::string_view();
}

/// "en-US" of "en-US-AriaNeural", the language of a document with that voice.
LLMX_DECL [[nodiscard]] std::string_view azure_voice_language(std::string_view voice) noexcept {
    const std::size_t first = voice.find('-'), second = first == std::string_view::npos ? first : voice.find('-', first + 1);
    return second == std::string_view::npos ? std::string_view("en-US") : voice.substr(0, second);
}

LLMX_DECL result<void> azure_speak_encode(const speech_request& request, const encode_options& options, encoded_request& out, drop_report& drops) {
    if (auto fits = check_spoken(request, options, drops); fits.has_error()) return fits;
    const request_place at;
    report_fields(&request, azure_speak_fields.view(), at, drops);
    out.content_type = "application/ssml+xml";
    std::string_view format = azure_format(request.response_format);
    if (format.empty()) {
        drops.lost(at.of<&speech_request::response_format>());
        format = azure_format(std::string_view());
    }
    out.url_end = format;
    std::string style, degree, role, language;
    take_vendor_members(request.extra, azure_speak_members, at, drops, [&](const vendor_member& m, std::string_view json) {
        std::string text = is_json_string(json) ? unescape_json_string(json) : std::string(json);
        (m.written == "style" ? style : m.written == "styledegree" ? degree : m.written == "role" ? role : language) = std::move(text);
    });
    std::string_view voice = azure_voice(request.voice);
    if (!request.voice.empty() && voice.empty()) drops.lost(at.of<&speech_request::voice>());
    if (voice.empty()) voice = "en-US-AriaNeural";
    const bool speeds = request.speed && *request.speed >= 0.5 && *request.speed <= 2;
    if (request.speed && !speeds) drops.lost(at.of<&speech_request::speed>());
    std::string& to = out.body;
    if (request.input.starts_with("<speak>") || request.input.starts_with("<speak ")) {
        to += request.input;
        return success();
    }
    const auto attribute = [&to](std::string_view called, std::string_view value) {
        if (value.empty()) return;
        to.append(1, ' ').append(called).append("=\"");
        append_xml(to, value);
        to += '"';
    };
    const bool expressive = !style.empty() || !degree.empty() || !role.empty();
    const int percent = speeds ? static_cast<int>(std::lround((*request.speed - 1) * 100)) : 0;
    to += "<speak version=\"1.0\" xmlns=\"http://www.w3.org/2001/10/synthesis\"";
    if (expressive) to += " xmlns:mstts=\"https://www.w3.org/2001/mstts\"";
    attribute("xml:lang", azure_voice_language(voice));
    to += "><voice";
    attribute("name", voice);
    attribute("xml:lang", language);
    to += '>';
    if (expressive) {
        to += "<mstts:express-as";
        attribute("style", style);
        attribute("styledegree", degree);
        attribute("role", role);
        to += '>';
    }
    if (percent != 0) to.append("<prosody rate=\"").append(percent > 0 ? "+" : "").append(std::to_string(percent)).append("%\">");
    append_xml(to, request.input);
    if (percent != 0) to += "</prosody>";
    if (expressive) to += "</mstts:express-as>";
    to += "</voice></speak>";
    return success();
}

} // namespace llmx::inline LLMX_ABI::detail
