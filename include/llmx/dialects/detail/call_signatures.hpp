// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/content.hpp>
#include <llmx/core/request_origins.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

/// \file
/// Signatures of tool calls in languages that have none: a block of thinking before the call carries them, since all clients
/// return the signature of such a block unchanged.

namespace llmx::inline LLMX_ABI::detail {

/// Begins the signature of a block that carries the signature of the call behind it.
inline constexpr std::string_view call_signature_mark = "call-signature:";

/// Gives calls the signatures that \p parts carry for them. A block that was made for a signature alone is taken out; \p origins,
/// which may be null, gets the place of each part that stays, in the list \p list.
LLMX_DECL void restore_call_signatures(std::vector<content_part>& parts, request_origins* origins = nullptr, std::uint32_t list = 0);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/call_signatures.ipp>
#endif
