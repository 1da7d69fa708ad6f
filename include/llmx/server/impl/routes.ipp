// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/routes.hpp>
#include <llmx/wire/json_writer.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL void encode_plain_error(const error& e, std::string& out) {
    json_writer w(out);
    w.object().key("error").object();
    w.member("message", e.message());
    w.member("type", e.is(condition::client_fault) ? "invalid_request_error" : "api_error");
    w.key("param").null();
    w.key("code").null();
    w.end_object().end_object();
}

LLMX_DECL std::string_view language_of(const http_request_head& head) noexcept {
    if (head.path.starts_with("/v1beta/") || head.path.starts_with("/v1alpha/")) return "gemini_generate";
    if (head.path.starts_with("/v1/messages") || !head.find("anthropic-version").empty()) return "anthropic_messages";
    if (!head.find("x-goog-api-key").empty()) return "gemini_generate";
    return "openai_chat";
}

} // namespace llmx::inline LLMX_ABI
