// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/stock_gateway.hpp>

#if defined(LLMX_SEPARATE_COMPILATION)
namespace llmx::inline LLMX_ABI {

template class gateway<stock_registry, stock_policies>;

} // namespace llmx::inline LLMX_ABI
#endif
