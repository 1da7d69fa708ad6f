// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/stock_rows.hpp>
#include <llmx/registry/vendors.hpp>

namespace llmx::inline LLMX_ABI {

/// As one element of a registry: `registry<openai, stock_vendors>`.
using stock_vendors = vendors<stock_rows>;

} // namespace llmx::inline LLMX_ABI
