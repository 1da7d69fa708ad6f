// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/extra.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/usage.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Inputs that a decoder accepts in one request: OpenAI's limit, and the largest that a provider
/// documents (Google accepts 100).
inline constexpr std::size_t max_embedding_inputs = 2048;

/// The encoding that a caller requests for its vectors. The values are the same in both.
enum class embedding_encoding : std::uint8_t { floats, base64 };

/// One input of a request: a text, or the ids of its tokens when there are any.
struct embedding_input {
    embedding_input() = default;
    explicit embedding_input(std::string input_text) noexcept : text(std::move(input_text)) {}
    explicit embedding_input(std::vector<std::uint32_t> token_ids) noexcept : tokens(std::move(token_ids)) {}

    std::string text;
    std::vector<std::uint32_t> tokens;
    /// Values of this input alone; empty: those of the request.
    std::string task_type;
    std::string title;
    std::optional<std::int64_t> dimensions;
    extra_members extra;

    [[nodiscard]] bool is_tokens() const noexcept { return !tokens.empty(); }
    friend bool operator==(const embedding_input&, const embedding_input&) = default;
};
LLMX_DESCRIBE(embedding_input, (text, tokens, task_type, title, dimensions, extra))

/// A call for embeddings, independent of any vendor's language.
///
/// Only `model` and `inputs` are needed. Everything absent stays absent on the wire.
struct embedding_request {
    embedding_request() = default;
    embedding_request(std::string model_name, std::string text) : model(std::move(model_name)) {
        inputs.emplace_back(std::move(text));
    }

    std::string model;
    std::vector<embedding_input> inputs;
    /// Length of the vectors, for models that can shorten them.
    std::optional<std::int64_t> dimensions;
    std::optional<embedding_encoding> encoding;
    /// End user, for the provider's abuse detection.
    std::string user;
    /// Purpose of the vectors, as Google names it ("RETRIEVAL_QUERY").
    std::string task_type;
    /// Title of the document that the inputs belong to (Google).
    std::string title;

    extra_members extra;
    friend bool operator==(const embedding_request&, const embedding_request&) = default;
};
LLMX_DESCRIBE(embedding_request, (model, inputs, dimensions, encoding, user, task_type, title, extra))

/// The vector of one input.
struct embedding_vector {
    embedding_vector() = default;
    embedding_vector(std::size_t input, std::vector<float> numbers) noexcept
        : index(input), values(std::move(numbers)) {}

    /// Position of the input in the request.
    std::size_t index = 0;
    std::vector<float> values;
    extra_members extra;
    friend bool operator==(const embedding_vector&, const embedding_vector&) = default;
};
LLMX_DESCRIBE(embedding_vector, (index, values, extra))

/// The answer to a call for embeddings: a vector for each input, in the order of `index`.
struct embedding_reply {
    embedding_reply() = default;

    /// Model that answered, as the provider names it.
    std::string model;
    std::vector<embedding_vector> vectors;
    llmx::usage usage;
    extra_members extra;
    friend bool operator==(const embedding_reply&, const embedding_reply&) = default;
};
LLMX_DESCRIBE(embedding_reply, (model, vectors, usage, extra))

/// The operation: inputs to vectors, whole in both directions.
struct embeddings {
    using request = embedding_request;
    using reply = embedding_reply;
    static constexpr operation_info info{"embeddings", operation_info::answers::json};
};
static_assert(operation<embeddings>);

} // namespace llmx::inline LLMX_ABI
