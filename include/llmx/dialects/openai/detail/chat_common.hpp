// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/call_ids.hpp>
#include <llmx/dialects/detail/enum_words.hpp>
#include <llmx/dialects/detail/signature.hpp>
#include <llmx/dialects/chat_codec.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file
/// The parts that the files of the dialect `openai_chat` share. Not for others.

namespace llmx::inline LLMX_ABI::detail {

/// Members, of whichever object, that describe or tune (docs/fidelity.md): storage, caching, speed and abuse detection; the route to a
/// model's host (OpenRouter); how much is written and thought; how one token is chosen (vLLM, llama.cpp and others); what a function
/// returns and how it is shown (Model Context Protocol); what replies of clients' libraries carry, which clients send back.
inline constexpr std::string_view openai_chat_hints[] = {
    "store", "prediction", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "include_obfuscation", "client_metadata",
    "include", "provider", "route", "transforms", "usage", "include_reasoning", "reasoning", "reasoning_effort", "verbosity",
    "audio", "min_p", "top_a", "typical_p", "repetition_penalty", "defer_loading", "output_schema", "examples", "closed", "id",
    "provider_specific_fields", "reasoning_details", "weight", "index", "metadata", "timestamp", "created_at", "annotations", "title",
    "outputSchema", "_meta", "cache_prompt", "samplers", "xtc_probability", "xtc_threshold", "repeat_last_n", "repeat_penalty",
    "dynatemp_range", "dynatemp_exponent", "dry_multiplier", "dry_base", "dry_allowed_length", "dry_penalty_last_n", "mirostat",
    "mirostat_tau", "mirostat_eta", "tfs_z", "timings_per_token", "length_penalty", "no_repeat_ngram_size", "keep_alive",
    "enable_thinking", "chat_template_kwargs", "models", "session_id", "trace_id", "extra_body"};
/// Members that refer to a conversation which only OpenAI has. They are of another API of OpenAI; clients send them here too.
inline constexpr std::string_view openai_chat_states[] = {"previous_response_id", "conversation"};

/// At most 40 bytes ("string_above_max_length").
inline constexpr call_id_rule openai_chat_call_id_rule(40, false, std::string_view(), "call_");

/// platform.openai.com/docs/api-reference/chat/create, `service_tier`.
inline constexpr std::array<enum_word<service_tier>, 5> openai_chat_tiers = {{{service_tier::automatic, "auto"},
                                                                              {service_tier::standard, "default"},
                                                                              {service_tier::flex, "flex"},
                                                                              {service_tier::scale, "scale"},
                                                                              {service_tier::priority, "priority"}}};
/// Reads `service_tier`; a name of one vendor alone is kept in \p extra.
LLMX_DECL void openai_chat_read_tier(std::string_view name, std::optional<service_tier>& to, extra_members& extra);

/// The lists that contain parts, as numbers of `wire_origin::list`.
enum class openai_chat_list : std::uint32_t {
    content, thinking_blocks, tool_calls, images, reasoning_content, reasoning, refusal, audio, function_call,
    message, ///< the part is the message
};
/// Their names.
inline constexpr std::array<std::string_view, 10> openai_chat_part_lists = {
    "content",   "thinking_blocks", "tool_calls", "images",        "reasoning_content",
    "reasoning", "refusal",         "audio",      "function_call", ""};
/// The lists that contain tools.
inline constexpr std::array<std::string_view, 3> openai_chat_tool_lists = {"tools", "functions", "web_search_options"};

/// The member that requests a search of the web; its tool is
/// `{"type":"web_search_options","web_search_options":{…}}`.
inline constexpr std::string_view openai_chat_search_options = "web_search_options";
LLMX_DECL [[nodiscard]] opaque_part openai_chat_search_tool(std::string_view json);

/// Adds the parts of a message, and their origins to those of its request.
class openai_chat_parts {
public:
    explicit openai_chat_parts(message& to, request_origins* origins = nullptr) noexcept : to_(to), origins_(origins) {}
    void add(content_part part, openai_chat_list list, std::size_t index = wire_origin::no_index) {
        to_.content.push_back(std::move(part));
        if (origins_ != nullptr) origins_->part(wire_origin(static_cast<std::uint32_t>(list), index));
    }
    [[nodiscard]] message& to() const noexcept { return to_; }

private:
    message& to_;
    request_origins* origins_;
};

/// Members of \p from that are neither null nor in \p known go to \p to as "prefix" + name.
LLMX_DECL void openai_chat_keep(const json_cursor& from, std::initializer_list<std::string_view> known,
                                std::string_view prefix, extra_members& to);
/// Writes the members that `openai_chat_keep` stored under \p prefix, without it.
LLMX_DECL void openai_chat_write_inner(json_writer& w, const extra_members& extra, std::string_view prefix);
/// Writes those that begin with none of \p prefixes.
LLMX_DECL void openai_chat_write_outer(json_writer& w, const extra_members& extra,
                                       std::initializer_list<std::string_view> prefixes);
/// Whether `openai_chat_write_inner` would write anything.
LLMX_DECL [[nodiscard]] bool openai_chat_has_inner(const extra_members& extra, std::string_view prefix);
/// Reports those that it would, at \p of: the object that they belong to is not written.
LLMX_DECL void openai_chat_report_inner(const extra_members& extra, std::string_view prefix, const request_place& of,
                                        drop_report& drops);
/// Appends JSON text on one line: line ends in it can only be white space.
LLMX_DECL void openai_chat_append_flat(std::string& out, std::string_view json);
/// An opaque part's `type` member; empty when its text is not an object with one.
LLMX_DECL [[nodiscard]] std::string openai_chat_opaque_type(std::string_view json);

/// Strict: a string that must be there.
LLMX_DECL void openai_chat_need(const json_cursor& from, std::string& to);
/// `extra_content.google.thought_signature` of a message or tool call; empty without.
LLMX_DECL [[nodiscard]] std::string_view openai_chat_signature(const json_cursor& from) noexcept;
LLMX_DECL void openai_chat_write_signature(json_writer& w, std::string_view signature);
/// Strict: `cache_control`, `{"type":"ephemeral","ttl":…}`.
LLMX_DECL void openai_chat_read_cache(const json_cursor& from, std::optional<cache_control>& to);
/// Whose a signature without a tag is: LiteLLM, whose convention `thinking_blocks` are, has Anthropic's.
inline constexpr std::string_view openai_chat_usual_signer = "anthropic_messages";
/// Whose the signatures in `extra_content.google` are.
inline constexpr std::string_view openai_chat_google_signer = "gemini_generate";
/// Strict: `signature`, its tag taken off.
LLMX_DECL void openai_chat_read_proof(const json_cursor& from, thinking_part& to);
/// Strict: thinking from `thinking_blocks`, else `reasoning_content`, else `reasoning`.
LLMX_DECL void openai_chat_read_thinking(const json_cursor& from, openai_chat_parts& to);
/// Mistral's thinking part: a string, or an array of text parts.
LLMX_DECL [[nodiscard]] std::string openai_chat_thinking_text(const json_cursor& from);
/// Code points: OpenAI counts them in annotations.
LLMX_DECL [[nodiscard]] std::int64_t openai_chat_length(std::string_view text) noexcept;
/// Annotations as citations; elements that are not objects are skipped.
LLMX_DECL void openai_chat_read_annotations(const json_cursor& from, std::vector<citation>& to);
/// Bytes of \p url into \p to: inline for a data URL, else by reference.
LLMX_DECL result<void> openai_chat_read_media_url(std::string_view url, media& to);
/// LiteLLM's `format` of an image or a file, a MIME type, for vendors that demand one beside a URL.
LLMX_DECL void openai_chat_read_media_format(const json_cursor& from, media& to);
/// Strict: an image part or a member of `images`.
LLMX_DECL void openai_chat_read_image(const json_cursor& from, image_part& to);
LLMX_DECL void openai_chat_write_image(json_writer& w, const image_part& image);
/// A message's audio, \p json, as an opaque part.
LLMX_DECL [[nodiscard]] opaque_part openai_chat_audio(std::string_view json);
/// Marks \p format, a custom tool's, in \p extra: a grammar is a hint elsewhere, since the function's schema describes it, and a free text is what a tool
/// without the member takes.
LLMX_DECL void mark_custom_format(extra_members& extra, const json_cursor& format);
/// A custom tool's call in `tool_calls`, under \p id.
LLMX_DECL void openai_chat_write_custom_call(json_writer& w, std::string_view id, const tool_call_part& call);
/// An id for a call whose server gave it none; the same input gives the same id.
LLMX_DECL [[nodiscard]] std::string openai_chat_call_id(std::string_view reply_id, std::int64_t choice,
                                                        std::size_t ordinal);

LLMX_DECL [[nodiscard]] finish_reason openai_chat_finish(std::string_view word, bool has_calls) noexcept;
/// The reason of a choice that failed and, behind a colon, the provider's words about it.
LLMX_DECL [[nodiscard]] std::string openai_chat_failure_words(const json_cursor& choice);
LLMX_DECL [[nodiscard]] std::string_view openai_chat_finish_word(finish_reason r, bool has_calls) noexcept;

/// The counters of a usage object, under all the names that servers give them.
struct openai_chat_counts {
    openai_chat_counts() = default;
    /// A number in the usage object.
    LLMX_DECL void take(std::string_view name, std::int64_t n) noexcept;
    /// A number in the object called \p of inside it.
    LLMX_DECL void take_detail(std::string_view of, std::string_view name, std::int64_t n) noexcept;
    LLMX_DECL [[nodiscard]] usage totals() const noexcept;

private:
    std::int64_t prompt = 0, completion = 0, total = 0, reasoning = 0;
    std::int64_t created = 0, written_by_litellm = 0, cached_by_moonshot = 0;
    std::optional<std::int64_t> written, cached_by_litellm, cached_by_deepseek;
    usage detail;
};
LLMX_DECL [[nodiscard]] usage openai_chat_read_usage(const boost::json::object& o) noexcept;
LLMX_DECL void openai_chat_write_usage(json_writer& w, const usage& u);

/// Strict: all of `messages`.
LLMX_DECL void openai_chat_read_messages(const json_cursor& list, chat_request& to);
LLMX_DECL void openai_chat_write_messages(json_writer& w, const std::vector<message>& messages, const model_traits& traits,
                                          drop_report& drops);

/// The error object of a body or of a stream as a failure.
LLMX_DECL [[nodiscard]] error openai_chat_failure(const json_cursor& from);
/// The same for a value that no document holds.
LLMX_DECL [[nodiscard]] error openai_chat_failure(const boost::json::value& v);
LLMX_DECL [[nodiscard]] error_body openai_chat_read_error(const json_cursor& from);

} // namespace llmx::inline LLMX_ABI::detail
