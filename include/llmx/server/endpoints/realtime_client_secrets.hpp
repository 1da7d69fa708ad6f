// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/access/ephemeral_keys.hpp>
#include <llmx/awaitable.hpp>
#include <llmx/core/principal.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/dialects/openai/realtime.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/facade.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Reads the \p body of a request for an ephemeral key; \p beta when it is that of `/v1/realtime/sessions`, where the session is the body.
/// Fails with `errc::invalid_request`.
LLMX_DECL [[nodiscard]] result<ephemeral_grant> read_secret_request(std::string_view body, bool beta, std::int64_t now);
/// Whether \p who (null: everyone) may have a key for the model of \p grant, which \p served must have.
LLMX_DECL [[nodiscard]] result<void> may_issue(const ephemeral_grant& grant, const principal* who, const topology& served);
/// Appends the answer.
LLMX_DECL void append_client_secret(std::string& out, const ephemeral_grant& grant, std::string_view key, bool beta);

} // namespace detail

/// `POST /v1/realtime/client_secrets`, and `POST /v1/realtime/sessions` of OpenAI's beta: a key for one realtime session's client, such as
/// a
/// browser, which must not have the caller's (https://platform.openai.com/docs/api-reference/realtime-sessions).
///
/// The gateway issues the key itself, whatever the upstream has: it is bound to the caller's principal and to the model that the request
/// names, and expires after `expires_after.seconds`, 10 to 7,200, 600 when nothing is given. It opens realtime sessions alone, as bearer
/// token and as subprotocol. The session of the request, 64 KiB at most, is sent to the provider as `session.update` when the client
/// connects.
///
/// Made with the keys of the authenticator that recognises them: `realtime_client_secrets_endpoint(authenticator.ephemeral())`. One that is
/// made without answers `errc::unsupported_operation`. Thread-safe.
class realtime_client_secrets_endpoint {
public:
    static constexpr std::string_view usage = "POST /v1/realtime/client_secrets";
    static constexpr std::string_view language = openai_realtime::name;
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }

    realtime_client_secrets_endpoint() = default;
    explicit realtime_client_secrets_endpoint(std::shared_ptr<ephemeral_keys> keys) noexcept : keys_(std::move(keys)) {}

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        for (const std::string_view before : {"/openai/v1", "/openai", "/v1"})
            if (path.starts_with(before)) {
                path.remove_prefix(before.size());
                break;
            }
        if (path == "/realtime/client_secrets") return endpoint_match::of(method, "POST");
        if (path == "/realtime/sessions") return endpoint_match::of(method, "POST", std::string_view(), beta);
        return endpoint_match();
    }
    LLMX_DECL static void encode_error(const error& e, std::string& out) { openai_realtime::encode_error(e, out); }

    template <server_gateway Gateway> boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        const std::shared_ptr<const topology> served = gateway.world();
        const result<void> made = issue(peer, *served);
        if (!made) {
            co_await peer.fail(made.error());
            co_return;
        }
        co_await peer.reply(200, "application/json", peer.scratch());
    }

private:
    static constexpr std::uint8_t beta = 1;
    LLMX_DECL [[nodiscard]] result<void> issue(server_connection& peer, const topology& served) const;

    std::shared_ptr<ephemeral_keys> keys_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/realtime_client_secrets.ipp>
#endif
