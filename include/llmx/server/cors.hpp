// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/http_request_reader.hpp>

#include <string>
#include <string_view>
#include <vector>

/// \file
/// What browsers ask of a server before a page of another origin may use it (CORS,
/// https://fetch.spec.whatwg.org/#http-cors-protocol), and what else OPTIONS is answered with.

namespace llmx::inline LLMX_ABI {

/// Whether pages of \p origin, as the field `Origin` names it, are among \p allowed (`server_options::cors_origins`).
///
/// Compares octet by octet: browsers write an origin in one way only. An entry may have one `*`, which stands for at least one
/// character without a slash. Thread-safe.
LLMX_DECL [[nodiscard]] bool cors_allows(const std::vector<std::string>& allowed, std::string_view origin) noexcept;

namespace detail {

/// Appends the fields that let a page of \p origin read the answer, when \p allowed has it.
LLMX_DECL void append_cors_fields(std::string& fields, const std::vector<std::string>& allowed, std::string_view origin);
/// Appends the fields of the answer to the preflight \p head for a path with the methods \p allow, when \p fields has those of
/// `append_cors_fields`; nothing when \p head is no preflight.
LLMX_DECL void append_preflight_fields(std::string& fields, const http_request_head& head, std::string_view allow);
/// Appends the field `Allow` (RFC 9110 section 10.2.1) with \p methods and OPTIONS, which the server answers for each path.
LLMX_DECL void append_allow(std::string& fields, std::string_view methods);
/// Whether callers of \p language read the request's id in a field `request-id` and in the body of an error, as
/// Anthropic's SDKs do. Source: https://docs.anthropic.com/en/api/errors#request-id.
[[nodiscard]] inline bool reads_request_id(std::string_view language) noexcept { return language.starts_with("anthropic"); }
/// Whether callers of \p language read the request's id and the type of an error in the fields `x-amzn-requestid` and `x-amzn-errortype`, as
/// AWS's SDKs do. Source: smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html.
[[nodiscard]] inline bool reads_amzn_fields(std::string_view language) noexcept { return language.starts_with("bedrock"); }

} // namespace detail

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/cors.ipp>
#endif
