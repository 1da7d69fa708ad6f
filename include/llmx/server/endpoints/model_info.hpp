// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/routes.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Appends what is known of each deployment of \p served whose model \p who may use (null: all), or of those of the model \p name, in LiteLLM's
/// form; false when \p name is given and none is left.
LLMX_DECL [[nodiscard]] bool append_model_info(std::string& out, const topology& served, const principal* who, std::string_view name);

} // namespace detail

/// `GET /v1/model/info` and `/model/info`, in LiteLLM's form (docs.litellm.ai/docs/proxy/model_management): for each deployment of a model that
/// the caller may use its name, its provider and what the catalogue knows: limits, prices in dollars per token and abilities.
/// `?model=name` asks for one model. There are no keys and no URLs in it.
struct model_info_endpoint {
    static constexpr std::string_view usage = "GET /v1/model/info";
    static constexpr std::string_view language = "";
    static constexpr std::string_view name = "model_info";
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        if (path == "/v1/model/info" || path == "/model/info") return endpoint_match::of(method, "GET, HEAD");
        return endpoint_match();
    }
    LLMX_DECL static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        const std::shared_ptr<const topology> served = gateway.world();
        std::string asked;
        bool found = detail::decode_name(detail::query_value(peer.head().query, "model"), asked);
        if (found) found = detail::append_model_info(peer.scratch(), *served, peer.context().principal.get(), asked);
        if (!found) {
            const error none(errc::not_found, "there is no such model");
            co_await peer.fail(none);
            co_return;
        }
        co_await peer.reply(200, "application/json", peer.scratch());
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/model_info.ipp>
#endif
