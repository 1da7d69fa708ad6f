// SPDX-License-Identifier: BSL-1.0
#pragma once

/// \file
/// The bodies of `catalog/`: one of the units of `<llmx/src.hpp>`.

#include <llmx/config.hpp>

#if !defined(LLMX_SEPARATE_COMPILATION)
#error "llmx: <llmx/src/catalog.hpp> is for separate compilation: define LLMX_SEPARATE_COMPILATION in every translation unit"
#else

#include <llmx/catalog/impl/attach_facts.ipp>
#include <llmx/catalog/impl/call_cost.ipp>
#include <llmx/catalog/impl/catalog_index.ipp>
#include <llmx/catalog/impl/catalog_names.ipp>
#include <llmx/catalog/impl/catalog_reader.ipp>
#include <llmx/catalog/impl/code_points.ipp>
#include <llmx/catalog/impl/litellm_reader.ipp>
#include <llmx/catalog/impl/model_catalog.ipp>
#include <llmx/catalog/impl/model_family.ipp>
#include <llmx/catalog/impl/model_prices.ipp>
#include <llmx/catalog/impl/price_reader.ipp>
#include <llmx/catalog/impl/token_counter.ipp>
#include <llmx/catalog/impl/token_encoding.ipp>
#include <llmx/catalog/impl/token_estimator.ipp>
#include <llmx/catalog/impl/token_merge.ipp>
#include <llmx/catalog/impl/token_pieces.ipp>
#include <llmx/catalog/impl/token_ranks.ipp>
#include <llmx/catalog/impl/tokenizer.ipp>

#endif
