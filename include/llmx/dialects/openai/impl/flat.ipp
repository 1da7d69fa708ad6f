// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/flat.hpp>

#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL error_body openai_flat_codec::decode_error(std::string_view body) { return openai_chat::decode_error(body); }

LLMX_DECL void openai_flat_codec::encode_error(const error& failure, std::string& out) {
    openai_chat::encode_error(failure, out);
}

LLMX_DECL void openai_flat_read_model(const json_cursor& in, const request_target& target, std::string& to) {
    const json_cursor model = in["model"];
    model.read(to);
    if (!target.model.empty()) to = target.model;
    if (to.empty()) model.expected(openai_flat_model);
}

LLMX_DECL error openai_flat_failure(std::string_view json) {
    const auto parsed = parse_json(json);
    if (parsed.has_error()) return error(errc::bad_response, parsed.error().message());
    return openai_chat_failure(*parsed);
}

LLMX_DECL result<void> openai_flat_scan_model(const json_member& m, request_head& head, bool& has_model) {
    head.model_begin = m.begin;
    head.model_end = m.end;
    if (is_json_null(m.value)) return success();
    if (!is_json_string(m.value) || m.value == "\"\"") return member_expected("model", openai_flat_model);
    has_model = true;
    head.model = plain_json_string(m.value).value_or(std::string_view());
    return success();
}

} // namespace llmx::inline LLMX_ABI::detail
