// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `storage/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/storage.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/storage/impl/folder.ipp>
#include <llmx/storage/impl/memory.ipp>
#include <llmx/storage/impl/memory_rows.ipp>

#endif
