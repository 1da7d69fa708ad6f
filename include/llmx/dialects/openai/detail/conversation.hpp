// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/dialects/openai/detail/responses_stored.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// \file
/// What a gateway that keeps conversations has to know of OpenAI's `/v1/conversations`: text in, text out.
///
/// Source: OpenAI's OpenAPI description (CreateConversationBody, UpdateConversationBody, ConversationResource, ConversationItemList).

namespace llmx::inline LLMX_ABI::detail {

/// A conversation without its items, which are in turns: those that one request added.
struct conversation_head {
    conversation_head() = default;
    std::int64_t created = 0;
    /// A JSON object.
    std::string metadata = "{}";
    /// How many turns there are at least; not part of its text.
    std::size_t turns = 0;
};
/// One JSON object; the inverse fails with `errc::bad_response` when \p text is not what the first wrote.
LLMX_DECL [[nodiscard]] std::string write_conversation_head(const conversation_head& h);
LLMX_DECL [[nodiscard]] result<conversation_head> read_conversation_head(std::string_view text);
/// Appends the conversation \p id as its callers get it.
LLMX_DECL void write_conversation(std::string_view id, const conversation_head& h, std::string& out);

/// The items that one request added to a conversation.
struct conversation_turn {
    conversation_turn() = default;
    /// What the model wrote among them is as its vendor sent it; false: the gateway wrote it.
    bool native = true;
    std::vector<responses_listed_item> items;
};
/// One JSON object; the inverse fails with `errc::bad_response` when \p text is not what the first wrote.
LLMX_DECL [[nodiscard]] std::string write_conversation_turn(const conversation_turn& t);
LLMX_DECL [[nodiscard]] result<conversation_turn> read_conversation_turn(std::string_view text);
/// The turn that a response with the whole text \p response and the input \p input is.
LLMX_DECL [[nodiscard]] conversation_turn turn_of_response(std::string_view input, std::string_view response, bool native);
/// The turn \p text as a response that another one continues (`append_response_history`). Its `deployment` is not empty when the turn is
/// `native`.
LLMX_DECL [[nodiscard]] result<response_record> record_of_turn(std::string_view text);

/// What the body of a request to `/v1/conversations` demands.
struct conversation_change {
    conversation_change() = default;
    /// A JSON object.
    std::optional<std::string> metadata;
    conversation_turn added;
};
/// Most items of one request; entries, bytes of a key and bytes of a value of `metadata`.
inline constexpr std::size_t most_added_items = 20, most_conversation_metadata = 16, longest_conversation_key = 64,
                             longest_conversation_value = 512;
/// Reads \p body, empty or one JSON object. Items get ids that depend on \p salt, which nothing else has.
/// Fails with `errc::invalid_request`, and names the member.
LLMX_DECL [[nodiscard]] result<conversation_change> read_conversation_change(std::string_view body, std::string_view salt);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/conversation.ipp>
#endif
