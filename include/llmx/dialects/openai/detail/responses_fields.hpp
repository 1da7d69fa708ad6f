// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/dialects/field_table.hpp>

#include <span>
#include <type_traits>

/// \file
/// How the codec `openai_responses` handles each member of the vocabulary. Not for others.
///
/// Source of the names: platform.openai.com/docs/api-reference/responses/create.

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto responses_request_fields = fields_of<chat_request>(
    by_hand<&chat_request::model>("model"), by_hand<&chat_request::messages>("input"), by_hand<&chat_request::tools>("tools"),
    // Both are refused in a request without tools.
    by_hand<&chat_request::tool_choice>("tool_choice"), by_hand<&chat_request::parallel_tool_calls>("parallel_tool_calls"),
    by_hand<&chat_request::max_output_tokens>("max_output_tokens"), mapped<&chat_request::temperature>("temperature"),
    mapped<&chat_request::top_p>("top_p"), hint<&chat_request::top_k>(), hint<&chat_request::presence_penalty>().unless(0),
    hint<&chat_request::frequency_penalty>().unless(0), lost<&chat_request::stop>(), hint<&chat_request::seed>(),
    lost<&chat_request::n>().unless(1),
    // An element of `include`.
    by_hand<&chat_request::logprobs>("include"), mapped<&chat_request::top_logprobs>("top_logprobs").count(),
    lost<&chat_request::logit_bias>(), by_hand<&chat_request::response_format>("text.format"),
    by_hand<&chat_request::reasoning>("reasoning"),
    // Text is what the API writes.
    by_hand<&chat_request::modalities>(""),
    // Has a greatest length.
    by_hand<&chat_request::user>("user"), by_hand<&chat_request::service_tier>("service_tier"),
    by_hand<&chat_request::metadata>("metadata"), hint<&chat_request::cache>(), by_hand<&chat_request::stream>("stream"),
    // Each stream ends with it.
    by_hand<&chat_request::include_usage>(""), by_hand<&chat_request::extra>(""));
static_assert(accounts_for_all(responses_request_fields), "llmx: openai_responses leaves a member of chat_request out");

inline constexpr auto responses_reasoning_fields = fields_of<reasoning_options>(
    by_hand<&reasoning_options::effort>("effort"), by_hand<&reasoning_options::budget_tokens>(""),
    by_hand<&reasoning_options::adaptive>(""), by_hand<&reasoning_options::include_thoughts>("summary"));
static_assert(accounts_for_all(responses_reasoning_fields), "llmx: openai_responses leaves a member of reasoning_options out");

inline constexpr auto responses_format_fields = fields_of<response_format>(
    by_hand<&response_format::form>("type"),
    // Demanded here; other languages have none.
    by_hand<&response_format::name>("name"), mapped<&response_format::description>("description"),
    mapped<&response_format::schema>("schema"), mapped<&response_format::strict>("strict"));
static_assert(accounts_for_all(responses_format_fields), "llmx: openai_responses leaves a member of response_format out");

inline constexpr auto responses_tool_fields = fields_of<tool>(
    by_hand<&tool::name>("name"), mapped<&tool::description>("description"), by_hand<&tool::parameters>("parameters"),
    // Demanded, and true where it is left out.
    by_hand<&tool::strict>("strict"), hint<&tool::cache>(), by_hand<&tool::builtin>(""), by_hand<&tool::kind>("type"),
    by_hand<&tool::search>(""), by_hand<&tool::mcp>(""), by_hand<&tool::extra>(""));
static_assert(accounts_for_all(responses_tool_fields), "llmx: openai_responses leaves a member of tool out");

inline constexpr auto responses_search_fields = fields_of<web_search_options>(
    by_hand<&web_search_options::context_size>("search_context_size"), hint<&web_search_options::max_uses>(),
    by_hand<&web_search_options::allowed_domains>("allowed_domains").inside("filters"), lost<&web_search_options::blocked_domains>(),
    by_hand<&web_search_options::city>("city").inside("user_location"), by_hand<&web_search_options::region>("region").inside("user_location"),
    by_hand<&web_search_options::country>("country").inside("user_location"),
    by_hand<&web_search_options::timezone>("timezone").inside("user_location"));
static_assert(accounts_for_all(responses_search_fields), "llmx: openai_responses leaves a member of web_search_options out");

inline constexpr auto responses_choice_fields = fields_of<tool_choice>(
    by_hand<&tool_choice::how>("type"), by_hand<&tool_choice::name>("name"), by_hand<&tool_choice::allowed>("tools"));
static_assert(accounts_for_all(responses_choice_fields), "llmx: openai_responses leaves a member of tool_choice out");

inline constexpr auto responses_message_fields = fields_of<message>(
    by_hand<&message::from>("role"), by_hand<&message::content>("content"), hint<&message::name>(), by_hand<&message::extra>(""));
static_assert(accounts_for_all(responses_message_fields), "llmx: openai_responses leaves a member of message out");

inline constexpr auto responses_cache_fields = fields_of<cache_control>(hint<&cache_control::ttl>());
static_assert(accounts_for_all(responses_cache_fields), "llmx: openai_responses leaves a member of cache_control out");

inline constexpr auto responses_media_fields =
    fields_of<media>(by_hand<&media::media_type>(""), by_hand<&media::data>(""), by_hand<&media::url>(""), by_hand<&media::file_id>(""));
static_assert(accounts_for_all(responses_media_fields), "llmx: openai_responses leaves a member of media out");

inline constexpr auto responses_citation_fields = fields_of<citation>(
    by_hand<&citation::url>("url"), by_hand<&citation::title>("title"), hint<&citation::quote>(), by_hand<&citation::start>("start_index"),
    by_hand<&citation::end>("end_index"), by_hand<&citation::original>(""));
