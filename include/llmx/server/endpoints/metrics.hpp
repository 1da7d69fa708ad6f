// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/routes.hpp>
#include <llmx/telemetry/call_metrics.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// `GET /metrics`: what `call_metrics` counts, in the text format of Prometheus.
///
/// The gateway has `observers<call_metrics, ...>` among its policies. The path needs a key, since
/// aliases of keys and names of models are in the answer; Prometheus sends one with
/// `authorization: {credentials: ...}` of its scrape configuration.
struct metrics_endpoint {
    static constexpr std::string_view usage = "GET /metrics";
    static constexpr std::string_view language = "";
    static constexpr std::string_view name = "metrics";
    static constexpr bool quiet = true;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return path == "/metrics" ? endpoint_match::of(method, "GET, HEAD") : endpoint_match();
    }
    LLMX_DECL static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        static_assert(requires { gateway.template observer<call_metrics>(); },
                      "llmx: metrics_endpoint needs a gateway with observers<call_metrics, ...>");
        gateway.template observer<call_metrics>()->registry().append(peer.scratch());
        co_await peer.reply(200, metrics_registry::content_type, peer.scratch());
    }
};

} // namespace llmx::inline LLMX_ABI
