// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/dialects/detail/enum_words.hpp>
#include <llmx/dialects/field_table.hpp>

#include <array>
#include <span>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

// The place of each member of the vocabulary in generateContent's messages, and the reports of those that
// have no place there. Source: google.ai.generativelanguage.v1beta, https://ai.google.dev/api/generate-content.

inline constexpr std::string_view generate_config = "generationConfig";
/// The name that a schema of an answer gets, as the wire has none.
inline constexpr std::string_view generate_format_name = "response";

/// The plain members are generationConfig's: the table is read and written at that object.
inline constexpr auto generate_request_fields = fields_of<chat_request>(
    by_hand<&chat_request::model>("model"),
    by_hand<&chat_request::messages>("contents"),
    by_hand<&chat_request::tools>("tools"),
    by_hand<&chat_request::tool_choice>("toolConfig.functionCallingConfig"),
    mapped<&chat_request::temperature>("temperature").inside(generate_config),
    mapped<&chat_request::top_p>("topP").inside(generate_config),
    mapped<&chat_request::top_k>("topK").inside(generate_config).count(),
    by_hand<&chat_request::n>("candidateCount").inside(generate_config),
    mapped<&chat_request::max_output_tokens>("maxOutputTokens").inside(generate_config).count(),
    by_hand<&chat_request::stop>("stopSequences").inside(generate_config),
    // An int32 of the protos.
    mapped<&chat_request::seed>("seed").inside(generate_config).within(-2147483648.0, 2147483647.0).tuning(),
    mapped<&chat_request::presence_penalty>("presencePenalty").inside(generate_config),
    mapped<&chat_request::frequency_penalty>("frequencyPenalty").inside(generate_config),
    mapped<&chat_request::logprobs>("responseLogprobs").inside(generate_config),
    mapped<&chat_request::top_logprobs>("logprobs").inside(generate_config).count(),
    by_hand<&chat_request::modalities>("responseModalities").inside(generate_config),
    by_hand<&chat_request::response_format>("responseMimeType").inside(generate_config),
    by_hand<&chat_request::reasoning>("thinkingConfig").inside(generate_config),
    by_hand<&chat_request::service_tier>("serviceTier"),
    // Models call functions in parallel unless they choose not to, and callers that take one call take several.
    hint<&chat_request::parallel_tool_calls>().unless(1),
    lost<&chat_request::logit_bias>(),
    hint<&chat_request::user>(),
    hint<&chat_request::metadata>(),
    hint<&chat_request::cache>(),
    // In the path; a stream always ends with the usage.
    by_hand<&chat_request::stream>(std::string_view()),
    by_hand<&chat_request::include_usage>(std::string_view()),
    by_hand<&chat_request::extra>(std::string_view()));
static_assert(accounts_for_all(generate_request_fields),
              "llmx: generateContent's table has each member of chat_request once");

inline constexpr auto generate_message_fields = fields_of<message>(
    by_hand<&message::from>("role"), by_hand<&message::content>("parts"), hint<&message::name>(),
    by_hand<&message::extra>(std::string_view()));
static_assert(accounts_for_all(generate_message_fields), "llmx: generateContent's table has each member of message once");

inline constexpr auto generate_tool_fields = fields_of<tool>(
    mapped<&tool::name>("name"), mapped<&tool::description>("description"), by_hand<&tool::parameters>("parameters"),
    hint<&tool::strict>().unless(0), hint<&tool::cache>(), by_hand<&tool::builtin>(std::string_view()),
    by_hand<&tool::kind>(std::string_view()), by_hand<&tool::search>("googleSearch"), by_hand<&tool::mcp>(""), by_hand<&tool::extra>(std::string_view()));
static_assert(accounts_for_all(generate_tool_fields), "llmx: generateContent's table has each member of tool once");