static_assert(accounts_for_all(responses_citation_fields), "llmx: openai_responses leaves a member of citation out");

inline constexpr auto responses_text_fields = fields_of<text_part>(
    by_hand<&text_part::text>("text"), hint<&text_part::citations>().named("annotations"), hint<&text_part::signature>(),
    hint<&text_part::cache>(), by_hand<&text_part::extra>(""));
static_assert(accounts_for_all(responses_text_fields), "llmx: openai_responses leaves a member of text_part out");

inline constexpr auto responses_refusal_fields = fields_of<refusal_part>(by_hand<&refusal_part::text>("refusal"));
static_assert(accounts_for_all(responses_refusal_fields), "llmx: openai_responses leaves a member of refusal_part out");

inline constexpr auto responses_image_fields =
    fields_of<image_part>(by_hand<&image_part::source>("image_url"), by_hand<&image_part::detail>("detail"),
                          hint<&image_part::cache>(), by_hand<&image_part::extra>(""));
static_assert(accounts_for_all(responses_image_fields), "llmx: openai_responses leaves a member of image_part out");

/// Read, never written: the API takes no sound.
inline constexpr auto responses_audio_fields =
    fields_of<audio_part>(by_hand<&audio_part::source>("input_audio"), by_hand<&audio_part::cache>(""), by_hand<&audio_part::extra>(""));
static_assert(accounts_for_all(responses_audio_fields), "llmx: openai_responses leaves a member of audio_part out");

inline constexpr auto responses_file_fields =
    fields_of<file_part>(by_hand<&file_part::source>("file_data"), by_hand<&file_part::filename>("filename"), hint<&file_part::cache>(),
                         by_hand<&file_part::extra>(""));
static_assert(accounts_for_all(responses_file_fields), "llmx: openai_responses leaves a member of file_part out");

inline constexpr auto responses_thinking_fields = fields_of<thinking_part>(
    by_hand<&thinking_part::text>("summary"), by_hand<&thinking_part::signature>("encrypted_content"),
    by_hand<&thinking_part::signer>("encrypted_content"), by_hand<&thinking_part::redacted_data>("encrypted_content"),
    by_hand<&thinking_part::extra>(""));
static_assert(accounts_for_all(responses_thinking_fields), "llmx: openai_responses leaves a member of thinking_part out");

inline constexpr auto responses_call_fields = fields_of<tool_call_part>(
    by_hand<&tool_call_part::id>("call_id"), by_hand<&tool_call_part::name>("name"), by_hand<&tool_call_part::arguments>("arguments"),
    hint<&tool_call_part::signature>(), hint<&tool_call_part::cache>(), by_hand<&tool_call_part::extra>(""));
static_assert(accounts_for_all(responses_call_fields), "llmx: openai_responses leaves a member of tool_call_part out");

inline constexpr auto responses_result_fields = fields_of<tool_result_part>(
    by_hand<&tool_result_part::call_id>("call_id"),
    // The call with the id has it.
    hint<&tool_result_part::name>(), by_hand<&tool_result_part::content>("output"), hint<&tool_result_part::is_error>(),
    hint<&tool_result_part::cache>(), by_hand<&tool_result_part::extra>(""));
static_assert(accounts_for_all(responses_result_fields), "llmx: openai_responses leaves a member of tool_result_part out");

inline constexpr auto responses_opaque_fields = fields_of<opaque_part>(by_hand<&opaque_part::origin>(""), by_hand<&opaque_part::value>(""));
static_assert(accounts_for_all(responses_opaque_fields), "llmx: openai_responses leaves a member of opaque_part out");

// Replies are read leniently, which tables do not.
inline constexpr auto responses_reply_fields = fields_of<chat_reply>(
    by_hand<&chat_reply::id>("id"), by_hand<&chat_reply::model>("model"), by_hand<&chat_reply::created>("created_at"),
    by_hand<&chat_reply::choices>("output"), by_hand<&chat_reply::usage>("usage"), by_hand<&chat_reply::service_tier>("service_tier"),
    by_hand<&chat_reply::extra>(""));
static_assert(accounts_for_all(responses_reply_fields), "llmx: openai_responses leaves a member of chat_reply out");

inline constexpr auto responses_answer_fields = fields_of<chat_choice>(
    by_hand<&chat_choice::answer>("output"), by_hand<&chat_choice::finish>("status"), hint<&chat_choice::stop_sequence>(),
    by_hand<&chat_choice::logprobs>("logprobs"), hint<&chat_choice::extra>());
static_assert(accounts_for_all(responses_answer_fields), "llmx: openai_responses leaves a member of chat_choice out");

/// The rules for the members of a kind of part.
template <class Part> [[nodiscard]] constexpr std::span<const field_rule> responses_part_fields() noexcept {
    if constexpr (std::is_same_v<Part, text_part>) return responses_text_fields.view();
    else if constexpr (std::is_same_v<Part, refusal_part>) return responses_refusal_fields.view();
    else if constexpr (std::is_same_v<Part, image_part>) return responses_image_fields.view();
    else if constexpr (std::is_same_v<Part, audio_part>) return responses_audio_fields.view();
    else if constexpr (std::is_same_v<Part, file_part>) return responses_file_fields.view();
    else if constexpr (std::is_same_v<Part, thinking_part>) return responses_thinking_fields.view();
    else if constexpr (std::is_same_v<Part, tool_call_part>) return responses_call_fields.view();
    else if constexpr (std::is_same_v<Part, tool_result_part>) return responses_result_fields.view();
    else return responses_opaque_fields.view();
}

} // namespace llmx::inline LLMX_ABI::detail
