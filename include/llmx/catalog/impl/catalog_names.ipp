// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_ability.hpp>
#include <llmx/catalog/model_prices.hpp>

#include <cstddef>
#include <iterator>

namespace llmx::inline LLMX_ABI {
namespace detail {
// In the order of the enumerators; a test reads each name back.
inline constexpr std::string_view mode_names[] = {
    "unknown",
    "audio_speech", "audio_transcription", "chat", "completion", "embedding", "evaluation", "extraction",
    "guardrail", "image_edit", "image_generation", "moderation", "ocr", "realtime", "rerank", "responses", "search",
    "vector_store", "video_generation",
};
inline constexpr std::string_view ability_names[] = {
    "adaptive_thinking", "anthropic_compaction", "anthropic_thinking_payload", "audio_in", "audio_out",
    "bedrock_chat_inline_reasoning", "bedrock_chat_response_format", "bedrock_chat_tools_with_reasoning",
    "box_questions", "cache_breakpoint", "caching", "computer_use", "converse_strict_tools",
    "converse_tool_result_images", "embed_image", "fast_mode", "forced_tool", "image_in", "image_size",
    "json_schema", "legacy_thinking", "multimodal", "native_json_schema", "native_json_schema_bedrock",
    "native_stream", "nova_canvas_image_edit", "output_config", "parallel_tools", "parallel_tools_switch", "pdf",
    "prefill", "reasoning", "regex_lookaround", "sampling_params", "speed", "system", "system_anywhere",
    "thinking_cache_preservation", "tool_choice", "tool_search", "tools", "url_context", "video_in", "vision",
    "web_search",
};
inline constexpr std::string_view price_kind_names[] = {
    "in", "out", "reasoning", "cached", "cached_hit", "cached_explicit", "cache_write", "cache_write_1h", "audio_in",
    "audio_out", "audio_cached", "audio_cache_write", "image_token_in", "image_token_out", "image_token_cached",
    "video_token_in", "video_token_out", "citation", "image_in", "image_out", "pixel_in", "pixel_out", "char_in",
    "char_out", "per_second", "second_in", "second_out", "audio_second_in", "video_second_in", "video_second_out",
    "query", "request", "text_message", "page", "annotation_page", "credit", "maps_query", "code_session",
    "file_search_1k", "file_search_gb_day", "vector_store_gb_day", "computer_in_1k", "computer_out_1k", "search_low",
    "search_medium", "search_high", "guardrail_unit", "dbu_in", "dbu_out",
};
inline constexpr std::string_view price_tier_names[] = {"standard", "batch", "flex", "priority", "ultrafast", "balanced", "decisions", "off_peak"};

template <class E, std::size_t N>
[[nodiscard]] std::string_view catalog_name(const std::string_view (&names)[N], E e) noexcept {
    return static_cast<std::size_t>(e) < N ? names[static_cast<std::size_t>(e)] : std::string_view("unknown");
}
template <class E, std::size_t N>
[[nodiscard]] std::optional<E> find_catalog_name(const std::string_view (&names)[N], std::string_view name) noexcept {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name) return static_cast<E>(i);
    return std::nullopt;
}
} // namespace detail

LLMX_DECL std::string_view to_string(model_mode m) noexcept { return detail::catalog_name(detail::mode_names, m); }
LLMX_DECL std::string_view to_string(model_ability a) noexcept { return detail::catalog_name(detail::ability_names, a); }
LLMX_DECL std::string_view to_string(price_kind k) noexcept { return detail::catalog_name(detail::price_kind_names, k); }
LLMX_DECL std::string_view to_string(price_tier t) noexcept { return detail::catalog_name(detail::price_tier_names, t); }

LLMX_DECL std::optional<model_mode> parse_model_mode(std::string_view name) noexcept {
    return detail::find_catalog_name<model_mode>(detail::mode_names, name);
}
LLMX_DECL std::optional<model_ability> parse_model_ability(std::string_view name) noexcept {
    return detail::find_catalog_name<model_ability>(detail::ability_names, name);
}
LLMX_DECL std::optional<price_kind> parse_price_kind(std::string_view name) noexcept {
    return detail::find_catalog_name<price_kind>(detail::price_kind_names, name);
}
LLMX_DECL std::optional<price_tier> parse_price_tier(std::string_view name) noexcept {
    return detail::find_catalog_name<price_tier>(detail::price_tier_names, name);
}

} // namespace llmx::inline LLMX_ABI
