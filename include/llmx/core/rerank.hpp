// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/extra.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/usage.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Documents that a decoder accepts in one request. Cohere recommends at most 1,000, Voyage takes no more.
inline constexpr std::size_t max_rerank_documents = 10'000;

/// One document: a text, or an object of named fields.
struct rerank_document {
    rerank_document() = default;
    explicit rerank_document(std::string document_text) noexcept : text(std::move(document_text)) {}

    /// Of a document with fields its field "text", when it has one.
    std::string text;
    /// The JSON object of a document with fields; empty: it is a text.
    raw_json fields;
    friend bool operator==(const rerank_document&, const rerank_document&) = default;
};
LLMX_DESCRIBE(rerank_document, (text, fields))

/// A call for the order of documents by their relevance to a query, independent of any vendor's language.
struct rerank_request {
    rerank_request() = default;
    rerank_request(std::string model_name, std::string asked, std::vector<std::string> texts) : model(std::move(model_name)), query(std::move(asked)) {
        documents.reserve(texts.size());
        for (std::string& t : texts) documents.emplace_back(std::move(t));
    }

    std::string model;
    std::string query;
    std::vector<rerank_document> documents;
    /// How many results are wanted; all when unset.
    std::optional<std::int64_t> top_n;
    /// Whether results have their documents. Unset: as the vendor does.
    std::optional<bool> return_documents;
    /// Names of the fields of documents that are compared, in their order.
    std::vector<std::string> rank_fields;
    /// Longer documents are cut to so many tokens.
    std::optional<std::int64_t> max_tokens_per_doc;

    extra_members extra;
    friend bool operator==(const rerank_request&, const rerank_request&) = default;
};
LLMX_DESCRIBE(rerank_request, (model, query, documents, top_n, return_documents, rank_fields, max_tokens_per_doc, extra))

/// The relevance of one document.
struct rerank_result {
    rerank_result() = default;
    rerank_result(std::size_t position, double score) noexcept : index(position), relevance_score(score) {}

    /// Position of the document in the request.
    std::size_t index = 0;
    /// Higher is more relevant. Most vendors keep it between 0 and 1.
    double relevance_score = 0;
    std::optional<rerank_document> document;
    extra_members extra;
    friend bool operator==(const rerank_result&, const rerank_result&) = default;
};
LLMX_DESCRIBE(rerank_result, (index, relevance_score, document, extra))

/// The answer: results by falling relevance. `usage` has search units, tokens, or both, as the vendor counts them.
struct rerank_reply {
    rerank_reply() = default;

    std::string id;
    /// Model that answered, as the provider names it; many do not.
    std::string model;
    std::vector<rerank_result> results;
    llmx::usage usage;
    extra_members extra;
    friend bool operator==(const rerank_reply&, const rerank_reply&) = default;
};
LLMX_DESCRIBE(rerank_reply, (id, model, results, usage, extra))

struct rerank_forms;

/// The operation: documents by relevance, whole in both directions. Its codecs: `<llmx/dialects/rerank.hpp>`.
struct rerank {
    using request = rerank_request;
    using reply = rerank_reply;
    using forms = rerank_forms;
    static constexpr operation_info info{"rerank", operation_info::answers::json};
};
static_assert(operation<rerank>);

} // namespace llmx::inline LLMX_ABI
