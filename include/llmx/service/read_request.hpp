// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/token_estimate.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/offload.hpp>

#include <cstdint>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The request of \p c in its operation's vocabulary, decoded from the bytes.
LLMX_DECL [[nodiscard]] result<any_message> decode_body(const call& c);
/// Stores the decoded request in `in.canonical`, with its memory accounted for.
LLMX_DECL [[nodiscard]] result<void> keep_request(call& c);
LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> keep_request_offloaded(call& c);
/// Accounts for a copy of the request, which a layer is about to make.
LLMX_DECL [[nodiscard]] result<void> reserve_copy(inbound& in);
LLMX_DECL [[nodiscard]] error not_the_request();

} // namespace detail

/// The request of \p c in the vocabulary: the program's own, or decoded from the client's bytes. For
/// layers.
///
/// Bytes are decoded once and stay with the call, for all of its attempts; that alone changes nothing
/// of the bytes sent. The pointer is valid until the request is edited or the layer completes. Fails with
/// the failure of the request's decoder, `errc::shed` without memory for it, and `errc::internal` when
/// the call is of another operation.
template <operation Op> [[nodiscard]] result<const typename Op::request*> read_request(call& c) {
    if (c.in.operation != &Op::info) return detail::not_the_request();
    if (c.in.canonical.empty())
        if (const result<void> kept = detail::keep_request(c); !kept) return kept.error();
    const auto* const request = c.in.canonical.template get<typename Op::request>();
    if (request == nullptr) return detail::not_the_request();
    return request;
}

/// `read_request`, decoding on another thread when the request would keep this one from others for
/// too long.
template <operation Op> boost::asio::awaitable<result<const typename Op::request*>> decode_request(call& c) {
    if (c.in.operation == &Op::info && c.in.canonical.empty() && c.in.body.size() > offload_translation_above) {
        const result<void> kept = co_await detail::keep_request_offloaded(c);
        if (!kept) co_return kept.error();
    }
    co_return read_request<Op>(c);
}

/// The request of \p c, to be changed: `result<chat_request*> r = llmx::edit<chat>(c);`. What is sent is the changed request,
/// in process and behind a socket alike, and for each operation.
///
/// A client's bytes are decoded once and do not pass through any more; a request that the program made is copied first and
/// stays as it is. The tokens that limits reserve follow what is changed before the first limit has reserved them; `view_of` follows what is
/// changed until it is next called: call `edit` again to change more. Where the call goes (`call::model`) and whether it streams follow the
/// request as it came. The pointer is valid until the call ends.
///
/// For decisions (`before`) and for layers that await alike, outside of the stage `route`: attempts beside one another share the request.
/// A layer that awaits has a large body decoded on another thread with `co_await decode_request<Op>(c)` before it calls this.
/// Fails like `read_request`.
template <operation Op> [[nodiscard]] result<typename Op::request*> edit(call& c) {
    const result<const typename Op::request*> read = read_request<Op>(c);
    if (!read) return read.error();
    if (!c.in.canonical.owns()) {
        if (const result<void> room = detail::reserve_copy(c.in); !room) return room.error();
        c.in.canonical = any_message::of(typename Op::request(**read));
    }
    c.in.must_translate = true;
    c.in.view.reset();
    // An operation of a program's own may have no estimate.
    if constexpr (requires(const typename Op::request& r) { estimate_tokens(r); }) {
        if (!c.in.reserved) c.in.estimate = [](const any_message& changed) noexcept -> std::uint64_t {
            const auto* const request = changed.get<typename Op::request>();
            return request != nullptr ? estimate_tokens(*request) : 0;
        };
    }
    return c.in.canonical.template edit<typename Op::request>();
}

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/read_request.ipp>
#endif
