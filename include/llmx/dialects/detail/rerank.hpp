// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/rerank.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file
/// The parts that the codecs of reranking share: their requests differ in the names of members. Not for others.

namespace llmx::inline LLMX_ABI::detail {

/// In which the codecs differ.
struct rerank_form {
    enum class reply_kind : std::uint8_t {
        results, ///< an object with the list "results" (Cohere, Jina, vLLM, Together)
        data,    ///< an object with the list "data" (Voyage)
        ranks,   ///< a list (Text Embeddings Inference)
        scores,  ///< an object with the list "scores", a number for each document (DeepInfra)
    };
    /// Name of the codec, whose members those are that `fields` does not have.
    std::string_view codec;
    /// Of `rerank_request`.
    std::span<const field_rule> fields;
    std::string_view documents;
    reply_kind reply;
    bool model_in_body = true;
    /// The query is a list with a copy for each document.
    bool query_each = false;
    /// A result's document is an object {"text": ...}, and documents may have fields.
    bool document_objects = false;
};

/// What the answer of a provider lacks that was asked for.
class rerank_rendering final : public rendering {
public:
    rerank_rendering(std::optional<std::int64_t> most, std::vector<rerank_document> given) : top_n(most), documents(std::move(given)) {}
    /// Set when the provider sends all results.
    const std::optional<std::int64_t> top_n;
    /// The request's, when the caller wants them and the provider does not send them; else empty.
    const std::vector<rerank_document> documents;
};

LLMX_DECL [[nodiscard]] result<request_head> rerank_scan(std::string_view body, const request_target& target, const rerank_form& form);
LLMX_DECL [[nodiscard]] result<rerank_request> rerank_decode(std::string_view body, const request_target& target, const rerank_form& form);
LLMX_DECL [[nodiscard]] result<void> rerank_encode(const rerank_request& request, const encode_options& options, encoded_request& out,
                                                   drop_report& drops, const rerank_form& form);
LLMX_DECL [[nodiscard]] std::string rerank_path(const request_place& at, const rerank_form& form);
LLMX_DECL [[nodiscard]] result<rerank_reply> rerank_read(std::string_view body, const rendering* how, const rerank_form& form);
LLMX_DECL void rerank_write(const rerank_reply& reply, const reply_options& options, std::string& out, const rerank_form& form);
LLMX_DECL [[nodiscard]] usage rerank_usage(std::string_view body, const rerank_form& form);
LLMX_DECL [[nodiscard]] bool rerank_holds_answer(std::string_view body, const rerank_form& form) noexcept;
/// Cohere's error object, in which clients of OpenAI's language find theirs too.
LLMX_DECL void rerank_encode_error(const error& failure, std::string& out);

/// All of a codec of reranking but its name, language, path and table; \p Form: how it differs.
template <const rerank_form& Form> struct rerank_codec : openai_flat_codec {
    using operation = rerank;
    static constexpr bool model_in_body = Form.model_in_body;

    /// Finds the values that routing needs. Fails unless the body is one JSON object with a query, a document and a model (here or in
    /// \p target).
    [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target) {
        return rerank_scan(body, target, Form);
    }
    /// The model of \p target, when it has one, wins over the body's.
    [[nodiscard]] static result<rerank_request> decode_request(std::string_view body, const request_target& target) {
        return rerank_decode(body, target, Form);
    }
    /// Fails with `errc::invalid_request` when there is no query or no document; \p out is then as it was.
    static result<void> encode_request(const rerank_request& request, const encode_options& options, encoded_request& out,
                                       drop_report& drops) {
        return rerank_encode(request, options, out, drops, Form);
    }
    [[nodiscard]] static std::string caller_path(const request_place& at, const rerank_request&) { return rerank_path(at, Form); }
    /// An error object in a body that came with status 200 is a failure too. \p how is what `encode_request` has left.
    [[nodiscard]] static result<rerank_reply> decode_reply(std::string_view body, const rendering* how = nullptr) {
        return rerank_read(body, how, Form);
    }
    static void encode_reply(const rerank_reply& reply, const reply_options& options, std::string& out) {
        rerank_write(reply, options, out, Form);
    }
    [[nodiscard]] static usage scan_usage(std::string_view body) { return rerank_usage(body, Form); }
    /// A list of results (`codec_ops::holds_answer`).
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return rerank_holds_answer(body, Form); }
    static void encode_error(const error& failure, std::string& out) { rerank_encode_error(failure, out); }
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/rerank_reply.ipp>
#include <llmx/dialects/impl/rerank_request.ipp>
#endif
