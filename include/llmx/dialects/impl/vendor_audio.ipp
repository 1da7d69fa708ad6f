// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/vendor_audio.hpp>

#include <llmx/dialects/detail/transcript_text.hpp>
#include <llmx/dialects/openai/detail/audio.hpp>

#include <cstddef>
#include <string>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL result<void> check_spoken(const speech_request& request, const encode_options& options, drop_report& drops) {
    const request_place at;
    if (request.input.empty()) return drops.refuse(at.of<&speech_request::input>(), "expected the text to be spoken");
    if (options.stream.value_or(request.stream_format == "sse"))
        return drops.refuse(at.of<&speech_request::stream_format>(), "this provider has no events of speech; leave stream_format out",
                            errc::unsupported_parameter);
    return success();
}

LLMX_DECL result<void> check_transcribed(const transcription_request& request, const encode_options& options, drop_report& drops,
                                                       bool has_url) {
    const request_place at;
    if (request.file.empty() && !has_url) return drops.refuse(at.of<&transcription_request::file>(), "expected a recording, as a file");
    if (options.stream.value_or(request.stream.value_or(false)))
        return drops.refuse(at.of<&transcription_request::stream>(), "this provider has no events of a transcription; leave stream out",
                            errc::unsupported_parameter);
    if (!is_transcript_format(request.response_format)) drops.lost(at.of<&transcription_request::response_format>());
    for (std::size_t i = 0; i < request.timestamp_granularities.size(); ++i)
        if (const std::string& one = request.timestamp_granularities[i]; one != "word" && one != "segment")
            drops.lost(at.of<&transcription_request::timestamp_granularities>().item(i));
    return success();
}

LLMX_DECL double number_or_zero(const json_cursor& at) {
    return at.value() != nullptr && at.value()->is_number() ? at.value()->to_number<double>() : 0.0;
}

LLMX_DECL result<speech_reply> read_audio_reply(std::string_view body, std::string_view content_type) {
    if (is_media_type(content_type, "application/json")) return error(errc::bad_response, "the provider answered with JSON instead of audio");
    return speech_reply(std::string(body), std::string(content_type));
}

LLMX_DECL std::unique_ptr<any_stream_watch> make_audio_watch(std::string_view content_type) { return openai_audio_make_watch(content_type); }
LLMX_DECL error audio_stream_failure(std::string_view bytes) { return openai_audio_failure(bytes); }

} // namespace llmx::inline LLMX_ABI::detail
