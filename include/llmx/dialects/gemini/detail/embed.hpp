// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/gemini/generate.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// \file
/// The parts that `gemini_batch_embed` and `gemini_embed` share. Not for others.

namespace llmx::inline LLMX_ABI::detail {

/// How many inputs a call has.
enum class gemini_embed_inputs : std::uint8_t { several, one };

LLMX_DECL [[nodiscard]] result<request_head> gemini_embed_scan(std::string_view body, const request_target& target,
                                                               gemini_embed_inputs inputs);
LLMX_DECL [[nodiscard]] result<embedding_request> gemini_embed_decode(std::string_view body, const request_target& target,
                                                                      gemini_embed_inputs inputs, std::string_view codec);
LLMX_DECL [[nodiscard]] result<void> gemini_embed_encode(const embedding_request& request, const encode_options& options,
                                                         std::string& out, drop_report& drops,
                                                         gemini_embed_inputs inputs);
LLMX_DECL [[nodiscard]] std::string gemini_embed_path(const request_place& at, gemini_embed_inputs inputs);
LLMX_DECL [[nodiscard]] result<embedding_reply> gemini_embed_read_reply(std::string_view body, std::string_view codec);
LLMX_DECL void gemini_embed_write_reply(const embedding_reply& reply, std::string& out, gemini_embed_inputs inputs);

/// All of a codec of embeddings but its name and path.
template <class Self, gemini_embed_inputs Inputs> struct gemini_embed_codec {
    using operation = embeddings;
    static constexpr std::string_view language = "gemini";
    static constexpr bool model_in_body = false;

    /// Finds the values that routing needs. Fails unless the body is one JSON object with something to embed.
    [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target) {
        return gemini_embed_scan(body, target, Inputs);
    }
    [[nodiscard]] static result<embedding_request> decode_request(std::string_view body, const request_target& target) {
        return gemini_embed_decode(body, target, Inputs, Self::name);
    }
    /// Fails when an input is not text, or there are more than the call takes (`errc::unsupported_parameter`), or when
    /// there is none; \p out is then as it was.
    static result<void> encode_request(const embedding_request& request, const encode_options& options, std::string& out,
                                       drop_report& drops) {
        return gemini_embed_encode(request, options, out, drops, Inputs);
    }
    [[nodiscard]] static std::string caller_path(const request_place& at, const embedding_request&) {
        return gemini_embed_path(at, Inputs);
    }
    /// Reads both forms of an answer. An error object in a body that came with status 200 is a failure too.
    [[nodiscard]] static result<embedding_reply> decode_reply(std::string_view body) {
        return gemini_embed_read_reply(body, Self::name);
    }
    static void encode_reply(const embedding_reply& reply, const reply_options&, std::string& out) {
        gemini_embed_write_reply(reply, out, Inputs);
    }

    /// Those of `gemini_generate`.
    [[nodiscard]] static usage scan_usage(std::string_view body) { return gemini_generate::scan_usage(body); }
    /// An embedding, in one of the forms that `decode_reply` reads (`codec_ops::holds_answer`).
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept {
        return json_text_opens(body, "embedding", "{") || json_text_opens(body, "embeddings", "[{") || json_text_opens(body, "embeddings", "{");
    }
    [[nodiscard]] static error_body decode_error(std::string_view body) { return gemini_generate::decode_error(body); }
    static void encode_error(const error& failure, std::string& out) { gemini_generate::encode_error(failure, out); }
};

} // namespace llmx::inline LLMX_ABI::detail
