// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/core/usage.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/wire/sse.hpp>

#include <memory>
#include <optional>
#include <string_view>

/// \file
/// The parts that OpenAI's speech and transcriptions share. Not for others.

namespace llmx::inline LLMX_ABI::detail {

/// Whether a Content-Type names the media type \p type, given in lower case.
LLMX_DECL [[nodiscard]] bool is_media_type(std::string_view content_type, std::string_view type) noexcept;

/// The usage object that \p text is, which has passed a scan: tokens, or the seconds that are billed.
LLMX_DECL [[nodiscard]] usage openai_audio_usage(std::string_view text, std::optional<double>* seconds = nullptr);

/// Follows the events of speech (`speech.audio.*`) and transcriptions (`transcript.text.*`), which end
/// with one whose type ends in ".done".
LLMX_DECL class basic_openai_audio_watch final : public any_stream_watch {
public:
    const stream_progress& feed(std::string_view bytes) override;

private:
    void event(const sse_event& e);
    sse_parser parser_;
    stream_progress progress_;
};
using openai_audio_watch = LLMX_PLAIN(basic_openai_audio_watch);

/// The watch of a relayed reply of the media type \p content_type. A page of HTML is a failure: it
/// comes from a proxy or a wrong base URL.
LLMX_DECL [[nodiscard]] std::unique_ptr<any_stream_watch> openai_audio_make_watch(std::string_view content_type);
/// The failure that the bytes of a relayed reply report.
LLMX_DECL [[nodiscard]] error openai_audio_failure(std::string_view bytes);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/audio.ipp>
#endif
