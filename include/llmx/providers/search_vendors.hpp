// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/search_vendor.hpp>

/// \file
/// The vendors of searches. Perplexity, whose form is the clients', is a row of `stock_vendors`.

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr search_form tavily_form = {.codec = "tavily_search", .query = "query", .count = "max_results", .most = 20,
                                            .include = "include_domains", .exclude = "exclude_domains", .snippet = "content",
                                            .date = "published_date"};
inline constexpr search_form exa_form = {.codec = "exa_search", .query = "query", .count = "numResults", .most = 100, .country = "userLocation",
                                         .include = "includeDomains", .exclude = "excludeDomains", .constant = "\"contents\":{\"text\":true}",
                                         .snippet = "text summary highlights", .date = "publishedDate"};
inline constexpr search_form brave_form = {.codec = "brave_search", .in_url = true, .query = "q", .count = "count", .most = 20,
                                           .country = "country", .site_words = true, .results = "web.results", .snippet = "description",
                                           .date = "page_age age"};
inline constexpr search_form serper_form = {.codec = "serper_search", .query = "q", .count = "num", .most = 100, .country = "gl",
                                            .lower_country = true, .site_words = true, .results = "organic", .url = "link",
                                            .snippet = "snippet", .date = "date"};
inline constexpr search_form searxng_form = {.codec = "searxng_search", .in_url = true, .query = "q", .site_words = true,
                                             .constant = "format=json", .snippet = "content", .date = "publishedDate"};
inline constexpr search_form google_pse_form = {.codec = "google_pse_search", .in_url = true, .query = "q", .count = "num", .most = 10,
                                                .country = "gl", .lower_country = true, .site_words = true, .results = "items",
                                                .url = "link", .snippet = "snippet"};
inline constexpr search_form duckduckgo_form = {.codec = "duckduckgo_search", .in_url = true, .query = "q",
                                                .constant = "format=json&no_html=1&skip_disambig=1", .results = "RelatedTopics",
                                                .title = "Text", .url = "FirstURL", .snippet = "Text"};
inline constexpr search_form firecrawl_form = {.codec = "firecrawl_search", .query = "query", .count = "limit", .most = 100,
                                               .country = "country", .site_words = true, .results = "data.web", .snippet = "markdown description"};
inline constexpr search_form linkup_form = {.codec = "linkup_search", .query = "q", .count = "maxResults", .include = "includeDomains",
                                            .exclude = "excludeDomains", .constant = "\"depth\":\"standard\";\"outputType\":\"searchResults\"",
                                            .title = "name", .snippet = "content"};
inline constexpr search_form parallel_form = {.codec = "parallel_search", .query = "search_queries", .query_list = true, .count = "max_results",
                                              .most = 40, .include = "include_domains", .exclude = "exclude_domains",
                                              .domains_in = "source_policy", .snippet = "excerpts", .date = "publish_date"};
inline constexpr search_form searchapi_form = {.codec = "searchapi_search", .in_url = true, .query = "q", .count = "num", .most = 100,
                                               .country = "gl", .lower_country = true, .site_words = true, .constant = "engine=google",
                                               .results = "organic_results", .url = "link", .snippet = "snippet", .date = "date"};
inline constexpr search_form you_com_form = {.codec = "you_com_search", .in_url = true, .query = "query", .count = "count", .most = 100,
                                             .country = "country", .site_words = true, .results = "results.web",
                                             .snippet = "snippets description", .date = "page_age"};

} // namespace detail

