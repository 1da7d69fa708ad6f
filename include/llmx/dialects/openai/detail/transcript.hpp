// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/transcription.hpp>
#include <llmx/dialects/codec.hpp>

#include <string>
#include <string_view>

/// \file
/// What `openai_transcription` and `openai_translation` share. Not for others.

namespace llmx::inline v0::detail {

[[nodiscard]] LLMX_DECL result<request_head> openai_transcript_scan(std::string_view body, std::string_view content_type,
                                                                    const request_target& target);
/// \p dialect: the codec, whose members those are that are not known. \p translating: the fields that
/// only a transcription has are not.
[[nodiscard]] LLMX_DECL result<transcription_request> openai_transcript_decode(std::string_view body,
                                                                               std::string_view content_type,
                                                                               const request_target& target,
                                                                               std::string_view dialect,
                                                                               bool translating);
/// \p translating: the fields that only a transcription has are lost.
[[nodiscard]] LLMX_DECL result<void> openai_transcript_encode(const transcription_request& request,
                                                              const encode_options& options, encoded_request& out,
                                                              drop_report& drops, std::string_view dialect,
                                                              bool translating);
[[nodiscard]] LLMX_DECL std::string openai_transcript_path(std::string_view member);

[[nodiscard]] LLMX_DECL result<transcription_reply> openai_transcript_read(std::string_view body,
                                                                           std::string_view content_type,
                                                                           std::string_view dialect);
LLMX_DECL void openai_transcript_write(const transcription_reply& reply, std::string& out, std::string_view dialect);
[[nodiscard]] LLMX_DECL usage openai_transcript_usage(std::string_view body);

} // namespace llmx::inline v0::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/transcription_reply.ipp>
#include <llmx/dialects/openai/impl/transcription_request.ipp>
#endif
