// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/web_search.hpp>
#include <llmx/dialects/flat_codec.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// \file
/// How vendors of searches write requests and answers, as data: a vendor is a row (`search_form`), and the functions are the same for all.

namespace llmx::inline LLMX_ABI {

/// A vendor's form of a search: the names of members and parameters. Views of literals. An empty name: the vendor has no such member, and it is
/// reported as lost.
struct search_form {
    /// Name of the codec.
    std::string_view codec;
    /// Requests are the query of a URL (GET), else a JSON object.
    bool in_url = false;
    std::string_view query;
    /// The query is a list, and may have several.
    bool query_list = false;
    /// Number of results, and the largest that the vendor takes; a larger one is lost.
    std::string_view count = {};
    std::int64_t most = 0;
    std::string_view country = {};
    /// The country in lower case, as Google's parameter `gl` has it.
    bool lower_country = false;
    /// Lists of domains that are wanted and of those that are not.
    std::string_view include = {}, exclude = {};
    /// The object that the two lists are members of.
    std::string_view domains_in = {};
    /// Domains are words of the query: "site:a.org", "-site:b.org".
    bool site_words = false;
    /// Members, or parameters, of each request that does not state them itself: `"depth":"standard"`, `format=json`. JSON members are
    /// separated by ";".
    std::string_view constant = {};
    /// Path of the list of results in an answer ("web.results").
    std::string_view results = "results";
    /// Names in a result. Of several, separated by blanks, the first that has a value counts; a list of texts is one text of several lines.
    std::string_view title = "title", url = "url", snippet, date = {};
};

namespace detail {

LLMX_DECL [[nodiscard]] result<void> search_encode(const search_request& request, encoded_request& out, drop_report& drops,
                                                   const search_form& form);
LLMX_DECL [[nodiscard]] result<search_reply> search_read(std::string_view body, const rendering* how, const search_form& form);
LLMX_DECL [[nodiscard]] usage search_usage(std::string_view body);

/// What the answer of a provider lacks that was asked for: no more results than so many.
class search_rendering final : public rendering {
public:
    explicit search_rendering(std::int64_t most) noexcept : max_results(most) {}
    const std::int64_t max_results;
};

} // namespace detail

/// The codec of a vendor's searches. For providers alone; the tool's name is in no request, and the URL is the provider's.
///
/// Members of a caller's request that are neither the vocabulary's nor unknown to all (`extra`) go along as the caller wrote them: the caller names
/// a search tool, and so knows the vendor's words. A GET takes those that are texts, numbers and flags.
template <const search_form& Form> struct search_codec {
    using operation = web_search;
    static constexpr std::string_view name = Form.codec;
    static constexpr std::string_view language = Form.codec;
    static constexpr std::string_view path = "";
    static constexpr bool for_clients = false;
    static constexpr bool model_in_body = false;

    /// Fails with `errc::invalid_request` without a query, and with `errc::unsupported_parameter` for several where the vendor takes one.
    static result<void> encode_request(const search_request& request, const encode_options&, encoded_request& out, drop_report& drops) {
        return detail::search_encode(request, out, drops, Form);
    }
    [[nodiscard]] static result<search_reply> decode_reply(std::string_view body, const rendering* how = nullptr) {
        return detail::search_read(body, how, Form);
    }
    /// One search.
    [[nodiscard]] static usage scan_usage(std::string_view body) { return detail::search_usage(body); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/search.ipp>
#endif
