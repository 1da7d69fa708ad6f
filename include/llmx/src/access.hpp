// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `access/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/access.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/access/impl/ephemeral_keys.ipp>
#include <llmx/access/impl/key_ring.ipp>

#endif
