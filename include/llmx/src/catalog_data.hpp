// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The embedded catalogue, with `LLMX_WITH_CATALOG`: a unit of its own, which is linked only into programs that call
/// `embedded_catalog`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/catalog_data.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/catalog/impl/embedded.ipp>

#endif
