// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/ollama/chat.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Ollama's second form (POST /api/generate): a prompt in place of a conversation, whose streams are lines of JSON.
///
/// Source: docs/api.md and api/types.go of github.com/ollama/ollama.
///
/// Decisions where the vocabulary and the wire differ, beside those of `ollama_chat`:
/// - `system` and `prompt` are messages. A conversation of several turns has no form here: an encoder refuses it.
/// - `suffix`, `template`, `raw` and `context` are for Ollama alone. A prompt that is empty only loads a model, which no other vendor does.
struct ollama_generate : detail::ollama_codec {
    using operation = chat;
    static constexpr std::string_view name = "ollama_generate";
    static constexpr detail::ollama_form form{name, true};
    static constexpr std::string_view path = "/api/generate";
    static constexpr std::string_view stream_content_type = "application/x-ndjson";
    /// Names of functions are what a program likes.
    static constexpr tool_name_rule tool_names{};

    /// Finds the values that routing needs and checks that the model is there; the rest of the body is not inspected.
    [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target) {
        return detail::ollama_scan_request(form, body, target);
    }
    /// See `codec_ops::scan_view`.
    LLMX_DECL [[nodiscard]] static bool scan_view(std::string_view body, request_view& to);
    /// Strict: a missing or mistyped member is `errc::invalid_request` naming its path.
    [[nodiscard]] static result<chat_request> decode_request(std::string_view body, const request_target& target) {
        return detail::ollama_decode_request(form, body, target);
    }
    /// Appends the body. `errc::invalid_request` when a schema is not a JSON object, or nothing is left to answer.
    static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out, drop_report& drops) {
        return detail::ollama_encode_request(form, request, options, out, drops);
    }
    /// The place \p at as the caller wrote it, from whose request \p request was decoded.
    [[nodiscard]] static std::string caller_path(const request_place& at, const chat_request& request) {
        return detail::ollama_caller_path(form, at, request);
    }
    /// Lenient; `errc::bad_response` for bytes that have no answer.
    [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body) { return detail::ollama_decode_reply(form, body); }
    /// Appends a whole reply, made of the first choice.
    static void encode_reply(const chat_reply& reply, const reply_options& options, std::string& out) {
        detail::ollama_encode_reply(form, reply, options, out);
    }
    /// A text, be it empty (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    /// The language has no signatures.
    [[nodiscard]] static bool has_foreign_signature(std::string_view) noexcept { return false; }

    class stream_decoder : public detail::ollama_stream_decoder {
    public:
        stream_decoder() noexcept : ollama_stream_decoder(form) {}
    };
    class stream_encoder : public detail::ollama_stream_encoder {
    public:
        explicit stream_encoder(const reply_options& options) : ollama_stream_encoder(form, options) {}
    };
    using stream_watch = detail::ollama_stream_watch;
};

static_assert(chat_codec<ollama_generate>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/ollama/impl/generate.ipp>
#endif
