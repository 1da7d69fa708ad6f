// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/completions.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/dialects/openai/moderations.hpp>
#include <llmx/dialects/openai/responses.hpp>
#include <llmx/server/detail/batch_line.hpp>
#include <llmx/wire/json_scan.hpp>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL const batch_url* find_batch_url(std::string_view path) noexcept {
    static constexpr batch_url all[] = {
        {"/v1/chat/completions", &run_line<openai_chat>}, {"/v1/responses", &run_line<openai_responses>},
        {"/v1/embeddings", &run_line<openai_embeddings>}, {"/v1/completions", &run_line<openai_completions>},
        {"/v1/moderations", &run_line<openai_moderations>}, {"/v1/messages", &run_line<anthropic_messages>}};
    for (const batch_url& u : all)
        if (u.path == path) return &u;
    return nullptr;
}

LLMX_DECL std::optional<batch_fault> read_batch_line(std::string_view text, std::string_view endpoint, batch_line& into) {
    // OpenAI's limit for an id.
    constexpr std::size_t longest = 512;
    into = batch_line();
    std::string_view id, method, url;
    const result<void> sound = scan_json_members(text, [&](const json_member& m) {
        if (m.named("custom_id")) id = m.value;
        else if (m.named("method")) method = m.value;
        else if (m.named("url")) url = m.value;
        else if (m.named("body")) into.body = m.value;
    });
    if (!sound) return batch_fault("invalid_json_line", "This line is not parseable as valid JSON.");
    const auto missing = [](std::string_view name) {
        return batch_fault("missing_required_parameter", std::string("Missing required parameter: '").append(name).append("'."), name);
    };
    if (!is_json_string(id)) return missing("custom_id");
    into.custom_id = unescape_json_string(id);
    if (into.custom_id.empty() || into.custom_id.size() > longest)
        return batch_fault("invalid_custom_id", "The custom_id must have 1 to 512 bytes.", "custom_id");
    if (!is_json_string(method)) return missing("method");
    if (unescape_json_string(method) != "POST") return batch_fault("invalid_method", "The method must be POST.", "method");
    if (!is_json_string(url)) return missing("url");
    const std::optional<std::string_view> plain = plain_json_string(url);
    if (!plain || *plain != endpoint)
        return batch_fault("invalid_url", "The URL of this request does not match the batch's endpoint '" + std::string(endpoint) + "'.", "url");
    into.url = *plain;
    if (!into.body.starts_with('{')) return missing("body");
    bool has_model = false;
    static_cast<void>(scan_json_members(into.body, [&](const json_member& m) { has_model = has_model || (m.named("model") && is_json_string(m.value)); }));
    if (!has_model && endpoint != "/v1/moderations") return missing("body.model");
    return std::nullopt;
}

} // namespace llmx::inline LLMX_ABI::detail
