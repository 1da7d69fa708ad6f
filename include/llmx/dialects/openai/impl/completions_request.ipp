// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/completions.hpp>

#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/completions_fields.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/array.hpp>

#include <array>
#include <variant>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view openai_completions_prompt = "a string, an array of strings, or token ids";
inline constexpr std::string_view openai_completions_suffix = "suffix";

/// The one prompt of a request that is translated.
LLMX_DECL void openai_completions_read_prompt(const json_cursor& from, std::string& to) {
    if (from.is_string()) return from.read(to);
    const boost::json::array* const list = from.array();
    if (list == nullptr) return from.expected(openai_completions_prompt);
    const json_cursor first = from[std::size_t{0}];
    if (list->size() == 1 && first.is_string()) return first.read(to);
    from.wrong("the model of this name is reached by chat, which takes one prompt as a text; send a string, or use a model with completions");
}

LLMX_DECL void openai_completions_read_stop(const json_cursor& from, std::vector<std::string>& to) {
    if (from.is_string()) from.read(to.emplace_back());
    else from.read(to);
}

/// The prompt of a request in the vocabulary: one text of a user. Null, and refused, for others.
LLMX_DECL [[nodiscard]] result<std::string> openai_completions_prompt_of(const chat_request& request, drop_report& drops) {
    const request_place all = request_place().of<&chat_request::messages>();
    if (request.messages.empty()) return drops.refuse(all, "expected a message");
    const message& one = request.messages.front();
    std::string text;
    bool plain = request.messages.size() == 1 && one.from == role::user;
    for (const content_part& p : one.content) {
        const auto* const t = std::get_if<text_part>(&p);
        plain = plain && t != nullptr;
        if (t != nullptr) text += t->text;
    }
    if (plain) return text;
    return drops.refuse(all.item(request.messages.size() - 1), "completions take one text of a user and no conversation",
                        errc::unsupported_parameter);
}

LLMX_DECL void openai_completions_write_stop(json_writer& w, const std::vector<std::string>& stop) {
    if (stop.empty()) return;
    w.key("stop").array();
    for (const std::string& s : stop) w.value(s);
    w.end_array();
}

} // namespace detail

LLMX_DECL const codec_ops* const* openai_completions::forms_for(const request_head& head) noexcept {
    if (head.infill) return detail::form_array<codec_list<openai_completions, mistral_fim>>::all.data();
    return detail::form_array<codec_list<openai_completions>>::all.data();
}

LLMX_DECL result<request_head> openai_completions::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "prompt"sv, "stream"sv, "max_tokens"sv, "suffix"sv, "stream_options"sv);
    bool has_prompt = false;
    const auto take = [&has_prompt](const json_member& m, request_head& head) -> result<void> {
        if (m.named("prompt")) {
            has_prompt = is_json_string(m.value) || m.value.starts_with('[');
            if (!has_prompt) return detail::member_expected("prompt", detail::openai_completions_prompt);
        } else if (m.named("stream")) {
            if (m.value != "true" && m.value != "false" && !is_json_null(m.value))
                return detail::member_expected("stream", "true or false");
            head.stream = is_true(m.value);
        } else if (m.named("max_tokens")) {
            head.max_output_tokens = json_count(m.value).value_or(0);
        } else if (m.named("suffix")) {
            head.infill = is_json_string(m.value) && m.value != "\"\"";
        } else if (m.value.starts_with('{')) {
            return scan_json_members(m.value, [&head](const json_member& option) {
                if (option.named("include_usage")) head.include_usage = is_true(option.value);
            });
        }
        return success();
    };
    auto head = detail::openai_flat_scan(body, target, routed, take);
    if (head.has_value() && !has_prompt) return detail::member_expected("prompt", detail::openai_completions_prompt);
    return head;
}

LLMX_DECL result<chat_request> openai_completions::decode_request(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root();
    chat_request to;
    const auto fields = detail::openai_completions_fields.view();
    detail::openai_flat_read_model(in, target, to.model);
    detail::read_fields(in, &to, fields);
    const json_cursor prompt = in["prompt"], stop = in["stop"], stream = in["stream"], options = in["stream_options"];
    std::string text;
    detail::openai_completions_read_prompt(prompt, text);
    to.messages.push_back(message::user(std::move(text)));
    detail::openai_completions_read_stop(stop, to.stop);
    stream.read(to.stream);
    if (options.is_object()) {
        const json_cursor usage_too = options["include_usage"];
        usage_too.read(to.include_usage);
    }
    static constexpr std::string_view known[] = {"stream_options"};
    // What is off by default means nothing when it is off.
    detail::keep_extra(in, fields, known, name, {}, detail::openai_flat_hints, to.extra, detail::absent_values::flags);
    const json_cursor best = in["best_of"], alternatives = in["n"];
    if (best.int_or(1) == alternatives.int_or(1))
        for (auto& m : to.extra.members) m.is_absent = m.is_absent || m.name == "best_of";
    if (const auto status = document.status(); status.has_error()) return status.error();
    return to;
}

LLMX_DECL result<void> openai_completions::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                          drop_report& drops) {
    const result<std::string> prompt = detail::openai_completions_prompt_of(request, drops);
    if (!prompt) return prompt.error();
    const request_place at;
    json_writer w(out);
    w.object().member("model", options.model.empty() ? std::string_view(request.model) : options.model).member("prompt", *prompt);
    detail::write_fields(w, &request, detail::openai_completions_fields.view(), at, drops);
    detail::openai_completions_write_stop(w, request.stop);
    if (options.stream.value_or(request.stream)) {
        w.member("stream", true);
        if (options.include_usage || request.include_usage) w.key("stream_options").object().member("include_usage", true).end_object();
    }
    w.extra(request.extra, name).end_object();
    drops.foreign(request.extra, name, at);
    return success();
}

LLMX_DECL std::string openai_completions::caller_path(const request_place& at, const chat_request&) {
    static constexpr std::array<std::span<const field_rule>, 1> tables = {detail::openai_completions_fields.view()};
    const std::string place = detail::wire_path(at, tables);
    // Whatever is in the message was the prompt.
    return place.starts_with("prompt") ? std::string("prompt") : place;
}

LLMX_DECL result<void> mistral_fim::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                   drop_report& drops) {
    const result<std::string> prompt = detail::openai_completions_prompt_of(request, drops);
    if (!prompt) return prompt.error();
    const request_place at;
    const bool asked = request.extra.speaks(openai_completions::name);
    const raw_json* const suffix = asked ? request.extra.find(detail::openai_completions_suffix) : nullptr;
    json_writer w(out);
    w.object().member("model", options.model.empty() ? std::string_view(request.model) : options.model).member("prompt", *prompt);
    if (suffix != nullptr) w.raw_member("suffix", suffix->text);
    detail::write_fields(w, &request, detail::mistral_fim_fields.view(), at, drops);
    detail::openai_completions_write_stop(w, request.stop);
    if (options.stream.value_or(request.stream)) w.member("stream", true);
    w.end_object();
    extra_members others = request.extra;
    if (asked) std::erase_if(others.members, [](const extra_members::member& m) { return m.name == detail::openai_completions_suffix; });
    drops.foreign(others, name, at);
    return success();
}

} // namespace llmx::inline LLMX_ABI
