// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `testing/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/testing.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/testing/impl/manual_clock.ipp>
#include <llmx/testing/impl/manual_runtime.ipp>
#include <llmx/testing/impl/record_transport.ipp>
#include <llmx/testing/impl/recording.ipp>
#include <llmx/testing/impl/replay_transport.ipp>
#include <llmx/testing/impl/scripted_transport.ipp>

#endif
