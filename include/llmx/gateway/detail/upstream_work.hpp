// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/attempt.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>
#include <llmx/transport/http_exchange.hpp>

#include <boost/asio/awaitable.hpp>

#include <string_view>

/// \file
/// What an attempt does with the bytes of a request and of a whole reply: functions of data that
/// the call owns, for the event loop's thread when there are few bytes and for another when
/// there are many (`runtime::offload`).

namespace llmx::inline v0::detail {

LLMX_DECL void write_passed_through(const call& c, std::string_view model, attempt& a);
[[nodiscard]] LLMX_DECL result<void> write_translated(const provider_ops& ops, call& c, std::string_view model,
                                                      attempt& a);
/// Either of them on another thread: as it came when \p same and nothing in it is foreign.
LLMX_DECL boost::asio::awaitable<result<bool>> write_offloaded(const provider_ops& ops, call& c, std::string_view model,
                                                               attempt& a, bool same);

/// Finds the tokens of a whole reply. Fails when it is no answer: what passes through unparsed
/// must still be one.
[[nodiscard]] LLMX_DECL result<bool> judge(const provider_ops& ops, const void* self, const deployment& d,
                                           const http_response& response, reply& r);
/// The same on another thread.
LLMX_DECL boost::asio::awaitable<result<bool>> judge_offloaded(const provider_ops& ops, const void* self, call& c,
                                                               const http_response& response, reply& r);

} // namespace llmx::inline v0::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/upstream_work.ipp>
#endif
