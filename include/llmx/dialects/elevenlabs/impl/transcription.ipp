// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/elevenlabs/audio.hpp>

#include <llmx/dialects/detail/transcript_text.hpp>
#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>
#include <llmx/dialects/openai/detail/form_fields.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/multipart.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto elevenlabs_transcription_fields = fields_of<transcription_request>(
    by_hand<&transcription_request::model>("model_id"), by_hand<&transcription_request::file>("file"),
    by_hand<&transcription_request::filename>("file"), by_hand<&transcription_request::content_type>("file"),
    mapped<&transcription_request::language>("language_code"), lost<&transcription_request::languages>(),
    lost<&transcription_request::prompt>(), by_hand<&transcription_request::keywords>("keyterms"),
    by_hand<&transcription_request::response_format>(""), mapped<&transcription_request::temperature>("temperature"),
    by_hand<&transcription_request::timestamp_granularities>(""), lost<&transcription_request::include>(),
    hint<&transcription_request::chunking_strategy>(), lost<&transcription_request::known_speaker_names>(),
    lost<&transcription_request::known_speaker_references>(), by_hand<&transcription_request::stream>(""),
    by_hand<&transcription_request::extra>(""));
static_assert(accounts_for_all<transcription_request>(elevenlabs_transcription_fields));

inline constexpr vendor_member elevenlabs_transcription_members[] = {
    {"diarize", "", "diarize"},
    {"num_speakers", "", "num_speakers"},
    {"tag_audio_events", "", "tag_audio_events"},
    {"timestamps_granularity", "", "timestamps_granularity"},
    {"use_multi_channel", "", "use_multi_channel"},
    {"seed", "", "seed"},
    {"cloud_storage_url", "url", "cloud_storage_url"}};

LLMX_DECL result<void> elevenlabs_transcription_encode(const transcription_request& request, const encode_options& options, encoded_request& out,
                                                       drop_report& drops) {
    const bool has_url = request.extra.find("url") != nullptr || request.extra.find("cloud_storage_url") != nullptr;
    if (auto fits = check_transcribed(request, options, drops, has_url); fits.has_error()) return fits;
    const request_place at;
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    const auto fields = elevenlabs_transcription_fields.view();
    std::vector<std::string_view> texts = {model, request.file, request.filename, request.content_type, request.language};
    for (const std::string& k : request.keywords) texts.push_back(k);
    for (const extra_members::member& m : request.extra.members) texts.push_back(m.value.text);
    const std::string boundary = form_boundary(texts);
    out.content_type = "multipart/form-data; boundary=" + boundary;
    form_writer w(out.body, boundary);
    w.text("model_id", model);
    for (const field_rule& r : fields)
        if (r.how == field_rule::treatment::mapped) w.member(r, &request, at, drops);
    report_fields(&request, fields, at, drops);
    for (const std::string& k : request.keywords) w.text("keyterms", k);
    bool stated = false;
    take_vendor_members(request.extra, elevenlabs_transcription_members, at, drops, [&](const vendor_member& m, std::string_view json) {
        stated = stated || m.written == "diarize";
        w.json(m.written, json);
    });
    if (request.response_format == "diarized_json" && !stated) w.text("diarize", "true");
    if (!request.file.empty())
        w.file("file", request.filename.empty() ? std::string_view("audio") : std::string_view(request.filename), request.content_type, request.file);
    append_multipart_end(out.body, boundary);
    out.how = std::make_unique<transcript_rendering>(request.response_format);
    return success();
}

/// The length of the recording.
LLMX_DECL [[nodiscard]] double elevenlabs_seconds(const json_cursor& in) {
    const json_cursor stated = in["audio_duration_secs"], words = in["words"];
    double last = number_or_zero(stated);
    if (last > 0) return last;
    words.each_object_or_skip([&last](const json_cursor& one, std::size_t) { last = std::max(last, number_or_zero(one["end"])); });
    return last;
}

LLMX_DECL result<transcription_reply> elevenlabs_transcription_read(std::string_view body, const rendering* how) {
    json_document document(body);
    if (const auto status = document.status(); status.has_error())
        return error(errc::bad_response, "the provider's answer is " + status.error().message());
    const json_cursor in = document.root(), text = in["text"], words = in["words"];
    if (!text.is_string()) return error(errc::bad_response, "the answer has no text");
    transcription_reply to;
    to.text = text.string_or();
    to.language = in["language_code"].string_or();
    words.each_object_or_skip([&to](const json_cursor& one, std::size_t) {
        const std::string_view kind = one["type"].string_or("word");
        if (kind != "word") return;
        transcript_word& w = to.words.emplace_back();
        w.word = one["text"].string_or();
        w.start = number_or_zero(one["start"]);
        w.end = number_or_zero(one["end"]);
        if (const json_cursor speaker = one["speaker_id"]; speaker.is_string()) w.extra.add("elevenlabs_transcription", "speaker", speaker.text());
    });
    const double seconds = elevenlabs_seconds(in);
    to.duration = seconds;
    to.billed_seconds = seconds;
    shape_transcript(to, how);
    return to;
}

LLMX_DECL usage elevenlabs_transcription_usage(std::string_view body) {
    usage found;
    json_document document(body);
    if (document.good()) {
        const json_cursor in = document.root();
        found.input_milliseconds = milliseconds_of(elevenlabs_seconds(in));
    }
    return found;
}

} // namespace llmx::inline LLMX_ABI::detail
