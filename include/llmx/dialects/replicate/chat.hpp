// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/dialects/chat_codec.hpp>
#include <llmx/wire/sse.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Chat with the language models at Replicate: an object `input` with a prompt, and an answer that is a list of texts. For providers alone.
///
/// Source: https://replicate.com/docs/reference/http (predictions), https://replicate.com/docs/topics/predictions/streaming, the schemas of the
/// models. The URL, or the member `version`, names the model (see dialects/replicate/images.hpp).
///
/// Decisions where the vocabulary and the wire differ:
/// - System messages are `system_prompt`. One message of a user is the prompt as it is; a conversation is one text, whose turns begin with "User: "
///   and "Assistant: ", and which ends with the latter.
/// - The limit of an answer is the member that models of that maker have: `max_tokens`, `max_completion_tokens` (OpenAI's), `max_output_tokens`
///   (Google's) or `max_new_tokens` (Llama 2, Mistral's). Texts that stop an answer are one text with commas.
/// - Tools, forms of the answer, images and documents are lost. An effort is written for OpenAI's models.
/// - Other members of a caller's request go along, since each model has its own, but hints.
/// - The tokens are those that Replicate reports for official models; a stream reports none.
struct replicate_chat {
    using operation = chat;
    static constexpr std::string_view name = "replicate_chat", language = "replicate";
    static constexpr std::string_view path = "";
    static constexpr bool model_in_body = false;

    /// Fails with `errc::invalid_request` without a text; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    /// A prediction that did not succeed is a failure.
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// Its output.
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
    /// Writes the prediction \p body as the events of a stream, for a model that has none.
    LLMX_DECL static void write_events(std::string_view body, std::string& out);

    class stream_decoder;
    class stream_watch;
};

/// Reads the events `output`, `error` and `done`.
class replicate_chat::stream_decoder {
public:
    stream_decoder() = default;
    LLMX_DECL result<void> feed(std::string_view bytes, event_batch& out) {
        return parser_.feed(bytes, [this, &out](const sse_event& e) { return take(e, out); });
    }
    LLMX_DECL result<void> finish(event_batch& out);

private:
    LLMX_DECL result<void> take(const sse_event& event, event_batch& out);
    sse_parser parser_;
    bool started_ = false, done_ = false;
};

/// Follows a stream without decoding it.
class replicate_chat::stream_watch {
public:
    LLMX_DECL const stream_progress& feed(std::string_view bytes);

private:
    sse_parser parser_;
    stream_progress progress_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/replicate/impl/chat.ipp>
#endif
