// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/usage.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/exceptions.hpp>
#include <llmx/fwd.hpp>
#include <llmx/wire/http_message.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A reply that comes piece by piece, as the provider sends it: events in the form of its codec, or
/// octets.
///
/// The first piece has already arrived when a layer returns the stream, so everything
/// that can still be retried has been. Destroying it before the end cancels the
/// upstream. Not thread-safe.
class reply_stream {
public:
    virtual ~reply_stream() = default;
    /// The next bytes, valid until the next call; empty at the proper end, which the
    /// codec's own end marker must have announced where there is one. Fails with `truncated`,
    /// `idle_timeout`, `deadline_exceeded`, `cancelled`, or the failure that the provider reported
    /// inside the stream (then `provider_reported` is true and its words have been among
    /// the bytes).
    virtual boost::asio::awaitable<result<std::string_view>> read_some() = 0;
    [[nodiscard]] virtual bool provider_reported() const noexcept = 0;
    /// Tokens reported so far.
    [[nodiscard]] virtual const usage& tokens() const noexcept = 0;
    /// Media type as the provider named it; empty: the codec's usual one. Valid as long as the stream.
    [[nodiscard]] virtual std::string_view content_type() const noexcept { return std::string_view(); }
};

/// The reply of a duplex operation: the connection to the provider after its upgrade.
class reply_tunnel : public reply_stream {
public:
    /// Valid as long as this.
    [[nodiscard]] virtual tunnel& upstream() noexcept = 0;
    /// Of the provider's 101.
    [[nodiscard]] virtual std::span<const http_field> fields() const noexcept = 0;
    /// The connection has ended, properly or by a failure: notifies the call's listeners and observers.
    /// Destroying it before has them take the call for cancelled.
    virtual void ended(const result<void>& how) noexcept = 0;
};

/// The result of an attempt: a whole body or an open stream, in the form of a codec.
///
/// `as` and `reply_events` (service/reply_events.hpp) read it; whether the bytes themselves may be
/// given to a client, see `passes_as`. Not thread-safe.
struct reply {
    reply() = default;
    reply(reply&&) noexcept = default;
    LLMX_INLINE reply& operator=(reply&&) noexcept;
    LLMX_INLINE ~reply();

    /// Form of the bytes.
    const codec_ops* codec = nullptr;
    /// The deployment that answered; valid as long as the call's snapshot.
    const deployment* from = nullptr;
    /// Null: the bytes need no rendering to be decoded. Else only decoding with it gives the answer that the caller requested.
    std::unique_ptr<const rendering> how;
    /// The attempt beside others that brought it, which its stream refers to; mostly null.
    struct call_deleter {
        LLMX_DECL void operator()(call* c) const noexcept;
    };
    std::unique_ptr<call, call_deleter> of;
    /// Whole body; empty for a stream.
    std::string body;
    /// Media type of `body`; empty: `application/json`.
    std::string content_type;
    std::unique_ptr<reply_stream> stream;
    /// The provider's own id of the request.
    std::string request_id;
    usage tokens;

    /// Whether the bytes may go as they are to a client whose language has the codec \p to.
    [[nodiscard]] bool passes_as(const codec_ops& to) const noexcept { return codec == &to && how == nullptr; }
    /// The whole reply in the vocabulary; `errc::internal` when it is of another operation or a
    /// stream. Its failures have the provider's name and none of its credentials.
    template <operation Op> [[nodiscard]] result<typename Op::reply> as() const {
        result<any_message> decoded = decode(&Op::info);
        if (!decoded) return decoded.error();
        return std::move(*decoded->template edit<typename Op::reply>());
    }

private:
    LLMX_DECL [[nodiscard]] result<any_message> decode(const operation_info* op) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/reply.ipp>
#endif
