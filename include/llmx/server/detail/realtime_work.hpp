// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/memory_budget.hpp>
#include <llmx/dialects/realtime_translation.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/realtime_options.hpp>
#include <llmx/service/reply.hpp>
#include <llmx/transport/tunnel.hpp>
#include <llmx/wire/websocket.hpp>

#include <boost/asio/basic_waitable_timer.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Both directions of a realtime session and its clock; kept by the coroutine of each.
struct realtime_work {
    static constexpr std::size_t buffer_size = 16 * 1024;

    /// Frames for one side. One coroutine writes; others that have added some wait until theirs are written.
    struct outbox {
        outbox() = default;
        std::string waiting, sending;
        time_point began{};
        bool busy = false;
        /// A close frame is among them: nothing may follow.
        bool closed = false;
    };

    LLMX_DECL realtime_work(server_connection& p, taken_socket s, call& of, reply_tunnel& t, const codec_ops& from,
        const realtime_options& o);

    static void on_cancel(void* self) noexcept {
        auto& w = *static_cast<realtime_work*>(self);
        w.fail(error(errc::cancelled));
        w.close();
    }
    static void on_drain(void* self) noexcept {
        auto& w = *static_cast<realtime_work*>(self);
        w.draining = true;
        w.tick.cancel();
    }
    void fail(error e) noexcept {
        if (!failure && !closed) failure = std::move(e);
    }
    /// At once.
    void close() noexcept {
        closed = true;
        boost::system::error_code ignored;
        client.socket->close(ignored);
        upstream->upstream().close();
        tick.cancel();
        wake.cancel();
    }
    /// From now on there is only a close frame to wait for.
    void begin_linger(time_point now) noexcept {
        if (linger_by == time_point::max()) linger_by = now + options->linger;
        tick.cancel();
    }
    /// Both sides have ended it, and have been written what was for them.
    void close_if_over() noexcept {
        const auto written = [](const outbox& b) { return !b.busy && b.waiting.empty(); };
        if (client_closed && upstream_closed && !closed && written(client_box) && written(upstream_box)) close();
    }

    [[nodiscard]] std::uint32_t mask() { return static_cast<std::uint32_t>(of->on->random() >> 16); }
    LLMX_DECL void to_client(websocket_opcode what, std::string_view payload);
    LLMX_DECL void to_upstream(websocket_opcode what, std::string_view payload);
    LLMX_DECL void close_client(std::uint16_t code, std::string_view reason);
    LLMX_DECL void close_upstream(std::uint16_t code, std::string_view reason);
    /// An event for the client, which the watch sees too.
    LLMX_DECL void deliver(websocket_opcode what, std::string_view event);
    LLMX_DECL void deliver_error(std::string_view type, std::string_view code, std::string_view message);
    /// Ends the session by the gateway's own decision: an `error` event, and a close frame with \p code for the client.
    LLMX_DECL void end_by(const error& why, std::string_view type, std::string_view name, std::uint16_t code);
    LLMX_DECL void send_made();
    LLMX_DECL void take_from_client(const websocket_message& m);
    LLMX_DECL void take_event(websocket_opcode what, std::string_view event);
    LLMX_DECL void take_from_upstream(const websocket_message& m);
    LLMX_DECL void upstream_ended(const error* why);
    LLMX_DECL void charge();
    /// Accounts for what is buffered; false when there is no memory for it, and the session ends.
    LLMX_DECL bool account();
    /// What the clock demands now; the time to look again.
    LLMX_DECL [[nodiscard]] time_point look(time_point now);

    LLMX_DECL boost::asio::awaitable<void> flush_client();
    LLMX_DECL boost::asio::awaitable<void> flush_upstream();
    LLMX_DECL boost::asio::awaitable<void> flush();

    /// Destroyed last: what the others refer to belongs to it.
    std::shared_ptr<server_connection> peer;
    taken_socket client;
    call* of;
    reply_tunnel* upstream;
    const realtime_options* options;
    std::unique_ptr<realtime_translation> translation;
    realtime_messages made;
    realtime_watch watch;
    websocket_reader client_reader, upstream_reader;
    outbox client_box, upstream_box;
    memory_lease memory;
    using timer = boost::asio::basic_waitable_timer<clock>;
    timer tick, wake;
    cancellation::registration stop;
    std::unique_ptr<char[]> buffer;
    std::optional<error> failure;
    std::uint64_t in = 0, out = 0;
    time_point opened, last_message, heard_client, heard_upstream, pinged_client{}, pinged_upstream{}, linger_by = time_point::max();
    std::uint32_t errors = 0;
    int running = 0;
    bool closed = false, client_closed = false, upstream_closed = false, draining = false;
};

} // namespace llmx::inline LLMX_ABI::detail
