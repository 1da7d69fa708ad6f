// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/dialects/field_table.hpp>

#include <cstdint>
#include <span>
#include <string_view>

// How Anthropic messages handles each member of the vocabulary (platform.claude.com/docs/en/api/messages).

namespace llmx::inline LLMX_ABI::detail {

// Mapped members are read by the table; a function writes them, because the form that the API accepts depends on
// the model and on other members. A thinking block represents several settings, which have its names.
inline constexpr auto messages_request_fields = fields_of<chat_request>(
    mapped<&chat_request::model>("model"), by_hand<&chat_request::messages>("messages"),
    by_hand<&chat_request::tools>("tools"), by_hand<&chat_request::tool_choice>("tool_choice"),
    by_hand<&chat_request::parallel_tool_calls>("tool_choice.disable_parallel_tool_use"),
    mapped<&chat_request::max_output_tokens>("max_tokens").count(), mapped<&chat_request::temperature>("temperature"),
    mapped<&chat_request::top_p>("top_p"), mapped<&chat_request::top_k>("top_k").count(),
    hint<&chat_request::presence_penalty>().unless(0), hint<&chat_request::frequency_penalty>().unless(0),
    mapped<&chat_request::stop>("stop_sequences"), hint<&chat_request::seed>(), lost<&chat_request::n>().unless(1),
    lost<&chat_request::logprobs>().unless(0), lost<&chat_request::top_logprobs>().unless(0),
    lost<&chat_request::logit_bias>(), by_hand<&chat_request::response_format>("output_config.format"),
    by_hand<&chat_request::reasoning>(""), by_hand<&chat_request::modalities>(""),
    by_hand<&chat_request::user>("metadata.user_id"), by_hand<&chat_request::service_tier>("service_tier"),
    hint<&chat_request::metadata>(), by_hand<&chat_request::cache>("cache_control"),
    mapped<&chat_request::stream>("stream"), by_hand<&chat_request::include_usage>(""), by_hand<&chat_request::extra>(""));
static_assert(accounts_for_all(messages_request_fields),
              "llmx: anthropic_messages has to account for each member of chat_request");

inline constexpr auto messages_reasoning_fields = fields_of<reasoning_options>(
    by_hand<&reasoning_options::effort>("output_config.effort"),
    by_hand<&reasoning_options::budget_tokens>("thinking.budget_tokens"),
    by_hand<&reasoning_options::adaptive>("thinking.type"),
    by_hand<&reasoning_options::include_thoughts>("thinking.display"));
static_assert(accounts_for_all(messages_reasoning_fields),
              "llmx: anthropic_messages has to account for each member of reasoning_options");

// The description is written where a tool represents the form.
inline constexpr auto messages_format_fields = fields_of<response_format>(
    by_hand<&response_format::form>("type"), hint<&response_format::name>(),
    by_hand<&response_format::description>(""), by_hand<&response_format::schema>("schema"),
    by_hand<&response_format::strict>(""));
static_assert(accounts_for_all(messages_format_fields),
              "llmx: anthropic_messages has to account for each member of response_format");

inline constexpr auto messages_message_fields = fields_of<message>(
    by_hand<&message::from>("role"), by_hand<&message::content>("content"), hint<&message::name>(),
    by_hand<&message::extra>(""));
static_assert(accounts_for_all(messages_message_fields),
              "llmx: anthropic_messages has to account for each member of message");

inline constexpr auto messages_tool_fields = fields_of<tool>(
    mapped<&tool::name>("name"), mapped<&tool::description>("description"), by_hand<&tool::parameters>("input_schema"),
    by_hand<&tool::strict>("strict"), by_hand<&tool::cache>("cache_control"), by_hand<&tool::builtin>(""),
    by_hand<&tool::kind>(""), by_hand<&tool::search>(""), by_hand<&tool::mcp>(""), by_hand<&tool::extra>(""));
static_assert(accounts_for_all(messages_tool_fields), "llmx: anthropic_messages has to account for each member of tool");

// Of a built-in tool, whose definition has its own members.
inline constexpr auto messages_builtin_fields = fields_of<tool>(
    by_hand<&tool::name>("name"), hint<&tool::description>(), hint<&tool::parameters>(), hint<&tool::strict>(),
    hint<&tool::cache>(), by_hand<&tool::builtin>(""), by_hand<&tool::kind>("type"), by_hand<&tool::search>(""), by_hand<&tool::mcp>(""),
    by_hand<&tool::extra>(""));

// The size of what is read has no member: it is written as a number of searches.
inline constexpr auto messages_search_fields = fields_of<web_search_options>(
    by_hand<&web_search_options::context_size>("max_uses"), mapped<&web_search_options::max_uses>("max_uses").count(),
    mapped<&web_search_options::allowed_domains>("allowed_domains"), mapped<&web_search_options::blocked_domains>("blocked_domains"),
    by_hand<&web_search_options::city>("city").inside("user_location"),
    by_hand<&web_search_options::region>("region").inside("user_location"),
    by_hand<&web_search_options::country>("country").inside("user_location"),
    by_hand<&web_search_options::timezone>("timezone").inside("user_location"));
static_assert(accounts_for_all(messages_search_fields),
              "llmx: anthropic_messages has to account for each member of web_search_options");
static_assert(accounts_for_all(messages_builtin_fields), "llmx: anthropic_messages has to account for each member of tool");

inline constexpr auto messages_tool_choice_fields = fields_of<tool_choice>(
    by_hand<&tool_choice::how>("type"), by_hand<&tool_choice::name>("name"),
    // Only those tools are sent.
    by_hand<&tool_choice::allowed>(""));
static_assert(accounts_for_all(messages_tool_choice_fields),
              "llmx: anthropic_messages has to account for each member of tool_choice");

inline constexpr auto messages_cache_fields = fields_of<cache_control>(mapped<&cache_control::ttl>("ttl"));
static_assert(accounts_for_all(messages_cache_fields),
              "llmx: anthropic_messages has to account for each member of cache_control");

inline constexpr auto messages_media_fields = fields_of<media>(
    by_hand<&media::media_type>("media_type"), by_hand<&media::data>("data"), by_hand<&media::url>("url"),
    by_hand<&media::file_id>("file_id"));
static_assert(accounts_for_all(messages_media_fields), "llmx: anthropic_messages has to account for each member of media");

// A citation is written as it arrived; the ranges of the vocabulary count in the answer, those of the API in
// the cited document.
inline constexpr auto messages_citation_fields = fields_of<citation>(
    by_hand<&citation::url>("url"), by_hand<&citation::title>("title"), by_hand<&citation::quote>("cited_text"),
    hint<&citation::start>().unless(-1), hint<&citation::end>().unless(-1), by_hand<&citation::original>(""));
static_assert(accounts_for_all(messages_citation_fields),
              "llmx: anthropic_messages has to account for each member of citation");

inline constexpr auto messages_text_fields = fields_of<text_part>(
    mapped<&text_part::text>("text"), by_hand<&text_part::citations>("citations"), hint<&text_part::signature>(),
    by_hand<&text_part::cache>("cache_control"), by_hand<&text_part::extra>(""));
static_assert(accounts_for_all(messages_text_fields), "llmx: anthropic_messages has to account for each member of text_part");

inline constexpr auto messages_refusal_fields = fields_of<refusal_part>(by_hand<&refusal_part::text>("text"));
static_assert(accounts_for_all(messages_refusal_fields),
              "llmx: anthropic_messages has to account for each member of refusal_part");

inline constexpr auto messages_image_fields = fields_of<image_part>(
    by_hand<&image_part::source>("source"), by_hand<&image_part::detail>(""),
    by_hand<&image_part::cache>("cache_control"), by_hand<&image_part::extra>(""));
static_assert(accounts_for_all(messages_image_fields),
              "llmx: anthropic_messages has to account for each member of image_part");

// The API takes no sound: the part as a whole is lost.
inline constexpr auto messages_audio_fields = fields_of<audio_part>(
    lost<&audio_part::source>(), lost<&audio_part::cache>(), lost<&audio_part::extra>());
static_assert(accounts_for_all(messages_audio_fields),
              "llmx: anthropic_messages has to account for each member of audio_part");

inline constexpr auto messages_file_fields = fields_of<file_part>(
    by_hand<&file_part::source>("source"), mapped<&file_part::filename>("title"),
    by_hand<&file_part::cache>("cache_control"), by_hand<&file_part::extra>(""));
static_assert(accounts_for_all(messages_file_fields), "llmx: anthropic_messages has to account for each member of file_part");

// Two kinds of blocks: "redacted_thinking" has only `data`.
inline constexpr auto messages_thinking_fields = fields_of<thinking_part>(
    by_hand<&thinking_part::text>("thinking"), by_hand<&thinking_part::signature>("signature"),
    by_hand<&thinking_part::signer>(""), by_hand<&thinking_part::redacted_data>("data"),
    by_hand<&thinking_part::extra>(""));
static_assert(accounts_for_all(messages_thinking_fields),
              "llmx: anthropic_messages has to account for each member of thinking_part");

inline constexpr auto messages_tool_call_fields = fields_of<tool_call_part>(
    by_hand<&tool_call_part::id>("id"), mapped<&tool_call_part::name>("name"),
    by_hand<&tool_call_part::arguments>("input"), hint<&tool_call_part::signature>(),
    by_hand<&tool_call_part::cache>("cache_control"), by_hand<&tool_call_part::extra>(""));
static_assert(accounts_for_all(messages_tool_call_fields),
              "llmx: anthropic_messages has to account for each member of tool_call_part");

// The name of a result's function is in the call of its id; without that call it is a hint.
inline constexpr auto messages_tool_result_fields = fields_of<tool_result_part>(
    by_hand<&tool_result_part::call_id>("tool_use_id"), by_hand<&tool_result_part::name>(""),
    by_hand<&tool_result_part::content>("content"), mapped<&tool_result_part::is_error>("is_error"),
    by_hand<&tool_result_part::cache>("cache_control"), by_hand<&tool_result_part::extra>(""));
static_assert(accounts_for_all(messages_tool_result_fields),
              "llmx: anthropic_messages has to account for each member of tool_result_part");

inline constexpr auto messages_opaque_fields =
    fields_of<opaque_part>(by_hand<&opaque_part::origin>(""), by_hand<&opaque_part::value>(""));
static_assert(accounts_for_all(messages_opaque_fields),
              "llmx: anthropic_messages has to account for each member of opaque_part");

inline constexpr auto messages_reply_fields = fields_of<chat_reply>(
    by_hand<&chat_reply::id>("id"), by_hand<&chat_reply::model>("model"), hint<&chat_reply::created>(),
    by_hand<&chat_reply::choices>(""), by_hand<&chat_reply::usage>("usage"),
    by_hand<&chat_reply::service_tier>("usage.service_tier"), by_hand<&chat_reply::extra>(""));
static_assert(accounts_for_all(messages_reply_fields),
              "llmx: anthropic_messages has to account for each member of chat_reply");

// The first choice's members are the message's.
inline constexpr auto messages_choice_fields = fields_of<chat_choice>(
    by_hand<&chat_choice::answer>("content"), by_hand<&chat_choice::finish>("stop_reason"),
    by_hand<&chat_choice::stop_sequence>("stop_sequence"), lost<&chat_choice::logprobs>(),
    by_hand<&chat_choice::extra>(""));
static_assert(accounts_for_all(messages_choice_fields),
              "llmx: anthropic_messages has to account for each member of chat_choice");

inline constexpr std::span<const field_rule> messages_tables[] = {
    messages_request_fields.view(),   messages_reasoning_fields.view(),   messages_format_fields.view(),
    messages_message_fields.view(),   messages_tool_fields.view(),        messages_tool_choice_fields.view(),
    messages_search_fields.view(),
    messages_cache_fields.view(),     messages_media_fields.view(),       messages_citation_fields.view(),
    messages_text_fields.view(),      messages_refusal_fields.view(),     messages_image_fields.view(),
    messages_audio_fields.view(),     messages_file_fields.view(),        messages_thinking_fields.view(),
    messages_tool_call_fields.view(), messages_tool_result_fields.view(), messages_opaque_fields.view()};

/// The lists of `request_origins` in this language.
enum class messages_list : std::uint8_t { messages, system };
enum class messages_part_list : std::uint8_t {
    content,     ///< without an index: `content` is a string
    prompt,      ///< elements of `system`
    prompt_text, ///< `system` is a string
};

} // namespace llmx::inline LLMX_ABI::detail
