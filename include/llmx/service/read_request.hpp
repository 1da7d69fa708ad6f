// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/offload.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The request of \p c in its operation's vocabulary, decoded from the bytes.
LLMX_DECL [[nodiscard]] result<any_message> decode_body(const call& c);
/// Has the decoded request stand in `in.canonical`, with its memory accounted for.
LLMX_DECL [[nodiscard]] result<void> keep_request(call& c);
LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> keep_request_offloaded(call& c);
LLMX_DECL [[nodiscard]] error not_the_request();

} // namespace detail

/// The request of \p c in the vocabulary: the program's own, or decoded from the client's bytes. For
/// layers.
///
/// Bytes are decoded once and stay with the call, for all of its attempts; that alone changes nothing
/// of what is sent. The pointer is valid until the request is edited or the layer completes. Fails with
/// what the request's decoder fails with, `errc::shed` without memory for it, and `errc::internal` when
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

/// The request of \p c, to be changed: the changed one is sent, and not the client's bytes.
///
/// A request that the program made is copied first and stays as it is. Where the call goes
/// (`call::model`), whether it streams and what rate limits have taken for it follow the request as it
/// came. For layers outside of those that make attempts; fails like `read_request`.
template <operation Op> [[nodiscard]] result<typename Op::request*> edit_request(call& c) {
    const result<const typename Op::request*> read = read_request<Op>(c);
    if (!read) return read.error();
    if (!c.in.canonical.owns()) c.in.canonical = any_message::of(typename Op::request(**read));
    c.in.must_translate = true;
    return c.in.canonical.template edit<typename Op::request>();
}

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/read_request.ipp>
#endif
