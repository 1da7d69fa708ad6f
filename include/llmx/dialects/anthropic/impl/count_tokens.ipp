// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/count_tokens.hpp>
#include <llmx/dialects/anthropic/impl/messages_scan.ipp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/detail/token_count_body.hpp>
#include <llmx/wire/json_writer.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<request_head> anthropic_count_tokens::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "messages"sv);
    request_head head;
    bool has_model = false, has_messages = false;
    detail::members_seen seen;
    const auto scanned = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("model")) {
            if (seen.again(0)) return detail::member_given_twice(m);
            head.model_begin = m.begin;
            head.model_end = m.end;
            if (is_json_null(m.value)) return success();
            if (!is_json_string(m.value)) return detail::anthropic_bad_member("model", "expected a string");
            head.model = plain_json_string(m.value).value_or(std::string_view());
            has_model = m.value.size() > 2;
        } else if (m.named("messages")) {
            if (seen.again(1)) return detail::member_given_twice(m);
            if (!m.value.starts_with('[')) return detail::anthropic_bad_member("messages", "expected an array");
            has_messages = detail::anthropic_array_has_element(m.value);
            if (!has_messages) return detail::anthropic_bad_member("messages", "at least one message is required");
        } else {
            head.has_gateway_members = head.has_gateway_members || detail::is_gateway_member(m);
            return routed.check(m);
        }
        return success();
    });
    if (scanned.has_error()) return scanned.error();
    if (!target.model.empty()) head.model = target.model;
    else if (!has_model) return detail::anthropic_bad_member("model", "field required");
    if (!has_messages) return detail::anthropic_bad_member("messages", "field required");
    return head;
}

LLMX_DECL result<token_count_request> anthropic_count_tokens::decode_request(std::string_view body, const request_target& target) {
    // The decoder of messages demands the limit that this call does not have.
    std::string text(body);
    if (const std::size_t object = text.find('{'); object != std::string::npos) text.insert(object + 1, "\"max_tokens\":1,");
    result<chat_request> read = anthropic_messages::decode_request(text, target);
    if (!read) return read.error();
    token_count_request r(std::move(*read));
    r.max_output_tokens.reset();
    r.stream = r.include_usage = false;
    return r;
}

LLMX_DECL result<void> anthropic_count_tokens::encode_request(const token_count_request& request, const encode_options& options,
                                                              std::string& out, drop_report& drops) {
    static constexpr std::string_view not_taken[] = {"max_tokens", "stop_sequences", "temperature", "top_p", "top_k", "metadata",
                                                     "stream", "service_tier", "container", "inference_geo"};
    encode_options whole = options;
    whole.stream = false;
    std::string text;
    if (const result<void> written = anthropic_messages::encode_request(request, whole, text, drops); !written) return written;
    out += '{';
    detail::append_count_members(text, not_taken, false, true, out);
    out += '}';
    return success();
}

LLMX_DECL std::string anthropic_count_tokens::caller_path(const request_place& at, const token_count_request& request) {
    return anthropic_messages::caller_path(at, request);
}

LLMX_DECL bool anthropic_count_tokens::must_translate(std::string_view body) { return anthropic_messages::has_foreign_signature(body); }

LLMX_DECL result<token_count> anthropic_count_tokens::decode_reply(std::string_view body) {
    return detail::read_token_count(body, "input_tokens");
}

LLMX_DECL void anthropic_count_tokens::encode_reply(const token_count& reply, const reply_options&, std::string& out) {
    json_writer(out).object().member("input_tokens", reply.input_tokens).end_object();
}

LLMX_DECL bool anthropic_count_tokens::holds_answer(std::string_view body) { return decode_reply(body).has_value(); }

LLMX_DECL void anthropic_count_tokens::encode_error(const llmx::error& failure, std::string& out) {
    anthropic_messages::encode_error(failure, out);
}

} // namespace llmx::inline LLMX_ABI
