// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/gateway/pass_through.hpp>
#include <llmx/server/detail/forwarding.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/facade.hpp>
#include <llmx/server/routes.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// `/{vendor}/*`: the paths of each provider of \p Registry as the vendor documents them, with the operator's credentials.
///
/// `POST /anthropic/v1/messages/batches`, `GET /openai/v1/files`, `POST /gemini/v1beta/models/{m}:countTokens`, `POST
/// /bedrock/model/{id}/converse`: the vendor is the name or an alias of a provider, and what follows it goes behind the base URL
/// (`join_forwarded_path`). Method, path, query, fields and body go on as they came, except the caller's credentials (all fields and the query
/// parameter in which `for_each_key` looks for a key), fields of the connection, and what names the client's network; the
/// provider's `prepare` and `authorize` add the operator's. Status, fields and bytes of the answer come back as they are, except fields of the
/// connection, cookies, and what holds for the vendor's host alone; `x-llmx-*` are added. Bodies pass both ways while they arrive, except JSON
/// requests and those that are signed, which are held whole within `server_options::memory`. An answer is never decoded; where the path is
/// that of a codec of the provider its tokens are read, for limits, log and cost, and the vendor is asked for an answer without a content coding.
///
/// A request body with a content coding goes on with it. Of JSON it is decoded besides, for the model and the size; what a caller who is
/// limited to models sends goes on decoded, so that the vendor reads what was checked.
///
/// The call goes through the layers of the gateway, to the deployment of the group `pass_through_group(vendor)`, which `pass_through_deployments`
/// makes; without one the path is `errc::not_found`. It is tried once. A caller whose principal is limited to models may make
/// only requests that name a model, in the path or the body, and only models that are allowed as "vendor/model" or by a group with a
/// deployment of that vendor and model; in a JSON body every member "model" and "models" counts.
///
/// An authenticator of a program's own that reads a key elsewhere than `for_each_key` would have it sent to the vendor: remove it
/// there. List the endpoint behind the façades, whose paths take precedence.
template <class Registry> struct vendor_paths_endpoint {
    static constexpr std::string_view usage = "/{vendor}/... (the vendor's own paths)";
    static constexpr std::string_view name = "pass_through";
    static constexpr std::string_view language = "";
    static constexpr bool quiet = false;
    static constexpr bool streams_body = true;
    static constexpr bool takes_codings = true;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }
    static void encode_error(const error& e, std::string& out) { encode_plain_error(e, out); }

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        std::string_view rest;
        if (!find(path, rest)) return endpoint_match();
        return endpoint_match::of(method, "GET, HEAD, POST, PUT, PATCH, DELETE", rest);
    }

    template <server_gateway Gateway> static boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        std::string_view rest;
        const provider_ops& ops = Registry::ops(*find(peer.head().path, rest));
        const std::string group = pass_through_group(ops.name);
        const std::shared_ptr<const topology> served = gateway.world();
        if (served->find(group) == nullptr) {
            const error none(errc::not_found, "the paths of '" + std::string(ops.name) +
                                                  "' are not served: the gateway has no deployment of this vendor and no key for it, or "
                                                  "pass_through is off");
            co_await peer.fail(none);
            co_return;
        }
        detail::forwarding passing(peer, ops, rest);
        result<void> good = co_await passing.read();
        if (good) good = passing.admit(*served);
        if (!good) {
            co_await peer.fail(good.error());
            co_return;
        }
        call& c = peer.open_call();
        const detail::call_ending ending(c);
        passing.set_up(c, group);
        result<reply> got = co_await gateway.execute(c);
        co_await passing.give(c, got);
    }

private:
    /// The provider that the first segment of \p path names, and what follows it.
    [[nodiscard]] static std::optional<std::size_t> find(std::string_view path, std::string_view& rest) noexcept {
        if (!path.starts_with('/')) return std::nullopt;
        const std::size_t end = path.find('/', 1);
        if (end == std::string_view::npos || end + 1 == path.size()) return std::nullopt;
        std::string_view vendor = path.substr(1, end - 1);
        rest = path.substr(end);
        // Names that LiteLLM has for these paths.
        if (vendor == "openai_passthrough") vendor = "openai";
        if (vendor == "vertex-ai") vendor = "vertex_ai";
        if (vendor == "vllm") vendor = "hosted_vllm";
        return Registry::find(vendor);
    }
};

} // namespace llmx::inline LLMX_ABI
