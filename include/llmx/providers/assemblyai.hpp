// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/dialects/assemblyai/transcription.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/providers/vendor.hpp>
#include <llmx/providers/vendors/assemblyai.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/transport/http_exchange.hpp>

#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// AssemblyAI: chats by its LLM gateway (`rows::assemblyai`), and transcriptions of recordings.
///
/// A transcription is a job: the recording is uploaded, a transcript is requested and its state is asked for with growing pauses
/// (`detail::job_polling`) until it is there or the call's deadline passes; subtitles are fetched afterwards. The key is the value of
/// `authorization`, without a scheme. Transcriptions are at `https://api.assemblyai.com`, or, when the deployment has another base URL,
/// there; "llm-gateway." at the beginning of its host becomes "api.".
///
/// Sources: https://www.assemblyai.com/docs/api-reference/files/upload, .../transcripts/submit, .../transcripts/get,
/// .../transcripts/get-subtitles. Thread-safe.
struct assemblyai : vendor<rows::assemblyai> {
    using codecs = codec_list<openai_chat, assemblyai_transcription>;

    LLMX_DECL [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const;
    /// Reads `{"error":"…"}`, else as OpenAI's.
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const;
    /// A chat over the network; a transcription as a job. Fails with `errc::deadline_exceeded` when the transcript is not there in time; a
    /// transcript that the vendor could not make is an answer with the status 422.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<http_response>> exchange(runtime& on, const deployment& d, const http_request& request,
                                                                                   const http_limits& limits, cancellation& stop) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/assemblyai.ipp>
#endif
