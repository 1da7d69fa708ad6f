// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Amazon Bedrock's `POST /model/{modelId}/converse` and, streamed, `/converse-stream`. The id is percent-encoded, as AWS's SDKs send it; it may
/// hold slashes and colons, as ARNs do. A caller's key is that of the gateway, as a Bedrock API key (`Authorization: Bearer`).
struct bedrock_converse_endpoint : codec_endpoint<bedrock_converse_endpoint, bedrock_converse> {
    static constexpr std::string_view usage = "POST /model/{modelId}/converse, POST /model/{modelId}/converse-stream";
    static constexpr path_pattern paths[] = {{"/model/", "/converse"}, {"/model/", "/converse-stream", true}};
};

} // namespace llmx::inline LLMX_ABI
