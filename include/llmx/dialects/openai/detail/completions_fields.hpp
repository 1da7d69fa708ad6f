// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/dialects/field_table.hpp>

/// \file
/// How the codecs of completions handle each member of the vocabulary.

namespace llmx::inline LLMX_ABI::detail {

/// platform.openai.com/docs/api-reference/completions/create
inline constexpr auto openai_completions_fields = fields_of<chat_request>(
    by_hand<&chat_request::model>("model"), by_hand<&chat_request::messages>("prompt"),
    mapped<&chat_request::max_output_tokens>("max_tokens").count(), mapped<&chat_request::temperature>("temperature"),
    mapped<&chat_request::top_p>("top_p"), hint<&chat_request::top_k>(), mapped<&chat_request::presence_penalty>("presence_penalty"),
    mapped<&chat_request::frequency_penalty>("frequency_penalty"), by_hand<&chat_request::stop>("stop"), mapped<&chat_request::seed>("seed"),
    mapped<&chat_request::n>("n").count(), lost<&chat_request::logprobs>().unless(0), lost<&chat_request::top_logprobs>().unless(0),
    mapped<&chat_request::logit_bias>("logit_bias"), lost<&chat_request::tools>(), lost<&chat_request::tool_choice>(),
    hint<&chat_request::parallel_tool_calls>(), lost<&chat_request::response_format>(), lost<&chat_request::reasoning>(),
    lost<&chat_request::modalities>(), mapped<&chat_request::user>("user"), hint<&chat_request::service_tier>(),
    hint<&chat_request::metadata>(), hint<&chat_request::cache>(), by_hand<&chat_request::stream>("stream"),
    by_hand<&chat_request::include_usage>("stream_options.include_usage"), by_hand<&chat_request::extra>(""));
static_assert(accounts_for_all<chat_request>(openai_completions_fields));

/// docs.mistral.ai/api/#tag/fim; a stream has its usage unasked.
inline constexpr auto mistral_fim_fields = fields_of<chat_request>(
    by_hand<&chat_request::model>("model"), by_hand<&chat_request::messages>("prompt"),
    mapped<&chat_request::max_output_tokens>("max_tokens").count(), mapped<&chat_request::temperature>("temperature"),
    mapped<&chat_request::top_p>("top_p"), hint<&chat_request::top_k>(), hint<&chat_request::presence_penalty>(),
    hint<&chat_request::frequency_penalty>(), by_hand<&chat_request::stop>("stop"), mapped<&chat_request::seed>("random_seed"),
    lost<&chat_request::n>().unless(1), lost<&chat_request::logprobs>().unless(0), lost<&chat_request::top_logprobs>().unless(0),
    lost<&chat_request::logit_bias>(), lost<&chat_request::tools>(), lost<&chat_request::tool_choice>(),
    hint<&chat_request::parallel_tool_calls>(), lost<&chat_request::response_format>(), lost<&chat_request::reasoning>(),
    lost<&chat_request::modalities>(), hint<&chat_request::user>(), hint<&chat_request::service_tier>(), hint<&chat_request::metadata>(),
    hint<&chat_request::cache>(), by_hand<&chat_request::stream>("stream"), by_hand<&chat_request::include_usage>(""),
    by_hand<&chat_request::extra>(""));
static_assert(accounts_for_all<chat_request>(mistral_fim_fields));

} // namespace llmx::inline LLMX_ABI::detail