/// Google's search has none of these settings; that of Vertex AI leaves sites out, which is read.
inline constexpr auto generate_search_fields = fields_of<web_search_options>(
    hint<&web_search_options::context_size>(), hint<&web_search_options::max_uses>(), lost<&web_search_options::allowed_domains>(),
    lost<&web_search_options::blocked_domains>().read_as("excludeDomains"), hint<&web_search_options::city>(),
    hint<&web_search_options::region>(), hint<&web_search_options::country>(), hint<&web_search_options::timezone>());
static_assert(accounts_for_all(generate_search_fields), "llmx: generateContent's table has each member of web_search_options once");

inline constexpr auto generate_choice_fields =
    fields_of<tool_choice>(by_hand<&tool_choice::how>("mode"), by_hand<&tool_choice::name>("allowedFunctionNames"),
                           by_hand<&tool_choice::allowed>("allowedFunctionNames"));
static_assert(accounts_for_all(generate_choice_fields), "llmx: generateContent's table has each member of tool_choice once");

/// Members beside those of the request: see `caller_path`.
inline constexpr auto generate_format_fields = fields_of<response_format>(
    by_hand<&response_format::form>("responseMimeType").inside(generate_config),
    by_hand<&response_format::schema>("responseSchema").inside(generate_config),
    by_hand<&response_format::name>(std::string_view()), by_hand<&response_format::description>(std::string_view()),
    // A schema is always followed.
    hint<&response_format::strict>().unless(0));
static_assert(accounts_for_all(generate_format_fields),
              "llmx: generateContent's table has each member of response_format once");

inline constexpr auto generate_reasoning_fields = fields_of<reasoning_options>(
    by_hand<&reasoning_options::effort>("thinkingLevel"), by_hand<&reasoning_options::budget_tokens>("thinkingBudget"),
    by_hand<&reasoning_options::adaptive>(std::string_view()), by_hand<&reasoning_options::include_thoughts>("includeThoughts"));
static_assert(accounts_for_all(generate_reasoning_fields),
              "llmx: generateContent's table has each member of reasoning_options once");

inline constexpr auto generate_cache_fields = fields_of<cache_control>(hint<&cache_control::ttl>());
static_assert(accounts_for_all(generate_cache_fields), "llmx: generateContent's table has each member of cache_control once");

inline constexpr auto generate_media_fields = fields_of<media>(
    by_hand<&media::media_type>("mimeType").inside("inlineData"), by_hand<&media::data>("data").inside("inlineData"),
    by_hand<&media::url>("fileUri").inside("fileData"), by_hand<&media::file_id>("fileUri").inside("fileData"));
static_assert(accounts_for_all(generate_media_fields), "llmx: generateContent's table has each member of media once");

/// Of a candidate's groundingMetadata, for those of other languages.
inline constexpr auto generate_citation_fields = fields_of<citation>(
    by_hand<&citation::url>("uri"), by_hand<&citation::title>("title"), by_hand<&citation::quote>("text"),
    by_hand<&citation::start>("startIndex"), by_hand<&citation::end>("endIndex"), by_hand<&citation::original>(std::string_view()));
static_assert(accounts_for_all(generate_citation_fields), "llmx: generateContent's table has each member of citation once");

inline constexpr auto generate_text_fields = fields_of<text_part>(
    by_hand<&text_part::text>("text"), by_hand<&text_part::signature>("thoughtSignature"), hint<&text_part::citations>(),
    hint<&text_part::cache>(), by_hand<&text_part::extra>(std::string_view()));
static_assert(accounts_for_all(generate_text_fields), "llmx: generateContent's table has each member of text_part once");

inline constexpr auto generate_refusal_fields = fields_of<refusal_part>(by_hand<&refusal_part::text>("text"));
static_assert(accounts_for_all(generate_refusal_fields), "llmx: generateContent's table has each member of refusal_part once");

inline constexpr auto generate_image_fields = fields_of<image_part>(
    by_hand<&image_part::source>(std::string_view()), hint<&image_part::detail>(), hint<&image_part::cache>(),
    by_hand<&image_part::extra>(std::string_view()));
static_assert(accounts_for_all(generate_image_fields), "llmx: generateContent's table has each member of image_part once");

