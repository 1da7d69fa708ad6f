// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/dialects/field_table.hpp>

#include <span>
#include <type_traits>

/// \file
/// How the codec `openai_chat` handles each member of the vocabulary. Not for others.
///
/// Source of the names: platform.openai.com/docs/api-reference/chat; for `thinking`, `thinking_blocks`,
/// `reasoning_content` and `cache_control`, docs.litellm.ai/docs/reasoning_content and
/// docs.litellm.ai/docs/completion/prompt_caching.

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto openai_chat_request_fields = fields_of<chat_request>(
    by_hand<&chat_request::model>("model"), by_hand<&chat_request::messages>("messages"),
    by_hand<&chat_request::tools>("tools"),
    // Both are refused in a request without tools.
    by_hand<&chat_request::tool_choice>("tool_choice"),
    by_hand<&chat_request::parallel_tool_calls>("parallel_tool_calls"),
    // `model_traits` chooses between this name and "max_completion_tokens".
    by_hand<&chat_request::max_output_tokens>("max_tokens"), mapped<&chat_request::temperature>("temperature"),
    mapped<&chat_request::top_p>("top_p"), hint<&chat_request::top_k>().read_as("top_k").count(),
    mapped<&chat_request::presence_penalty>("presence_penalty"),
    mapped<&chat_request::frequency_penalty>("frequency_penalty"),
    // May be one string as well.
    by_hand<&chat_request::stop>("stop"), mapped<&chat_request::seed>("seed"), by_hand<&chat_request::n>("n"),
    mapped<&chat_request::logprobs>("logprobs"), mapped<&chat_request::top_logprobs>("top_logprobs").count(),
    mapped<&chat_request::logit_bias>("logit_bias"), by_hand<&chat_request::response_format>("response_format"),
    // In two members: see those of `reasoning_options`.
    by_hand<&chat_request::reasoning>(""), mapped<&chat_request::modalities>("modalities"),
    // Has a greatest length.
    by_hand<&chat_request::user>("user"),
    by_hand<&chat_request::service_tier>("service_tier"), by_hand<&chat_request::metadata>("metadata"),
    hint<&chat_request::cache>().named("cache_control"), by_hand<&chat_request::stream>("stream"),
    by_hand<&chat_request::include_usage>("stream_options.include_usage"), by_hand<&chat_request::extra>(""));
static_assert(accounts_for_all(openai_chat_request_fields), "llmx: openai_chat leaves a member of chat_request out");

inline constexpr auto openai_chat_reasoning_fields = fields_of<reasoning_options>(
    by_hand<&reasoning_options::effort>("reasoning_effort"),
    by_hand<&reasoning_options::budget_tokens>("thinking.budget_tokens"),
    by_hand<&reasoning_options::adaptive>("thinking.type"), hint<&reasoning_options::include_thoughts>().unless(0));
static_assert(accounts_for_all(openai_chat_reasoning_fields),
              "llmx: openai_chat leaves a member of reasoning_options out");

inline constexpr auto openai_chat_format_fields = fields_of<response_format>(
    by_hand<&response_format::form>("type"),
    // Demanded here; other languages have none.
    by_hand<&response_format::name>("name").inside("json_schema"),
    mapped<&response_format::description>("description").inside("json_schema"),
    mapped<&response_format::schema>("schema").inside("json_schema"),
    mapped<&response_format::strict>("strict").inside("json_schema"));
static_assert(accounts_for_all(openai_chat_format_fields), "llmx: openai_chat leaves a member of response_format out");

inline constexpr auto openai_chat_tool_fields = fields_of<tool>(
    by_hand<&tool::name>("name").inside("function"), mapped<&tool::description>("description").inside("function"),
    // An object's schema without properties is completed.
    by_hand<&tool::parameters>("parameters").inside("function"), mapped<&tool::strict>("strict").inside("function"),
    hint<&tool::cache>().named("cache_control"), by_hand<&tool::builtin>(""), by_hand<&tool::kind>("type"),
    by_hand<&tool::search>(""), by_hand<&tool::mcp>(""), by_hand<&tool::extra>(""));
static_assert(accounts_for_all(openai_chat_tool_fields), "llmx: openai_chat leaves a member of tool out");

