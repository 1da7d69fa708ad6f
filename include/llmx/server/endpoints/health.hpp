// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/gateway/pass_through.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/routes.hpp>
#include <llmx/wire/json_writer.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// `GET /health`: what is known of each deployment without calling anyone.
/// `/health/liveliness` (also `/health/liveness`): the process answers.
/// `/health/readiness`: it takes calls; 503 while it drains or has no deployment.
/// Only the first needs the key.
///
/// When the gateway has `available_at(deployment, now)`, `/health` reports which deployments
/// would take a call now. When it has `report(deployment)`, the JSON object of that is its member `program`: the state of a local
/// program (providers/local_process.hpp).
struct health_endpoint {
    static constexpr std::string_view usage = "GET /health, GET /health/liveliness, GET /health/readiness";
    static constexpr std::string_view language = "";
    static constexpr std::string_view name = "health";
    static constexpr bool quiet = true;
    enum form : std::uint8_t { facts, alive, ready };
    static constexpr bool needs_key(const endpoint_match& m) noexcept { return m.form == facts; }

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        constexpr std::string_view allowed = "GET, HEAD";
        constexpr std::string_view root = "/health";
        if (!path.starts_with(root)) return endpoint_match();
        const std::string_view rest = path.substr(root.size());
        if (rest.empty()) return endpoint_match::of(method, allowed, rest, facts);
        if (rest == "/liveliness" || rest == "/liveness") return endpoint_match::of(method, allowed, rest, alive);
        if (rest == "/readiness") return endpoint_match::of(method, allowed, rest, ready);
        return endpoint_match();
    }
    LLMX_DECL static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        std::string& out = peer.scratch();
        json_writer w(out);
        const std::uint8_t asked = peer.match().form;
        int status = 200;
        if (asked == alive) {
            w.object().member("status", "alive").end_object();
        } else {
            const std::shared_ptr<const topology> served = gateway.world();
            const bool none = served->deployments().empty();
            std::string_view state = "ready";
            if (none) state = "no deployments";
            if (peer.draining()) state = "draining";
            if (state != "ready" && asked == ready) status = 503;
            w.object().member("status", state);
            if (asked == facts) append_facts(w, *served, gateway, peer.on());
            w.end_object();
        }
        co_await peer.reply(status, "application/json", out);
    }

private:
    template <class Gateway>
    static void append_facts(json_writer& w, const topology& served, Gateway& gateway, runtime& on) {
        const time_point now = on.now();
        w.key("deployments").array();
        for (const deployment& d : served.deployments()) {
            if (is_pass_through_group(d.model_group)) continue;
            w.object();
            w.member("id", d.id).member("model", d.model_group).member("provider", d.provider);
            w.member("upstream_model", d.model);
            if constexpr (requires {
                              { gateway.available_at(on, d, now) } -> std::same_as<time_point>;
                          }) {
                const time_point from = gateway.available_at(on, d, now);
                w.member("available", from <= now);
                if (from > now && from != time_point::max())
                    w.member("available_in_ms",
                             std::chrono::duration_cast<std::chrono::milliseconds>(from - now).count());
            }
            if constexpr (requires {
                              { gateway.report(d) } -> std::same_as<std::string>;
                          })
                if (const std::string state = gateway.report(d); !state.empty()) w.raw_member("program", state);
            w.end_object();
        }
        w.end_array();
    }
};

} // namespace llmx::inline LLMX_ABI
