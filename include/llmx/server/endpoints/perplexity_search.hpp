// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/perplexity/search.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Searches of the web in Perplexity's form. The body names the tool (`search_tool_name`), or the path does.
struct perplexity_search_endpoint : codec_endpoint<perplexity_search_endpoint, perplexity_search> {
    static constexpr std::string_view usage = "POST /v1/search[/{tool}]";
    static constexpr path_pattern paths[] = {{"/v1/search"}, {"/search"}, {"/v1/search/", ""}, {"/search/", ""}};
};

} // namespace llmx::inline LLMX_ABI
