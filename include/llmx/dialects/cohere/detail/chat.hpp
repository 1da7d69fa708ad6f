// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/core/count.hpp>
#include <llmx/core/finish_reason.hpp>
#include <llmx/core/usage.hpp>
#include <llmx/dialects/detail/enum_words.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// ChatFinishReason; the reasons with more than one word are those of the first version, which some servers kept.
inline constexpr std::array<enum_word<finish_reason>, 11> cohere_finishes = {{{finish_reason::stop, "COMPLETE"},
                                                                              {finish_reason::stop_sequence, "STOP_SEQUENCE"},
                                                                              {finish_reason::length, "MAX_TOKENS"},
                                                                              {finish_reason::tool_calls, "TOOL_CALL"},
                                                                              {finish_reason::failed, "ERROR"},
                                                                              {finish_reason::content_filter, "ERROR"},
                                                                              {finish_reason::pause, "COMPLETE"},
                                                                              {finish_reason::failed, "TIMEOUT"},
                                                                              {finish_reason::content_filter, "ERROR_TOXIC"},
                                                                              {finish_reason::length, "ERROR_LIMIT"},
                                                                              {finish_reason::none, ""}}};
/// `stop` for a reason that was added later.
LLMX_DECL [[nodiscard]] finish_reason cohere_finish(std::string_view reason) noexcept;
/// The reason for an answer that ended by \p r; \p called: it has calls, which some vendors report as a plain stop.
LLMX_DECL [[nodiscard]] std::string_view cohere_reason(finish_reason r, bool called) noexcept;

/// Token counters as Cohere sends them: those that are billed, and those that the model read and wrote, its template included.
struct cohere_counts {
    std::int64_t billed_input = -1, billed_output = -1, input = 0, output = 0, cached = 0, searches = 0;
    [[nodiscard]] usage totals() const noexcept {
        usage u;
        u.input_tokens = billed_input >= 0 ? billed_input : input;
        u.output_tokens = billed_output >= 0 ? billed_output : output;
        // Of all tokens; the vocabulary's are a part of those that are counted.
        u.cached_tokens = cached < u.input_tokens ? cached : u.input_tokens;
        u.search_units = static_cast<std::uint16_t>(searches < 65'535 ? searches : 65'535);
        return u;
    }
};
/// Overwrites the counters that the object `usage` \p json names.
LLMX_DECL void cohere_scan_counts(std::string_view json, cohere_counts& to);
LLMX_DECL void cohere_write_usage(json_writer& w, const usage& u);

/// Members that describe or tune (docs/fidelity.md): how sources are cited, how early a request is handled, what clients send back.
inline constexpr std::string_view cohere_hints[] = {"citation_options", "priority", "id", "index"};
/// Keeps the members of \p in that are neither as absent nor in \p rules or \p known.
LLMX_DECL void cohere_keep_extra(const json_cursor& in, std::span<const field_rule> rules, extra_members& to,
                                 std::initializer_list<std::string_view> known);
/// The JSON text of \p name in the extra members of this language; null when it has none.
LLMX_DECL [[nodiscard]] const raw_json* cohere_own(const extra_members& extra, std::string_view name) noexcept;

/// What a document or the output of a tool means to a model that has no form for either: its text, or its data as JSON.
LLMX_DECL [[nodiscard]] std::string cohere_document_text(const json_cursor& document);
/// Reads a citation; \p in is the object `citations[i]`.
LLMX_DECL [[nodiscard]] citation cohere_read_citation(const json_cursor& in);
/// Writes a citation of this language as it came, or the source \p c, cited by \p text, the text that it belongs to, which is the
/// block number \p block.
LLMX_DECL void cohere_write_citation(json_writer& w, const citation& c, std::string_view text, std::size_t block);

/// Appends a log probability of this language, \p in, as an element of OpenAI's `logprobs.content`.
LLMX_DECL void cohere_read_logprob(const json_cursor& in, json_writer& to);
/// Writes \p openai, an element of OpenAI's `logprobs.content`, as an item of this language.
LLMX_DECL void cohere_write_logprob(json_writer& w, const json_cursor& openai);

} // namespace llmx::inline LLMX_ABI::detail
