// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/mistral/ocr.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Mistral's reading of documents.
struct mistral_ocr_endpoint : codec_endpoint<mistral_ocr_endpoint, mistral_ocr> {
    static constexpr std::string_view usage = "POST /v1/ocr";
    static constexpr path_pattern paths[] = {{"/v1/ocr"}, {"/ocr"}};
};

} // namespace llmx::inline LLMX_ABI
