// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/field_table.hpp>

#include <span>
#include <string>
#include <string_view>

// How Converse handles each member of the vocabulary. Most members are written by functions: whether
// they fit depends on the model's vendor, on whether it reasons, and on the members beside them.

namespace llmx::inline LLMX_ABI::detail {

inline constexpr auto bedrock_request_fields = fields_of<chat_request>(
    by_hand<&chat_request::model>("modelId"), by_hand<&chat_request::messages>("messages"),
    by_hand<&chat_request::tools>("toolConfig.tools"), by_hand<&chat_request::tool_choice>("toolConfig.toolChoice"),
    by_hand<&chat_request::parallel_tool_calls>("additionalModelRequestFields.tool_choice.disable_parallel_tool_use"),
    by_hand<&chat_request::max_output_tokens>("inferenceConfig.maxTokens"),
    by_hand<&chat_request::temperature>("inferenceConfig.temperature"),
    by_hand<&chat_request::top_p>("inferenceConfig.topP"),
    by_hand<&chat_request::top_k>("additionalModelRequestFields.top_k"),
    hint<&chat_request::presence_penalty>().unless(0), hint<&chat_request::frequency_penalty>().unless(0),
    by_hand<&chat_request::stop>("inferenceConfig.stopSequences"), hint<&chat_request::seed>(),
    lost<&chat_request::n>().unless(1), lost<&chat_request::logprobs>().unless(0),
    lost<&chat_request::top_logprobs>().unless(0), lost<&chat_request::logit_bias>(),
    by_hand<&chat_request::response_format>("outputConfig.textFormat"),
    by_hand<&chat_request::reasoning>("additionalModelRequestFields"), by_hand<&chat_request::modalities>(""),
    hint<&chat_request::user>(), by_hand<&chat_request::service_tier>("serviceTier.type"),
    by_hand<&chat_request::metadata>("requestMetadata"), by_hand<&chat_request::cache>("messages"),
    // Whether it is a stream is in the URL, and all streams end with the usage.
    by_hand<&chat_request::stream>(""), by_hand<&chat_request::include_usage>(""), by_hand<&chat_request::extra>(""));
static_assert(accounts_for_all<chat_request>(bedrock_request_fields));

inline constexpr auto bedrock_message_fields =
    fields_of<message>(by_hand<&message::from>("role"), by_hand<&message::content>("content"), hint<&message::name>(),
                       by_hand<&message::extra>(""));
static_assert(accounts_for_all<message>(bedrock_message_fields));

inline constexpr auto bedrock_tool_fields = fields_of<tool>(
    mapped<&tool::name>("name"), mapped<&tool::description>("description"), by_hand<&tool::parameters>("inputSchema.json"),
    by_hand<&tool::strict>("strict"), by_hand<&tool::cache>("cachePoint"), by_hand<&tool::builtin>("systemTool"),
    by_hand<&tool::kind>("systemTool.name"), by_hand<&tool::search>(""), by_hand<&tool::mcp>(""), by_hand<&tool::extra>(""));
static_assert(accounts_for_all<tool>(bedrock_tool_fields));

// Nova's search has no settings.
inline constexpr auto bedrock_search_fields = fields_of<web_search_options>(
    hint<&web_search_options::context_size>(), hint<&web_search_options::max_uses>(), lost<&web_search_options::allowed_domains>(),
    lost<&web_search_options::blocked_domains>(), hint<&web_search_options::city>(), hint<&web_search_options::region>(),
    hint<&web_search_options::country>(), hint<&web_search_options::timezone>());
static_assert(accounts_for_all<web_search_options>(bedrock_search_fields));

inline constexpr auto bedrock_choice_fields =
    fields_of<tool_choice>(by_hand<&tool_choice::how>(""), by_hand<&tool_choice::name>("tool.name"),
                           by_hand<&tool_choice::allowed>(""));
static_assert(accounts_for_all<tool_choice>(bedrock_choice_fields));

inline constexpr auto bedrock_format_fields = fields_of<response_format>(
    by_hand<&response_format::form>("type"), by_hand<&response_format::name>("structure.jsonSchema.name"),
    by_hand<&response_format::description>("structure.jsonSchema.description"),
    by_hand<&response_format::schema>("structure.jsonSchema.schema"), by_hand<&response_format::strict>(""));
static_assert(accounts_for_all<response_format>(bedrock_format_fields));

inline constexpr auto bedrock_reasoning_fields = fields_of<reasoning_options>(
    by_hand<&reasoning_options::effort>("outputConfig.effort"), by_hand<&reasoning_options::budget_tokens>("thinking.budget_tokens"),
    by_hand<&reasoning_options::adaptive>("thinking.type"), by_hand<&reasoning_options::include_thoughts>("thinking.display"));
static_assert(accounts_for_all<reasoning_options>(bedrock_reasoning_fields));

inline constexpr auto bedrock_cache_fields = fields_of<cache_control>(by_hand<&cache_control::ttl>("cachePoint.ttl"));
static_assert(accounts_for_all<cache_control>(bedrock_cache_fields));

inline constexpr auto bedrock_media_fields =
    fields_of<media>(by_hand<&media::media_type>("format"), by_hand<&media::data>("source.bytes"),
                     by_hand<&media::url>("source.s3Location.uri"), by_hand<&media::file_id>(""));
static_assert(accounts_for_all<media>(bedrock_media_fields));

inline constexpr auto bedrock_text_fields =
    fields_of<text_part>(by_hand<&text_part::text>("text"), by_hand<&text_part::citations>("citationsContent.citations"),
                         hint<&text_part::signature>(), by_hand<&text_part::cache>("cachePoint"), by_hand<&text_part::extra>(""));
static_assert(accounts_for_all<text_part>(bedrock_text_fields));

inline constexpr auto bedrock_citation_fields =
    fields_of<citation>(by_hand<&citation::url>("location.web.url"), by_hand<&citation::title>("title"),
                        by_hand<&citation::quote>("sourceContent"), by_hand<&citation::start>(""), by_hand<&citation::end>(""),
                        by_hand<&citation::original>(""));
static_assert(accounts_for_all<citation>(bedrock_citation_fields));

inline constexpr auto bedrock_refusal_fields = fields_of<refusal_part>(by_hand<&refusal_part::text>("text"));
static_assert(accounts_for_all<refusal_part>(bedrock_refusal_fields));

inline constexpr auto bedrock_image_fields =
    fields_of<image_part>(by_hand<&image_part::source>("image"), by_hand<&image_part::detail>(""),
                          by_hand<&image_part::cache>("cachePoint"), by_hand<&image_part::extra>("image"));
static_assert(accounts_for_all<image_part>(bedrock_image_fields));

inline constexpr auto bedrock_audio_fields = fields_of<audio_part>(
    by_hand<&audio_part::source>("audio"), by_hand<&audio_part::cache>("cachePoint"), by_hand<&audio_part::extra>("audio"));
static_assert(accounts_for_all<audio_part>(bedrock_audio_fields));

inline constexpr auto bedrock_file_fields =
    fields_of<file_part>(by_hand<&file_part::source>("document"), by_hand<&file_part::filename>("document.name"),
                         by_hand<&file_part::cache>("cachePoint"), by_hand<&file_part::extra>("document"));
static_assert(accounts_for_all<file_part>(bedrock_file_fields));

inline constexpr auto bedrock_thinking_fields = fields_of<thinking_part>(
    by_hand<&thinking_part::text>("reasoningContent.reasoningText.text"),
    by_hand<&thinking_part::signature>("reasoningContent.reasoningText.signature"), by_hand<&thinking_part::signer>(""),
    by_hand<&thinking_part::redacted_data>("reasoningContent.redactedContent"), by_hand<&thinking_part::extra>(""));
static_assert(accounts_for_all<thinking_part>(bedrock_thinking_fields));

inline constexpr auto bedrock_call_fields = fields_of<tool_call_part>(
    by_hand<&tool_call_part::id>("toolUse.toolUseId"), by_hand<&tool_call_part::name>("toolUse.name"),
    by_hand<&tool_call_part::arguments>("toolUse.input"), hint<&tool_call_part::signature>(),
    by_hand<&tool_call_part::cache>("cachePoint"), by_hand<&tool_call_part::extra>("toolUse"));
static_assert(accounts_for_all<tool_call_part>(bedrock_call_fields));

inline constexpr auto bedrock_result_fields = fields_of<tool_result_part>(
    by_hand<&tool_result_part::call_id>("toolResult.toolUseId"), by_hand<&tool_result_part::name>(""),
    by_hand<&tool_result_part::content>("toolResult.content"), by_hand<&tool_result_part::is_error>("toolResult.status"),
    by_hand<&tool_result_part::cache>("cachePoint"), by_hand<&tool_result_part::extra>("toolResult"));
static_assert(accounts_for_all<tool_result_part>(bedrock_result_fields));

inline constexpr auto bedrock_opaque_fields =
    fields_of<opaque_part>(by_hand<&opaque_part::origin>(""), by_hand<&opaque_part::value>(""));
static_assert(accounts_for_all<opaque_part>(bedrock_opaque_fields));

inline constexpr auto bedrock_choice_out_fields = fields_of<chat_choice>(
    by_hand<&chat_choice::answer>("output.message.content"), by_hand<&chat_choice::finish>("stopReason"),
    by_hand<&chat_choice::stop_sequence>("additionalModelResponseFields.stop_sequence"), lost<&chat_choice::logprobs>(),
    by_hand<&chat_choice::extra>(""));
static_assert(accounts_for_all<chat_choice>(bedrock_choice_out_fields));

inline constexpr auto bedrock_reply_fields =
    fields_of<chat_reply>(lost<&chat_reply::id>(), lost<&chat_reply::model>(), lost<&chat_reply::created>(),
                          by_hand<&chat_reply::choices>("output"), by_hand<&chat_reply::usage>("usage"),
                          by_hand<&chat_reply::service_tier>("serviceTier.type"), by_hand<&chat_reply::extra>(""));
static_assert(accounts_for_all<chat_reply>(bedrock_reply_fields));

inline constexpr std::span<const field_rule> bedrock_tables[] = {
    bedrock_request_fields.view(), bedrock_reasoning_fields.view(), bedrock_format_fields.view(),  bedrock_message_fields.view(),
    bedrock_tool_fields.view(),    bedrock_choice_fields.view(),    bedrock_search_fields.view(),  bedrock_cache_fields.view(),
    bedrock_media_fields.view(),   bedrock_citation_fields.view(),  bedrock_text_fields.view(),    bedrock_refusal_fields.view(),
    bedrock_image_fields.view(),   bedrock_audio_fields.view(),     bedrock_file_fields.view(),    bedrock_thinking_fields.view(),
    bedrock_call_fields.view(),    bedrock_result_fields.view(),    bedrock_opaque_fields.view()};

/// Lists of messages in `request_origins`.
enum class bedrock_list : std::uint8_t { messages, system };
/// Lists of parts: elements of `content`, and those of `system`, whose list is the message itself.
enum class bedrock_part_list : std::uint8_t { content, prompt };

} // namespace llmx::inline LLMX_ABI::detail

namespace llmx::inline LLMX_ABI {

LLMX_DECL std::string bedrock_converse::caller_path(const request_place& at, const chat_request& request) {
    static constexpr std::string_view message_lists[] = {"messages", "system"}, part_lists[] = {"content", "[]"},
                                      tool_lists[] = {"toolConfig.tools"};
    detail::wire_names names;
    names.message_lists = message_lists;
    names.part_lists = part_lists;
    names.tool_lists = tool_lists;
    names.tables = detail::bedrock_tables;
    return detail::wire_path(at, request, names);
}

} // namespace llmx::inline LLMX_ABI
