// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/detail/signature.hpp>
#include <llmx/dialects/openai/detail/custom_tools.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

/// \file
/// The parts that the files of the dialect `openai_responses` share. Not for others.

namespace llmx::inline LLMX_ABI::detail {

/// Members, of whichever object, that describe or tune (docs/fidelity.md): storage, caching, abuse detection, how much is written,
/// the identity and the state of an item, how tools are loaded and what they return.
inline constexpr std::string_view responses_hints[] = {
    "store", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "safety_identifier", "client_metadata", "include",
    "max_tool_calls", "truncation", "context_management", "stream_options", "verbosity", "summary", "generate_summary", "mode", "context",
    "effort", "id", "status", "phase", "caller", "defer_loading", "output_schema", "allowed_callers", "external_web_access",
    "prompt_cache_breakpoint", "detail", "annotations", "logprobs", "format", "description", "created_by", "agent", "type"};
/// Members that refer to something which only the vendor keeps.
inline constexpr std::string_view responses_states[] = {"previous_response_id", "conversation", "prompt", "background", "input.reference",
                                                        "input.compaction", "input.mcp_approval_response"};

/// Markers in `extra_members` of parts that have no member of their own.
inline constexpr std::string_view responses_record = "item", ///< of a thinking part: the whole item, a record of a vendor's tool
    responses_message = "message.";                          ///< of the first text of a message item: members of the item

/// The signers of `encrypted_content` that are no vendors.
inline constexpr std::string_view responses_redacted = "redacted", responses_last = "last", responses_next = "next";
/// The signer of the `encrypted_content` of a compaction that the gateway made: the base64 of a text.
inline constexpr std::string_view responses_compacted = "compaction";

/// The lists that contain messages, and those that contain parts, as numbers of `wire_origin::list`.
inline constexpr std::array<std::string_view, 2> responses_message_lists = {"input", "instructions"};
inline constexpr std::array<std::string_view, 3> responses_part_lists = {"content", "", "instructions"};
inline constexpr std::array<std::string_view, 1> responses_tool_lists = {"tools"};

/// A name of the vocabulary, "namespace.function", taken apart.
struct responses_function {
    std::string_view space, name;
};
[[nodiscard]] constexpr responses_function responses_split(std::string_view name) noexcept {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos || dot == 0 || dot + 1 == name.size()) return responses_function{std::string_view(), name};
    return responses_function{name.substr(0, dot), name.substr(dot + 1)};
}
/// The inverse.
LLMX_DECL [[nodiscard]] std::string responses_joined(std::string_view space, std::string_view name);

/// Members of \p from that are neither null nor in \p known go to \p to as "prefix" + name.
LLMX_DECL void responses_keep(const json_cursor& from, std::initializer_list<std::string_view> known, std::string_view prefix, extra_members& to);
/// Writes those with \p prefix, without it, or those that begin with none of \p prefixes.
LLMX_DECL void responses_write_inner(json_writer& w, const extra_members& extra, std::string_view prefix);
LLMX_DECL void responses_write_outer(json_writer& w, const extra_members& extra, std::initializer_list<std::string_view> prefixes);
/// The value of the member \p name of this language; null when there is none.
LLMX_DECL [[nodiscard]] const raw_json* responses_find(const extra_members& extra, std::string_view name) noexcept;

/// What an item with `encrypted_content` holds.
struct responses_proof {
    std::string_view signer, signature;
    /// Encrypted thinking; the signature of what is before or behind the item.
    bool redacted = false, last = false, next = false;
};
LLMX_DECL [[nodiscard]] responses_proof responses_read_proof(std::string_view encrypted) noexcept;
LLMX_DECL [[nodiscard]] std::string responses_write_proof(const thinking_part& t);
/// A reasoning item for a signature alone; \p role is `responses_last` or `responses_next`. Without its id, from its type on.
LLMX_DECL [[nodiscard]] std::string responses_signature_item(std::string_view role, std::string_view signature);
/// Fills in \p part from the reasoning item that \p item is.
LLMX_DECL void responses_read_thinking(const json_cursor& item, const responses_proof& proof, thinking_part& part);
/// The thoughts of a reasoning item.
LLMX_DECL [[nodiscard]] std::string responses_thoughts(const json_cursor& item);
/// Whether \p type is an item that records what a tool of the vendor did.
/// The picture of the `image_generation_call` \p item, which has a `result`.
LLMX_DECL [[nodiscard]] media responses_made_image(const json_cursor& item);
/// Whether items of \p type are of a tool that the client runs (a shell, patches, a computer), or of the interpreter of code: other
/// vendors have no such tools, and what follows in the conversation is about them.
LLMX_DECL [[nodiscard]] bool responses_is_client_tool(std::string_view type) noexcept;
LLMX_DECL [[nodiscard]] bool responses_is_record(std::string_view type) noexcept;

/// An item's id, of an answer's: "msg_…_0". At most 64 bytes.
LLMX_DECL [[nodiscard]] std::string responses_item_id(std::string_view prefix, std::string_view response, std::size_t index);
/// The id of a response: that of the answer, behind "resp_" when it has another form.
LLMX_DECL [[nodiscard]] std::string responses_id(std::string_view answer);

LLMX_DECL void responses_write_usage(json_writer& w, const usage& u);
LLMX_DECL [[nodiscard]] usage responses_read_usage(const json_cursor& from) noexcept;
/// The members of a response that repeat its request, each behind a comma. \p kept: the gateway stores the response.
LLMX_DECL [[nodiscard]] std::string responses_echo(std::string_view request, bool kept = false);
/// A response object, whose items \p output has as JSON, separated by commas. \p incomplete and \p failure are JSON or empty.
struct responses_state {
    std::string_view id, model, status, output, incomplete, failure, echo;
    std::int64_t created = 0;
    const usage* tokens = nullptr;
};
LLMX_DECL void responses_write(const responses_state& s, const extra_members* extra, std::string_view tier, std::string& out);
/// Why an answer is incomplete; empty when it is complete.
LLMX_DECL [[nodiscard]] std::string_view responses_incomplete(finish_reason r) noexcept;

/// A citation as an annotation; false when it has no source that the API can name. One without a range covers all of its text, which
/// has \p length characters.
LLMX_DECL bool responses_write_annotation(json_writer& w, const citation& c, std::int64_t length);
LLMX_DECL void responses_read_annotations(const json_cursor& list, std::vector<citation>& to);

/// Strict: `input`, a text or items.
LLMX_DECL void responses_read_input(const json_cursor& input, chat_request& to);
LLMX_DECL void responses_write_input(json_writer& w, const chat_request& request, const model_traits& traits, drop_report& drops);
/// Strict: an element of a message's content.
LLMX_DECL [[nodiscard]] content_part responses_read_content(const json_cursor& from);

} // namespace llmx::inline LLMX_ABI::detail
