// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/deepgram/audio.hpp>

#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/detail/transcript_text.hpp>
#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <string>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto deepgram_speak_fields = fields_of<speech_request>(
    by_hand<&speech_request::model>(""), mapped<&speech_request::input>("text"), by_hand<&speech_request::voice>(""),
    lost<&speech_request::voice_id>(), lost<&speech_request::instructions>(), by_hand<&speech_request::response_format>(""),
    lost<&speech_request::speed>().unless(1), by_hand<&speech_request::stream_format>(""), by_hand<&speech_request::extra>(""));
static_assert(accounts_for_all<speech_request>(deepgram_speak_fields));

inline constexpr auto deepgram_listen_fields = fields_of<transcription_request>(
    by_hand<&transcription_request::model>(""), by_hand<&transcription_request::file>(""), hint<&transcription_request::filename>(),
    by_hand<&transcription_request::content_type>(""), by_hand<&transcription_request::language>(""), lost<&transcription_request::languages>(),
    lost<&transcription_request::prompt>(), by_hand<&transcription_request::keywords>(""), by_hand<&transcription_request::response_format>(""),
    hint<&transcription_request::temperature>(), by_hand<&transcription_request::timestamp_granularities>(""),
    lost<&transcription_request::include>(), hint<&transcription_request::chunking_strategy>(),
    lost<&transcription_request::known_speaker_names>(), lost<&transcription_request::known_speaker_references>(),
    by_hand<&transcription_request::stream>(""), by_hand<&transcription_request::extra>(""));
static_assert(accounts_for_all<transcription_request>(deepgram_listen_fields));

inline constexpr vendor_member deepgram_listen_members[] = {
    {"smart_format", "", "smart_format"}, {"punctuate", "", "punctuate"},       {"diarize", "", "diarize"},
    {"utterances", "", "utterances"},     {"detect_language", "", "detect_language"}, {"numerals", "", "numerals"},
    {"profanity_filter", "", "profanity_filter"}, {"redact", "", "redact"},     {"search", "", "search"},
    {"tag", "", "tag"},                   {"version", "", "version"},           {"filler_words", "", "filler_words"},
    {"paragraphs", "", "paragraphs"},     {"multichannel", "", "multichannel"}, {"keywords", "", "keywords"}};

LLMX_DECL void append_parameter(std::string& url, std::string_view name, std::string_view value) {
    url.append(1, url.empty() ? '?' : '&').append(name).append(1, '=');
    append_percent_encoded(url, value);
}

LLMX_DECL result<void> deepgram_speak_encode(const speech_request& request, const encode_options& options, encoded_request& out,
                                             drop_report& drops) {
    if (auto fits = check_spoken(request, options, drops); fits.has_error()) return fits;
    struct format_row {
        std::string_view format, parameters;
    };
    static constexpr format_row formats[] = {{"mp3", "&encoding=mp3"},
                                             {"opus", "&encoding=opus&container=ogg"},
                                             {"aac", "&encoding=aac"},
                                             {"flac", "&encoding=flac"},
                                             {"wav", "&encoding=linear16&container=wav&sample_rate=24000"},
                                             {"pcm", "&encoding=linear16&container=none&sample_rate=24000"}};
    const request_place at;
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    const bool voiced = request.voice.starts_with("aura-");
    if (!request.voice.empty() && !voiced && request.voice != model) drops.lost(at.of<&speech_request::voice>());
    append_parameter(out.url_end, "model", voiced ? std::string_view(request.voice) : model);
    const auto same = [&request](const format_row& r) { return r.format == request.response_format; };
    const auto* const format = std::find_if(std::begin(formats), std::end(formats), same);
    if (format != std::end(formats)) out.url_end += format->parameters;
    else if (!request.response_format.empty()) drops.lost(at.of<&speech_request::response_format>());
    json_writer w(out.body);
    w.object();
    write_fields(w, &request, deepgram_speak_fields.view(), at, drops);
    w.end_object();
    drops.foreign(request.extra, std::string_view(), at);
    return success();
}

