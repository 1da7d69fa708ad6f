// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/detail/reason_text.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL error_body cohere_chat::decode_error(std::string_view body) {
    error_body e;
    json_document document(body);
    const json_cursor in = document.root(), inner = in["error"];
    // Servers with this API in front of something else answer with the other two.
    e.message = in["message"].string_or(inner["message"].string_or(inner.string_or(in["detail"].string_or())));
    e.type = inner["type"].string_or();
    e.code = inner["code"].string_or();
    if (e.message.empty()) e.message = detail::reason_text(in);
    return e;
}

LLMX_DECL void cohere_chat::encode_error(const llmx::error& failure, std::string& out) {
    json_writer w(out);
    w.object();
    if (!failure.request_id().empty()) w.member("id", failure.request_id());
    w.member("message",
        failure.provider_message().empty() ? std::string_view(failure.message()) : std::string_view(failure.provider_message()));
    w.end_object();
}

} // namespace llmx::inline LLMX_ABI
