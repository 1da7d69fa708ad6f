// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/speech.hpp>

#include <llmx/dialects/detail/nested_extra.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/openai/detail/audio.hpp>
#include <llmx/wire/json_writer.hpp>

#include <array>
#include <span>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view openai_speech_input = "the text to be spoken";

inline constexpr auto openai_speech_fields = fields_of<speech_request>(
    by_hand<&speech_request::model>("model"), // that of the options wins
    mapped<&speech_request::input>("input"),
    by_hand<&speech_request::voice>("voice"), by_hand<&speech_request::voice_id>("voice.id"), // a string or an object
    mapped<&speech_request::instructions>("instructions"), mapped<&speech_request::response_format>("response_format"),
    mapped<&speech_request::speed>("speed"),
    by_hand<&speech_request::stream_format>("stream_format"), // as the options have it
    by_hand<&speech_request::extra>(""));
static_assert(accounts_for_all<speech_request>(openai_speech_fields));

inline constexpr std::array<std::span<const field_rule>, 1> openai_speech_tables = {openai_speech_fields.view()};

/// The places of members that the vocabulary does not have.
inline constexpr std::string_view openai_speech_nested[] = {"voice."};

/// The reply is the audio itself; its media type is a header field.
inline constexpr auto openai_speech_reply_fields = fields_of<speech_reply>(
    by_hand<&speech_reply::audio>(""), by_hand<&speech_reply::content_type>(""), lost<&speech_reply::usage>());
static_assert(accounts_for_all<speech_reply>(openai_speech_reply_fields));

LLMX_DECL void openai_speech_read_voice(const json_cursor& from, speech_request& to) {
    if (!from || from.is_string()) return from.read(to.voice);
    if (from.object() == nullptr) return from.expected("the name of a voice, or an object with its id");
    const json_cursor id = from["id"];
    id.read(to.voice_id);
    if (to.voice_id.empty()) id.expected("the id of a voice");
    static constexpr std::string_view known[] = {"id"};
    keep_extra(from, {}, known, openai_speech::name, openai_speech_nested[0], {}, to.extra);
}

LLMX_DECL void openai_speech_write_voice(json_writer& w, const speech_request& request, drop_report& drops) {
    if (request.voice_id.empty()) {
        if (!request.voice.empty()) w.member("voice", request.voice);
        return;
    }
    w.key("voice").object().member("id", request.voice_id);
    if (request.extra.speaks(openai_speech::name)) write_nested_extra(w, request.extra, openai_speech_nested[0]);
    w.end_object();
    if (!request.voice.empty()) drops.lost(request_place().of<&speech_request::voice>());
}

} // namespace detail

LLMX_DECL result<request_head> openai_speech::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "input"sv, "stream_format"sv);
    bool has_input = false;
    const auto take = [&has_input](const json_member& m, request_head& head) -> result<void> {
        if (m.named("input")) {
            has_input = is_json_string(m.value) && m.value != "\"\"";
            if (!has_input) return detail::member_expected("input", detail::openai_speech_input);
        } else {
            // The server checks others.
            if (!is_json_string(m.value) && !is_json_null(m.value))
                return detail::member_expected("stream_format", "\"audio\" or \"sse\"");
            head.stream = unescape_json_string(m.value) == "sse";
        }
        return success();
    };
    auto head = detail::openai_flat_scan(body, target, routed, take);
    if (head.has_value() && !has_input) return detail::member_expected("input", detail::openai_speech_input);
    return head;
}

LLMX_DECL result<speech_request> openai_speech::decode_request(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root();
    speech_request to;
    const auto fields = detail::openai_speech_fields.view();
    detail::openai_flat_read_model(in, target, to.model);
    detail::read_fields(in, &to, fields);
    const json_cursor input = in["input"], voice = in["voice"];
    if (to.input.empty()) input.expected(detail::openai_speech_input);
    detail::openai_speech_read_voice(voice, to);
    in["stream_format"].read(to.stream_format);
    detail::keep_extra(in, fields, {}, name, {}, detail::openai_flat_hints, to.extra);
    if (const auto status = document.status(); status.has_error()) return status.error();
    return to;
}

LLMX_DECL result<void> openai_speech::encode_request(const speech_request& request, const encode_options& options,
                                                     std::string& out, drop_report& drops) {
    const request_place at;
    if (request.input.empty())
        return drops.refuse(at.of<&speech_request::input>(), std::string("expected ").append(detail::openai_speech_input));
    json_writer w(out);
    w.object().member("model", options.model.empty() ? std::string_view(request.model) : options.model);
    detail::write_fields(w, &request, detail::openai_speech_fields.view(), at, drops);
    detail::openai_speech_write_voice(w, request, drops);
    const bool events = options.stream.value_or(request.stream_format == "sse");
    if (events) w.member("stream_format", "sse");
    else if (!request.stream_format.empty() && request.stream_format != "sse") w.member("stream_format", request.stream_format);
    if (request.extra.speaks(name)) detail::write_outer_extra(w, request.extra, detail::openai_speech_nested);
    w.end_object();
    drops.foreign(request.extra, name, at);
    return success();
}

LLMX_DECL std::string openai_speech::caller_path(const request_place& at, const speech_request&) {
    return detail::wire_path(at, detail::openai_speech_tables);
}

LLMX_DECL result<speech_reply> openai_speech::decode_reply(std::string_view body, std::string_view content_type) {
    if (detail::is_media_type(content_type, "application/json"))
        return error(errc::bad_response, "the provider answered with JSON instead of audio");
    return speech_reply(std::string(body), std::string(content_type));
}

LLMX_DECL void openai_speech::encode_reply(const speech_reply& reply, const reply_options&, std::string& out) {
    out += reply.audio;
}

LLMX_DECL usage openai_speech::scan_usage(std::string_view) { return usage(); }

LLMX_DECL std::unique_ptr<any_stream_watch> openai_speech::make_watch(std::string_view content_type) {
    return detail::openai_audio_make_watch(content_type);
}

LLMX_DECL error openai_speech::stream_failure(std::string_view bytes) { return detail::openai_audio_failure(bytes); }

} // namespace llmx::inline LLMX_ABI