/// Read from `web_search_options` and from tools that search; a tool of this language is written as it came.
inline constexpr auto openai_chat_search_fields = fields_of<web_search_options>(
    by_hand<&web_search_options::context_size>("search_context_size"), by_hand<&web_search_options::max_uses>(""),
    by_hand<&web_search_options::allowed_domains>("allowed_domains").inside("filters"),
    by_hand<&web_search_options::blocked_domains>("blocked_domains").inside("filters"),
    by_hand<&web_search_options::city>("city").inside("user_location.approximate"),
    by_hand<&web_search_options::region>("region").inside("user_location.approximate"),
    by_hand<&web_search_options::country>("country").inside("user_location.approximate"),
    by_hand<&web_search_options::timezone>("timezone").inside("user_location.approximate"));
static_assert(accounts_for_all(openai_chat_search_fields), "llmx: openai_chat leaves a member of web_search_options out");

inline constexpr auto openai_chat_choice_fields = fields_of<tool_choice>(
    by_hand<&tool_choice::how>("type"), by_hand<&tool_choice::name>("name").inside("function"),
    by_hand<&tool_choice::allowed>("tools").inside("allowed_tools"));
static_assert(accounts_for_all(openai_chat_choice_fields), "llmx: openai_chat leaves a member of tool_choice out");

inline constexpr auto openai_chat_message_fields = fields_of<message>(
    by_hand<&message::from>("role"), by_hand<&message::content>("content"), by_hand<&message::name>("name"),
    by_hand<&message::extra>(""));
static_assert(accounts_for_all(openai_chat_message_fields), "llmx: openai_chat leaves a member of message out");

/// Read, never written: a strict server refuses the object.
inline constexpr auto openai_chat_cache_fields = fields_of<cache_control>(hint<&cache_control::ttl>().read_as("ttl"));
static_assert(accounts_for_all(openai_chat_cache_fields), "llmx: openai_chat leaves a member of cache_control out");

/// Each kind of part has its bytes elsewhere.
inline constexpr auto openai_chat_media_fields =
    fields_of<media>(by_hand<&media::media_type>(""), by_hand<&media::data>(""), by_hand<&media::url>(""),
                     by_hand<&media::file_id>(""));
static_assert(accounts_for_all(openai_chat_media_fields), "llmx: openai_chat leaves a member of media out");

/// Read and written in replies; a request's are reported as a whole.
inline constexpr auto openai_chat_citation_fields = fields_of<citation>(
    by_hand<&citation::url>("url").inside("url_citation"), by_hand<&citation::title>("title").inside("url_citation"),
    hint<&citation::quote>(), by_hand<&citation::start>("start_index").inside("url_citation"),
    by_hand<&citation::end>("end_index").inside("url_citation"), by_hand<&citation::original>(""));
static_assert(accounts_for_all(openai_chat_citation_fields), "llmx: openai_chat leaves a member of citation out");

// Citations and signatures of a text are in its message.
inline constexpr auto openai_chat_text_fields = fields_of<text_part>(
    by_hand<&text_part::text>("text"), hint<&text_part::citations>().named("annotations"),
    hint<&text_part::signature>().named("thought_signature").inside("extra_content.google"),
    hint<&text_part::cache>().named("cache_control"), by_hand<&text_part::extra>(""));
static_assert(accounts_for_all(openai_chat_text_fields), "llmx: openai_chat leaves a member of text_part out");

inline constexpr auto openai_chat_refusal_fields = fields_of<refusal_part>(by_hand<&refusal_part::text>("refusal"));
static_assert(accounts_for_all(openai_chat_refusal_fields), "llmx: openai_chat leaves a member of refusal_part out");

inline constexpr auto openai_chat_image_fields = fields_of<image_part>(
    by_hand<&image_part::source>("image_url"), mapped<&image_part::detail>("detail").inside("image_url"),
    hint<&image_part::cache>().named("cache_control"), by_hand<&image_part::extra>(""));
static_assert(accounts_for_all(openai_chat_image_fields), "llmx: openai_chat leaves a member of image_part out");

inline constexpr auto openai_chat_audio_fields =
    fields_of<audio_part>(by_hand<&audio_part::source>("input_audio"),
                          hint<&audio_part::cache>().named("cache_control"), by_hand<&audio_part::extra>(""));
static_assert(accounts_for_all(openai_chat_audio_fields), "llmx: openai_chat leaves a member of audio_part out");

inline constexpr auto openai_chat_file_fields = fields_of<file_part>(
    by_hand<&file_part::source>("file"), mapped<&file_part::filename>("filename").inside("file"),
    hint<&file_part::cache>().named("cache_control"), by_hand<&file_part::extra>(""));
