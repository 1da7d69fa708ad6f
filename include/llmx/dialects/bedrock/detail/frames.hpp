// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/wire/aws_event_stream.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// \file
/// The framings of answers of AWS's services that run models: an event stream whose messages carry pieces of a model's own stream.

namespace llmx::inline LLMX_ABI::detail {

/// The messages of an event stream whose exceptions are failures. Not thread-safe.
///
/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ResponseStream.html,
/// docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_ResponseStream.html.
class aws_frames {
public:
    /// What a message's payload holds.
    enum class carries : std::uint8_t {
        bytes,    ///< a piece of the inner stream, split anywhere (SageMaker's PayloadPart)
        chunks,   ///< `{"bytes": base64}` of one JSON object of the inner stream, which becomes a server-sent event (Bedrock's PayloadPart)
        openai,   ///< the same, of a chunk in OpenAI's form, whose end may be called `stop_reason` and whose usage may be Bedrock's metrics
        prompted, ///< the same, of a chunk of a model that takes prompts (detail/prompted_chat.hpp), which becomes one in OpenAI's form
        nova,     ///< the same, of an object with one event of ConverseStream, which becomes that event
    };
    explicit aws_frames(carries what) noexcept : what_(what) {}

    /// Appends to \p inner what \p bytes complete. Exceptions are their typed failures; what is no event stream is `errc::bad_response`.
    LLMX_DECL [[nodiscard]] result<void> feed(std::string_view bytes, std::string& inner);
    [[nodiscard]] result<void> finish() { return events_.finish(); }
    [[nodiscard]] std::size_t pending() const noexcept { return pending_; }

private:
    LLMX_DECL [[nodiscard]] result<void> take(const aws_event& event, std::string& inner);
    LLMX_DECL [[nodiscard]] result<void> take_chunk(std::string_view payload, std::string& inner) const;

    aws_event_decoder events_;
    std::size_t pending_ = 0;
    carries what_;
};

/// `aws_frames` of one kind, as a type.
template <aws_frames::carries What> struct aws_frames_of : aws_frames {
    aws_frames_of() noexcept : aws_frames(What) {}
};

/// Gives the choices of a reply or a chunk in OpenAI's form their `finish_reason`, which Bedrock calls `stop_reason`, and it the usage that
/// Bedrock counted (`amazon-bedrock-invocationMetrics`), where \p json lacks them.
LLMX_DECL void bedrock_complete_openai(std::string& json);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/bedrock/impl/frames.ipp>
#endif
