// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/routes.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>

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

namespace detail {

LLMX_DECL bool asks_google_method(const http_request_head& head) noexcept {
    const auto slash = head.path.rfind('/'), colon = head.path.rfind(':');
    if (head.method != "POST" || colon == std::string_view::npos || colon < slash) return false;
    if (head.path.find("/models/") == std::string_view::npos) return false;
    const std::string_view method = head.path.substr(colon + 1);
    const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto large = [](char c) { return c >= 'A' && c <= 'Z'; };
    if (method == "predict") return true;
    return !method.empty() && small(method.front()) && std::any_of(method.begin(), method.end(), large) &&
           std::all_of(method.begin(), method.end(), [&](char c) { return small(c) || large(c); });
}

LLMX_DECL error no_such_path(const http_request_head& head, std::string_view language, const std::string& usage) {
    constexpr std::size_t longest = 256;
    const auto shown = [](std::string_view text) {
        if (text.size() <= longest) return std::string(text);
        std::size_t end = longest;
        while (end != 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end; // not within a character
        return std::string(text.substr(0, end)) + "...";
    };
    std::string m;
    if (language == "gemini_generate" && asks_google_method(head)) {
        const auto colon = head.path.rfind(':');
        m = shown(head.path.substr(head.path.find("/models/") + 1, colon - head.path.find("/models/") - 1)) +
            " is not found, or is not supported for " + shown(head.path.substr(colon + 1)) + ": GET /v1beta/models lists the models and their methods";
    } else if (language == "openai_chat") {
        m = "Invalid URL (" + shown(head.method) + " " + shown(head.path) + "): no such path";
    } else {
        m = "no such path: " + shown(head.method) + " " + shown(head.path);
    }
    return error(errc::not_found, m + "; there are " + usage);
}

} // namespace detail

LLMX_DECL std::string_view language_of(const http_request_head& head) noexcept {
    if (head.path.starts_with("/v1beta/") || head.path.starts_with("/v1alpha/") || detail::asks_google_method(head)) return "gemini_generate";
    if (head.path.starts_with("/v1/messages") || !head.find("anthropic-version").empty()) return "anthropic_messages";
    if (!head.find("x-goog-api-key").empty()) return "gemini_generate";
    // AWS's SDKs send it with each request.
    if (!head.find("amz-sdk-invocation-id").empty()) return "bedrock_converse";
    return "openai_chat";
}

} // namespace llmx::inline LLMX_ABI
