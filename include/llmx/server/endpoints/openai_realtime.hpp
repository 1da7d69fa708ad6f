// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/access/ephemeral_keys.hpp>
#include <llmx/awaitable.hpp>
#include <llmx/dialects/openai/realtime.hpp>
#include <llmx/server/auth.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/detail/upgrade_request.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/facade.hpp>
#include <llmx/server/realtime_session.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

namespace detail {

/// The event with which the session of an ephemeral key begins; empty: the key has none.
[[nodiscard]] inline std::string first_event(const ephemeral_grant& grant) {
    if (grant.session.empty()) return std::string();
    return std::string("{\"type\":\"session.update\",\"session\":").append(grant.session).append("}");
}

} // namespace detail

/// OpenAI's Realtime API: `GET /v1/realtime?model=…` with an upgrade to WebSocket, also without `/v1` and,
/// as Azure's SDK asks, `/openai/realtime?deployment=…`.
///
/// The session is a call like any other until the provider has answered 101: keys, limits, routing,
/// retries and fallbacks apply, and what fails is answered with a status and a body. From then on messages pass in both directions
/// (`relay_realtime`), translated where the provider's sessions are not OpenAI's, until either side ends; limits and observers see the
/// call end then.
/// A key may also come as browsers send it, in `sec-websocket-protocol`; it is not sent on. One that `realtime_client_secrets_endpoint` has
/// issued names the model when the query does not, and its session is the first event of the client. Copies share the count of sessions.
class openai_realtime_endpoint {
public:
    static constexpr std::string_view usage = "GET /v1/realtime (WebSocket)";
    static constexpr std::string_view language = openai_realtime::name;
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }

    openai_realtime_endpoint() : openai_realtime_endpoint(realtime_options()) {}
    /// \p keys: those of the server's authenticator (`key_authenticator::ephemeral`); null: none are issued.
    explicit openai_realtime_endpoint(realtime_options options, std::shared_ptr<const ephemeral_keys> keys = nullptr)
        : options_(std::make_shared<const realtime_options>(std::move(options))), keys_(std::move(keys)),
          places_(std::make_shared<detail::realtime_places>()) {}

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        return is_realtime_path(path) ? endpoint_match::of(method, "GET") : endpoint_match();
    }
    LLMX_DECL static void encode_error(const error& e, std::string& out) { openai_realtime::encode_error(e, out); }

    template <server_gateway Gateway>
    boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        std::string model, protocols;
        call& c = peer.open_call();
        const detail::call_ending ending(c);
        const std::shared_ptr<const ephemeral_grant> grant = granted(peer);
        const std::string_view for_model = grant != nullptr ? std::string_view(grant->model) : std::string_view();
        result<void> right = detail::set_up_upgrade(c, peer.head(), for_model, model, protocols);
        peer.log_model(model, true);
        detail::note_relayed_fields(c.in, peer);
        const std::string who = peer.context().principal != nullptr ? peer.context().principal->id : std::string();
        const bool entered = right && enter(who, right);
        if (!right) {
            co_await peer.fail(right.error());
            co_return;
        }
        const detail::realtime_place place(entered ? places_ : nullptr, who);
        c.in.operation = &realtime::info;
        c.in.codec = &codec_of<openai_realtime>;
        // A limit of tokens that is used up lets no session begin; what they use is charged when it is known.
        c.in.estimated_tokens = 1;
        result<reply> answer = co_await gateway.execute(c);
        if (answer && answer->stream == nullptr)
            answer = error(errc::internal, "the gateway answered a session with something else than a connection");
        detail::describe_call(peer, c);
        if (!answer) {
            co_await peer.fail(answer.error());
            co_return;
        }
        auto& session = static_cast<reply_tunnel&>(*answer->stream);
        detail::append_upgrade_fields(peer.fields(), session.fields(), protocols);
        const bool switched = co_await peer.switch_protocols();
        if (!switched) co_return; // the client has gone, and the call ends as cancelled
        taken_socket client = peer.take_socket();
        const std::string first = grant != nullptr ? detail::first_event(*grant) : std::string();
        const result<void> how = co_await relay_realtime(peer, client, c, session, *answer->codec, *options_, first);
        session.ended(how);
    }

private:
    /// What the ephemeral key of the request stands for; null: it has another key.
    [[nodiscard]] std::shared_ptr<const ephemeral_grant> granted(server_connection& peer) const {
        std::shared_ptr<const ephemeral_grant> found;
        if (keys_ == nullptr) return found;
        for_each_key(peer.head(), [&](std::string_view key) {
            if (found == nullptr && key.starts_with(ephemeral_keys::prefix)) found = keys_->find(key, peer.on().unix_seconds());
        });
        return found;
    }
    [[nodiscard]] bool enter(const std::string& who, result<void>& right) const {
        right = places_->enter(*options_, who);
        return right.has_value();
    }

    std::shared_ptr<const realtime_options> options_;
    std::shared_ptr<const ephemeral_keys> keys_;
    std::shared_ptr<detail::realtime_places> places_;
};

} // namespace llmx::inline LLMX_ABI
