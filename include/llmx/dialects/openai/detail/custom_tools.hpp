// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>
#include <llmx/core/request_place.hpp>
#include <llmx/core/tool.hpp>
#include <llmx/dialects/drop_report.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

/// \file
/// Custom tools, which both of OpenAI's languages for chats have: tools whose input is a text, free or of a grammar. In the vocabulary
/// they are functions with one string, `input`, and `extra` marks them, their calls and their results.
///
/// Sources: OpenAI's OpenAPI description (CustomToolChatCompletions, ChatCompletionMessageCustomToolCall, CustomToolParam,
/// CustomToolCall, CustomToolCallOutput), https://platform.openai.com/docs/guides/function-calling#custom-tools.

namespace llmx::inline LLMX_ABI::detail {

/// The members of a custom tool that `extra_members` has: the mark, and the form of the input as its language writes it.
inline constexpr std::string_view custom_tool_mark = "type", custom_tool_format = "format";

/// Whether \p extra, kept by either language, marks a custom tool, its call or its result.
LLMX_DECL [[nodiscard]] bool is_custom_tool(const extra_members& extra) noexcept;
/// \p codec is the language that was read, and has static storage duration.
LLMX_DECL void mark_custom_tool(extra_members& extra, std::string_view codec);

/// The schema of the function that such a tool is elsewhere. \p format is the tool's, in either language's form: a grammar is written
/// into the description of `input`, since other languages do not enforce it.
LLMX_DECL [[nodiscard]] std::string custom_tool_schema(const json_cursor& format);
/// Writes the member `format` of \p t, if it has one: \p nested as Chat Completions have it, where the grammar is an object of its own.
LLMX_DECL void write_custom_format(json_writer& w, const tool& t, bool nested);
/// Reports the members of the custom tool \p t that \p codec does not write. \p as_function: nor the form of the input.
LLMX_DECL void report_custom_tool(const tool& t, std::string_view codec, bool as_function, const request_place& at, drop_report& drops);

/// The text that a custom tool gets, of a call's arguments `{"input":"…"}`: all of them when they have another form, none of `{}`.
LLMX_DECL [[nodiscard]] std::string custom_tool_input(std::string_view arguments);
/// The inverse.
LLMX_DECL [[nodiscard]] std::string custom_tool_arguments(std::string_view input);

/// The names of the custom tools in \p request, the body of a request of either language, as the vocabulary has them.
LLMX_DECL [[nodiscard]] std::set<std::string, std::less<>> custom_tool_names(std::string_view request);

/// Takes a custom tool's input out of a call's arguments that come in pieces.
///
/// The text of `{"input":"…"}` is returned as it comes. Arguments of another form are kept until the call ends, and returned whole.
class custom_input_reader {
public:
    /// The text that \p piece completes.
    LLMX_DECL [[nodiscard]] std::string feed(std::string_view piece);
    /// The rest, at the end of the call.
    LLMX_DECL [[nodiscard]] std::string finish();

private:
    enum class state : std::uint8_t { begin, text, end, other };
    LLMX_DECL void take(char c, std::string& out);
    LLMX_DECL void escape(std::string& out);

    /// Up to the text: all that came. In it: an escape that has not ended.
    std::string held_;
    std::size_t matched_ = 0;
    state state_ = state::begin;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/custom_tools.ipp>
#endif
