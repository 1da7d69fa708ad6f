// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/message.hpp>
#include <llmx/core/reasoning.hpp>
#include <llmx/core/request_origins.hpp>
#include <llmx/core/service_tier.hpp>
#include <llmx/core/tool.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The form of the answer.
struct response_format {
    enum class kind : std::uint8_t { text, json_object, json_schema };
    response_format() = default;
    explicit response_format(kind k) noexcept : form(k) {}
    [[nodiscard]] static response_format json_schema(std::string schema_name, std::string schema_text) {
        response_format f(kind::json_schema);
        f.name = std::move(schema_name);
        f.schema = raw_json(std::move(schema_text));
        return f;
    }
    kind form = kind::text;
    std::string name;
    std::string description;
    raw_json schema;
    std::optional<bool> strict;
    friend bool operator==(const response_format&, const response_format&) = default;
};
LLMX_DESCRIBE(response_format, (form, name, description, schema, strict))

/// A chat request in llmx's own vocabulary, independent of any provider.
///
/// Only `model` and `messages` are needed. Everything absent stays absent on the
/// wire. System and developer messages are in `messages`, in place.
struct chat_request {
    chat_request() = default;
    chat_request(std::string model_name, std::string user_text) : model(std::move(model_name)) {
        messages.push_back(message::user(std::move(user_text)));
    }

    std::string model;
    std::vector<message> messages;

    std::vector<tool> tools;
    std::optional<llmx::tool_choice> tool_choice;
    std::optional<bool> parallel_tool_calls;

    std::optional<std::int64_t> max_output_tokens;
    std::optional<double> temperature;
    std::optional<double> top_p;
    std::optional<std::int64_t> top_k;
    std::optional<double> presence_penalty;
    std::optional<double> frequency_penalty;
    std::vector<std::string> stop;
    std::optional<std::int64_t> seed;
    /// Number of alternative answers.
    std::optional<std::int64_t> n;
    std::optional<bool> logprobs;
    std::optional<std::int64_t> top_logprobs;
    /// JSON object of token id to bias; empty when unset.
    raw_json logit_bias;

    std::optional<llmx::response_format> response_format;
    std::optional<reasoning_options> reasoning;
    /// Output kinds requested ("text", "audio", "image"), lower case; empty when unset.
    std::vector<std::string> modalities;

    /// End user, for the provider's abuse detection.
    std::string user;
    std::optional<llmx::service_tier> service_tier;
    std::vector<std::pair<std::string, std::string>> metadata;
    /// Breakpoint for the whole request (Anthropic's top-level cache_control).
    std::optional<cache_control> cache;

    bool stream = false;
    /// Request a last chunk with the usage (OpenAI stream_options.include_usage).
    bool include_usage = false;

    extra_members extra;
    /// Places of the messages, parts and tools in the request that this was decoded from.
    request_origins origins;
    friend bool operator==(const chat_request&, const chat_request&) = default;
};
LLMX_DESCRIBE(chat_request,
              (model, messages, tools, tool_choice, parallel_tool_calls, max_output_tokens, temperature, top_p, top_k,
               presence_penalty, frequency_penalty, stop, seed, n, logprobs, top_logprobs, logit_bias, response_format,
               reasoning, modalities, user, service_tier, metadata, cache, stream, include_usage, extra),
              origins)

} // namespace llmx::inline LLMX_ABI
