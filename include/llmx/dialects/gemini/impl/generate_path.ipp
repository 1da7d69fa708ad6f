// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/detail/caller_path.hpp>

namespace llmx::inline v0 {
namespace detail {

/// Where the tool \p at stood: functions that follow each other are one Tool.
[[nodiscard]] LLMX_DECL std::string gemini_tool_path(const std::vector<tool>& tools, std::size_t at,
                                                     path_cursor& cursor) {
    auto& [group, function] = cursor.tools;
    cursor.count_tools(at, [&](std::size_t i) {
        const bool ends = tools[i].builtin || tools[i + 1].builtin;
        group += ends ? 1 : 0;
        function = ends ? 0 : function + 1;
    });
    const std::string place = path_item("tools", group);
    return tools[at].builtin ? place : place + path_item(".functionDeclarations", function);
}

/// What is named behind a part, its member included.
[[nodiscard]] LLMX_DECL std::string gemini_part_path(std::string_view path, const message& m, std::size_t part) {
    static constexpr path_name names[] = {{".arguments", ".functionCall.args"},
                                          {".signature", ".thoughtSignature"},
                                          {".is_error", ".functionResponse.response"}};
    const auto* answer = part < m.content.size() ? std::get_if<tool_result_part>(&m.content[part]) : nullptr;
    std::size_t piece = 0;
    if (answer == nullptr || !take_path_item(path, ".content", piece)) return rename_path(path, names);
    // The response itself is the text; media follow it.
    const bool has_text = !answer->content.empty() && std::holds_alternative<text_part>(answer->content.front());
    if (has_text && piece == 0) return std::string(".functionResponse.response").append(path);
    return path_item(".functionResponse.parts", piece - (has_text ? 1 : 0)).append(path);
}

} // namespace detail

LLMX_DECL std::string gemini_generate::caller_path(std::string_view path, const chat_request& request, path_cursor& cursor) {
    using detail::path_name;
    static constexpr path_name names[] = {
        {"temperature", "generationConfig.temperature"},
        {"top_p", "generationConfig.topP"},
        {"top_k", "generationConfig.topK"},
        {"n", "generationConfig.candidateCount"},
        {"stop", "generationConfig.stopSequences"},
        {"seed", "generationConfig.seed"},
        {"presence_penalty", "generationConfig.presencePenalty"},
        {"frequency_penalty", "generationConfig.frequencyPenalty"},
        {"logprobs", "generationConfig.responseLogprobs"},
        {"top_logprobs", "generationConfig.logprobs"},
        {"modalities", "generationConfig.responseModalities"},
        {"reasoning.include_thoughts", "generationConfig.thinkingConfig.includeThoughts"},
        {"reasoning_effort", "generationConfig.thinkingConfig"},
        {"reasoning", "generationConfig.thinkingConfig"},
        {"response_format.json_schema.schema", "generationConfig.responseSchema"},
        {"response_format", "generationConfig.responseMimeType"},
        {"tool_choice", "toolConfig.functionCallingConfig"},
        {"service_tier", "serviceTier"}};
    const std::string_view whole = path;
    std::size_t at = 0, part = 0;
    if (detail::take_path_item(path, "tools", at))
        return at < request.tools.size() ? detail::gemini_tool_path(request.tools, at, cursor).append(path)
                                         : std::string(whole);
    if (!detail::take_path_item(path, "messages", at)) return detail::rename_path(path, names);
    if (at >= request.messages.size()) return std::string(whole);
    const bool system = request.messages.front().from == role::system;
    std::string out = system && at == 0 ? std::string("systemInstruction")
                                        : detail::path_item("contents", at - (system ? 1 : 0));
    if (!detail::take_path_item(path, ".content", part)) return out.append(path);
    return out + detail::path_item(".parts", part) + detail::gemini_part_path(path, request.messages[at], part);
}

} // namespace llmx::inline v0
