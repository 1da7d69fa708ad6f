// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/usage.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/dialects/drop_report.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// \file
/// Chat with models that take one prompt: a conversation becomes a text in the model's own template, and an answer in any of their forms a
/// reply or a chunk in OpenAI's, whose codec reads it.

namespace llmx::inline LLMX_ABI::detail {

/// How a conversation is written as one text.
enum class prompt_template : std::uint8_t {
    plain,   ///< the text of one message; of several each behind its role
    titan,   ///< "User: …\nBot:" (docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html)
    llama2,  ///< llama.com/docs/model-cards-and-prompt-formats/meta-llama-2
    llama3,  ///< llama.com/docs/model-cards-and-prompt-formats/meta-llama-3, and 3.1 to 3.3
    llama4,  ///< llama.com/docs/model-cards-and-prompt-formats/llama4
    mistral, ///< docs.mistral.ai/guides/tokenization: Mistral 7B and Mixtral
};

/// The template of the model \p name, by the family in it ("meta.llama3-70b-…", "my-llama-2-endpoint"); `plain` for others.
LLMX_DECL [[nodiscard]] prompt_template prompt_template_of(std::string_view name) noexcept;

/// The names of the members of one vendor's request; empty: it has none.
struct prompted_form {
    std::string_view prompt;
    /// Object that the parameters are in.
    std::string_view parameters = std::string_view();
    std::string_view limit, temperature, top_p;
    std::string_view top_k = std::string_view(), stop = std::string_view(), seed = std::string_view();
    /// Members that every request has among the parameters, as JSON text without braces.
    std::string_view always = std::string_view();
    /// The conversation before the last message of the user is a list beside it (Cohere's Command R).
    bool has_history = false;
    /// The body states whether it is a stream.
    bool names_stream = false;
};

/// Appends the request; \p codec is the name of the codec, whose own members of `extra` go along.
///
/// `errc::invalid_request` when there is nothing to answer; \p out is then as it was. Tools, media and formats of answers have no place in a
/// prompt: they are lost. A caller's members with the vendor's names stay in `extra` and are written by `extra_body` alone.
LLMX_DECL [[nodiscard]] result<void> prompted_encode(const chat_request& request, const encode_options& options, const prompted_form& form,
                                                     prompt_template by, std::string_view codec, std::string& out, drop_report& drops);

/// The answer \p json of any such model, whole or a chunk of a stream, in OpenAI's form. `errc::bad_response` for text that is none.
LLMX_DECL [[nodiscard]] result<std::string> prompted_to_openai(std::string_view json, bool chunk);
/// The tokens that a whole answer has counted.
LLMX_DECL [[nodiscard]] usage prompted_usage(std::string_view json);
/// Whether it has the member with the text.
LLMX_DECL [[nodiscard]] bool prompted_holds_answer(std::string_view json) noexcept;

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/prompted_chat.ipp>
#endif
