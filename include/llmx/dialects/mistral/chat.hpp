// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/completions.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Mistral's chat completions, `POST /v1/chat/completions`, for Mistral's models and for its own clients. Most of it is OpenAI's form, by whose
/// codec requests and replies are read; this one has what differs: Mistral refuses each member that is not its own, also those that OpenAI's
/// answers have and clients send back.
///
/// Source: Mistral's OpenAPI description (docs.mistral.ai/openapi.yaml: ChatCompletionRequest, ChatCompletionResponse, CompletionEvent).
///
/// Decisions where the vocabulary and the wire differ:
/// - `random_seed` is the seed, `tool_choice: "any"` a demand for a call, a call's `arguments` may be an object, and `image_url`,
///   `document_url` and `input_audio` may be strings. A `file` has the id of a file at Mistral; the bytes or the URL of one are a `document_url`.
/// - A function has `parameters`. An assistant's message at the end is the beginning of the answer (`prefix`).
/// - `prefix`, `prompt_mode` and chunks of references are hints for other vendors; `safe_prompt` and `guardrails` are lost there.
/// - Thoughts are chunks of the content. Their signatures have no member that clients return: they go back to no vendor.
/// - A stream has each call whole, in one chunk, and always ends with its usage. A reason `content_filter` is "error".
struct mistral_chat {
    using operation = chat;
    static constexpr std::string_view name = "mistral_chat", language = "mistral";
    static constexpr std::string_view path = openai_chat::path;
    static constexpr std::string_view stream_content_type = "text/event-stream";
    static constexpr std::string_view end_marker = openai_chat::end_marker;
    static constexpr tool_name_rule tool_names = openai_chat::tool_names;

    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    [[nodiscard]] static bool exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits) {
        return openai_chat::exceeds_model(body, known, traits);
    }
    [[nodiscard]] static bool scan_view(std::string_view body, request_view& to) { return openai_chat::scan_view(body, to); }
    /// The model of \p target, when it has one, wins over the body's.
    LLMX_DECL [[nodiscard]] static result<chat_request> decode_request(std::string_view body, const request_target& target);
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const chat_request& request);
    [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body) { return openai_chat::decode_reply(body); }
    LLMX_DECL static void encode_reply(const chat_reply& reply, const reply_options& options, std::string& out);
    [[nodiscard]] static usage scan_usage(std::string_view body) { return openai_chat::scan_usage(body); }
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return openai_chat::holds_answer(body); }
    [[nodiscard]] static bool has_foreign_signature(std::string_view) noexcept { return false; }
    [[nodiscard]] static error_body decode_error(std::string_view body) { return openai_chat::decode_error(body); }
    /// `{"object":"error","message","type","param","code"}`.
    LLMX_DECL static void encode_error(const error& failure, std::string& out);

    using stream_decoder = openai_chat::stream_decoder;
    using stream_watch = openai_chat::stream_watch;

    /// Writes a stream of CompletionChunk objects. Not thread-safe.
    class stream_encoder {
    public:
        LLMX_DECL explicit stream_encoder(const reply_options& options);
        LLMX_DECL void encode(const chat_event& event, std::string& out);
        /// The reasons of the ends, the usage and "[DONE]".
        LLMX_DECL void finish(std::string& out);
        LLMX_DECL void fail(const error& failure, std::string& out);

    private:
        struct call_state {
            std::string id, name, arguments;
        };
        struct choice_state {
            finish_reason reason = finish_reason::none;
            /// By the number of their part, so in the order in which they began.
            std::map<std::uint32_t, call_state> calls;
            std::uint32_t written = 0;
            bool begun = false;
        };
        LLMX_DECL void set_head();
        /// A chunk with the members \p delta; \p reason: it is the choice's last one.
        LLMX_DECL void write(std::uint32_t choice, std::string_view delta, std::string_view reason, bool with_usage, std::string& out);
        LLMX_DECL void flush_calls(std::uint32_t choice, choice_state& s, std::string& out);
        std::string head_, id_, model_;
        std::int64_t created_ = 0;
        std::map<std::uint32_t, choice_state> choices_;
        usage tokens_;
        bool over_ = false;
    };
};

static_assert(chat_codec<mistral_chat>);

/// Mistral's completion of a gap for clients: requests are `openai_completions`' with `random_seed`, replies `mistral_chat`'s. A provider that has
/// `mistral_fim` gets the bytes; in other languages the text before the gap is a user's message and `suffix` is lost.
struct mistral_fim_completions : mistral_fim {
    /// The codec itself, for providers that name it (`on_demand_provider`); completions of OpenAI's form, where a provider has them, take
    /// the gap as well.
    LLMX_DECL [[nodiscard]] static const codec_ops* const* forms_for(const request_head& head) noexcept;
    static constexpr std::string_view stream_content_type = "text/event-stream";

    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    LLMX_DECL [[nodiscard]] static result<chat_request> decode_request(std::string_view body, const request_target& target);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const chat_request& request);
    static void encode_reply(const chat_reply& reply, const reply_options& options, std::string& out) {
        mistral_chat::encode_reply(reply, options, out);
    }
    [[nodiscard]] static bool has_foreign_signature(std::string_view) noexcept { return false; }
    static void encode_error(const error& failure, std::string& out) { mistral_chat::encode_error(failure, out); }
    using stream_encoder = mistral_chat::stream_encoder;
};

static_assert(chat_codec<mistral_fim_completions>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/mistral/impl/chat_reply.ipp>
#include <llmx/dialects/mistral/impl/chat_request.ipp>
#endif
