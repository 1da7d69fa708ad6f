// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/detail/token_count_body.hpp>
#include <llmx/dialects/gemini/count_tokens.hpp>
#include <llmx/dialects/gemini/impl/generate_scan.ipp>
#include <llmx/wire/json_writer.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL result<request_head> gemini_count_codec::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr routed_members routed("contents"sv, "model"sv, "generateContentRequest"sv, "generate_content_request"sv);
    request_head head;
    head.model = target.model;
    bool has_contents = false;
    members_seen seen;
    const auto scanned = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("contents")) {
            if (seen.again(0)) return member_given_twice(m);
            if (m.value.front() != '[' && m.value.front() != '{') return member_expected("contents", "an array");
            has_contents = has_contents || gemini_container_has_more(m.value);
        } else if (gemini_named(m, "generateContentRequest", "generate_content_request")) {
            if (seen.again(1)) return member_given_twice(m);
            if (m.value.front() != '{') return member_expected("generateContentRequest", "an object");
            // It names the model too, which is not the provider's name of it.
            head.must_translate = true;
            has_contents = true;
        } else if (m.named("model")) {
            if (seen.again(2)) return member_given_twice(m);
            if (!is_json_string(m.value) && !is_json_null(m.value)) return member_expected("model", "a string");
            if (!target.model.empty()) {
                gemini_cut_member(body, m, head);
                return success();
            }
            head.model = plain_json_string(m.value).value_or(std::string_view());
            if (head.model.starts_with("models/")) head.model.remove_prefix(7);
        } else {
            head.has_gateway_members = head.has_gateway_members || is_gateway_member(m);
            return routed.check(m);
        }
        return success();
    });
    if (scanned.has_error()) return scanned.error();
    if (!has_contents) return member_expected("contents", "at least one turn, or generateContentRequest");
    return head;
}

LLMX_DECL result<token_count_request> gemini_count_codec::decode_request(std::string_view body, const request_target& target) {
    std::string_view asked = body;
    const auto scanned = scan_json_members(body, [&](const json_member& m) {
        if (gemini_named(m, "generateContentRequest", "generate_content_request") && m.value.starts_with('{')) asked = m.value;
    });
    if (scanned.has_error()) return scanned.error();
    result<chat_request> read = gemini_generate::decode_request(asked, target);
    if (!read) return read.error();
    token_count_request r(std::move(*read));
    r.stream = r.include_usage = false;
    return r;
}

LLMX_DECL std::string gemini_count_codec::caller_path(const request_place& at, const token_count_request& request) {
    return gemini_generate::caller_path(at, request);
}

LLMX_DECL bool gemini_count_codec::must_translate(std::string_view body) { return gemini_generate::has_foreign_signature(body); }

LLMX_DECL result<token_count> gemini_count_codec::decode_reply(std::string_view body) {
    return read_token_count(body, "totalTokens", "cachedContentTokenCount");
}

LLMX_DECL void gemini_count_codec::encode_reply(const token_count& reply, const reply_options&, std::string& out) {
    json_writer w(out);
    w.object().member("totalTokens", reply.input_tokens);
    if (reply.cached_tokens != 0) w.member("cachedContentTokenCount", reply.cached_tokens);
    w.end_object();
}

LLMX_DECL bool gemini_count_codec::holds_answer(std::string_view body) { return decode_reply(body).has_value(); }

LLMX_DECL void gemini_count_codec::encode_error(const llmx::error& failure, std::string& out) {
    gemini_generate::encode_error(failure, out);
}

LLMX_DECL result<std::string> gemini_counted_request(const token_count_request& request, const encode_options& options, drop_report& drops) {
    encode_options whole = options;
    whole.stream = false;
    std::string text;
    if (const result<void> written = gemini_generate::encode_request(request, whole, text, drops); !written) return written.error();
    return text;
}

} // namespace detail

LLMX_DECL result<void> gemini_count_tokens::encode_request(const token_count_request& request, const encode_options& options,
                                                           std::string& out, drop_report& drops) {
    const result<std::string> text = detail::gemini_counted_request(request, options, drops);
    if (!text) return text.error();
    std::string model(options.model.empty() ? std::string_view(request.model) : options.model);
    if (model.find('/') == std::string::npos) model.insert(0, "models/");
    out += "{\"generateContentRequest\":{\"model\":";
    append_json_string(out, model);
    static constexpr std::string_view replaced[] = {"model"};
    detail::append_count_members(*text, replaced, false, false, out);
    out += "}}";
    return success();
}

LLMX_DECL result<void> vertex_count_tokens::encode_request(const token_count_request& request, const encode_options& options,
                                                           std::string& out, drop_report& drops) {
    static constexpr std::string_view taken[] = {"contents", "systemInstruction", "tools", "generationConfig"};
    const result<std::string> text = detail::gemini_counted_request(request, options, drops);
    if (!text) return text.error();
    out += '{';
    detail::append_count_members(*text, taken, true, true, out);
    out += '}';
    return success();
}

} // namespace llmx::inline LLMX_ABI
