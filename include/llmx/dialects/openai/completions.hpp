// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/wire/sse.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// OpenAI's completions, `POST /v1/completions`, which chat replaced: a form of `chat`, so that policies, guardrails and accounting are those
/// of chat. Bytes pass to providers that have it.
///
/// Sources: OpenAI's OpenAPI description (CreateCompletionRequest, CreateCompletionResponse); docs.litellm.ai/docs/text_completion.
///
/// Decisions where the vocabulary and the wire differ:
/// - Where a request is translated to chat, the prompt is the text of one user message. Several prompts and token ids pass to
///   providers of completions and are refused for others.
/// - `suffix`, `echo`, `logprobs` and `best_of` have no equivalent in chat: they are lost there. With a suffix a provider's completion of
///   a gap is used where it has one (`mistral_fim`).
/// - Choices are texts: tool calls and thoughts of a chat's answer have no place and are left out.
struct openai_completions {
    using operation = chat;
    static constexpr std::string_view name = "openai_completions", language = "openai";
    static constexpr std::string_view path = "/completions";
    static constexpr std::string_view stream_content_type = "text/event-stream";
    static constexpr std::string_view end_marker = "data: [DONE]\n\n";

    /// The codecs that façades of this form bring (`inbound::forms`): for a gap to be filled, those of vendors too.
    LLMX_DECL [[nodiscard]] static const codec_ops* const* forms_for(const request_head& head) noexcept;

    /// Finds the values that routing needs. Fails unless the body is one JSON object with a model (here or in \p target) and a prompt.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    /// The model of \p target, when it has one, wins over the body's. Fails for several prompts and token ids (`errc::invalid_request`).
    LLMX_DECL [[nodiscard]] static result<chat_request> decode_request(std::string_view body, const request_target& target);
    /// Fails with `errc::unsupported_parameter` unless \p request is one text of a user; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const chat_request& request);
    /// An error object in a body that came with status 200 is a failure too.
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const chat_reply& reply, const reply_options& options, std::string& out);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// A choice (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    [[nodiscard]] static bool has_foreign_signature(std::string_view) noexcept { return false; }
    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
    LLMX_DECL static void encode_error(const error& failure, std::string& out);
    LLMX_DECL static bool ask_usage(std::string_view body, const member_spans& known, splice_list& edits);

    class stream_decoder;
    class stream_encoder;
    class stream_watch;
};

/// Reads a stream of `text_completion` objects.
class openai_completions::stream_decoder {
public:
    stream_decoder() = default;
    LLMX_DECL result<void> feed(std::string_view bytes, event_batch& out) {
        return parser_.feed(bytes, [this, &out](const sse_event& e) { return take(e, out); });
    }
    LLMX_DECL result<void> finish(event_batch& out);

private:
    LLMX_DECL result<void> take(const sse_event& event, event_batch& out);
    sse_parser parser_;
    /// Of each choice that began, whether it has ended.
    std::map<std::int64_t, bool> ended_;
    bool started_ = false, done_ = false;
};

/// Writes a stream of `text_completion` objects.
class openai_completions::stream_encoder {
public:
    LLMX_DECL explicit stream_encoder(const reply_options& options);
    LLMX_DECL void encode(const chat_event& event, std::string& out);
    /// The usage chunk, when it was requested and is known, and "[DONE]".
    LLMX_DECL void finish(std::string& out);
    LLMX_DECL void fail(const error& failure, std::string& out);

private:
    LLMX_DECL void set_head();
    LLMX_DECL void write(std::uint32_t choice, std::string_view text, std::string_view finish, std::string& out) const;
    std::string head_, id_, model_;
    std::int64_t created_;
    bool include_usage_, has_usage_ = false;
    usage tokens_;
};

/// Follows a stream without decoding it, as that of chat does, whose chunks have the same end, usage and errors.
class openai_completions::stream_watch {
public:
    LLMX_DECL const stream_progress& feed(std::string_view bytes);
    void leave_out_usage() noexcept { chunks_.leave_out_usage(); }
    LLMX_DECL void take_unasked(std::vector<stream_cut>& to) { chunks_.take_unasked(to); }

private:
    openai_chat::stream_watch chunks_;
    stream_progress progress_;
    /// The last bytes before the first text, in which its name may have begun.
    std::string tail_;
};

/// Mistral's completion of a gap, `POST /v1/fim/completions`: the request is one of completions, the answer one of chat. For providers alone.
///
/// Source: Mistral's OpenAPI description (FIMCompletionRequest, FIMCompletionResponse).
struct mistral_fim {
    using operation = chat;
    static constexpr std::string_view name = "mistral_fim", language = "openai";
    static constexpr std::string_view path = "/fim/completions";
    static constexpr std::string_view end_marker = openai_chat::end_marker;

    /// Fails with `errc::unsupported_parameter` unless \p request is one text of a user; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);

    using stream_decoder = openai_chat::stream_decoder;
    using stream_watch = openai_chat::stream_watch;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/completions_reply.ipp>
#include <llmx/dialects/openai/impl/completions_request.ipp>
#endif
