// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/speech.hpp>

#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/detail/audio.hpp>
#include <llmx/dialects/openai/impl/chat_scan.ipp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>

namespace llmx::inline v0 {
namespace detail {

inline constexpr std::string_view openai_speech_input = "the text to be spoken";

LLMX_DECL result<void> openai_speech_read_voice(const json_reader& r, speech_request& to) {
    const auto* const v = r.find("voice");
    if (v == nullptr || v->is_string()) return r.read("voice", to.voice);
    const auto* const object = v->if_object();
    if (object == nullptr) return r.expected("voice", "the name of a voice, or an object with its id");
    const json_reader inner(*object, "voice");
    if (auto done = inner.read("id", to.voice_id); done.has_error()) return done;
    if (to.voice_id.empty()) return inner.expected("id", "the id of a voice");
    return success();
}

} // namespace detail

LLMX_DECL result<request_head> openai_speech::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "input"sv, "stream_format"sv);
    request_head head;
    bool has_input = false, has_model = false;
    detail::members_seen seen;
    auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("model")) {
            if (seen.again(0)) return detail::member_given_twice(m);
            head.model_begin = m.begin;
            head.model_end = m.end;
            if (is_json_null(m.value)) return success();
            if (!is_json_string(m.value) || m.value == "\"\"")
                return detail::openai_chat_wrong("model", "the name of a model");
            has_model = true;
            head.model = plain_json_string(m.value).value_or(std::string_view());
        } else if (m.named("input")) {
            if (seen.again(1)) return detail::member_given_twice(m);
            has_input = is_json_string(m.value) && m.value != "\"\"";
            if (!has_input) return detail::openai_chat_wrong("input", detail::openai_speech_input);
        } else if (m.named("stream_format")) {
            if (seen.again(2)) return detail::member_given_twice(m);
            // The server checks others.
            if (!is_json_string(m.value) && !is_json_null(m.value))
                return detail::openai_chat_wrong("stream_format", "\"audio\" or \"sse\"");
            head.stream = unescape_json_string(m.value) == "sse";
        } else {
            return routed.check(m);
        }
        return success();
    });
    if (done.has_error()) return done.error();
    if (!target.model.empty()) head.model = target.model;
    else if (!has_model) return detail::openai_chat_wrong("model", "the name of a model");
    if (!has_input) return detail::openai_chat_wrong("input", detail::openai_speech_input);
    return head;
}

LLMX_DECL result<speech_request> openai_speech::decode_request(std::string_view body, const request_target& target) {
    auto parsed = parse_json_object(body);
    if (parsed.has_error()) return parsed.error();
    const json_reader r(*parsed);
    speech_request to;
    if (auto done = r.read("model", to.model); done.has_error()) return done.error();
    if (!target.model.empty()) to.model = target.model;
    if (to.model.empty()) return r.expected("model", "the name of a model");
    result<void> done = r.read("input", to.input);
    if (!done.has_error() && to.input.empty()) done = r.expected("input", detail::openai_speech_input);
    if (!done.has_error()) done = detail::openai_speech_read_voice(r, to);
    if (!done.has_error()) done = r.read("instructions", to.instructions);
    if (!done.has_error()) done = r.read("response_format", to.response_format);
    if (!done.has_error()) done = r.read("speed", to.speed);
    if (!done.has_error()) done = r.read("stream_format", to.stream_format);
    if (done.has_error()) return done.error();
    static constexpr std::array<std::string_view, 7> known = {
        "model", "input", "voice", "instructions", "response_format", "speed", "stream_format"};
    for (const auto& m : *parsed) {
        const std::string_view key = m.key();
        if (m.value().is_null() || std::find(known.begin(), known.end(), key) != known.end()) continue;
        to.extra.add(name, std::string(key), boost::json::serialize(m.value()));
    }
    return to;
}

LLMX_DECL result<void> openai_speech::encode_request(const speech_request& request, const encode_options& options,
                                                     std::string& out, drop_report& drops) {
    if (request.input.empty()) return detail::openai_chat_wrong("input", detail::openai_speech_input);
    json_writer w(out);
    w.object().member("model", options.model.empty() ? std::string_view(request.model) : options.model);
    w.member("input", request.input);
    if (!request.voice_id.empty()) w.key("voice").object().member("id", request.voice_id).end_object();
    else if (!request.voice.empty()) w.member("voice", request.voice);
    if (!request.instructions.empty()) w.member("instructions", request.instructions);
    if (!request.response_format.empty()) w.member("response_format", request.response_format);
    if (request.speed) w.member("speed", *request.speed);
    const bool events = options.stream.value_or(request.stream_format == "sse");
    if (events) w.member("stream_format", "sse");
    else if (!request.stream_format.empty() && request.stream_format != "sse") w.member("stream_format", request.stream_format);
    w.extra(request.extra, name).end_object();
    if (!request.extra.speaks(name))
        for (const auto& m : request.extra.members) drops.foreign(m.name);
    return success();
}

LLMX_DECL std::string openai_speech::caller_path(std::string_view member, const speech_request&) {
    return member == "voice_id" ? std::string("voice.id") : std::string(member);
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

LLMX_DECL error_body openai_speech::decode_error(std::string_view body) { return openai_chat::decode_error(body); }

LLMX_DECL void openai_speech::encode_error(const error& failure, std::string& out) {
    openai_chat::encode_error(failure, out);
}

} // namespace llmx::inline v0
