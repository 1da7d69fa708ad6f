// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/server/codec_endpoint.hpp>
#include <llmx/server/detail/path.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`; also below
/// `/v1alpha`, `/v1` and the root. Model names may hold slashes, encoded or not. A stream without
/// `alt=sse` is one JSON array.
struct gemini_generate_endpoint : codec_endpoint<gemini_generate_endpoint, gemini_generate> {
    static constexpr std::string_view usage =
        "POST /v1beta/models/{model}:generateContent, POST /v1beta/models/{model}:streamGenerateContent";
    static constexpr path_pattern paths[] = {
        {"/v1beta/models/", ":generateContent"},  {"/v1beta/models/", ":streamGenerateContent", true},
        {"/v1alpha/models/", ":generateContent"}, {"/v1alpha/models/", ":streamGenerateContent", true},
        {"/v1/models/", ":generateContent"},      {"/v1/models/", ":streamGenerateContent", true},
        {"/models/", ":generateContent"},         {"/models/", ":streamGenerateContent", true},
    };
    [[nodiscard]] static bool wants_array(std::string_view query) noexcept {
        return detail::query_value(query, "alt") != "sse";
    }
};

} // namespace llmx::inline LLMX_ABI
