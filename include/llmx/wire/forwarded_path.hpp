// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Whether the rest of a request's path may be appended to the path of another server: \p path, which begins with "/", cannot leave that path.
///
/// Refused with `errc::invalid_request`, as written and as decoded up to three times, because the other server or a proxy before it
/// may decode it again: the segments "." and ".." (with a parameter behind a semicolon too), empty segments except one at
/// the end, backslashes, and control characters. As written also what has to be percent-encoded (RFC 3986 section 3.3), and malformed
/// escapes. An encoded slash in a name ("arn%3Aaws%3A...%2Fname") is none of this and passes.
LLMX_DECL [[nodiscard]] result<void> check_forwarded_path(std::string_view path);

/// The path of a vendor's API under the base path \p base ("/v1", "/openai/v1", or empty) for \p path, which begins with "/".
///
/// Callers write the whole path of the vendor's own documentation, or what follows the base: segments that end \p base and begin
/// \p path are not repeated, and a version that begins \p path takes the place of the one that ends \p base ("/v1beta" behind
/// "/v1"). A base that ends in "/compatibility/v1" is Cohere's for OpenAI's language, beside which its own API lies: it is left out, unless
/// \p path names it.
LLMX_DECL [[nodiscard]] std::string join_forwarded_path(std::string_view base, std::string_view path);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/forwarded_path.ipp>
#endif
