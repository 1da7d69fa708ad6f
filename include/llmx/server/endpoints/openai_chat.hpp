// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/facade.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

namespace llmx::inline v0 {

/// `POST /v1/chat/completions`, `/chat/completions` and, as Azure's SDK asks,
/// `/openai/deployments/{deployment}/chat/completions`.
struct openai_chat_endpoint {
    static constexpr std::string_view usage = "POST /v1/chat/completions";
    static constexpr std::string_view language = openai_chat::name;
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        if (path == "/v1/chat/completions" || path == "/chat/completions") return endpoint_match::of(method, "POST");
        const std::string_view deployment = detail::between(path, "/openai/deployments/", "/chat/completions");
        if (!deployment.empty()) return endpoint_match::of(method, "POST", deployment);
        return endpoint_match();
    }
    static void encode_error(const error& e, std::string& out) { openai_chat::encode_error(e, out); }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& connection, Gateway& gateway) {
        if (connection.match().name.empty()) return facade<openai_chat>::serve(connection, gateway, request_target());
        return serve_deployment(connection, gateway);
    }

private:
    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve_deployment(server_connection& connection, Gateway& gateway) {
        request_target target;
        std::string decoded;
        if (!detail::decode_name(connection.match().name, decoded)) {
            const error bad(errc::invalid_request, "the deployment in the path must be percent-encoded UTF-8");
            co_await connection.fail(bad);
            co_return;
        }
        target.model = decoded;
        co_await facade<openai_chat>::serve(connection, gateway, target);
    }
};

} // namespace llmx::inline v0
