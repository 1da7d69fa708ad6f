// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/assemblyai/transcription.hpp>

#include <llmx/dialects/detail/transcript_text.hpp>
#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <memory>
#include <string>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto assemblyai_fields = fields_of<transcription_request>(
    by_hand<&transcription_request::model>("speech_model"), by_hand<&transcription_request::file>(""), hint<&transcription_request::filename>(),
    hint<&transcription_request::content_type>(), by_hand<&transcription_request::language>("language_code"),
    lost<&transcription_request::languages>(), by_hand<&transcription_request::prompt>("prompt"),
    by_hand<&transcription_request::keywords>("keyterms_prompt"), by_hand<&transcription_request::response_format>(""),
    hint<&transcription_request::temperature>(), by_hand<&transcription_request::timestamp_granularities>(""),
    lost<&transcription_request::include>(), hint<&transcription_request::chunking_strategy>(),
    lost<&transcription_request::known_speaker_names>(), lost<&transcription_request::known_speaker_references>(),
    by_hand<&transcription_request::stream>(""), by_hand<&transcription_request::extra>(""));
static_assert(accounts_for_all<transcription_request>(assemblyai_fields));

inline constexpr vendor_member assemblyai_members[] = {
    {"speaker_labels", "", "speaker_labels"},
    {"speakers_expected", "", "speakers_expected"},
    {"speaker_options", "", "speaker_options"},
    {"punctuate", "", "punctuate"},
    {"format_text", "", "format_text"},
    {"disfluencies", "", "disfluencies"},
    {"filter_profanity", "", "filter_profanity"},
    {"multichannel", "", "multichannel"},
    {"word_boost", "", "word_boost"},
    {"boost_param", "", "boost_param"},
    {"custom_spelling", "", "custom_spelling"},
    {"language_detection", "", "language_detection"},
    {"language_confidence_threshold", "", "language_confidence_threshold"},
    {"speech_models", "", "speech_models"},
    {"speech_threshold", "", "speech_threshold"},
    {"audio_start_from", "", "audio_start_from"},
    {"audio_end_at", "", "audio_end_at"},
    {"redact_pii", "", "redact_pii"},
    {"redact_pii_policies", "", "redact_pii_policies"},
    {"redact_pii_sub", "", "redact_pii_sub"}};

LLMX_DECL result<void> assemblyai_encode(const transcription_request& request, const encode_options& options, encoded_request& out,
                                         drop_report& drops) {
    const raw_json* const url = request.extra.find("url");
    const bool has_url = url != nullptr && is_json_string(url->text);
    if (auto fits = check_transcribed(request, options, drops, has_url); fits.has_error()) return fits;
    const request_place at;
    report_fields(&request, assemblyai_fields.view(), at, drops);
    extra_members others = request.extra;
    if (has_url) std::erase_if(others.members, [](const extra_members::member& m) { return m.name == "url"; });
    bool models = false, labels = false, detects = false;
    json_writer w(out.body);
    w.object();
    take_vendor_members(others, assemblyai_members, at, drops, [&](const vendor_member& m, std::string_view json) {
        models = models || m.written == "speech_models";
        labels = labels || m.written == "speaker_labels";
        detects = detects || m.written == "language_detection";
        // Blanks and line ends between the tokens would end the line.
        std::string flat(json);
        std::replace_if(flat.begin(), flat.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
        w.raw_member(m.written, flat);
    });
    if (!models) w.member("speech_model", options.model.empty() ? std::string_view(request.model) : options.model);
    if (!request.language.empty()) {
        // "en-US" is "en_us" here.
        std::string code = request.language;
        for (char& c : code) c = c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        w.member("language_code", code);
    } else if (!detects) {
        w.member("language_detection", true);
    }
    if (!request.prompt.empty()) w.member("prompt", request.prompt);
    if (!request.keywords.empty()) {
        w.key("keyterms_prompt").array();
        for (const std::string& k : request.keywords) w.value(k);
        w.end_array();
    }
    if (request.response_format == "diarized_json" && !labels) w.member("speaker_labels", true);
    if (request.file.empty()) w.raw_member("audio_url", url->text);
    w.end_object();
    out.body += '\n';
    out.body += request.file;
    out.content_type = "application/octet-stream";
    if (request.response_format == "srt" || request.response_format == "vtt") out.url_end = "/" + request.response_format;
    out.how = std::make_unique<transcript_rendering>(request.response_format);
    return success();
}

LLMX_DECL result<transcription_reply> assemblyai_read(std::string_view body, const rendering* how) {
    json_document document(body);
    if (const auto status = document.status(); status.has_error())
        return error(errc::bad_response, "the provider's answer is " + status.error().message());
    const json_cursor in = document.root(), text = in["text"], words = in["words"], utterances = in["utterances"], subtitles = in["subtitles"];
    // Of a recording without words the text is null.
    if (!text.is_string() && words.array() == nullptr) return error(errc::bad_response, "the answer has no text");
    transcription_reply to;
    to.text = text.string_or();
    to.language = in["language_code"].string_or();
    words.each_object_or_skip([&to](const json_cursor& one, std::size_t) {
        transcript_word& w = to.words.emplace_back();
        w.word = one["text"].string_or();
        w.start = number_or_zero(one["start"]) / 1000;
        w.end = number_or_zero(one["end"]) / 1000;
        if (const json_cursor speaker = one["speaker"]; speaker.is_string()) w.extra.add("assemblyai_transcription", "speaker", speaker.text());
    });
    utterances.each_object_or_skip([&to](const json_cursor& one, std::size_t) {
        transcript_segment& s = to.segments.emplace_back();
        s.text = one["text"].string_or();
        s.start = number_or_zero(one["start"]) / 1000;
        s.end = number_or_zero(one["end"]) / 1000;
        s.speaker = one["speaker"].string_or();
    });
    const double seconds = number_or_zero(in["audio_duration"]);
    to.duration = seconds;
    to.billed_seconds = seconds;
    const std::string_view format = how != nullptr ? std::string_view(static_cast<const transcript_rendering&>(*how).format) : std::string_view();
    if (const bool web = format == "vtt"; subtitles.is_string() && (web || format == "srt")) {
        to.text = subtitles.string_or();
        to.content_type = web ? "text/vtt; charset=utf-8" : "text/plain; charset=utf-8";
        return to;
    }
    shape_transcript(to, how);
    return to;
}

LLMX_DECL usage assemblyai_usage(std::string_view body) {
    usage found;
    json_document document(body);
    if (document.good()) {
        const json_cursor in = document.root();
        found.input_milliseconds = milliseconds_of(number_or_zero(in["audio_duration"]));
    }
    return found;
}

} // namespace llmx::inline LLMX_ABI::detail
