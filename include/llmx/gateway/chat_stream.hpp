// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/chat.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/detail/open_call.hpp>
#include <llmx/service/reply.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

namespace detail {
struct stream_state;
}

/// A streamed answer as events in the vocabulary.
///
/// `while (co_await s.read_more()) while (auto* ev = s.try_next()) use(*ev);` then check
/// `s.failure()`: a stream that broke is never a clean end.
///
/// Destroying it early cancels the upstream, also while `read_more` waits, which then gives
/// false. A stream from a `client` or from `gateway::stream` owns what it needs: the request may
/// end once the stream is open, the context too (cancelling through it ends with it), and so may
/// the client, which cancels its streams. A gateway must outlive its streams, and a stream lives
/// on its runtime's thread. One that was moved from or never opened has ended with a failure.
/// Not thread-safe.
class chat_stream {
public:
    chat_stream() noexcept = default;
    /// For experts, who ran \p c through `gateway::execute` themselves and have its answer \p r;
    /// the context, runtime and request of \p c must outlive the stream.
    LLMX_DECL chat_stream(std::unique_ptr<call> c, reply r);
    explicit chat_stream(std::shared_ptr<detail::stream_state> open) noexcept : state_(std::move(open)) {}
    chat_stream(chat_stream&&) noexcept = default;
    chat_stream& operator=(chat_stream&& other) noexcept {
        chat_stream(std::move(other)).state_.swap(state_);
        return *this;
    }
    LLMX_INLINE ~chat_stream();

    /// The next decoded event, or null when `read_more` is due. Views in it live until
    /// the next `read_more`.
    LLMX_DECL [[nodiscard]] const chat_event* try_next() noexcept;

    /// Waits for one read from the network and decodes it; false at the end, clean or
    /// or not (see `failure`). One at a time: a second one while the first waits breaks the stream.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<bool> read_more();

    /// The failure that broke the stream; empty while it runs and after a clean end.
    LLMX_DECL [[nodiscard]] const std::optional<error>& failure() const noexcept;
    LLMX_DECL [[nodiscard]] bool ended() const noexcept;

    /// Reads to the end and joins everything into one reply.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<chat_reply>> collect();

private:
    std::shared_ptr<detail::stream_state> state_;
};

/// Joins streamed events into the reply they describe.
class reply_builder {
public:
    /// Takes one event; its views are copied.
    LLMX_DECL void add(const chat_event& event);
    /// The reply so far.
    LLMX_DECL [[nodiscard]] chat_reply take();

private:
    struct choice_state {
        choice_state() = default;
        chat_choice choice;
        /// The place in `content` of the first part of an ordinal and a kind.
        std::map<std::pair<std::uint32_t, std::size_t>, std::size_t> places;
        /// Of each chunk, in OpenAI's form.
        std::vector<std::string> logprobs;
    };
    template <class Part> [[nodiscard]] Part* find(const chat_event& event);
    template <class Part> [[nodiscard]] Part& part(const chat_event& event);

    chat_reply reply_;
    std::map<std::uint32_t, choice_state> choices_; // by the index that the provider gave them
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/chat_stream.ipp>
#endif
