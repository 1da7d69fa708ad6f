// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_event.hpp>
#include <llmx/core/chat_reply.hpp>
#include <llmx/dialects/dialect.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline v0 {

/// A streamed answer as events in nobody's dialect.
///
/// `while (co_await s.read_more()) while (auto* ev = s.try_next()) use(*ev);` then look at
/// `s.failure()`: a stream that broke is never a clean end. Letting go of it early cancels
/// the upstream. Not thread-safe; lives on its runtime's thread, shorter than the
/// gateway, the context and the request it came from.
class chat_stream {
public:
    chat_stream() = default;
    LLMX_DECL chat_stream(std::unique_ptr<call> c, reply r);
    chat_stream(chat_stream&&) noexcept = default;
    chat_stream& operator=(chat_stream&&) noexcept = default;

    /// The next decoded event, or null when `read_more` is due. Views in it live until
    /// the next `read_more`.
    [[nodiscard]] const chat_event* try_next() noexcept { return batch_.try_next(); }

    /// Waits for one read from the network and decodes it; false at the end, be it clean
    /// or not (see `failure`).
    [[nodiscard]] LLMX_DECL boost::asio::awaitable<bool> read_more();

    /// What broke the stream; empty while it runs and after a clean end.
    [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }
    [[nodiscard]] bool ended() const noexcept { return ended_; }

    /// Reads to the end and joins everything into one reply.
    [[nodiscard]] LLMX_DECL boost::asio::awaitable<result<chat_reply>> collect();

private:
    std::unique_ptr<call> call_;
    reply reply_;
    std::unique_ptr<any_stream_decoder> decoder_;
    event_batch batch_;
    std::optional<error> failure_;
    bool ended_ = false;
};

/// Joins streamed events into the reply they describe.
class reply_builder {
public:
    /// Takes one event; its views are copied.
    LLMX_DECL void add(const chat_event& event);
    /// The reply so far.
    [[nodiscard]] LLMX_DECL chat_reply take();

private:
    [[nodiscard]] LLMX_DECL chat_choice& choice(std::uint32_t index);
    template <class Part> Part& part(const chat_event& event);

    chat_reply reply_;
    /// Ordinal of each part of each choice, in the order of `content`.
    std::vector<std::vector<std::uint32_t>> parts_;
};

namespace detail {
/// Start time and request id, when the caller set none.
LLMX_DECL void open_context(runtime& on, call_context& ctx);
LLMX_DECL void set_request(call& c, const chat_request& request, bool stream);
[[nodiscard]] LLMX_DECL result<chat_reply> decode_whole(const reply& r, const call& c);
} // namespace detail

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/chat_stream.ipp>
#endif
