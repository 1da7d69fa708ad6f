// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/response_store.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The match of \p method with \p path, a path below `/conversations`; its name is the path. \p form is the match's.
LLMX_DECL [[nodiscard]] endpoint_match match_conversations(std::string_view method, std::string_view path, std::uint8_t form) noexcept;

/// Answers a request for OpenAI's `/v1/conversations` with what \p store has: create, retrieve, update and delete a conversation; create,
/// list, retrieve and delete its items. Others' conversations are not found.
LLMX_DECL boost::asio::awaitable<void> serve_conversations(server_connection& peer, std::shared_ptr<response_store> store);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/conversations.ipp>
#endif
