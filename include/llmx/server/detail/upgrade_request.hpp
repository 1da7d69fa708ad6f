// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/server/http_request_reader.hpp>
#include <llmx/service/call.hpp>

#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// How browsers send a key with a WebSocket, as a subprotocol (OpenAI's convention).
inline constexpr std::string_view websocket_key_protocol = "openai-insecure-api-key.";

/// Calls \p use(token) for each element of a comma-separated list.
template <class Use> void for_each_token(std::string_view value, Use use) {
    while (!value.empty()) {
        const std::size_t comma = value.find(',');
        std::string_view token = value.substr(0, comma);
        while (token.starts_with(' ') || token.starts_with('\t')) token.remove_prefix(1);
        while (token.ends_with(' ') || token.ends_with('\t')) token.remove_suffix(1);
        if (!token.empty()) use(token);
        value = comma == std::string_view::npos ? std::string_view() : value.substr(comma + 1);
    }
}

/// Whether \p head asks for a WebSocket (RFC 6455 section 4.1), by its connection fields alone.
LLMX_DECL [[nodiscard]] bool asks_for_websocket(const http_request_head& head) noexcept;
/// What is wrong with a request for a WebSocket: `errc::invalid_request`.
LLMX_DECL [[nodiscard]] result<void> check_websocket_request(const http_request_head& head);
/// Appends to \p to the subprotocols that \p head offers, without keys of the gateway and accounts of OpenAI's, which are not sent on.
LLMX_DECL void append_protocols(const http_request_head& head, std::string& to);

/// Fills in \p c from a request that asks for a WebSocket (RFC 6455 section 4.1): the model that its
/// query names, or else \p granted, which an ephemeral key is for, and the fields that go on to the provider. \p model and \p protocols
/// hold what they
/// view. No extension goes on: messages are looked at. Fails with `errc::invalid_request` when it is no such request or names no model.
LLMX_DECL [[nodiscard]] result<void> set_up_upgrade(call& c, const http_request_head& head, std::string_view granted, std::string& model,
                                                    std::string& protocols);

/// Appends what of the provider's 101 the client has to see (RFC 6455 section 4.2.2). Of the subprotocols \p offered to the provider the
/// one that it has chosen, or `realtime` when it has chosen none: browsers end a connection without a choice.
LLMX_DECL void append_upgrade_fields(std::string& out, std::span<const http_field> answered, std::string_view offered);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/upgrade_request.ipp>
#endif
