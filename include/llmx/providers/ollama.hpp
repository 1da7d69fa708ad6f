// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/embed.hpp>
#include <llmx/dialects/ollama/generate.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/provider.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Ollama by its own wire: `POST {base}/api/chat`, `/api/generate`, `/api/embed` (docs/api.md of github.com/ollama/ollama), with a bearer
/// key where the server is behind one (ollama.com).
///
/// Requests in other languages are translated to `/api/chat`; those of `/api/generate` and of both forms of embeddings pass as they are.
/// The base may end with `/v1` or `/api`, as configurations for other gateways have it. Text completions take the server's own `/v1`.
struct ollama_native {
    static constexpr std::string_view name = "ollama";
    using codecs = codec_list<ollama_chat, ollama_generate, ollama_embed, ollama_embeddings>;
    static constexpr std::string_view on_demand[] = {"openai_completions"};
    static constexpr provider_facts facts = {
        .default_base = "http://127.0.0.1:11434",
        .key_env = "OLLAMA_API_KEY",
        .base_env = "OLLAMA_API_BASE",
        .needs_key = false,
        .traits = {.reasoning = model_traits::reasoning_style::budget,
                   .native_json_schema = true,
                   .default_max_tokens = 4096,
                   .max_completion_tokens = false},
        .aliases = {"ollama_chat", "ollama_native"},
    };

    /// The path of \p base without what names a version or an operation.
    [[nodiscard]] static constexpr std::string_view root(std::string_view base) noexcept {
        for (const std::string_view end : {"/api/chat", "/api/generate", "/api", "/v1"})
            if (base.ends_with(end)) return base.substr(0, base.size() - end.size());
        return base;
    }
    [[nodiscard]] result<void> prepare(const deployment& d, const outgoing& what, http_request& out) const {
        out.target = root(d.api_base.path);
        if (what.codec->language == "openai") out.target += "/v1";
        out.target += what.path();
        if (!d.key.empty()) out.add_field("authorization", std::string("Bearer ").append(d.key.reveal()));
        return success();
    }
    LLMX_DECL [[nodiscard]] error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, ollama_chat::decode_error(body));
    }
};

} // namespace llmx::inline LLMX_ABI
