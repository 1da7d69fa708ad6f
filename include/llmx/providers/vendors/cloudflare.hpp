// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
// The URL of Cloudflare's own wire, which configurations have from before.
inline constexpr base_form cloudflare_forms[] = {{.path = "/ai/run", .replaces = true, .suffix = "/ai/v1"}};
} // namespace detail

namespace rows {
/// Cloudflare Workers AI (developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility). The URL names the account.
inline constexpr vendor_row cloudflare = {
    .name = "cloudflare",
    .base = "https://api.cloudflare.com/client/v4/accounts/{CLOUDFLARE_ACCOUNT_ID}/ai/v1",
    .key_env = "CLOUDFLARE_API_KEY",
    .base_env = "CLOUDFLARE_API_BASE",
    .operations = serves::chat | serves::embeddings,
    .forms = detail::cloudflare_forms,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
