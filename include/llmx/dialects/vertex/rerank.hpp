// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/rerank.hpp>
#include <llmx/dialects/flat_codec.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Reranking by Google Cloud's ranking API, `POST …/rankingConfigs/default_ranking_config:rank` of Discovery Engine. For providers alone.
///
/// Source: cloud.google.com/generative-ai-app-builder/docs/reference/rest/v1/projects.locations.rankingConfigs/rank.
///
/// Decisions where the vocabulary and the wire differ:
/// - Documents are records whose ids are their positions. A document's field "title" is the record's; other fields, and `rank_fields`, are lost.
/// - `return_documents` is `ignoreRecordDetailsInResponse` the other way round; by default the vendor sends the records' texts.
/// - The API counts no tokens; a call counts as one search unit, as Google charges up to 100 documents.
struct vertex_rerank {
    using operation = rerank;
    static constexpr std::string_view name = "vertex_rerank", language = "vertex";
    static constexpr std::string_view path = ":rank";
    static constexpr bool for_clients = false;
    /// Records of one request.
    static constexpr std::size_t most_records = 200;

    /// Fails with `errc::invalid_request` when there is no query or no document, and with `errc::unsupported_parameter` for more documents
    /// than `most_records`; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const rerank_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    /// `errc::bad_response` for an answer without records, or for a record without its id or score.
    LLMX_DECL [[nodiscard]] static result<rerank_reply> decode_reply(std::string_view body);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// A list of records (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

static_assert(upstream_flat_codec<vertex_rerank>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/vertex/impl/rerank.ipp>
#endif
