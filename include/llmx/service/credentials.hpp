// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/deployment.hpp>
#include <llmx/core/error.hpp>
#include <llmx/wire/hide_secret.hpp>

#include <string>

namespace llmx::inline LLMX_ABI {
namespace detail {
/// Hides the values of the deployment's own header fields that carry credentials, by their names.
LLMX_DECL bool hide_added_fields(const deployment& d, std::string& text);
} // namespace detail

/// Replaces the secrets of \p d by "***" in \p text, in any spelling that `hide_secret` finds;
/// returns whether there was any. The one list of a deployment's credentials is in here.
LLMX_DECL inline bool hide_credentials(const deployment& d, std::string& text) {
    const bool found = hide_secret(text, d.key.reveal());
    return d.added_fields.empty() ? found : detail::hide_added_fields(d, text) || found;
}

/// The same in every text of \p e: llmx's and the provider's, code, parameter and request id.
LLMX_DECL bool hide_credentials(const deployment& d, error& e);

/// \p e as a failure of \p d, null for none: with the provider's name and without the deployment's
/// credentials.
///
/// Replies that a gateway returns are like that already. This is for code that decodes a reply's bytes:
/// a decoder finds failures in them, and quotes the provider.
LLMX_DECL [[nodiscard]] error reported_by(const deployment* d, error e);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/service/impl/credentials.ipp>
#endif
