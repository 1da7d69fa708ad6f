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

/// Queries, and domains, that a decoder accepts in one request. Perplexity takes 5 queries and 20 domains.
inline constexpr std::size_t max_search_queries = 64, max_search_domains = 256;

/// A search of the web, independent of any vendor's language. Only `queries` is needed; everything absent stays absent on the wire.
struct search_request {
    search_request() = default;
    search_request(std::string tool, std::string query) : model(std::move(tool)) { queries.push_back(std::move(query)); }

    /// The name of a search tool: what a model is to other operations.
    std::string model;
    /// One as a rule; some vendors take several at once.
    std::vector<std::string> queries;
    std::optional<std::int64_t> max_results;
    /// Domains whose pages alone are wanted; with a "-" before them those that are not.
    std::vector<std::string> domains;
    /// Two letters (ISO 3166-1): results for readers there.
    std::string country;
    /// How much of each page is in the answer, in tokens.
    std::optional<std::int64_t> max_tokens_per_page;

    extra_members extra;
    friend bool operator==(const search_request&, const search_request&) = default;
};
LLMX_DESCRIBE(search_request, (model, queries, max_results, domains, country, max_tokens_per_page, extra))

/// A page that was found.
struct search_result {
    search_result() = default;

    std::string title, url;
    /// Text of the page, or a description of it.
    std::string snippet;
    /// When it was published and last changed, as the vendor writes it; may be empty.
    std::string date, last_updated;
    extra_members extra;
    friend bool operator==(const search_result&, const search_result&) = default;
};
LLMX_DESCRIBE(search_result, (title, url, snippet, date, last_updated, extra))

/// The answer: pages, the best first. `usage.search_units` is 1.
struct search_reply {
    search_reply() = default;

    std::string id;
    std::vector<search_result> results;
    llmx::usage usage;
    extra_members extra;
    friend bool operator==(const search_reply&, const search_reply&) = default;
};
LLMX_DESCRIBE(search_reply, (id, results, usage, extra))

struct search_forms;

/// The operation: a search of the web. Its codec for clients: `<llmx/dialects/perplexity/search.hpp>`; vendors with forms of their own have
/// them in their providers (`search_vendor`).
struct web_search {
    using request = search_request;
    using reply = search_reply;
    using forms = search_forms;
    static constexpr operation_info info{"search", operation_info::answers::json};
};
static_assert(operation<web_search>);

} // namespace llmx::inline LLMX_ABI
