// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/dialects/field_table.hpp>

#include <cstdint>
#include <span>

// How Cohere's chat handles each member of the vocabulary (docs.cohere.com/v2/reference/chat).

namespace llmx::inline LLMX_ABI::detail {

// Mapped members are read by the table; a function writes those whose range the API limits.
inline constexpr auto cohere_request_fields = fields_of<chat_request>(
    mapped<&chat_request::model>("model"), by_hand<&chat_request::messages>("messages"), by_hand<&chat_request::tools>("tools"),
    by_hand<&chat_request::tool_choice>("tool_choice"), by_hand<&chat_request::parallel_tool_calls>(""),
    mapped<&chat_request::max_output_tokens>("max_tokens").count(), mapped<&chat_request::temperature>("temperature"),
    mapped<&chat_request::top_p>("p"), mapped<&chat_request::top_k>("k").count(),
    mapped<&chat_request::presence_penalty>("presence_penalty"), mapped<&chat_request::frequency_penalty>("frequency_penalty"),
    mapped<&chat_request::stop>("stop_sequences"), mapped<&chat_request::seed>("seed"), lost<&chat_request::n>().unless(1),
    mapped<&chat_request::logprobs>("logprobs"), lost<&chat_request::top_logprobs>().unless(0), lost<&chat_request::logit_bias>(),
    by_hand<&chat_request::response_format>("response_format"), by_hand<&chat_request::reasoning>("thinking"),
    by_hand<&chat_request::modalities>(""), hint<&chat_request::user>(), hint<&chat_request::service_tier>(),
    hint<&chat_request::metadata>(), hint<&chat_request::cache>(), mapped<&chat_request::stream>("stream"),
    by_hand<&chat_request::include_usage>(""), by_hand<&chat_request::extra>(""));
static_assert(accounts_for_all(cohere_request_fields), "llmx: cohere_chat has to account for each member of chat_request");

inline constexpr auto cohere_reasoning_fields = fields_of<reasoning_options>(
    by_hand<&reasoning_options::effort>("token_budget"),
    by_hand<&reasoning_options::budget_tokens>("token_budget"),
    by_hand<&reasoning_options::adaptive>("type"), hint<&reasoning_options::include_thoughts>());
static_assert(accounts_for_all(cohere_reasoning_fields), "llmx: cohere_chat has to account for each member of reasoning_options");

inline constexpr auto cohere_format_fields = fields_of<response_format>(
    by_hand<&response_format::form>("type"), hint<&response_format::name>(), hint<&response_format::description>(),
    by_hand<&response_format::schema>("json_schema"), by_hand<&response_format::strict>(""));
static_assert(accounts_for_all(cohere_format_fields), "llmx: cohere_chat has to account for each member of response_format");

inline constexpr auto cohere_message_fields = fields_of<message>(by_hand<&message::from>("role"), by_hand<&message::content>("content"),
                                                                 hint<&message::name>(), by_hand<&message::extra>(""));
static_assert(accounts_for_all(cohere_message_fields), "llmx: cohere_chat has to account for each member of message");

// A flag of the request has the strictness of all tools.
inline constexpr auto cohere_tool_fields = fields_of<tool>(
    mapped<&tool::name>("name").inside("function"), mapped<&tool::description>("description").inside("function"),
    by_hand<&tool::parameters>("parameters").inside("function"),
    by_hand<&tool::strict>(""), hint<&tool::cache>(), by_hand<&tool::builtin>(""), by_hand<&tool::kind>(""), by_hand<&tool::search>(""),
    by_hand<&tool::mcp>(""), by_hand<&tool::extra>(""));
static_assert(accounts_for_all(cohere_tool_fields), "llmx: cohere_chat has to account for each member of tool");

inline constexpr auto cohere_search_fields = fields_of<web_search_options>(
    lost<&web_search_options::context_size>(), lost<&web_search_options::max_uses>(), lost<&web_search_options::allowed_domains>(),
    lost<&web_search_options::blocked_domains>(), lost<&web_search_options::city>(), lost<&web_search_options::region>(),
    lost<&web_search_options::country>(), lost<&web_search_options::timezone>());
static_assert(accounts_for_all(cohere_search_fields), "llmx: cohere_chat has to account for each member of web_search_options");

// Only the tools that may be called are sent.
inline constexpr auto cohere_tool_choice_fields = fields_of<tool_choice>(
    by_hand<&tool_choice::how>(""), by_hand<&tool_choice::name>(""), by_hand<&tool_choice::allowed>(""));
static_assert(accounts_for_all(cohere_tool_choice_fields), "llmx: cohere_chat has to account for each member of tool_choice");

inline constexpr auto cohere_cache_fields = fields_of<cache_control>(hint<&cache_control::ttl>());
static_assert(accounts_for_all(cohere_cache_fields), "llmx: cohere_chat has to account for each member of cache_control");

// Bytes are a data URL.
inline constexpr auto cohere_media_fields = fields_of<media>(by_hand<&media::media_type>(""), by_hand<&media::data>(""),
                                                             by_hand<&media::url>(""), lost<&media::file_id>());
static_assert(accounts_for_all(cohere_media_fields), "llmx: cohere_chat has to account for each member of media");

inline constexpr auto cohere_citation_fields = fields_of<citation>(
    by_hand<&citation::url>(""), by_hand<&citation::title>(""), by_hand<&citation::quote>(""), by_hand<&citation::start>("start"),
    by_hand<&citation::end>("end"), by_hand<&citation::original>(""));
static_assert(accounts_for_all(cohere_citation_fields), "llmx: cohere_chat has to account for each member of citation");

inline constexpr auto cohere_text_fields = fields_of<text_part>(
    mapped<&text_part::text>("text"), by_hand<&text_part::citations>("citations"), hint<&text_part::signature>(),
    hint<&text_part::cache>(), by_hand<&text_part::extra>(""));
static_assert(accounts_for_all(cohere_text_fields), "llmx: cohere_chat has to account for each member of text_part");

inline constexpr auto cohere_refusal_fields = fields_of<refusal_part>(by_hand<&refusal_part::text>("text"));
static_assert(accounts_for_all(cohere_refusal_fields), "llmx: cohere_chat has to account for each member of refusal_part");

inline constexpr auto cohere_image_fields = fields_of<image_part>(
    by_hand<&image_part::source>("url").inside("image_url"), by_hand<&image_part::detail>("detail").inside("image_url"),
    hint<&image_part::cache>(), by_hand<&image_part::extra>(""));
static_assert(accounts_for_all(cohere_image_fields), "llmx: cohere_chat has to account for each member of image_part");

// The API takes no sound: the part as a whole is lost.
inline constexpr auto cohere_audio_fields =
    fields_of<audio_part>(lost<&audio_part::source>(), lost<&audio_part::cache>(), lost<&audio_part::extra>());
static_assert(accounts_for_all(cohere_audio_fields), "llmx: cohere_chat has to account for each member of audio_part");

// Text alone, and the documents of the API itself.
inline constexpr auto cohere_file_fields = fields_of<file_part>(by_hand<&file_part::source>("text"), hint<&file_part::filename>(),
                                                                hint<&file_part::cache>(), by_hand<&file_part::extra>(""));
static_assert(accounts_for_all(cohere_file_fields), "llmx: cohere_chat has to account for each member of file_part");

inline constexpr auto cohere_thinking_fields = fields_of<thinking_part>(
    mapped<&thinking_part::text>("thinking"), hint<&thinking_part::signature>(), by_hand<&thinking_part::signer>(""),
    by_hand<&thinking_part::redacted_data>(""), by_hand<&thinking_part::extra>(""));
static_assert(accounts_for_all(cohere_thinking_fields), "llmx: cohere_chat has to account for each member of thinking_part");

inline constexpr auto cohere_tool_call_fields = fields_of<tool_call_part>(
    by_hand<&tool_call_part::id>("id"), by_hand<&tool_call_part::name>("name").inside("function"),
    by_hand<&tool_call_part::arguments>("arguments").inside("function"), hint<&tool_call_part::signature>(),
    hint<&tool_call_part::cache>(), by_hand<&tool_call_part::extra>(""));
static_assert(accounts_for_all(cohere_tool_call_fields), "llmx: cohere_chat has to account for each member of tool_call_part");

// The name of a result's function is in the call of its id; without that call it is a hint.
inline constexpr auto cohere_tool_result_fields = fields_of<tool_result_part>(
    by_hand<&tool_result_part::call_id>("tool_call_id"), by_hand<&tool_result_part::name>(""),
    by_hand<&tool_result_part::content>("content"), hint<&tool_result_part::is_error>(), hint<&tool_result_part::cache>(),
    by_hand<&tool_result_part::extra>(""));
static_assert(accounts_for_all(cohere_tool_result_fields), "llmx: cohere_chat has to account for each member of tool_result_part");

inline constexpr auto cohere_opaque_fields = fields_of<opaque_part>(by_hand<&opaque_part::origin>(""), by_hand<&opaque_part::value>(""));
static_assert(accounts_for_all(cohere_opaque_fields), "llmx: cohere_chat has to account for each member of opaque_part");

inline constexpr auto cohere_reply_fields = fields_of<chat_reply>(
    by_hand<&chat_reply::id>("id"), hint<&chat_reply::model>(), hint<&chat_reply::created>(), by_hand<&chat_reply::choices>("message"),
    by_hand<&chat_reply::usage>("usage"), hint<&chat_reply::service_tier>(), by_hand<&chat_reply::extra>(""));
static_assert(accounts_for_all(cohere_reply_fields), "llmx: cohere_chat has to account for each member of chat_reply");

inline constexpr auto cohere_choice_fields = fields_of<chat_choice>(
    by_hand<&chat_choice::answer>("message"), by_hand<&chat_choice::finish>("finish_reason"), hint<&chat_choice::stop_sequence>(),
    by_hand<&chat_choice::logprobs>("logprobs"), by_hand<&chat_choice::extra>(""));
static_assert(accounts_for_all(cohere_choice_fields), "llmx: cohere_chat has to account for each member of chat_choice");

inline constexpr std::span<const field_rule> cohere_tables[] = {
    cohere_request_fields.view(),   cohere_reasoning_fields.view(),   cohere_format_fields.view(),  cohere_message_fields.view(),
    cohere_tool_fields.view(),      cohere_search_fields.view(),      cohere_tool_choice_fields.view(), cohere_cache_fields.view(),
    cohere_media_fields.view(),     cohere_citation_fields.view(),    cohere_text_fields.view(),    cohere_refusal_fields.view(),
    cohere_image_fields.view(),     cohere_audio_fields.view(),       cohere_file_fields.view(),    cohere_thinking_fields.view(),
    cohere_tool_call_fields.view(), cohere_tool_result_fields.view(), cohere_opaque_fields.view()};

/// The lists of `request_origins` in this language.
enum class cohere_list : std::uint8_t { messages, documents };
enum class cohere_part_list : std::uint8_t {
    content,    ///< without an index: `content` is a string
    tool_calls,
    tool_plan,  ///< without an index
    whole,      ///< the message itself is the result of a tool
    documents,  ///< elements of the request's `documents`
};

} // namespace llmx::inline LLMX_ABI::detail
