// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/extra.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/usage.hpp>

#include <optional>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// A request for speech, independent of any vendor's language.
///
/// Only `model` and `input` are needed, and a voice with most providers. Everything absent stays absent
/// on the wire.
struct speech_request {
    speech_request() = default;
    speech_request(std::string model_name, std::string text, std::string voice_name = std::string())
        : model(std::move(model_name)), input(std::move(text)), voice(std::move(voice_name)) {}

    std::string model;
    /// Text to be read aloud.
    std::string input;
    /// Name of a voice that the provider has.
    std::string voice;
    /// Id of a voice of the caller's own, in place of `voice`.
    std::string voice_id;
    /// Instructions for the voice (tone, pace).
    std::string instructions;
    /// Form of the audio, as providers name it: "mp3", "opus", "aac", "flac", "wav", "pcm".
    std::string response_format;
    /// 1 is the usual speed.
    std::optional<double> speed;
    /// "sse": the audio comes as events; "audio": as octets. Of a typed call the reply is octets.
    std::string stream_format;

    extra_members extra;
    friend bool operator==(const speech_request&, const speech_request&) = default;
};
LLMX_DESCRIBE(speech_request,
              (model, input, voice, voice_id, instructions, response_format, speed, stream_format, extra))

/// Speech.
struct speech_reply {
    speech_reply() = default;
    explicit speech_reply(std::string octets, std::string media_type = std::string()) noexcept
        : audio(std::move(octets)), content_type(std::move(media_type)) {}

    /// Octets in the requested format.
    std::string audio;
    /// Media type as the provider names it.
    std::string content_type;
    llmx::usage usage;
    friend bool operator==(const speech_reply&, const speech_reply&) = default;
};
LLMX_DESCRIBE(speech_reply, (audio, content_type, usage))

/// The operation: text to speech. Replies are relayed as they come.
struct speech {
    using request = speech_request;
    using reply = speech_reply;
    static constexpr operation_info info{"speech", operation_info::answers::octets};
};
static_assert(operation<speech>);

} // namespace llmx::inline LLMX_ABI
