// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/dialects/openai/realtime.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/detail/upgrade_request.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/facade.hpp>
#include <llmx/server/relay.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// OpenAI's Realtime API: `GET /v1/realtime?model=…` with an upgrade to WebSocket, also without `/v1` and,
/// as Azure's SDK asks, `/openai/realtime?deployment=…`.
///
/// The session is a call like any other until the provider has answered 101: keys, limits, routing,
/// retries and fallbacks apply, and what fails is answered with a status and a body. From then on bytes pass
/// in both directions as they are, until either side ends; limits and observers see the call end then.
/// A key may also come as browsers send it, in `sec-websocket-protocol`; it is not sent on.
struct openai_realtime_endpoint {
    static constexpr std::string_view usage = "GET /v1/realtime (WebSocket)";
    static constexpr std::string_view language = openai_realtime::name;
    static constexpr bool quiet = false;
    static constexpr bool needs_key(const endpoint_match&) noexcept { return true; }

    [[nodiscard]] static endpoint_match match(std::string_view method, std::string_view path) noexcept {
        const bool mine = path == "/v1/realtime" || path == "/realtime" || path == "/openai/realtime" || path == "/openai/v1/realtime";
        return mine ? endpoint_match::of(method, "GET") : endpoint_match();
    }
    LLMX_DECL static void encode_error(const error& e, std::string& out) { openai_realtime::encode_error(e, out); }

    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway) {
        std::string model, protocols;
        call& c = peer.open_call();
        const detail::call_ending ending(c);
        const result<void> right = detail::set_up_upgrade(c, peer.head(), model, protocols);
        peer.log_model(model, true);
        detail::note_relayed_fields(c.in, peer);
        if (!right) {
            co_await peer.fail(right.error());
            co_return;
        }
        c.in.operation = &realtime::info;
        c.in.codec = &codec_of<openai_realtime>;
        result<reply> answer = co_await gateway.execute(c);
        if (answer && answer->stream == nullptr)
            answer = error(errc::internal, "the gateway answered a session with something else than a connection");
        detail::describe_call(peer, c);
        if (!answer) {
            co_await peer.fail(answer.error());
            co_return;
        }
        auto& session = static_cast<reply_tunnel&>(*answer->stream);
        detail::append_upgrade_fields(peer.fields(), session.fields());
        const bool switched = co_await peer.switch_protocols();
        if (!switched) co_return; // the client has gone, and the call ends as cancelled
        taken_socket client = peer.take_socket();
        const relay_options times;
        const result<void> how = co_await relay(peer, client, session.upstream(), times);
        session.ended(how);
    }
};

} // namespace llmx::inline LLMX_ABI
