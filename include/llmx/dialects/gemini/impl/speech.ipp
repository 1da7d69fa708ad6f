// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/speech.hpp>

#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto gemini_speech_fields = fields_of<speech_request>(
    by_hand<&speech_request::model>(""), by_hand<&speech_request::input>("contents"),
    by_hand<&speech_request::voice>("generationConfig.speechConfig"), lost<&speech_request::voice_id>(),
    by_hand<&speech_request::instructions>("contents"), by_hand<&speech_request::response_format>(""),
    lost<&speech_request::speed>().unless(1), by_hand<&speech_request::stream_format>(""), by_hand<&speech_request::extra>(""));
static_assert(accounts_for_all<speech_request>(gemini_speech_fields));

/// The caller wants the samples alone.
class gemini_pcm_rendering final : public rendering {};

/// "24000" of "audio/L16;codec=pcm;rate=24000".
LLMX_DECL [[nodiscard]] std::uint32_t gemini_sample_rate(std::string_view type) noexcept {
    constexpr std::string_view name = "rate=";
    std::uint32_t rate = 24'000;
    const std::size_t at = type.find(name);
    if (at == std::string_view::npos) return rate;
    const std::string_view digits = type.substr(at + name.size());
    std::uint32_t read = 0;
    const auto done = std::from_chars(digits.data(), digits.data() + digits.size(), read);
    return done.ec == std::errc() && read >= 8'000 && read <= 192'000 ? read : rate;
}

/// A RIFF header for \p bytes of 16-bit samples of one channel (Microsoft's Multimedia Programming Interface, 1991, "WAVE").
LLMX_DECL void append_wav_header(std::string& out, std::uint32_t rate, std::size_t bytes) {
    const auto number = [&out](std::uint32_t n, int octets) {
        for (; octets > 0; --octets, n >>= 8) out += static_cast<char>(n & 0xffu);
    };
    const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(bytes, 0xffffffffu - 36));
    out += "RIFF";
    number(size + 36, 4);
    out += "WAVEfmt ";
    number(16, 4);
    number(1, 2);
    number(1, 2);
    number(rate, 4);
    number(rate * 2, 4);
    number(2, 2);
    number(16, 2);
    out += "data";
    number(size, 4);
}

inline constexpr vendor_member gemini_speech_members[] = {{"speechConfig", "speech_config", "speechConfig"}, {"seed", "", "seed"},
                                                           {"temperature", "", "temperature"}};

} // namespace detail

LLMX_DECL result<void> gemini_speech::encode_request(const speech_request& request, const encode_options& options, encoded_request& out,
                                                     drop_report& drops) {
    if (auto fits = detail::check_spoken(request, options, drops); fits.has_error()) return fits;
    const request_place at;
    detail::report_fields(&request, detail::gemini_speech_fields.view(), at, drops);
    const std::string& format = request.response_format;
    if (!format.empty() && format != "pcm" && format != "wav") drops.lost(at.of<&speech_request::response_format>());
    if (format == "pcm") out.how = std::make_unique<detail::gemini_pcm_rendering>();
    json_writer w(out.body);
    std::string text = request.instructions;
    if (!text.empty()) text += ": ";
    text += request.input;
    w.object().key("contents").array().object().member("role", "user").key("parts").array().object().member("text", text);
    w.end_object().end_array().end_object().end_array();
    w.key("generationConfig").object().key("responseModalities").array().value("AUDIO").end_array();
    bool voiced = false;
    detail::take_vendor_members(request.extra, detail::gemini_speech_members, at, drops, [&](const detail::vendor_member& m, std::string_view json) {
        voiced = voiced || m.written == "speechConfig";
        w.raw_member(m.written, json);
    });
    if (!voiced) {
        w.key("speechConfig").object().key("voiceConfig").object().key("prebuiltVoiceConfig").object();
        w.member("voiceName", request.voice.empty() ? std::string_view("Kore") : std::string_view(request.voice));
        w.end_object().end_object().end_object();
    } else if (!request.voice.empty()) {
        drops.lost(at.of<&speech_request::voice>());
    }
    w.end_object().end_object();
    return success();
}

LLMX_DECL result<speech_reply> gemini_speech::decode_reply(std::string_view body, const rendering* how) {
    json_document document(body, json_naming::proto);
    if (const result<void> read = document.status(); !read)
        return error(errc::bad_response, "the provider's answer is " + read.error().message());
    const json_cursor in = document.root(), failure = in["error"], candidates = in["candidates"], feedback = in["promptFeedback"],
                      metadata = in["usageMetadata"];
    if (failure.object() != nullptr) return detail::generate_read_failure(failure);
    speech_reply to;
    std::uint32_t rate = 24'000;
    result<void> good = success();
    candidates.each_object_or_skip([&](const json_cursor& one, std::size_t) {
        const json_cursor content = one["content"], parts = content["parts"];
        parts.each_object_or_skip([&](const json_cursor& part, std::size_t) {
            const json_cursor data = part["inlineData"];
            if (data["data"].string_or().empty()) return;
            rate = detail::gemini_sample_rate(data["mimeType"].string_or());
            const result<std::string> octets = base64_decode(detail::generate_base64(data["data"].string_or()));
            if (octets) to.audio += *octets;
            else good = error(errc::bad_response, "the provider's audio is not base64");
        });
    });
    if (!good) return good.error();
    if (to.audio.empty()) {
        const bool blocked = static_cast<bool>(feedback["blockReason"]);
        return error(blocked ? errc::content_policy : errc::bad_response, "the provider answered without audio");
    }
    to.usage = detail::generate_read_usage(metadata);
    if (how != nullptr) {
        to.content_type = "audio/pcm";
        return to;
    }
    std::string whole;
    detail::append_wav_header(whole, rate, to.audio.size());
    to.audio.insert(0, whole);
    to.content_type = "audio/wav";
    return to;
}

} // namespace llmx::inline LLMX_ABI