inline constexpr auto generate_audio_fields = fields_of<audio_part>(
    by_hand<&audio_part::source>(std::string_view()), hint<&audio_part::cache>(), by_hand<&audio_part::extra>(std::string_view()));
static_assert(accounts_for_all(generate_audio_fields), "llmx: generateContent's table has each member of audio_part once");

inline constexpr auto generate_file_fields = fields_of<file_part>(
    by_hand<&file_part::source>(std::string_view()), hint<&file_part::filename>(), hint<&file_part::cache>(),
    by_hand<&file_part::extra>(std::string_view()));
static_assert(accounts_for_all(generate_file_fields), "llmx: generateContent's table has each member of file_part once");

inline constexpr auto generate_thinking_fields = fields_of<thinking_part>(
    by_hand<&thinking_part::text>("text"), by_hand<&thinking_part::signature>("thoughtSignature"),
    by_hand<&thinking_part::signer>(std::string_view()), hint<&thinking_part::redacted_data>(),
    by_hand<&thinking_part::extra>(std::string_view()));
static_assert(accounts_for_all(generate_thinking_fields), "llmx: generateContent's table has each member of thinking_part once");

inline constexpr auto generate_call_fields = fields_of<tool_call_part>(
    by_hand<&tool_call_part::id>("functionCall.id"), by_hand<&tool_call_part::name>("functionCall.name"),
    by_hand<&tool_call_part::arguments>("functionCall.args"), by_hand<&tool_call_part::signature>("thoughtSignature"),
    hint<&tool_call_part::cache>(), by_hand<&tool_call_part::extra>(std::string_view()));
static_assert(accounts_for_all(generate_call_fields), "llmx: generateContent's table has each member of tool_call_part once");

inline constexpr auto generate_result_fields = fields_of<tool_result_part>(
    by_hand<&tool_result_part::call_id>("functionResponse.id"), by_hand<&tool_result_part::name>("functionResponse.name"),
    by_hand<&tool_result_part::content>("functionResponse.response"),
    by_hand<&tool_result_part::is_error>("functionResponse.response"), hint<&tool_result_part::cache>(),
    by_hand<&tool_result_part::extra>(std::string_view()));
static_assert(accounts_for_all(generate_result_fields),
              "llmx: generateContent's table has each member of tool_result_part once");

inline constexpr auto generate_opaque_fields =
    fields_of<opaque_part>(by_hand<&opaque_part::origin>(std::string_view()), by_hand<&opaque_part::value>(std::string_view()));
static_assert(accounts_for_all(generate_opaque_fields), "llmx: generateContent's table has each member of opaque_part once");

/// Of GenerateContentResponse. Nothing is reported of a reply: its caller requested another provider.
inline constexpr auto generate_reply_fields = fields_of<chat_reply>(
    by_hand<&chat_reply::choices>("candidates"), by_hand<&chat_reply::usage>("usageMetadata"),
    by_hand<&chat_reply::model>("modelVersion"), by_hand<&chat_reply::id>("responseId"), hint<&chat_reply::created>(),
    hint<&chat_reply::service_tier>(), by_hand<&chat_reply::extra>(std::string_view()));
static_assert(accounts_for_all(generate_reply_fields), "llmx: generateContent's table has each member of chat_reply once");

/// Of Candidate.
inline constexpr auto generate_candidate_fields = fields_of<chat_choice>(
    by_hand<&chat_choice::answer>("content"), by_hand<&chat_choice::finish>("finishReason"),
    hint<&chat_choice::stop_sequence>(), by_hand<&chat_choice::logprobs>("logprobsResult"),
    by_hand<&chat_choice::extra>(std::string_view()));
static_assert(accounts_for_all(generate_candidate_fields), "llmx: generateContent's table has each member of chat_choice once");

