// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/deployment.hpp>
#include <llmx/core/error.hpp>
#include <llmx/service/call.hpp>

#include <string>

namespace llmx::inline v0 {

/// Replaces what \p d keeps secret by "***" in \p text, in any spelling that `hide_secret` knows;
/// whether there was any. The one list of a deployment's credentials is in here.
LLMX_DECL bool hide_credentials(const deployment& d, std::string& text);

/// The same in every text of \p e: ours and the provider's, code, parameter and request id.
LLMX_DECL bool hide_credentials(const deployment& d, error& e);

/// \p e without the credentials of the deployment that \p c was sent to last, if any.
///
/// What a gateway returns is free of them already. This is for whoever decodes a reply's bytes:
/// a decoder finds failures in them, and quotes the provider.
[[nodiscard]] LLMX_DECL error without_credentials(const call& c, error e);

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/credentials.ipp>
#endif
