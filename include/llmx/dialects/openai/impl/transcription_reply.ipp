// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/transcript.hpp>

#include <llmx/dialects/detail/scanned_fields.hpp>
#include <llmx/dialects/detail/transcript_text.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <optional>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The list that \p value is, of elements with the members of \p fields.
template <class T>
[[nodiscard]] result<void> openai_transcript_read_list(std::string_view value, std::span<const field_rule> fields,
                                                       std::string_view codec, std::vector<T>& to) {
    to.clear();
    if (is_json_null(value)) return success();
    return scan_json_elements(value, [&](const json_member& e) {
        T& one = to.emplace_back();
        return scan_json_members(e.value, [&](const json_member& m) -> result<void> {
            if (take_scanned_field(m, &one, fields)) return success();
            return add_scanned_extra(m, codec, one.extra);
        });
    });
}

template <class T>
void openai_transcript_write_list(json_writer& w, std::string_view name, const std::vector<T>& list,
                                  std::span<const field_rule> fields, std::string_view codec) {
    if (list.empty()) return;
    drop_report none;
    w.key(name).array();
    for (const T& one : list) {
        w.object();
        write_fields(w, &one, fields, request_place(), none);
        w.extra(one.extra, codec).end_object();
    }
    w.end_array();
}

LLMX_DECL result<transcription_reply> openai_transcript_read(std::string_view body, std::string_view content_type,
                                                             std::string_view codec) {
    transcription_reply to;
    const auto first = body.find_first_not_of(" \t\r\n");
    const bool object = first != std::string_view::npos && body[first] == '{';
    if (content_type.empty() ? !object : !is_media_type(content_type, "application/json")) {
        to.text = body;
        to.content_type = content_type.empty() ? std::string_view("text/plain; charset=utf-8") : content_type;
        return to;
    }
    bool has_text = false;
    std::string_view failure;
    const auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("text")) has_text = is_json_string(m.value);
        if (take_scanned_field(m, &to, openai_transcript_reply_fields.view())) return success();
        if (m.named("segments"))
            return openai_transcript_read_list(m.value, openai_transcript_segment_fields.view(), codec, to.segments);
        if (m.named("words"))
            return openai_transcript_read_list(m.value, openai_transcript_word_fields.view(), codec, to.words);
        if (m.named("usage")) {
            to.billed_seconds.reset();
            to.usage = m.value.starts_with('{') ? openai_audio_usage(m.value, &to.billed_seconds) : usage();
        } else if (m.named("error")) {
            failure = is_json_null(m.value) ? std::string_view() : m.value;
        } else {
            return add_scanned_extra(m, codec, to.extra);
        }
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (!failure.empty()) return openai_flat_failure(failure);
    if (!has_text) return error(errc::bad_response, "the answer has no text");
    return to;
}

LLMX_DECL void openai_transcript_write(const transcription_reply& reply, std::string& out, std::string_view codec) {
    if (!reply.content_type.empty()) {
        out += reply.text;
        return;
    }
    json_writer w(out);
    drop_report none;
    w.object();
    write_fields(w, &reply, openai_transcript_reply_fields.view(), request_place(), none);
    openai_transcript_write_list(w, "segments", reply.segments, openai_transcript_segment_fields.view(), codec);
    openai_transcript_write_list(w, "words", reply.words, openai_transcript_word_fields.view(), codec);
    if (!reply.usage.empty()) {
        const usage& u = reply.usage;
        w.key("usage").object().member("type", "tokens").member("input_tokens", u.input_tokens);
        w.key("input_token_details").object();
        w.member("text_tokens", subtract_counts(u.input_tokens, u.input_audio_tokens));
        w.member("audio_tokens", u.input_audio_tokens).end_object();
        w.member("output_tokens", u.output_tokens).member("total_tokens", u.total_tokens()).end_object();
    } else if (reply.billed_seconds) {
        w.key("usage").object().member("type", "duration").member("seconds", *reply.billed_seconds).end_object();
    }
    w.extra(reply.extra, codec).end_object();
}

LLMX_DECL usage openai_transcript_usage(std::string_view body) {
    usage found;
    std::optional<double> billed, length;
    const auto done = scan_json_members(body, [&](const json_member& m) {
        if (m.named("usage")) found = m.value.starts_with('{') ? openai_audio_usage(m.value, &billed) : usage();
        else if (m.named("duration")) length = json_number(m.value);
    });
    if (done.has_error()) return usage();
    // Models that are charged by tokens have no seconds.
    if (found.empty()) found.input_milliseconds = milliseconds_of(billed.value_or(length.value_or(0)));
    return found;
}

} // namespace llmx::inline LLMX_ABI::detail
