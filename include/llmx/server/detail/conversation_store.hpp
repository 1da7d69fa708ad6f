// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/core/result.hpp>
#include <llmx/dialects/openai/detail/conversation.hpp>
#include <llmx/server/response_store.hpp>
#include <llmx/service/runtime.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// \file
/// Conversations in the store of responses (`response_store_options::values`, which the functions use): one value for each conversation,
/// one for the number of its turns and one for each turn. A turn is added by `put_if_absent`, so that requests which add to one
/// conversation at a time, in several processes too, lose nothing. A conversation belongs to the principal that made it.
/// Failures, cancellation, threads: see `kv_store`. Arguments outlive the coroutine.

namespace llmx::inline LLMX_ABI::detail {

/// Most turns of a conversation.
inline constexpr std::size_t most_conversation_turns = 10'000;

/// That there is no conversation \p id.
LLMX_DECL [[nodiscard]] error no_such_conversation(std::string_view id);
/// Nothing when \p owner has no such conversation.
LLMX_DECL boost::asio::awaitable<result<std::optional<conversation_head>>> find_conversation(const response_store_options& in,
                                                                                            std::string_view owner, std::string_view id,
                                                                                            cancellation& stop);
LLMX_DECL boost::asio::awaitable<result<void>> keep_conversation(const response_store_options& in, std::string_view owner,
                                                                 std::string_view id, const conversation_head& head, cancellation& stop);
/// False when there was none.
LLMX_DECL boost::asio::awaitable<result<bool>> erase_conversation(const response_store_options& in, std::string_view owner,
                                                                  std::string_view id, cancellation& stop);
/// Adds \p turn behind all others; `errc::not_found` when there is no such conversation.
LLMX_DECL boost::asio::awaitable<result<void>> add_conversation_turn(const response_store_options& in, std::string_view owner,
                                                                     std::string_view id, std::string turn, cancellation& stop);
/// Puts \p turn in the place of the one with the number \p index.
LLMX_DECL boost::asio::awaitable<result<void>> keep_conversation_turn(const response_store_options& in, std::string_view owner,
                                                                      std::string_view id, std::size_t index, std::string turn,
                                                                      cancellation& stop);
/// The turns, in order. `errc::not_found` when there is no such conversation; `errc::invalid_request` when one of the turns is not kept
/// any more; `errc::shed` when \p memory has no room for them.
LLMX_DECL boost::asio::awaitable<result<std::vector<std::string>>> conversation_turns(const response_store_options& in,
                                                                                      std::string_view owner, std::string_view id,
                                                                                      memory_lease& memory, cancellation& stop);
/// Adds the input and the output of \p response to the conversation; \p native as in `conversation_turn`. One that was erased in the
/// meantime gets nothing, which is no failure, and neither does a response that failed.
LLMX_DECL boost::asio::awaitable<result<void>> add_response_turn(const response_store_options& in, runtime& on, std::string_view owner,
                                                                 std::string_view id, std::string_view input, std::string_view response,
                                                                 bool native, cancellation& stop);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/conversation_store.ipp>
#endif
