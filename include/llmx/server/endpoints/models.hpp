// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/routes.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Appends every model of \p served that \p who may use (null: all), or the one called \p name,
/// in the words of \p language; false when there is no such model. \p wildcards: the names that end with "*" too.
LLMX_DECL [[nodiscard]] bool append_models(std::string& out, const topology& served, const principal* who, std::string_view language,
                                           std::string_view name, bool wildcards, std::int64_t created);

/// The names of the models of \p served that \p who may use (null: all), and of those that the catalogue knows behind names
/// with "*": sorted.
LLMX_DECL [[nodiscard]] std::vector<std::string> visible_model_names(const topology& served, const principal* who);

} // namespace detail

/// `GET /v1/models[/{id}]` and `/models[/{id}]` in OpenAI's form, or in Anthropic's when the
/// caller sends `anthropic-version`; `GET /v1beta/models[/{id}]` in Gemini's.
///
/// In place of a name that stands for many ("openai/*") the models behind it that the catalogue knows are listed. With
/// `?return_wildcard_routes=true` (LiteLLM's word) the name itself is listed too.
struct models_endpoint {
    static constexpr std::string_view usage = "GET /v1/models, GET /v1/models/{id}";
    static constexpr std::string_view language = "";
    static constexpr std::string_view name = "models";
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        constexpr std::string_view allowed = "GET, HEAD";
        // Vendors answer what changes a model, and methods of a model that they do not have, with 404.
        if (method != "GET" && method != "HEAD" && method != "OPTIONS") return endpoint_match();
        for (const std::string_view root : {std::string_view("/v1/models"), std::string_view("/v1beta/models"),
                                            std::string_view("/v1alpha/models"), std::string_view("/models")}) {
            if (!path.starts_with(root)) continue;
            const std::string_view rest = path.substr(root.size());
            if (rest.empty() || rest == "/") return endpoint_match::of(method, allowed);
            // Gemini's methods are not models.
            if (detail::ends_with_gemini_method(rest)) continue;
            if (rest.front() == '/') return endpoint_match::of(method, allowed, rest.substr(1));
        }
        return endpoint_match();
    }
    LLMX_DECL static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        const std::shared_ptr<const topology> served = gateway.world();
        std::string asked;
        bool found = detail::decode_name(peer.match().name, asked);
        if (found)
            found = detail::append_models(peer.scratch(), *served, peer.context().principal.get(),
                                          language_of(peer.head()), asked,
                                          detail::query_value(peer.head().query, "return_wildcard_routes") == "true", peer.server_began());
        if (!found) {
            const error none(errc::not_found, "there is no such model; the list of models has the names");
            co_await peer.fail(none);
            co_return;
        }
        co_await peer.reply(200, "application/json", peer.scratch());
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/models.ipp>
#endif
