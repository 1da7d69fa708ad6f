// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/embeddings.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Google's `POST /v1beta/models/{model}:embedContent`; also below `/v1alpha`, `/v1` and the root.
struct gemini_embed_endpoint : codec_endpoint<gemini_embed_endpoint, gemini_embed> {
    static constexpr std::string_view usage = "POST /v1beta/models/{model}:embedContent";
    static constexpr path_pattern paths[] = {{"/v1beta/models/", ":embedContent"},
                                             {"/v1alpha/models/", ":embedContent"},
                                             {"/v1/models/", ":embedContent"},
                                             {"/models/", ":embedContent"}};
};

/// The same for several inputs: `:batchEmbedContents`.
struct gemini_batch_embed_endpoint : codec_endpoint<gemini_batch_embed_endpoint, gemini_batch_embed> {
    static constexpr std::string_view usage = "POST /v1beta/models/{model}:batchEmbedContents";
    static constexpr path_pattern paths[] = {{"/v1beta/models/", ":batchEmbedContents"},
                                             {"/v1alpha/models/", ":batchEmbedContents"},
                                             {"/v1/models/", ":batchEmbedContents"},
                                             {"/models/", ":batchEmbedContents"}};
};

} // namespace llmx::inline LLMX_ABI
