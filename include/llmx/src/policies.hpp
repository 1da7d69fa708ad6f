// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `policies/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/policies.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/policies/impl/alias_table.ipp>
#include <llmx/policies/impl/breaker.ipp>
#include <llmx/policies/impl/caller_table.ipp>
#include <llmx/policies/impl/circuit.ipp>
#include <llmx/policies/impl/fallback.ipp>
#include <llmx/policies/impl/fallback_settings.ipp>
#include <llmx/policies/impl/parallel_gate.ipp>
#include <llmx/policies/impl/retry.ipp>
#include <llmx/policies/impl/token_account.ipp>

#endif
