// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/ollama/detail/form.hpp>
#include <llmx/dialects/ollama/detail/stream.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Ollama's own chat (POST /api/chat), whose streams are lines of JSON.
///
/// Source: docs/api.md and api/types.go of github.com/ollama/ollama.
///
/// Decisions where the vocabulary and the wire differ:
/// - A request without `stream` asks for one.
/// - Images are base64; one that is known by its address alone is lost. Texts of a message are joined.
/// - The API chooses itself whether a function is called: a choice that demands one is lost, one that forbids all sends none.
/// - `think` is a level for models with efforts, otherwise a flag.
/// - A call has no reason of its own: an answer with calls ends as one that waits for their results.
/// - Durations are those of the model's server: a façade before another vendor has none.
struct ollama_chat : detail::ollama_codec {
    using operation = chat;
    static constexpr std::string_view name = "ollama_chat";
    static constexpr detail::ollama_form form{name, false};
    static constexpr std::string_view path = "/api/chat";
    static constexpr std::string_view stream_content_type = "application/x-ndjson";
    /// Names of functions are what a program likes.
    static constexpr tool_name_rule tool_names{};

    /// Finds the values that routing needs and checks that model and messages are there; the rest of the body is not inspected.
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
    /// A message (`codec_ops::holds_answer`).
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

static_assert(chat_codec<ollama_chat>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/ollama/impl/common.ipp>
#include <llmx/dialects/ollama/impl/decode_request.ipp>
#include <llmx/dialects/ollama/impl/encode_messages.ipp>
#include <llmx/dialects/ollama/impl/encode_request.ipp>
#include <llmx/dialects/ollama/impl/fields.ipp>
#include <llmx/dialects/ollama/impl/reply.ipp>
#include <llmx/dialects/ollama/impl/scan.ipp>
#include <llmx/dialects/ollama/impl/stream_decoder.ipp>
#include <llmx/dialects/ollama/impl/stream_encoder.ipp>
#include <llmx/dialects/ollama/impl/stream_watch.ipp>
#endif
