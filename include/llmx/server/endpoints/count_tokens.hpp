// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/count_tokens.hpp>
#include <llmx/dialects/gemini/count_tokens.hpp>
#include <llmx/dialects/openai/token_counter.hpp>
#include <llmx/server/codec_endpoint.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Anthropic's `POST /v1/messages/count_tokens`.
///
/// Each of these endpoints asks the provider of the model when it counts (`with_codecs`); otherwise the tokenizer of
/// `server_options::tokens` counts, or measured rates estimate, and `x-llmx-tokenizer` in the answer's head names what counted. A count
/// passes the policies of every call, has no fallback to another model, reserves no tokens and costs nothing.
struct anthropic_count_tokens_endpoint : codec_endpoint<anthropic_count_tokens_endpoint, anthropic_count_tokens> {
    static constexpr std::string_view usage = "POST /v1/messages/count_tokens";
    static constexpr path_pattern paths[] = {{"/v1/messages/count_tokens"}};
};

/// Google's `POST /v1beta/models/{model}:countTokens`; also below `/v1alpha`, `/v1` and the root. See `anthropic_count_tokens_endpoint`.
struct gemini_count_tokens_endpoint : codec_endpoint<gemini_count_tokens_endpoint, gemini_count_tokens> {
    static constexpr std::string_view usage = "POST /v1beta/models/{model}:countTokens";
    static constexpr path_pattern paths[] = {{"/v1beta/models/", ":countTokens"},
                                             {"/v1alpha/models/", ":countTokens"},
                                             {"/v1/models/", ":countTokens"},
                                             {"/models/", ":countTokens"}};
};

/// LiteLLM's `POST /utils/token_counter`. See `anthropic_count_tokens_endpoint`.
struct token_counter_endpoint : codec_endpoint<token_counter_endpoint, openai_token_counter> {
    static constexpr std::string_view usage = "POST /utils/token_counter";
    static constexpr path_pattern paths[] = {{"/utils/token_counter"}};
};

/// OpenAI's `POST /v1/responses/input_tokens`, passed on to providers that have it.
struct openai_input_tokens_endpoint : codec_endpoint<openai_input_tokens_endpoint, openai_input_tokens> {
    static constexpr std::string_view usage = "POST /v1/responses/input_tokens";
    static constexpr path_pattern paths[] = {{"/v1/responses/input_tokens"}, {"/responses/input_tokens"}};
};

} // namespace llmx::inline LLMX_ABI