LLMX_DECL result<void> deepgram_listen_encode(const transcription_request& request, const encode_options& options, encoded_request& out,
                                              drop_report& drops) {
    const raw_json* const url = request.extra.find("url");
    if (auto fits = check_transcribed(request, options, drops, url != nullptr && is_json_string(url->text)); fits.has_error()) return fits;
    const request_place at;
    report_fields(&request, deepgram_listen_fields.view(), at, drops);
    append_parameter(out.url_end, "model", options.model.empty() ? std::string_view(request.model) : options.model);
    if (!request.language.empty()) append_parameter(out.url_end, "language", request.language);
    for (const std::string& k : request.keywords) append_parameter(out.url_end, "keyterm", k);
    extra_members others = request.extra;
    std::erase_if(others.members, [](const extra_members::member& m) { return m.name == "url"; });
    bool punctuated = false, diarized = false;
    take_vendor_members(others, deepgram_listen_members, at, drops, [&](const vendor_member& m, std::string_view json) {
        punctuated = punctuated || m.written == "punctuate" || m.written == "smart_format";
        diarized = diarized || m.written == "diarize";
        append_parameter(out.url_end, m.written, is_json_string(json) ? unescape_json_string(json) : std::string(json));
    });
    if (!punctuated) append_parameter(out.url_end, "punctuate", "true");
    if (request.response_format == "diarized_json" && !diarized) append_parameter(out.url_end, "diarize", "true");
    if (request.file.empty()) {
        json_writer w(out.body);
        w.object().raw_member("url", url->text).end_object();
    } else {
        // Enough of the octets to see what they are.
        const std::string begin = base64_encode(std::string_view(request.file).substr(0, 48));
        const std::string_view type = type_by_bytes(request.content_type, begin);
        out.content_type = type.empty() ? std::string_view("application/octet-stream") : type;
        out.body = request.file;
    }
    out.how = std::make_unique<transcript_rendering>(request.response_format);
    return success();
}

LLMX_DECL result<transcription_reply> deepgram_listen_read(std::string_view body, const rendering* how) {
    json_document document(body);
    if (const auto status = document.status(); status.has_error())
        return error(errc::bad_response, "the provider's answer is " + status.error().message());
    const json_cursor in = document.root(), metadata = in["metadata"], results = in["results"], channels = results["channels"];
    if (channels.array() == nullptr) return error(errc::bad_response, "the answer has no channels");
    transcription_reply to;
    channels.each_object_or_skip([&to](const json_cursor& channel, std::size_t) {
        const json_cursor alternatives = channel["alternatives"], best = alternatives[std::size_t{0}], words = best["words"];
        if (const std::string_view text = best["transcript"].string_or(); !text.empty()) {
            if (!to.text.empty()) to.text += '\n';
            to.text += text;
        }
        if (to.language.empty()) to.language = channel["detected_language"].string_or();
        words.each_object_or_skip([&to](const json_cursor& one, std::size_t) {
            transcript_word& w = to.words.emplace_back();
            w.word = one["punctuated_word"].string_or(one["word"].string_or());
            w.start = number_or_zero(one["start"]);
            w.end = number_or_zero(one["end"]);
            if (const json_cursor speaker = one["speaker"]) w.extra.add("deepgram_listen", "speaker", speaker.text());
        });
    });
    const double seconds = number_or_zero(metadata["duration"]);
    to.duration = seconds;
    to.billed_seconds = seconds;
    shape_transcript(to, how);
    return to;
}

LLMX_DECL usage deepgram_listen_usage(std::string_view body) {
    usage found;
    json_document document(body);
    if (!document.good()) return found;
    const json_cursor in = document.root(), metadata = in["metadata"];
    const double channels = std::max(number_or_zero(metadata["channels"]), 1.0);
    found.input_milliseconds = milliseconds_of(number_or_zero(metadata["duration"]) * std::min(channels, 64.0));
    return found;
}

} // namespace llmx::inline LLMX_ABI::detail
