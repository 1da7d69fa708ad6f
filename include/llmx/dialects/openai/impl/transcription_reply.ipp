// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/transcript.hpp>

#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/dialects/openai/detail/audio.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <vector>

namespace llmx::inline v0::detail {

LLMX_DECL void openai_transcript_read_text(std::string_view value, std::string& to) {
    to = is_json_string(value) ? unescape_json_string(value) : std::string();
}

/// An element of `segments`.
[[nodiscard]] LLMX_DECL result<void> openai_transcript_read_one(std::string_view text, transcript_segment& to,
                                                                std::string_view dialect) {
    return scan_json_members(text, [&](const json_member& m) -> result<void> {
        if (m.named("start")) to.start = json_number(m.value).value_or(0);
        else if (m.named("end")) to.end = json_number(m.value).value_or(0);
        else if (m.named("text")) openai_transcript_read_text(m.value, to.text);
        else if (m.named("speaker") && is_json_string(m.value)) openai_transcript_read_text(m.value, to.speaker);
        else return add_scanned_extra(m, dialect, to.extra);
        return success();
    });
}
/// An element of `words`.
[[nodiscard]] LLMX_DECL result<void> openai_transcript_read_one(std::string_view text, transcript_word& to,
                                                                std::string_view dialect) {
    return scan_json_members(text, [&](const json_member& m) -> result<void> {
        if (m.named("start")) to.start = json_number(m.value).value_or(0);
        else if (m.named("end")) to.end = json_number(m.value).value_or(0);
        else if (m.named("word")) openai_transcript_read_text(m.value, to.word);
        else return add_scanned_extra(m, dialect, to.extra);
        return success();
    });
}

template <class T>
[[nodiscard]] result<void> openai_transcript_read_list(std::string_view value, std::vector<T>& to, std::string_view dialect) {
    to.clear();
    if (is_json_null(value)) return success();
    return scan_json_elements(value, [&](const json_member& e) { return openai_transcript_read_one(e.value, to.emplace_back(), dialect); });
}

LLMX_DECL result<transcription_reply> openai_transcript_read(std::string_view body, std::string_view content_type,
                                                             std::string_view dialect) {
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
        if (m.named("text")) {
            has_text = is_json_string(m.value);
            openai_transcript_read_text(m.value, to.text);
        } else if (m.named("error")) {
            failure = is_json_null(m.value) ? std::string_view() : m.value;
        } else if (m.named("language") && is_json_string(m.value)) {
            openai_transcript_read_text(m.value, to.language);
        } else if (m.named("duration") && json_number(m.value)) {
            to.duration = json_number(m.value);
        } else if (m.named("segments")) {
            return openai_transcript_read_list(m.value, to.segments, dialect);
        } else if (m.named("words")) {
            return openai_transcript_read_list(m.value, to.words, dialect);
        } else if (m.named("usage")) {
            to.billed_seconds.reset();
            to.usage = m.value.starts_with('{') ? openai_audio_usage(m.value, &to.billed_seconds) : usage();
        } else {
            return add_scanned_extra(m, dialect, to.extra);
        }
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (!failure.empty()) {
        const auto parsed = parse_json(failure);
        if (parsed.has_error()) return error(errc::bad_response, parsed.error().message());
        return openai_chat_failure(*parsed);
    }
    if (!has_text) return error(errc::bad_response, "the answer has no text");
    return to;
}

LLMX_DECL void openai_transcript_write(const transcription_reply& reply, std::string& out, std::string_view dialect) {
    if (!reply.content_type.empty()) {
        out += reply.text;
        return;
    }
    json_writer w(out);
    w.object().member("text", reply.text);
    if (!reply.language.empty()) w.member("language", reply.language);
    if (reply.duration) w.member("duration", *reply.duration);
    if (!reply.segments.empty()) {
        w.key("segments").array();
        for (const auto& s : reply.segments) {
            w.object().member("start", s.start).member("end", s.end).member("text", s.text);
            if (!s.speaker.empty()) w.member("speaker", s.speaker);
            w.extra(s.extra, dialect).end_object();
        }
        w.end_array();
    }
    if (!reply.words.empty()) {
        w.key("words").array();
        for (const auto& word : reply.words) {
            w.object().member("word", word.word).member("start", word.start).member("end", word.end);
            w.extra(word.extra, dialect).end_object();
        }
        w.end_array();
    }
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
    w.extra(reply.extra, dialect).end_object();
}

LLMX_DECL usage openai_transcript_usage(std::string_view body) {
    usage found;
    const auto done = scan_json_members(body, [&found](const json_member& m) {
        if (m.named("usage")) found = m.value.starts_with('{') ? openai_audio_usage(m.value) : usage();
    });
    return done.has_error() ? usage() : found;
}

} // namespace llmx::inline v0::detail
