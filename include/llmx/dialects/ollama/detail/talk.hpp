// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/ollama/detail/form.hpp>
#include <llmx/dialects/ollama/detail/stream.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// What the codecs of both forms share; \p Self has the rest, with its `form`.
template <class Self> struct ollama_talk : ollama_codec {
    using operation = chat;
    static constexpr std::string_view stream_content_type = "application/x-ndjson";
    /// Any name of a function will do.
    static constexpr tool_name_rule tool_names{};

    /// Finds the values that routing needs and checks that what the form demands is there; the rest of the body is not inspected.
    [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target) {
        return ollama_scan_request(Self::form, body, target);
    }
    /// Strict: a missing or mistyped member is `errc::invalid_request` naming its path.
    [[nodiscard]] static result<chat_request> decode_request(std::string_view body, const request_target& target) {
        return ollama_decode_request(Self::form, body, target);
    }
    /// Appends the body. `errc::invalid_request` when a schema is not a JSON object, or nothing is left to answer.
    static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out, drop_report& drops) {
        return ollama_encode_request(Self::form, request, options, out, drops);
    }
    /// The place \p at as the caller wrote it, from whose request \p request was decoded.
    [[nodiscard]] static std::string caller_path(const request_place& at, const chat_request& request) {
        return ollama_caller_path(Self::form, at, request);
    }
    /// Lenient; `errc::bad_response` for bytes that have no answer.
    [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body) { return ollama_decode_reply(Self::form, body); }
    /// Appends a whole reply, made of the first choice.
    static void encode_reply(const chat_reply& reply, const reply_options& options, std::string& out) {
        ollama_encode_reply(Self::form, reply, options, out);
    }
    /// The language has no signatures.
    [[nodiscard]] static bool has_foreign_signature(std::string_view) noexcept { return false; }

    class stream_decoder : public ollama_stream_decoder {
    public:
        stream_decoder() noexcept : ollama_stream_decoder(Self::form) {}
    };
    class stream_encoder : public ollama_stream_encoder {
    public:
        explicit stream_encoder(const reply_options& options) : ollama_stream_encoder(Self::form, options) {}
    };
    using stream_watch = ollama_stream_watch;
};

} // namespace llmx::inline LLMX_ABI::detail
