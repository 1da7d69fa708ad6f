// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// What a model is for.
enum class model_mode : std::uint8_t {
    unknown,
    audio_speech, audio_transcription, chat, completion, embedding, evaluation, extraction, guardrail, image_edit,
    image_generation, moderation, ocr, realtime, rerank, responses, search, vector_store, video_generation,
};

/// Abilities of models, by the names that data/README.md explains.
enum class model_ability : std::uint8_t {
    adaptive_thinking, anthropic_compaction, anthropic_thinking_payload, audio_in, audio_out,
    bedrock_chat_inline_reasoning, bedrock_chat_response_format, bedrock_chat_tools_with_reasoning, box_questions,
    cache_breakpoint, caching, computer_use, converse_strict_tools, converse_tool_result_images, embed_image,
    fast_mode, forced_tool, image_in, image_size, json_schema, legacy_thinking, multimodal, native_json_schema,
    native_json_schema_bedrock, native_stream, nova_canvas_image_edit, output_config, parallel_tools,
    parallel_tools_switch, pdf, prefill, reasoning, regex_lookaround, sampling_params, speed, system,
    system_anywhere, thinking_cache_preservation, tool_choice, tool_search, tools, url_context, video_in, vision,
    web_search,
};

/// A set of abilities.
struct ability_set {
    constexpr ability_set() = default;
    constexpr ability_set(std::initializer_list<model_ability> list) noexcept {
        for (const model_ability a : list) add(a);
    }
    std::uint64_t bits = 0;
    [[nodiscard]] constexpr bool has(model_ability a) const noexcept { return (bits >> static_cast<unsigned>(a) & 1u) != 0; }
    constexpr void add(model_ability a) noexcept { bits |= std::uint64_t(1) << static_cast<unsigned>(a); }
    constexpr void remove(model_ability a) noexcept { bits &= ~(std::uint64_t(1) << static_cast<unsigned>(a)); }
    friend bool operator==(const ability_set&, const ability_set&) = default;
};

/// Names as the data has them; "unknown" for a number that is no enumerator.
LLMX_DECL [[nodiscard]] std::string_view to_string(model_mode m) noexcept;
LLMX_DECL [[nodiscard]] std::string_view to_string(model_ability a) noexcept;
/// Nothing for a name that this version does not know.
LLMX_DECL [[nodiscard]] std::optional<model_mode> parse_model_mode(std::string_view name) noexcept;
LLMX_DECL [[nodiscard]] std::optional<model_ability> parse_model_ability(std::string_view name) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/catalog_names.ipp>
#endif
