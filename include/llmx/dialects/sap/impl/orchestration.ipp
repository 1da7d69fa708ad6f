// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/sap/orchestration.hpp>
#include <llmx/wire/json_omit.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL result<void> sap_frames::feed(std::string_view bytes, std::string& inner) {
    return events_.feed(bytes, [&inner](const sse_event& e) {
        const std::optional<std::string_view> chunk = json_member_value(e.data, "final_result");
        // "[DONE]", failures and what is no object are for the reader of chunks.
        inner.append("data: ").append(chunk ? *chunk : e.data).append("\n\n");
    });
}

/// What the service keeps apart of a request in OpenAI's form; views into it.
struct sap_parts {
    std::string_view model, messages, tools, format;
    /// Members of `model.params`, as JSON without braces.
    std::string params;
    bool stream = false;
};

LLMX_DECL [[nodiscard]] result<void> sap_read_parts(std::string_view body, sap_parts& to) {
    json_writer w(to.params);
    w.object();
    const result<void> read = scan_json_members(body, [&to, &w](const json_member& m) {
        if (m.named("model")) to.model = m.value;
        else if (m.named("messages")) to.messages = m.value;
        else if (m.named("tools")) to.tools = m.value;
        else if (m.named("response_format")) to.format = m.value;
        else if (m.named("stream")) to.stream = is_true(m.value);
        else if (!m.named("model_version") && !m.named("config_modules")) w.raw_member(m.key, m.value);
    });
    w.end_object();
    return read;
}

} // namespace detail

LLMX_DECL result<void> sap_orchestration::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                         drop_report& drops) {
    std::string body;
    if (const result<void> written = openai_chat::encode_request(request, options, body, drops); !written) return written;
    detail::sap_parts parts;
    if (const result<void> read = detail::sap_read_parts(body, parts); !read) return read;
    const std::optional<std::string_view> version = json_member_value(body, "model_version"), modules = json_member_value(body, "config_modules");
    json_writer w(out);
    w.object().key("config").object().key("modules").object();
    if (modules && modules->starts_with('{'))
        static_cast<void>(scan_json_members(*modules, [&w](const json_member& m) {
            if (!m.named("prompt_templating")) w.raw_member(m.key, m.value);
        }));
    w.key("prompt_templating").object().key("prompt").object().raw_member("template", parts.messages);
    if (!parts.tools.empty()) w.raw_member("tools", parts.tools);
    if (!parts.format.empty()) w.raw_member("response_format", parts.format);
    w.end_object().key("model").object().raw_member("name", parts.model).raw_member("version", version.value_or("\"latest\""));
    w.raw_member("params", parts.params).end_object().end_object().end_object();
    if (parts.stream) w.key("stream").object().member("enabled", true).end_object();
    w.end_object().end_object();
    return success();
}

LLMX_DECL result<chat_reply> sap_orchestration::decode_reply(std::string_view body) {
    const std::optional<std::string_view> answer = json_member_value(body, "final_result");
    return openai_chat::decode_reply(answer ? *answer : body);
}

LLMX_DECL usage sap_orchestration::scan_usage(std::string_view body) {
    const std::optional<std::string_view> answer = json_member_value(body, "final_result");
    return openai_chat::scan_usage(answer ? *answer : body);
}

LLMX_DECL error_body sap_orchestration::decode_error(std::string_view body) { return openai_chat::decode_error(body); }

} // namespace llmx::inline LLMX_ABI
