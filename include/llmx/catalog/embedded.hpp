// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_catalog.hpp>
#include <llmx/core/result.hpp>

#include <memory>

#if defined(LLMX_WITH_CATALOG)
namespace llmx::inline LLMX_ABI {

/// The catalogue of this version (data/models.json): read once from half a megabyte of text in the program, which takes some
/// milliseconds, at the first call; the same object later. A program that does not call this function does not contain the text.
///
/// Needs `LLMX_WITH_CATALOG` in every translation unit (CMake: the option of that name). Throws what memory allocation throws. Thread-safe.
LLMX_DECL [[nodiscard]] const std::shared_ptr<const model_catalog>& embedded_catalog();

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/embedded.ipp>
#endif
#endif
