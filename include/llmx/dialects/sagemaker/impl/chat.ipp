// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/sagemaker/chat.hpp>
#include <llmx/wire/json_omit.hpp>
#include <llmx/wire/json_scan.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<void> sagemaker_messages::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                          drop_report& drops) {
    std::string body;
    if (const result<void> written = openai_chat::encode_request(request, options, body, drops); !written) return written;
    static_cast<void>(omit_member(body, "model"));
    out += body;
    return success();
}

LLMX_DECL error_body sagemaker_messages::decode_error(std::string_view body) {
    error_body e = bedrock_converse::decode_error(body);
    // API_runtime_InvokeEndpoint, ModelError: the container's own answer.
    const std::optional<std::string_view> original = json_member_value(body, "OriginalMessage");
    const std::string text = original && is_json_string(*original) ? unescape_json_string(*original) : std::string(body);
    if (!original && !e.message.empty()) return e;
    error_body inner = openai_chat::decode_error(text);
    if (inner.message.empty()) return e;
    if (inner.type.empty()) inner.type = e.type;
    return inner;
}

} // namespace llmx::inline LLMX_ABI
