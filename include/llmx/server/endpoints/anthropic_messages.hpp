// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/facade.hpp>

#include <boost/asio/awaitable.hpp>

#include <string>
#include <string_view>

namespace llmx::inline v0 {

/// `POST /v1/messages`, Anthropic's Messages API.
struct anthropic_messages_endpoint {
    static constexpr std::string_view usage = "POST /v1/messages";
    static constexpr std::string_view language = anthropic_messages::name;
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return path == "/v1/messages" ? endpoint_match::of(method, "POST") : endpoint_match();
    }
    static void encode_error(const error& e, std::string& out) { anthropic_messages::encode_error(e, out); }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& connection, Gateway& gateway) {
        return facade<anthropic_messages>::serve(connection, gateway, request_target());
    }
};

} // namespace llmx::inline v0
