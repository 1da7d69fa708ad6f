// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of everything that is not a template: include this in exactly one
/// translation unit of a program that defines `LLMX_SEPARATE_COMPILATION` everywhere. For
/// several smaller units, compile one for each header of `llmx/src/` instead.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/src/access.hpp>
#include <llmx/src/core.hpp>
#include <llmx/src/dialects.hpp>
#include <llmx/src/dialects_anthropic.hpp>
#include <llmx/src/dialects_bedrock.hpp>
#include <llmx/src/dialects_gemini.hpp>
#include <llmx/src/dialects_openai.hpp>
#include <llmx/src/gateway.hpp>
#include <llmx/src/guard.hpp>
#include <llmx/src/policies.hpp>
#include <llmx/src/providers.hpp>
#include <llmx/src/server.hpp>
#include <llmx/src/service.hpp>
#include <llmx/src/settings.hpp>
#include <llmx/src/storage.hpp>
#include <llmx/src/telemetry.hpp>
#include <llmx/src/testing.hpp>
#include <llmx/src/transport.hpp>
#include <llmx/src/wire.hpp>

#endif
