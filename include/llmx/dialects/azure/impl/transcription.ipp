// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/azure/speech.hpp>

#include <llmx/dialects/detail/transcript_text.hpp>
#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/openai/detail/form_fields.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/multipart.hpp>

#include <memory>
#include <string>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto azure_transcribe_fields = fields_of<transcription_request>(
    hint<&transcription_request::model>(), by_hand<&transcription_request::file>("audio"), by_hand<&transcription_request::filename>("audio"),
    by_hand<&transcription_request::content_type>("audio"), by_hand<&transcription_request::language>("definition"),
    by_hand<&transcription_request::languages>("definition"), lost<&transcription_request::prompt>(), lost<&transcription_request::keywords>(),
    by_hand<&transcription_request::response_format>(""), hint<&transcription_request::temperature>(),
    by_hand<&transcription_request::timestamp_granularities>(""), lost<&transcription_request::include>(),
    hint<&transcription_request::chunking_strategy>(), lost<&transcription_request::known_speaker_names>(),
    lost<&transcription_request::known_speaker_references>(), by_hand<&transcription_request::stream>(""),
    by_hand<&transcription_request::extra>(""));
static_assert(accounts_for_all<transcription_request>(azure_transcribe_fields));

inline constexpr vendor_member azure_transcribe_members[] = {{"profanityFilterMode", "", "profanityFilterMode"},
                                                             {"channels", "", "channels"},
                                                             {"diarization", "", "diarization"},
                                                             {"phraseList", "", "phraseList"},
                                                             {"locales", "", "locales"}};

/// A locale of Azure's for a language: learn.microsoft.com/azure/ai-services/speech-service/language-support. Empty: none is known.
LLMX_DECL [[nodiscard]] std::string azure_locale(std::string_view language) {
    if (language.find('-') != std::string_view::npos) return std::string(language);
    constexpr std::string_view locales[] = {
        "ar-SA", "bg-BG", "ca-ES", "cs-CZ", "da-DK", "de-DE", "el-GR", "en-US", "es-ES", "et-EE", "fi-FI", "fr-FR", "he-IL", "hi-IN",
        "hr-HR", "hu-HU", "id-ID", "it-IT", "ja-JP", "ko-KR", "lt-LT", "lv-LV", "ms-MY", "nb-NO", "nl-NL", "pl-PL", "pt-BR", "ro-RO",
        "ru-RU", "sk-SK", "sl-SI", "sv-SE", "ta-IN", "te-IN", "th-TH", "tr-TR", "uk-UA", "vi-VN", "zh-CN"};
    for (const std::string_view one : locales)
        if (language.size() == 2 && one.starts_with(language)) return std::string(one);
    return language == "no" ? std::string("nb-NO") : std::string();
}

LLMX_DECL result<void> azure_transcribe_encode(const transcription_request& request, const encode_options& options, encoded_request& out,
                                               drop_report& drops) {
    if (auto fits = check_transcribed(request, options, drops, false); fits.has_error()) return fits;
    const request_place at;
    report_fields(&request, azure_transcribe_fields.view(), at, drops);
    std::vector<std::string> locales;
    if (!request.language.empty()) {
        if (std::string one = azure_locale(request.language); !one.empty()) locales.push_back(std::move(one));
        else drops.lost(at.of<&transcription_request::language>());
    }
    for (std::size_t i = 0; i < request.languages.size(); ++i) {
        if (std::string one = azure_locale(request.languages[i]); !one.empty()) locales.push_back(std::move(one));
        else drops.lost(at.of<&transcription_request::languages>().item(i));
    }
    std::string definition;
    json_writer w(definition);
    w.object();
    bool placed = false, diarized = false;
    take_vendor_members(request.extra, azure_transcribe_members, at, drops, [&](const vendor_member& m, std::string_view json) {
        placed = placed || m.written == "locales";
        diarized = diarized || m.written == "diarization";
        w.raw_member(m.written, json);
    });
    if (!placed && !locales.empty()) {
        w.key("locales").array();
        for (const std::string& one : locales) w.value(one);
        w.end_array();
    }
    if (request.response_format == "diarized_json" && !diarized) w.key("diarization").object().member("enabled", true).end_object();
    w.end_object();
    const std::string boundary = form_boundary(std::vector<std::string_view>{request.file, request.filename, request.content_type, definition});
    out.content_type = "multipart/form-data; boundary=" + boundary;
    form_writer form(out.body, boundary);
    form.file("audio", request.filename.empty() ? std::string_view("audio") : std::string_view(request.filename), request.content_type, request.file);
    form.text("definition", definition);
    append_multipart_end(out.body, boundary);
    out.how = std::make_unique<transcript_rendering>(request.response_format);
    return success();
}

LLMX_DECL result<transcription_reply> azure_transcribe_read(std::string_view body, const rendering* how) {
    json_document document(body);
    if (const auto status = document.status(); status.has_error())
        return error(errc::bad_response, "the provider's answer is " + status.error().message());
    const json_cursor in = document.root(), combined = in["combinedPhrases"], phrases = in["phrases"];
    if (combined.array() == nullptr) return error(errc::bad_response, "the answer has no combinedPhrases");
    transcription_reply to;
    combined.each_object_or_skip([&to](const json_cursor& one, std::size_t) {
        if (!to.text.empty()) to.text += '\n';
        to.text += one["text"].string_or();
    });
    phrases.each_object_or_skip([&to](const json_cursor& phrase, std::size_t) {
        if (to.language.empty()) to.language = phrase["locale"].string_or();
        transcript_segment& s = to.segments.emplace_back();
        s.text = phrase["text"].string_or();
        s.start = number_or_zero(phrase["offsetMilliseconds"]) / 1000;
        s.end = s.start + number_or_zero(phrase["durationMilliseconds"]) / 1000;
        const json_cursor speaker = phrase["speaker"], words = phrase["words"];
        if (speaker.value() != nullptr && speaker.value()->is_number()) s.speaker = speaker.text();
        words.each_object_or_skip([&to, &s](const json_cursor& one, std::size_t) {
            transcript_word& w = to.words.emplace_back();
            w.word = one["text"].string_or();
            w.start = number_or_zero(one["offsetMilliseconds"]) / 1000;
            w.end = w.start + number_or_zero(one["durationMilliseconds"]) / 1000;
            if (!s.speaker.empty()) w.extra.add("azure_transcribe", "speaker", s.speaker);
        });
    });
    const double seconds = number_or_zero(in["durationMilliseconds"]) / 1000;
    to.duration = seconds;
    to.billed_seconds = seconds;
    shape_transcript(to, how);
    return to;
}

LLMX_DECL usage azure_transcribe_usage(std::string_view body) {
    usage found;
    json_document document(body);
    if (document.good()) {
        const json_cursor in = document.root();
        found.input_milliseconds = milliseconds_of(number_or_zero(in["durationMilliseconds"]) / 1000);
    }
    return found;
}

} // namespace llmx::inline LLMX_ABI::detail
