// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/core/rerank.hpp>
#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Cohere: `POST {base}/v2/chat` and `/v2/rerank` with a bearer key (docs.cohere.com/reference), embeddings by its endpoint that is
/// compatible with OpenAI's (docs.cohere.com/docs/compatibility-api).
///
/// The base may end with a version, with `/compatibility/v1` or with the path of chat, as configurations for other gateways have it.
struct cohere {
    static constexpr std::string_view name = "cohere";
    using codecs = codec_list<cohere_chat, openai_embeddings>;
    static constexpr std::string_view on_demand[] = {"cohere_rerank"};
    static constexpr provider_facts facts = {
        .default_base = "https://api.cohere.com",
        .key_env = {"COHERE_API_KEY", "CO_API_KEY"},
        .base_env = "COHERE_API_BASE",
        .needs_key = true,
        .traits = {.reasoning = model_traits::reasoning_style::budget,
                   .native_json_schema = true,
                   .default_max_tokens = 4096,
                   .max_completion_tokens = false,
                   .max_stop_sequences = 5},
        .aliases = "cohere_chat",
    };

    /// The path of \p base without what names a version or an operation.
    [[nodiscard]] static constexpr std::string_view root(std::string_view base) noexcept {
        for (const std::string_view end : {"/v2/chat", "/v1/chat", "/compatibility/v1", "/v2", "/v1"})
            if (base.ends_with(end)) return base.substr(0, base.size() - end.size());
        return base;
    }
    [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        out.target = root(d.api_base.path);
        if (what.codec->operation == &rerank::info) out.target += "/v2";
        else if (what.codec->operation == &embeddings::info) out.target += "/compatibility/v1";
        out.target += what.path();
        if (!d.key.empty()) out.add_field("authorization", std::string("Bearer ").append(d.key.reveal()));
        return success();
    }
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, cohere_chat::decode_error(body));
    }
};

} // namespace llmx::inline LLMX_ABI
