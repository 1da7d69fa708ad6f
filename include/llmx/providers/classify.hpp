// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/wire/http_message.hpp>

#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The error that an HTTP status and a vendor's words mean.
///
/// The status decides; the text refines it: a 400 (or 413, 422) whose text mentions the context
/// window or a safety system, a 429 that means an empty account, a 529 or a text
/// of overload. `retry-after`, `retry-after-ms` and the body's own delay are read, and
/// the vendor's request id.
LLMX_DECL [[nodiscard]] error classify_http(std::string_view provider, int status,
                                            std::span<const http_field> fields, const error_body& reported);

/// The vendor's own id of a request: the first of `x-request-id`, `request-id` (Anthropic),
/// `apim-request-id` (Azure) and `x-amzn-requestid` (AWS) that \p fields has; a view into them, or empty.
LLMX_DECL [[nodiscard]] std::string_view provider_request_id(std::span<const http_field> fields) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/classify.ipp>
#endif
