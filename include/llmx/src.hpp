// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of everything that is not a template, for exactly one translation unit of a program that defines
/// `LLMX_SEPARATE_COMPILATION` everywhere. `<llmx/llmx.hpp>` includes this header where `LLMX_IMPLEMENTATION` is
/// defined. For several smaller units, which a build compiles side by side, compile one unit for each header of
/// `llmx/src/` instead, as the CMake target `llmx::compiled` does.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/src/access.hpp>
#include <llmx/src/catalog.hpp>
#include <llmx/src/catalog_data.hpp>
#include <llmx/src/core.hpp>
#include <llmx/src/dialects.hpp>
#include <llmx/src/dialects_anthropic.hpp>
#include <llmx/src/dialects_bedrock.hpp>
#include <llmx/src/dialects_cohere.hpp>
#include <llmx/src/dialects_gemini.hpp>
#include <llmx/src/dialects_mistral.hpp>
#include <llmx/src/dialects_ollama.hpp>
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
