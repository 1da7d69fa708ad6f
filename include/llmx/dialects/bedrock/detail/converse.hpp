// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>
#include <llmx/core/errc.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/finish_reason.hpp>
#include <llmx/core/service_tier.hpp>
#include <llmx/core/usage.hpp>
#include <llmx/dialects/detail/enum_words.hpp>

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// API_runtime_ServiceTier: "reserved" is capacity bought ahead; a request without a tier is "default".
inline constexpr std::array<enum_word<service_tier>, 5> bedrock_tiers = {{{service_tier::standard, "default"},
                                                                          {service_tier::automatic, "default"},
                                                                          {service_tier::flex, "flex"},
                                                                          {service_tier::priority, "priority"},
                                                                          {service_tier::scale, "reserved"}}};

/// The member stopReason of API_runtime_ConverseResponse.
inline constexpr std::array<enum_word<finish_reason>, 9> bedrock_stop_reasons = {
    {{finish_reason::stop, "end_turn"},
     {finish_reason::tool_calls, "tool_use"},
     {finish_reason::length, "max_tokens"},
     {finish_reason::length, "model_context_window_exceeded"},
     {finish_reason::stop_sequence, "stop_sequence"},
     {finish_reason::content_filter, "guardrail_intervened"},
     {finish_reason::content_filter, "content_filtered"},
     {finish_reason::failed, "malformed_model_output"},
     {finish_reason::failed, "malformed_tool_use"}}};

/// Settings that the API leaves to the models of one vendor: `additionalModelRequestFields` are members of the
/// vendor's own request.
struct bedrock_vendor {
    /// How the models' reasoning is configured.
    enum class thinking : std::uint8_t {
        none,
        claude, ///< `thinking` and `outputConfig.effort` (userguide/claude-messages-extended-thinking, -adaptive-thinking)
        nova,   ///< `reasoningConfig` (docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html)
        openai, ///< `reasoning_effort` (userguide/model-parameters-openai.html)
    };
    /// As in model ids: "anthropic" in "us.anthropic.claude-…".
    std::string_view name;
    /// Path of `top_k`; empty: there is none.
    std::string_view top_k;
    thinking thinks = thinking::none;
    /// Whether system prompts and messages, and tools, take cache points (userguide/prompt-caching.html).
    bool caches = false, caches_tools = false;
    /// Whether a tool can be forced by its name (API_runtime_SpecificToolChoice).
    bool forces_tools = false;
    /// Names of the tools that the service itself runs (API_runtime_SystemTool); empty: there is none.
    std::string_view web_search = std::string_view(), code_execution = std::string_view();
};

/// The vendor that the model id or ARN \p model names; where it names none, as the ARN of an application
/// inference profile does, Claude's, whose models have most of the vocabulary's members.
LLMX_DECL [[nodiscard]] const bedrock_vendor& bedrock_vendor_of(std::string_view model) noexcept;

/// The API's token counters: `input` excludes tokens that the prompt cache read or wrote
/// (API_runtime_TokenUsage).
struct bedrock_counts {
    std::int64_t input = 0, cache_read = 0, cache_write = 0, output = 0;
    /// The part of `cache_write` that is kept for an hour (API_runtime_CacheDetail).
    std::int64_t cache_write_1h = 0;
    std::optional<service_tier> tier = std::nullopt;

    [[nodiscard]] usage totals() const noexcept {
        usage u;
        u.input_tokens = add_counts(input, add_counts(cache_read, cache_write));
        u.output_tokens = output;
        u.cached_tokens = cache_read;
        u.cache_write_tokens = cache_write;
        u.cache_write_1h_tokens = cache_write_1h;
        u.tier = tier;
        return u;
    }
};

/// Overwrites the counters that the usage object \p o names.
LLMX_DECL void bedrock_read_counts(const boost::json::object& o, bedrock_counts& to) noexcept;
/// The same from text, without a tree.
LLMX_DECL void bedrock_scan_counts(std::string_view json, bedrock_counts& to);
/// The class of service in the object `serviceTier`.
LLMX_DECL void bedrock_scan_tier(std::string_view json, bedrock_counts& to);

/// `stop` for a reason that was added later, `none` for an absent one.
LLMX_DECL [[nodiscard]] finish_reason bedrock_finish(std::string_view stop_reason) noexcept;

/// The code for an error of the type \p type ("ThrottlingException", in any case, with a namespace or an URL around
/// it) and the words \p message; nothing for a type that is not known.
LLMX_DECL [[nodiscard]] std::optional<errc> bedrock_errc(std::string_view type, std::string_view message) noexcept;
/// The bare type: "aws.protocol#ThrottlingException:http://…" is "ThrottlingException".
LLMX_DECL [[nodiscard]] std::string_view bedrock_error_type(std::string_view text) noexcept;

} // namespace detail
} // namespace llmx::inline LLMX_ABI