static_assert(accounts_for_all(openai_chat_file_fields), "llmx: openai_chat leaves a member of file_part out");

/// Written in replies; a request's are reported as a whole.
inline constexpr auto openai_chat_thinking_fields = fields_of<thinking_part>(
    by_hand<&thinking_part::text>("thinking"), by_hand<&thinking_part::signature>("signature"),
    by_hand<&thinking_part::signer>("signature"), by_hand<&thinking_part::redacted_data>("data"),
    by_hand<&thinking_part::extra>(""));
static_assert(accounts_for_all(openai_chat_thinking_fields), "llmx: openai_chat leaves a member of thinking_part out");

inline constexpr auto openai_chat_call_fields = fields_of<tool_call_part>(
    by_hand<&tool_call_part::id>("id"), by_hand<&tool_call_part::name>("name").inside("function"),
    by_hand<&tool_call_part::arguments>("arguments").inside("function"),
    by_hand<&tool_call_part::signature>("thought_signature").inside("extra_content.google"),
    hint<&tool_call_part::cache>().named("cache_control"), by_hand<&tool_call_part::extra>(""));
static_assert(accounts_for_all(openai_chat_call_fields), "llmx: openai_chat leaves a member of tool_call_part out");

inline constexpr auto openai_chat_result_fields = fields_of<tool_result_part>(
    by_hand<&tool_result_part::call_id>("tool_call_id"),
    // The call with the id has it; reported where there is no such call.
    by_hand<&tool_result_part::name>("name"), by_hand<&tool_result_part::content>("content"),
    hint<&tool_result_part::is_error>(),
    hint<&tool_result_part::cache>().named("cache_control"), by_hand<&tool_result_part::extra>(""));
static_assert(accounts_for_all(openai_chat_result_fields), "llmx: openai_chat leaves a member of tool_result_part out");

inline constexpr auto openai_chat_opaque_fields =
    fields_of<opaque_part>(by_hand<&opaque_part::origin>(""), by_hand<&opaque_part::value>(""));
static_assert(accounts_for_all(openai_chat_opaque_fields), "llmx: openai_chat leaves a member of opaque_part out");

// Replies are read leniently, which tables do not.
inline constexpr auto openai_chat_reply_fields = fields_of<chat_reply>(
    by_hand<&chat_reply::id>("id"), by_hand<&chat_reply::model>("model"), by_hand<&chat_reply::created>("created"),
    by_hand<&chat_reply::choices>("choices"), by_hand<&chat_reply::usage>("usage"),
    by_hand<&chat_reply::service_tier>("service_tier"), by_hand<&chat_reply::extra>(""));
static_assert(accounts_for_all(openai_chat_reply_fields), "llmx: openai_chat leaves a member of chat_reply out");

inline constexpr auto openai_chat_answer_fields = fields_of<chat_choice>(
    by_hand<&chat_choice::answer>("message"), by_hand<&chat_choice::finish>("finish_reason"),
    // vLLM's name, which is read; OpenAI itself does not name the sequence.
    hint<&chat_choice::stop_sequence>().named("stop_reason"), by_hand<&chat_choice::logprobs>("logprobs"),
    by_hand<&chat_choice::extra>(""));
static_assert(accounts_for_all(openai_chat_answer_fields), "llmx: openai_chat leaves a member of chat_choice out");

/// The rules for the members of a kind of part.
template <class Part> [[nodiscard]] constexpr std::span<const field_rule> openai_chat_part_fields() noexcept {
    if constexpr (std::is_same_v<Part, text_part>) return openai_chat_text_fields.view();
    else if constexpr (std::is_same_v<Part, refusal_part>) return openai_chat_refusal_fields.view();
    else if constexpr (std::is_same_v<Part, image_part>) return openai_chat_image_fields.view();
    else if constexpr (std::is_same_v<Part, audio_part>) return openai_chat_audio_fields.view();
    else if constexpr (std::is_same_v<Part, file_part>) return openai_chat_file_fields.view();
    else if constexpr (std::is_same_v<Part, thinking_part>) return openai_chat_thinking_fields.view();
    else if constexpr (std::is_same_v<Part, tool_call_part>) return openai_chat_call_fields.view();
    else if constexpr (std::is_same_v<Part, tool_result_part>) return openai_chat_result_fields.view();
    else return openai_chat_opaque_fields.view();
}

} // namespace llmx::inline LLMX_ABI::detail