namespace rows {
/// https://docs.tavily.com/documentation/api-reference/endpoint/search. Countries are English names there, so that a code is lost.
inline constexpr search_row tavily = {.name = "tavily", .base = "https://api.tavily.com", .path = "/search", .key_env = "TAVILY_API_KEY",
                                      .base_env = "TAVILY_API_BASE"};
/// https://docs.exa.ai/reference/search. The text of each page is requested, since results have none else.
inline constexpr search_row exa_ai = {.name = "exa_ai", .aliases = "exa", .base = "https://api.exa.ai", .path = "/search", .key_env = "EXA_API_KEY",
                                      .base_env = "EXA_API_BASE", .auth_field = "x-api-key", .auth_prefix = ""};
/// https://api-dashboard.search.brave.com/app/documentation/web-search.
inline constexpr search_row brave = {.name = "brave", .base = "https://api.search.brave.com", .path = "/res/v1/web/search",
                                     .key_env = {"BRAVE_API_KEY", "BRAVE_SEARCH_API_KEY"}, .base_env = "BRAVE_API_BASE",
                                     .auth_field = "x-subscription-token", .auth_prefix = ""};
/// https://serper.dev/playground.
inline constexpr search_row serper = {.name = "serper", .base = "https://google.serper.dev", .path = "/search", .key_env = "SERPER_API_KEY",
                                      .base_env = "SERPER_API_BASE", .auth_field = "x-api-key", .auth_prefix = ""};
/// https://docs.searxng.org/dev/search_api.html. A server of the operator's own, whose settings permit the format "json".
inline constexpr search_row searxng = {.name = "searxng", .path = "/search", .key_env = "SEARXNG_API_KEY", .base_env = "SEARXNG_API_BASE",
                                       .needs_key = false};
/// https://developers.google.com/custom-search/v1/reference/rest/v1/cse/list. The key is a header field, as Google's APIs take it, so that no
/// URL has it.
inline constexpr search_row google_pse = {.name = "google_pse", .base = "https://www.googleapis.com", .path = "/customsearch/v1",
                                          .key_env = "GOOGLE_PSE_API_KEY", .base_env = "GOOGLE_PSE_API_BASE", .auth_field = "x-goog-api-key",
                                          .auth_prefix = "", .engine = "cx", .engine_env = "GOOGLE_PSE_ENGINE_ID"};
/// https://duckduckgo.com/api: instant answers, no results of a search of pages.
inline constexpr search_row duckduckgo = {.name = "duckduckgo", .base = "https://api.duckduckgo.com", .path = "/", .base_env = "DUCKDUCKGO_API_BASE",
                                          .needs_key = false};
/// https://docs.firecrawl.dev/api-reference/endpoint/search.
inline constexpr search_row firecrawl = {.name = "firecrawl", .base = "https://api.firecrawl.dev", .path = "/v2/search",
                                         .key_env = "FIRECRAWL_API_KEY", .base_env = "FIRECRAWL_API_BASE"};
/// https://docs.linkup.so/pages/documentation/api-reference/endpoint/post-search.
inline constexpr search_row linkup = {.name = "linkup", .base = "https://api.linkup.so", .path = "/v1/search", .key_env = "LINKUP_API_KEY",
                                      .base_env = "LINKUP_API_BASE"};
/// https://docs.parallel.ai/api-reference/search-beta/search.
inline constexpr search_row parallel_ai = {.name = "parallel_ai", .aliases = "parallel", .base = "https://api.parallel.ai", .path = "/v1beta/search",
                                           .key_env = {"PARALLEL_AI_API_KEY", "PARALLEL_API_KEY"}, .base_env = "PARALLEL_AI_API_BASE",
                                           .auth_field = "x-api-key", .auth_prefix = "",
                                           .fields = "parallel-beta: search-extract-2025-10-10\r\n"};
/// https://www.searchapi.io/docs/google.
inline constexpr search_row searchapi = {.name = "searchapi", .base = "https://www.searchapi.io", .path = "/api/v1/search",
                                         .key_env = "SEARCHAPI_API_KEY", .base_env = "SEARCHAPI_API_BASE"};
/// https://documentation.you.com/api-reference/search.
inline constexpr search_row you_com = {.name = "you_com", .base = "https://ydc-index.io", .path = "/v1/search",
                                       .key_env = {"YOU_COM_API_KEY", "YDC_API_KEY"}, .base_env = "YOU_COM_API_BASE", .auth_field = "x-api-key",
                                       .auth_prefix = ""};
} // namespace rows

using tavily = search_vendor<rows::tavily, detail::tavily_form>;
using exa_ai = search_vendor<rows::exa_ai, detail::exa_form>;
using brave = search_vendor<rows::brave, detail::brave_form>;
using serper = search_vendor<rows::serper, detail::serper_form>;
using searxng = search_vendor<rows::searxng, detail::searxng_form>;
using google_pse = search_vendor<rows::google_pse, detail::google_pse_form>;
using duckduckgo = search_vendor<rows::duckduckgo, detail::duckduckgo_form>;
using firecrawl = search_vendor<rows::firecrawl, detail::firecrawl_form>;
using linkup = search_vendor<rows::linkup, detail::linkup_form>;
using parallel_ai = search_vendor<rows::parallel_ai, detail::parallel_form>;
using searchapi = search_vendor<rows::searchapi, detail::searchapi_form>;
using you_com = search_vendor<rows::you_com, detail::you_com_form>;

} // namespace llmx::inline LLMX_ABI
