// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/token_count_body.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/token_counter.hpp>
#include <llmx/wire/json_writer.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<request_head> openai_token_counter::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "messages"sv, "prompt"sv);
    bool counted = false;
    const auto head = detail::openai_flat_scan(body, target, routed, [&counted](const json_member& m, request_head&) -> result<void> {
        if (is_json_null(m.value)) return success();
        if (m.named("prompt") && !is_json_string(m.value)) return detail::member_expected("prompt", "a text");
        if (m.named("messages") && !m.value.starts_with('[')) return detail::member_expected("messages", "an array");
        counted = true;
        return success();
    });
    if (!head) return head;
    if (!counted) return detail::member_expected("messages", "messages, or a prompt");
    return head;
}

LLMX_DECL result<token_count_request> openai_token_counter::decode_request(std::string_view body, const request_target& target) {
    std::string prompt, text("{");
    bool has_prompt = false, has_messages = false;
    const auto scanned = scan_json_members(body, [&](const json_member& m) {
        if (is_json_null(m.value)) return;
        if (m.named("prompt") && is_json_string(m.value)) {
            prompt = unescape_json_string(m.value);
            has_prompt = true;
        }
        const bool messages = m.named("messages");
        has_messages = has_messages || messages;
        if (!messages && !m.named("model") && !m.named("tools")) return;
        text.append(1, '"').append(m.key).append("\":").append(m.value).append(1, ',');
    });
    if (scanned.has_error()) return scanned.error();
    if (!has_messages) {
        text += "\"messages\":[{\"role\":\"user\",\"content\":";
        append_json_string(text, prompt);
        text += "}],";
    }
    text.back() = '}';
    result<chat_request> read = openai_chat::decode_request(text, target);
    if (!read) return read.error();
    token_count_request r(std::move(*read));
    if (!has_messages && has_prompt) r.bare_text = std::move(prompt);
    return r;
}

LLMX_DECL result<void> openai_token_counter::encode_request(const token_count_request&, const encode_options&, std::string&, drop_report&) {
    return error(errc::unsupported_operation, "no provider counts tokens in this form; use one of its own languages");
}

LLMX_DECL std::string openai_token_counter::caller_path(const request_place& at, const token_count_request& request) {
    return openai_chat::caller_path(at, request);
}

LLMX_DECL result<token_count> openai_token_counter::decode_reply(std::string_view body) {
    return detail::read_token_count(body, "total_tokens");
}

LLMX_DECL void openai_token_counter::encode_reply(const token_count& reply, const reply_options& options, std::string& out) {
    json_writer w(out);
    w.object().member("total_tokens", reply.input_tokens).member("request_model", options.model);
    w.member("model_used", reply.model.empty() ? options.model : std::string_view(reply.model));
    w.member("tokenizer_type", reply.counted_by).end_object();
}

namespace detail {
LLMX_DECL [[nodiscard]] error input_tokens_pass_only() {
    return error(errc::unsupported_operation, "the input tokens of a Responses request are counted by the provider alone, and that of this model has no such "
                                              "call; use POST /v1/messages/count_tokens or POST /utils/token_counter");
}
} // namespace detail

LLMX_DECL result<request_head> openai_input_tokens::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv);
    return detail::openai_flat_scan(body, target, routed, [](const json_member&, request_head&) -> result<void> { return success(); });
}

LLMX_DECL result<token_count_request> openai_input_tokens::decode_request(std::string_view, const request_target&) {
    return detail::input_tokens_pass_only();
}

LLMX_DECL result<void> openai_input_tokens::encode_request(const token_count_request&, const encode_options&, std::string&, drop_report&) {
    return detail::input_tokens_pass_only();
}

LLMX_DECL std::string openai_input_tokens::caller_path(const request_place& at, const token_count_request&) { return at.text(); }

LLMX_DECL result<token_count> openai_input_tokens::decode_reply(std::string_view body) {
    return detail::read_token_count(body, "input_tokens");
}

LLMX_DECL void openai_input_tokens::encode_reply(const token_count& reply, const reply_options&, std::string& out) {
    json_writer(out).object().member("object", "response.input_tokens").member("input_tokens", reply.input_tokens).end_object();
}

LLMX_DECL bool openai_input_tokens::holds_answer(std::string_view body) { return decode_reply(body).has_value(); }

} // namespace llmx::inline LLMX_ABI
