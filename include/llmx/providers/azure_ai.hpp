// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/authorized_vendor.hpp>
#include <llmx/providers/credentials/entra.hpp>
#include <llmx/providers/vendors/azure_ai.hpp>

namespace llmx::inline LLMX_ABI {

/// Azure AI Foundry for a key or for Microsoft Entra ID.
using azure_ai = authorized_vendor<rows::azure_ai, entra_settings>;

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
