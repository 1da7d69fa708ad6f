// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/usage.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// \file
/// What a gateway that keeps responses has to know of the language `openai_responses`: text in, text out. Nothing is parsed into a tree
/// but the items of a list for a caller.

namespace llmx::inline LLMX_ABI::detail {

/// What of a request decides whether its response is kept, how it is made and what it continues.
struct responses_demands {
    responses_demands() = default;
    bool store = true, background = false, stream = false;
    /// `previous_response_id`, and the id of `conversation`; empty: none.
    std::string previous, conversation;
    /// The value of `input`, a view into the body; empty: none.
    std::string_view input;
};
/// Finds them in \p body; values of another type count as absent, and are refused by the decoder. Fails when \p body is not one JSON
/// object.
LLMX_DECL [[nodiscard]] result<responses_demands> responses_demands_of(std::string_view body);

/// A response that is kept, with what it was an answer to.
struct response_record {
    response_record() = default;
    /// The model as the caller named it, or as a fallback did; and the deployment that has the response too, because the bytes of the
    /// request
    /// passed to it; empty: none has.
    std::string model, deployment;
    /// The vendor's id of the response where it differs from the caller's; the id of the response before.
    std::string upstream, previous;
    bool background = false;
    /// JSON: the value of `input`, and the response.
    std::string input, response;
};
/// One JSON object; the inverse fails with `errc::bad_response` when \p text is not what the first wrote.
LLMX_DECL [[nodiscard]] std::string write_response_record(const response_record& r);
LLMX_DECL [[nodiscard]] result<response_record> read_response_record(std::string_view text);

/// How a request goes on.
struct responses_change {
    responses_change() = default;
    /// Items before its own, as JSON separated by commas.
    std::string_view history;
    /// `previous_response_id`; empty: none.
    std::string_view previous;
    /// The request is executed in the background of the gateway: as a stream, and without `background`.
    bool detached = false;
    /// `history` has the items of `conversation`, which is left out.
    bool in_conversation = false;
};
/// \p body, one JSON object, with \p change. All that is not named stays byte for byte.
LLMX_DECL [[nodiscard]] std::string responses_changed(std::string_view body, const responses_change& change);

/// Appends to \p out the input and the output of \p r as items for another request, each behind a comma unless it is the first. Items lose
/// what refers to the vendor's copy (`id`, `status`); reasoning of OpenAI's that only its copy has is left out.
LLMX_DECL void append_response_history(const response_record& r, std::string& out);

/// An item of a list.
struct responses_listed_item {
    responses_listed_item() = default;
    std::string id, json;
};
/// Appends the items of \p input, the value of a request's member, as OpenAI lists them (ItemResource): texts are messages, contents lists,
/// and each item has an id, which depends on \p response, the id of the response, and its place.
LLMX_DECL void list_response_input(std::string_view input, std::string_view response, std::vector<responses_listed_item>& to);
/// The same with the items of a response's output.
LLMX_DECL void list_response_output(std::string_view response, std::vector<responses_listed_item>& to);

/// A request whose answer is a summary of the conversation that \p body, a request, ends: with its model, its instructions and its input
/// behind \p history.
LLMX_DECL [[nodiscard]] std::string compaction_request(std::string_view body, std::string_view history);
/// OpenAI's answer to a compaction (CompactResource): the user's messages in \p items, and \p summary as an item that only this gateway
/// reads.
LLMX_DECL void write_compaction(std::string_view id, std::int64_t created, const std::vector<responses_listed_item>& items,
                                std::string_view summary, const usage& tokens, std::string& out);

/// What is written in place of members of a response; empty: they stay.
struct responses_override {
    responses_override() = default;
    std::string_view id, status;
    /// `previous_response_id`.
    std::string_view previous;
    /// JSON: `error`.
    std::string_view failure;
    bool background = false;
};
/// Appends \p response with \p change, as one that is stored.
LLMX_DECL void override_response(std::string_view response, const responses_override& change, std::string& out);

/// A response without output: \p status is "queued" or "in_progress". \p request: the bytes whose settings it repeats.
LLMX_DECL [[nodiscard]] std::string begun_response(std::string_view request, std::string_view id, std::string_view model,
                                                   std::int64_t created, std::string_view status);
/// The value of `error` for a response that failed by \p why.
LLMX_DECL [[nodiscard]] std::string response_failure(const error& why);

/// Appends the event \p type with the number \p sequence: \p data with this number and, where it has a response, \p change in it.
LLMX_DECL void append_response_event(std::string_view type, std::string_view data, std::int64_t sequence, const responses_override& change,
                                     std::string& out);
/// The text of the string member \p name of the object \p json; empty when there is none.
LLMX_DECL [[nodiscard]] std::string response_member(std::string_view json, std::string_view name);
/// The value of the member \p name as it is written; empty when there is none.
LLMX_DECL [[nodiscard]] std::string_view response_value(std::string_view json, std::string_view name);
/// Whether \p type is an event that ends a stream and has the whole response.
[[nodiscard]] constexpr bool ends_response(std::string_view type) noexcept {
    return type == "response.completed" || type == "response.incomplete" || type == "response.failed";
}

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/responses_stored.ipp>
#endif
