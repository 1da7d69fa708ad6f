// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/embeddings.hpp>
#include <llmx/core/error.hpp>
#include <llmx/dialects/bedrock/detail/frames.hpp>
#include <llmx/dialects/detail/framed_chat.hpp>
#include <llmx/dialects/detail/prompted_chat.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/sagemaker/chat.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The stream of a container with `inputs`: lines of JSON, with or without "data:" before them, in the parts of AWS's event stream; each
/// becomes a chunk in OpenAI's form. Not thread-safe.
class sagemaker_text_frames {
public:
    LLMX_DECL [[nodiscard]] result<void> feed(std::string_view bytes, std::string& inner);
    LLMX_DECL [[nodiscard]] result<void> finish();
    [[nodiscard]] std::size_t pending() const noexcept { return frames_.pending() + line_.size(); }

private:
    /// A line of a token has some 200 bytes, the last one the whole answer again.
    static constexpr std::size_t longest_line = std::size_t{16} * 1024 * 1024;
    LLMX_DECL [[nodiscard]] result<void> take(std::string_view line, std::string& inner);

    aws_frames frames_{aws_frames::carries::bytes};
    std::string line_;
    std::optional<error> failure_;
};

} // namespace detail

/// Chat at an endpoint of Amazon SageMaker whose container takes `{"inputs": prompt, "parameters": {…}}` (Text Generation Inference, LMI without
/// the messages API): for providers alone. The conversation is written in the template of the family that the endpoint's name has in it
/// ("…llama-3…", "…mistral…"), else as plain text.
/// Sources: huggingface.github.io/text-generation-inference (GenerateRequest, StreamResponse),
/// docs.djl.ai/master/docs/serving/serving/docs/lmi/user_guides/lmi_input_output_schema.html.
struct sagemaker_text : detail::framed_chat_codec<openai_chat, detail::sagemaker_text_frames> {
    static constexpr std::string_view name = "sagemaker_text", language = "sagemaker";
    static constexpr std::string_view path = sagemaker_messages::path, stream_path = sagemaker_messages::stream_path;
    static constexpr std::string_view stream_content_type = sagemaker_messages::stream_content_type;

    /// `errc::invalid_request` when there is nothing to answer; \p out is then as it was. A temperature of 0 is left out: containers refuse it,
    /// and without one they choose the likeliest token, as it asks.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out, drop_report& drops);
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    [[nodiscard]] static usage scan_usage(std::string_view body) { return detail::prompted_usage(body); }
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return detail::prompted_holds_answer(body); }
    [[nodiscard]] static error_body decode_error(std::string_view body) { return sagemaker_messages::decode_error(body); }
};

/// Embeddings at an endpoint of Amazon SageMaker, `{"inputs": [texts]}` (Text Embeddings Inference, the Hugging Face containers), or `{"input":
/// [texts]}` where the endpoint's name has "voyage" or "openai" in it; for providers alone. Answers are a list of vectors, an object with
/// one as `embedding`, `embeddings` or `vectors`, or OpenAI's. Containers count no tokens but in OpenAI's form.
struct sagemaker_embeddings {
    using operation = embeddings;
    static constexpr std::string_view name = "sagemaker_embeddings", language = "sagemaker";
    static constexpr std::string_view path = sagemaker_messages::path;
    static constexpr bool for_clients = false;
    static constexpr bool model_in_body = false;

    /// `errc::invalid_request` without an input, `errc::unsupported_parameter` for token ids; \p out is then as it was. `normalize`, `truncate`
    /// and `parameters` in a request of another language are the container's own.
    LLMX_DECL static result<void> encode_request(const embedding_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    /// `errc::bad_response` for an answer without vectors, or with one for each token.
    LLMX_DECL [[nodiscard]] static result<embedding_reply> decode_reply(std::string_view body);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
};

static_assert(upstream_chat_codec<sagemaker_text> && upstream_flat_codec<sagemaker_embeddings>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/sagemaker/impl/text.ipp>
#endif
