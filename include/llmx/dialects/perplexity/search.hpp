// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/web_search.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Perplexity's search, `POST /search`, which is the form that clients of all search tools use.
///
/// Source: https://docs.perplexity.ai/api-reference/search-post; the name of the tool in the body, `search_tool_name`, or in the path as LiteLLM
/// has it (https://docs.litellm.ai/docs/search).
///
/// Decisions where the vocabulary and the wire differ:
/// - `model` and `search_tool_name` name the tool and are not sent on.
/// - A query is a text or a list of texts. The answer to a list may have a list for each, which become one.
struct perplexity_search : detail::openai_flat_codec {
    using operation = web_search;
    static constexpr std::string_view name = "perplexity_search";
    static constexpr std::string_view language = "perplexity";
    static constexpr std::string_view path = "/search";
    static constexpr bool model_in_body = false;

    /// Finds the values that routing needs. Fails unless the body is one JSON object with a query and the name of a tool (here or in
    /// \p target).
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    /// The tool of \p target, when it has one, wins over the body's.
    LLMX_DECL [[nodiscard]] static result<search_request> decode_request(std::string_view body, const request_target& target);
    /// Fails with `errc::invalid_request` when there is no query; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const search_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const search_request& request);
    /// An error object in a body that came with status 200 is a failure too.
    LLMX_DECL [[nodiscard]] static result<search_reply> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const search_reply& reply, const reply_options& options, std::string& out);
    /// One search.
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// A list of results, be it an empty one (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

/// The codecs of `web_search` that calls bring.
struct search_forms {
    using list = codec_list<perplexity_search>;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/perplexity/impl/search.ipp>
#endif
