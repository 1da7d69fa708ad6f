// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/embed.hpp>
#include <llmx/dialects/ollama/generate.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Appends the models of \p served that \p who may use (null: all), as `/api/tags` lists them; \p created is what they have for a time.
LLMX_DECL void append_ollama_tags(std::string& out, const topology& served, const principal* who, std::string_view created);
/// Appends what is known of the model that the body of a request to `/api/show`, \p body, names: `errc::not_found` when \p who may use no
/// such model, `errc::invalid_request` when it names none.
LLMX_DECL [[nodiscard]] result<void> append_ollama_model(std::string& out, const topology& served, const principal* who,
    std::string_view body,
                                                         std::string_view created);

} // namespace detail

/// `POST /api/chat`, Ollama's chat.
struct ollama_chat_endpoint : codec_endpoint<ollama_chat_endpoint, ollama_chat> {
    static constexpr std::string_view usage = "POST /api/chat";
    static constexpr path_pattern paths[] = {{"/api/chat"}};
};

/// `POST /api/generate`, Ollama's second form: a prompt in place of a conversation.
struct ollama_generate_endpoint : codec_endpoint<ollama_generate_endpoint, ollama_generate> {
    static constexpr std::string_view usage = "POST /api/generate";
    static constexpr path_pattern paths[] = {{"/api/generate"}};
};

/// `POST /api/embed`, Ollama's embeddings.
struct ollama_embed_endpoint : codec_endpoint<ollama_embed_endpoint, ollama_embed> {
    static constexpr std::string_view usage = "POST /api/embed";
    static constexpr path_pattern paths[] = {{"/api/embed"}};
};

/// `POST /api/embeddings`, Ollama's older embeddings.
struct ollama_embeddings_endpoint : codec_endpoint<ollama_embeddings_endpoint, ollama_embeddings> {
    static constexpr std::string_view usage = "POST /api/embeddings";
    static constexpr path_pattern paths[] = {{"/api/embeddings"}};
};

/// `GET /api/tags`, `POST /api/show`, `GET /api/ps` and `GET /api/version`: what clients of Ollama ask before they chat.
///
/// A model has the family of its provider; its abilities and its context window are the catalogue's. No model is in a memory of the
/// gateway's, so that `/api/ps` lists none. Source: docs/api.md of github.com/ollama/ollama.
struct ollama_models_endpoint {
    static constexpr std::string_view usage = "GET /api/tags, POST /api/show, GET /api/version";
    static constexpr std::string_view language = ollama_chat::name;
    static constexpr bool quiet = false;
    /// The version of Ollama whose API the codecs follow: clients demand a least one for some of their functions.
    static constexpr std::string_view version = "0.12.6";
    enum class form : std::uint8_t { tags, show, ps, version };
    /// Ollama itself has no keys; the version is no secret.
    static constexpr bool needs_key(const endpoint_match& m) noexcept { return m.form != static_cast<std::uint8_t>(form::version); }

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        constexpr std::string_view none;
        if (path == "/api/tags") return endpoint_match::of(method, "GET, HEAD", none, static_cast<std::uint8_t>(form::tags));
        if (path == "/api/show") return endpoint_match::of(method, "POST", none, static_cast<std::uint8_t>(form::show));
        if (path == "/api/ps") return endpoint_match::of(method, "GET, HEAD", none, static_cast<std::uint8_t>(form::ps));
        if (path == "/api/version") return endpoint_match::of(method, "GET, HEAD", none, static_cast<std::uint8_t>(form::version));
        return endpoint_match();
    }
    static void encode_error(const error& e, std::string& out) { ollama_chat::encode_error(e, out); }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        const std::shared_ptr<const topology> served = gateway.world();
        const principal* const who = peer.context().principal.get();
        const std::string created = detail::ollama_write_time(peer.server_began());
        std::string& out = peer.scratch();
        switch (static_cast<form>(peer.match().form)) {
        case form::tags: detail::append_ollama_tags(out, *served, who, created); break;
        case form::show: {
            const result<void> found = detail::append_ollama_model(out, *served, who, peer.body(), created);
            if (!found) {
                co_await peer.fail(found.error());
                co_return;
            }
            break;
        }
        case form::ps: out = R"({"models":[]})"; break;
        case form::version: json_writer(out).object().member("version", version).end_object(); break;
        }
        co_await peer.reply(200, "application/json", out);
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/ollama_models.ipp>
#endif
