// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `guard/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/guard.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/guard/impl/chosen_guardrails.ipp>
#include <llmx/guard/impl/filter_chain.ipp>
#include <llmx/guard/impl/guardrail.ipp>
#include <llmx/guard/impl/running_checks.ipp>

#endif