/// Of a caller's names: see `wire_names`.
inline constexpr std::array<std::span<const field_rule>, 17> generate_tables = {
    generate_request_fields.view(), generate_message_fields.view(),   generate_tool_fields.view(),
    generate_choice_fields.view(),  generate_format_fields.view(),    generate_reasoning_fields.view(),
    generate_search_fields.view(),
    generate_cache_fields.view(),   generate_media_fields.view(),     generate_text_fields.view(),
    generate_refusal_fields.view(), generate_image_fields.view(),     generate_audio_fields.view(),
    generate_file_fields.view(),    generate_thinking_fields.view(),  generate_call_fields.view(),
    generate_result_fields.view()};

/// Members, of whichever object, that describe or tune (docs/fidelity.md): billing, storage and the choice of a model's host; what a
/// function returns and when its result is read; the resolution of media and names for people; where the user is; how
/// speech and images are to be, which `responseModalities` asks for.
inline constexpr std::array<std::string_view, 20> generate_hints = {
    "labels", "store", "response", "responseJsonSchema", "behavior", "scheduling", "mediaResolution", "audioTimestamp",
    "enableEnhancedCivicAnswers", "modelSelectionConfig", "routingConfig", "displayName", "partMetadata", "retrievalConfig",
    "speechConfig", "imageConfig", "streamFunctionCallArguments", "annotations", "title", "outputSchema"};
/// Members that refer to what only Google has.
inline constexpr std::array<std::string_view, 1> generate_states = {"cachedContent"};

/// https://ai.google.dev/api/generate-content, `serviceTier`.
inline constexpr std::array<enum_word<service_tier>, 3> generate_tiers = {
    {{service_tier::standard, "standard"}, {service_tier::flex, "flex"}, {service_tier::priority, "priority"}}};

/// Members of Tool: https://ai.google.dev/api/caching#Tool.
inline constexpr std::array<enum_word<builtin_kind>, 5> generate_builtins = {
    {{builtin_kind::web_search, "googleSearch"},
     {builtin_kind::web_search, "googleSearchRetrieval"},
     {builtin_kind::web_search, "enterpriseWebSearch"},
     {builtin_kind::web_fetch, "urlContext"},
     {builtin_kind::code_execution, "codeExecution"}}};

/// https://ai.google.dev/api/generate-content#generationconfig: `stopSequences`, and `candidateCount` of the models that take more than one.
inline constexpr std::size_t generate_most_stops = 5;
inline constexpr std::int64_t generate_most_candidates = 8;

/// All of Google's own tools: a caller of another language may have written one into its request.
inline constexpr std::array<std::string_view, 8> generate_own_tools = {
    "googleSearch", "googleSearchRetrieval", "enterpriseWebSearch", "urlContext", "codeExecution", "googleMaps", "fileSearch", "computerUse"};

/// Members of a request that a caller of another language may have written into its own, as LiteLLM takes them.
struct generate_own_member {
    std::string_view camel, snake;
};
inline constexpr std::array<generate_own_member, 3> generate_own_members = {
    {{"safetySettings", "safety_settings"}, {"cachedContent", "cached_content"}, {"labels", "labels"}}};

/// FunctionCallingConfig.Mode; a mode that is not here stays in `extra`.
inline constexpr std::array<enum_word<tool_choice::mode>, 4> generate_modes = {{{tool_choice::mode::automatic, "AUTO"},
                                                                               {tool_choice::mode::none, "NONE"},
                                                                               {tool_choice::mode::required, "ANY"},
                                                                               {tool_choice::mode::function, "ANY"}}};

/// ThinkingConfig.ThinkingLevel. Models with levels always reason and have none above HIGH.
inline constexpr std::array<enum_word<reasoning_effort>, 7> generate_levels = {{{reasoning_effort::minimal, "MINIMAL"},
                                                                               {reasoning_effort::low, "LOW"},
                                                                               {reasoning_effort::medium, "MEDIUM"},
                                                                               {reasoning_effort::high, "HIGH"},
                                                                               {reasoning_effort::none, "MINIMAL"},
                                                                               {reasoning_effort::xhigh, "HIGH"},
                                                                               {reasoning_effort::max, "HIGH"}}};

} // namespace llmx::inline LLMX_ABI::detail
