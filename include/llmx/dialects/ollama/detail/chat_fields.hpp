// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/dialects/field_table.hpp>

#include <cstdint>
#include <span>

// How Ollama's two forms handle each member of the vocabulary (docs/api.md of github.com/ollama/ollama).

namespace llmx::inline LLMX_ABI::detail {

/// Settings of the model's runner.
inline constexpr std::string_view ollama_options = "options";

// Functions read and write most of them: they are in `options`.
inline constexpr auto ollama_request_fields = fields_of<chat_request>(
    by_hand<&chat_request::model>("model"), by_hand<&chat_request::messages>("messages"), by_hand<&chat_request::tools>("tools"),
    by_hand<&chat_request::tool_choice>(""), by_hand<&chat_request::parallel_tool_calls>(""),
    by_hand<&chat_request::max_output_tokens>("num_predict").inside(ollama_options),
    mapped<&chat_request::temperature>("temperature").inside(ollama_options), mapped<&chat_request::top_p>("top_p").inside(ollama_options),
    mapped<&chat_request::top_k>("top_k").inside(ollama_options),
    mapped<&chat_request::presence_penalty>("presence_penalty").inside(ollama_options),
    mapped<&chat_request::frequency_penalty>("frequency_penalty").inside(ollama_options),
    by_hand<&chat_request::stop>("stop").inside(ollama_options), mapped<&chat_request::seed>("seed").inside(ollama_options),
    lost<&chat_request::n>().unless(1), by_hand<&chat_request::logprobs>("logprobs"), by_hand<&chat_request::top_logprobs>("top_logprobs"),
    lost<&chat_request::logit_bias>(), by_hand<&chat_request::response_format>("format"), by_hand<&chat_request::reasoning>("think"),
    by_hand<&chat_request::modalities>(""), hint<&chat_request::user>(), hint<&chat_request::service_tier>(),
        hint<&chat_request::metadata>(),
    hint<&chat_request::cache>(), by_hand<&chat_request::stream>("stream"), by_hand<&chat_request::include_usage>(""),
    by_hand<&chat_request::extra>(""));
static_assert(accounts_for_all(ollama_request_fields), "llmx: ollama_chat has to account for each member of chat_request");

inline constexpr auto ollama_reasoning_fields = fields_of<reasoning_options>(
    by_hand<&reasoning_options::effort>(""), by_hand<&reasoning_options::budget_tokens>(""), by_hand<&reasoning_options::adaptive>(""),
    hint<&reasoning_options::include_thoughts>());
static_assert(accounts_for_all(ollama_reasoning_fields), "llmx: ollama_chat has to account for each member of reasoning_options");

// A schema is followed exactly.
inline constexpr auto ollama_format_fields = fields_of<response_format>(
    by_hand<&response_format::form>(""), hint<&response_format::name>(), hint<&response_format::description>(),
    by_hand<&response_format::schema>(""), by_hand<&response_format::strict>(""));
static_assert(accounts_for_all(ollama_format_fields), "llmx: ollama_chat has to account for each member of response_format");

inline constexpr auto ollama_message_fields = fields_of<message>(by_hand<&message::from>("role"), by_hand<&message::content>("content"),
                                                                 hint<&message::name>(), by_hand<&message::extra>(""));
static_assert(accounts_for_all(ollama_message_fields), "llmx: ollama_chat has to account for each member of message");

inline constexpr auto ollama_tool_fields = fields_of<tool>(
    mapped<&tool::name>("name").inside("function"), mapped<&tool::description>("description").inside("function"),
    by_hand<&tool::parameters>("parameters").inside("function"), hint<&tool::strict>().unless(0), hint<&tool::cache>(),
    by_hand<&tool::builtin>(""), by_hand<&tool::kind>(""), by_hand<&tool::search>(""), by_hand<&tool::mcp>(""), by_hand<&tool::extra>(""));
static_assert(accounts_for_all(ollama_tool_fields), "llmx: ollama_chat has to account for each member of tool");

inline constexpr auto ollama_search_fields = fields_of<web_search_options>(
    lost<&web_search_options::context_size>(), lost<&web_search_options::max_uses>(), lost<&web_search_options::allowed_domains>(),
    lost<&web_search_options::blocked_domains>(), lost<&web_search_options::city>(), lost<&web_search_options::region>(),
    lost<&web_search_options::country>(), lost<&web_search_options::timezone>());
static_assert(accounts_for_all(ollama_search_fields), "llmx: ollama_chat has to account for each member of web_search_options");

// Only the tools that may be called are sent.
inline constexpr auto ollama_tool_choice_fields = fields_of<tool_choice>(
    by_hand<&tool_choice::how>(""), by_hand<&tool_choice::name>(""), by_hand<&tool_choice::allowed>(""));
static_assert(accounts_for_all(ollama_tool_choice_fields), "llmx: ollama_chat has to account for each member of tool_choice");

inline constexpr auto ollama_cache_fields = fields_of<cache_control>(hint<&cache_control::ttl>());
static_assert(accounts_for_all(ollama_cache_fields), "llmx: ollama_chat has to account for each member of cache_control");

inline constexpr auto ollama_media_fields = fields_of<media>(by_hand<&media::media_type>(""), by_hand<&media::data>(""),
                                                             lost<&media::url>(), lost<&media::file_id>());
static_assert(accounts_for_all(ollama_media_fields), "llmx: ollama_chat has to account for each member of media");

inline constexpr auto ollama_citation_fields = fields_of<citation>(
    hint<&citation::url>(), hint<&citation::title>(), hint<&citation::quote>(), hint<&citation::start>(), hint<&citation::end>(),
    hint<&citation::original>());
static_assert(accounts_for_all(ollama_citation_fields), "llmx: ollama_chat has to account for each member of citation");

inline constexpr auto ollama_text_fields = fields_of<text_part>(by_hand<&text_part::text>("content"), hint<&text_part::citations>(),
                                                                hint<&text_part::signature>(), hint<&text_part::cache>(),
                                                                by_hand<&text_part::extra>(""));
static_assert(accounts_for_all(ollama_text_fields), "llmx: ollama_chat has to account for each member of text_part");

inline constexpr auto ollama_refusal_fields = fields_of<refusal_part>(by_hand<&refusal_part::text>("content"));
static_assert(accounts_for_all(ollama_refusal_fields), "llmx: ollama_chat has to account for each member of refusal_part");

inline constexpr auto ollama_image_fields = fields_of<image_part>(by_hand<&image_part::source>(""), hint<&image_part::detail>(),
                                                                  hint<&image_part::cache>(), by_hand<&image_part::extra>(""));
static_assert(accounts_for_all(ollama_image_fields), "llmx: ollama_chat has to account for each member of image_part");

// The API takes no sound: the part as a whole is lost.
inline constexpr auto ollama_audio_fields =
    fields_of<audio_part>(lost<&audio_part::source>(), lost<&audio_part::cache>(), lost<&audio_part::extra>());
static_assert(accounts_for_all(ollama_audio_fields), "llmx: ollama_chat has to account for each member of audio_part");

// A text or an image.
inline constexpr auto ollama_file_fields = fields_of<file_part>(by_hand<&file_part::source>(""), hint<&file_part::filename>(),
                                                                hint<&file_part::cache>(), by_hand<&file_part::extra>(""));
static_assert(accounts_for_all(ollama_file_fields), "llmx: ollama_chat has to account for each member of file_part");

inline constexpr auto ollama_thinking_fields = fields_of<thinking_part>(
    by_hand<&thinking_part::text>("thinking"), hint<&thinking_part::signature>(), by_hand<&thinking_part::signer>(""),
    by_hand<&thinking_part::redacted_data>(""), by_hand<&thinking_part::extra>(""));
static_assert(accounts_for_all(ollama_thinking_fields), "llmx: ollama_chat has to account for each member of thinking_part");

inline constexpr auto ollama_tool_call_fields = fields_of<tool_call_part>(
    by_hand<&tool_call_part::id>("id"), by_hand<&tool_call_part::name>("name").inside("function"),
    by_hand<&tool_call_part::arguments>("arguments").inside("function"), hint<&tool_call_part::signature>(),
    hint<&tool_call_part::cache>(), by_hand<&tool_call_part::extra>(""));
static_assert(accounts_for_all(ollama_tool_call_fields), "llmx: ollama_chat has to account for each member of tool_call_part");

inline constexpr auto ollama_tool_result_fields = fields_of<tool_result_part>(
    by_hand<&tool_result_part::call_id>("tool_call_id"), by_hand<&tool_result_part::name>("tool_name"),
    by_hand<&tool_result_part::content>("content"), hint<&tool_result_part::is_error>(), hint<&tool_result_part::cache>(),
    by_hand<&tool_result_part::extra>(""));
static_assert(accounts_for_all(ollama_tool_result_fields), "llmx: ollama_chat has to account for each member of tool_result_part");

inline constexpr auto ollama_opaque_fields = fields_of<opaque_part>(by_hand<&opaque_part::origin>(""), by_hand<&opaque_part::value>(""));
static_assert(accounts_for_all(ollama_opaque_fields), "llmx: ollama_chat has to account for each member of opaque_part");

inline constexpr auto ollama_reply_fields = fields_of<chat_reply>(
    hint<&chat_reply::id>(), by_hand<&chat_reply::model>("model"), by_hand<&chat_reply::created>("created_at"),
    by_hand<&chat_reply::choices>("message"), by_hand<&chat_reply::usage>("eval_count"), hint<&chat_reply::service_tier>(),
    by_hand<&chat_reply::extra>(""));
static_assert(accounts_for_all(ollama_reply_fields), "llmx: ollama_chat has to account for each member of chat_reply");

inline constexpr auto ollama_choice_fields = fields_of<chat_choice>(
    by_hand<&chat_choice::answer>("message"), by_hand<&chat_choice::finish>("done_reason"), hint<&chat_choice::stop_sequence>(),
    by_hand<&chat_choice::logprobs>("logprobs"), by_hand<&chat_choice::extra>(""));
static_assert(accounts_for_all(ollama_choice_fields), "llmx: ollama_chat has to account for each member of chat_choice");

inline constexpr std::span<const field_rule> ollama_tables[] = {
    ollama_request_fields.view(),   ollama_reasoning_fields.view(),   ollama_format_fields.view(),  ollama_message_fields.view(),
    ollama_tool_fields.view(),      ollama_search_fields.view(),      ollama_tool_choice_fields.view(), ollama_cache_fields.view(),
    ollama_media_fields.view(),     ollama_citation_fields.view(),    ollama_text_fields.view(),    ollama_refusal_fields.view(),
    ollama_image_fields.view(),     ollama_audio_fields.view(),       ollama_file_fields.view(),    ollama_thinking_fields.view(),
    ollama_tool_call_fields.view(), ollama_tool_result_fields.view(), ollama_opaque_fields.view()};

/// The lists of `request_origins` in this language.
enum class ollama_list : std::uint8_t {
    messages,
    whole, ///< the request itself is the message (`prompt`, `system`)
};
enum class ollama_part_list : std::uint8_t {
    content, ///< these four without an index
    thinking,
    prompt,
    system,
    whole, ///< the message itself is the result of a tool
    images,
    tool_calls,
};

} // namespace llmx::inline LLMX_ABI::detail
