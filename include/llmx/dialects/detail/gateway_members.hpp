// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>
#include <llmx/wire/json_scan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// \file
/// Members of a request's top level that are for a gateway and not for a vendor: LiteLLM's, whose clients add them to the
/// body of each language. Source: docs.litellm.ai/docs/proxy/user_keys, /docs/completion/input and /docs/proxy/reliability.

namespace llmx::inline LLMX_ABI::detail {

/// Their names, sorted. A vendor's own names are not among them: OpenAI's `metadata` is a special case (`fit_metadata`).
inline constexpr auto gateway_member_names = std::to_array<std::string_view>(
    {"additional_drop_params", "allowed_openai_params", "api_base", "api_key", "api_version", "aws_access_key_id", "aws_profile_name",
     "aws_region_name", "aws_role_name", "aws_secret_access_key", "aws_session_name", "aws_session_token", "azure_ad_token",
     "base_model", "base_url", "cache", "caching", "content_policy_fallbacks", "context_window_fallbacks", "cooldown_time", "custom_llm_provider",
     "deployment_id", "disable_fallbacks", "drop_params", "extra_headers", "extra_query", "fallbacks", "force_timeout",
     "guardrail_config", "guardrails", "headers",
     "input_cost_per_second", "input_cost_per_token", "litellm_call_id", "litellm_logging_obj", "litellm_metadata",
     "litellm_session_id", "litellm_trace_id", "max_retries", "merge_reasoning_content_in_choices",
     "mock_response", "mock_testing_content_policy_fallbacks", "mock_testing_context_fallbacks", "mock_testing_fallbacks",
     "mock_testing_rate_limit_error", "mock_timeout", "mock_tool_calls", "model_info", "model_list", "no-log", "num_retries",
     "organization", "output_cost_per_second", "output_cost_per_token", "prompt_id", "prompt_label", "prompt_variables",
     "proxy_server_request", "request_timeout", "secret_fields", "stream_timeout", "tags", "timeout", "use_in_pass_through",
     "user_config", "vertex_credentials", "vertex_location", "vertex_project"});

/// For each length, the first letters of the names that have it: nearly all other names are excluded by one look.
[[nodiscard]] constexpr std::array<std::uint32_t, 64> gateway_member_letters() noexcept {
    std::array<std::uint32_t, 64> letters{};
    for (const std::string_view name : gateway_member_names) letters[name.size()] |= std::uint32_t{1} << (name.front() - 'a');
    return letters;
}
inline constexpr std::array<std::uint32_t, 64> gateway_letters_of_length = gateway_member_letters();

/// The slow half of `is_gateway_member`.
LLMX_DECL [[nodiscard]] bool find_gateway_member(std::string_view name) noexcept;
[[nodiscard]] inline bool is_gateway_member(std::string_view name) noexcept {
    if (name.empty() || name.size() >= gateway_letters_of_length.size()) return false;
    const unsigned letter = static_cast<unsigned char>(name.front()) - unsigned{'a'};
    return letter < 26 && (gateway_letters_of_length[name.size()] >> letter & 1u) != 0 && find_gateway_member(name);
}
[[nodiscard]] inline bool is_gateway_member(const json_member& m) {
    if (!m.escaped) return is_gateway_member(m.key);
    const std::string name = unescape_json_string(m.key);
    return is_gateway_member(std::string_view(name));
}
/// Takes them out of \p extra, the members of a request's top level that a decoder has kept; \p camel: in lowerCamelCase.
LLMX_DECL void drop_gateway_members(extra_members& extra, bool camel = false);

/// The longest key and value of OpenAI's `metadata`, in characters, and its greatest number of pairs: platform.openai.com/docs/api-reference/chat.
inline constexpr std::size_t longest_metadata_key = 64, longest_metadata_value = 512, most_metadata = 16;
/// Whether \p json, the value of a request's `metadata`, has the form that OpenAI takes: null, or an object of few short texts.
LLMX_DECL [[nodiscard]] bool fits_metadata(std::string_view json);
/// The pairs of \p json that have this form, as an object; empty when there are none.
LLMX_DECL [[nodiscard]] std::string fit_metadata(std::string_view json);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/gateway_members.ipp>
#endif
