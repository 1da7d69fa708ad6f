// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `core/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/core.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/core/impl/abi.ipp>
#include <llmx/core/impl/errc.ipp>
#include <llmx/core/impl/frame_cache.ipp>
#include <llmx/core/impl/header_fields.ipp>
#include <llmx/core/impl/money.ipp>
#include <llmx/core/impl/request_place.ipp>
#include <llmx/core/impl/request_view.ipp>
#include <llmx/core/impl/result.ipp>
#include <llmx/core/impl/settings_keys.ipp>
#include <llmx/core/impl/token_estimate.ipp>
#include <llmx/core/impl/tool_names.ipp>
#include <llmx/core/impl/topology.ipp>

#endif
