// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/embeddings.hpp>

#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/openai/detail/embeddings_fields.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/array.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view openai_embeddings_input = "a string, an array of strings, or token ids";

LLMX_DECL [[nodiscard]] std::optional<std::uint32_t> openai_embeddings_token(const boost::json::value& v) noexcept {
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    if (v.is_int64() && v.get_int64() >= 0 && v.get_int64() <= most) return static_cast<std::uint32_t>(v.get_int64());
    // Some clients write whole numbers as 256.0.
    if (v.is_double() && v.get_double() >= 0 && v.get_double() <= static_cast<double>(most) &&
        static_cast<double>(static_cast<std::uint32_t>(v.get_double())) == v.get_double())
        return static_cast<std::uint32_t>(v.get_double());
    return std::nullopt;
}

/// The ids of one input: all of the list \p from.
LLMX_DECL void openai_embeddings_read_ids(const json_cursor& from, std::vector<std::uint32_t>& to) {
    const boost::json::array* const list = from.array();
    if (list == nullptr || list->empty()) return from.expected("at least one token id in an array");
    to.reserve(list->size());
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto id = openai_embeddings_token((*list)[i]);
        if (id) {
            to.push_back(*id);
            continue;
        }
        const json_cursor wrong = from[i];
        return wrong.expected("the id of a token");
    }
}

LLMX_DECL void openai_embeddings_read_list(const json_cursor& from, std::vector<embedding_input>& to) {
    const boost::json::array& list = *from.array();
    if (list.empty()) return from.expected("at least one input");
    if (list.front().is_number()) return openai_embeddings_read_ids(from, to.emplace_back().tokens);
    if (list.size() > max_embedding_inputs)
        return from.expected("at most " + std::to_string(max_embedding_inputs) + " inputs");
    const bool texts = list.front().is_string();
    to.reserve(list.size());
    from.each([&](const json_cursor& one, std::size_t i) {
        embedding_input& input = to.emplace_back();
        if (texts && !one.is_string()) one.expected("a string, like the inputs before it");
        else if (texts) one.read(input.text);
        else if (i == 0 && one.array() == nullptr) one.expected("a string or an array of token ids");
        else openai_embeddings_read_ids(one, input.tokens);
    });
}

LLMX_DECL void openai_embeddings_read_input(const json_cursor& from, std::vector<embedding_input>& to) {
    if (from.is_string()) from.read(to.emplace_back().text);
    else if (from.array() != nullptr) openai_embeddings_read_list(from, to);
    else from.expected(openai_embeddings_input);
}

LLMX_DECL void openai_embeddings_read_encoding(const json_cursor& from, std::optional<embedding_encoding>& to) {
    if (!from) return;
    to = read_enum(openai_embeddings_encodings, from.string_or());
    if (!to) from.expected("\"float\" or \"base64\"");
}

/// LiteLLM's `task_type`, Google's word, or the `input_type` of compatible servers: the purpose of the vectors. The member stays for a
/// server of this language, and is no loss elsewhere when its word is known.
LLMX_DECL void openai_embeddings_read_task(embedding_request& to) {
    for (const std::string_view name : {"task_type", "input_type"})
        for (extra_members::member& m : to.extra.members) {
            if (m.name != name || !is_json_string(m.value.text) || !to.task_type.empty()) continue;
            std::string word = unescape_json_string(m.value.text);
            if (name == "input_type") {
                const auto known = std::find_if(openai_embeddings_tasks.begin(), openai_embeddings_tasks.end(),
                                                [&word](const openai_embeddings_task& t) { return t.input_type == word; });
                word = known == openai_embeddings_tasks.end() ? std::string() : std::string(known->task);
            }
            m.is_absent = !word.empty();
            to.task_type = std::move(word);
        }
}

LLMX_DECL void openai_embeddings_write_input(json_writer& w, const embedding_input& input) {
    if (!input.is_tokens()) {
        w.value(input.text);
        return;
    }
    w.array();
    for (const std::uint32_t id : input.tokens) w.value(id);
    w.end_array();
}

/// Reports the members of an input without a counterpart here.
LLMX_DECL void openai_embeddings_report_input(const embedding_input& input, const embedding_request& request,
                                              const request_place& at, drop_report& drops) {
    if (input.is_tokens() && !input.text.empty()) drops.lost(at.of<&embedding_input::text>());
    report_fields(&input, openai_embeddings_input_fields.view(), at, drops);
    if (input.dimensions && input.dimensions != request.dimensions) drops.lost(at.of<&embedding_input::dimensions>());
    // No codec of this language keeps members of an input.
    drops.foreign(input.extra, std::string_view(), at);
}

/// Whether one request of this language can hold the inputs.
LLMX_DECL [[nodiscard]] result<void> openai_embeddings_check(const std::vector<embedding_input>& inputs,
                                                             drop_report& drops) {
    const auto place = request_place().of<&embedding_request::inputs>();
    if (inputs.empty()) return drops.refuse(place, "expected at least one input");
    for (std::size_t i = 1; i < inputs.size(); ++i)
        if (inputs[i].is_tokens() != inputs.front().is_tokens())
            return drops.refuse(place.item(i), inputs[i].is_tokens() ? "expected a text, like the inputs before it"
                                                                     : "expected token ids, like the inputs before it");
    return success();
}

} // namespace detail

LLMX_DECL result<request_head> openai_embeddings::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "input"sv, "encoding_format"sv);
    bool has_input = false;
    const auto take = [&has_input](const json_member& m, request_head& head) -> result<void> {
        if (m.named("input")) {
            if (!is_json_string(m.value) && !m.value.starts_with('['))
                return detail::member_expected("input", detail::openai_embeddings_input);
            const auto first = m.value.find_first_not_of(" \t\r\n", 1);
            has_input = is_json_string(m.value) || m.value[first] != ']';
            if (!has_input) return detail::member_expected("input", "at least one input");
        } else {
            // Compatible servers have further formats; the server checks them.
            if (!is_json_string(m.value) && !is_json_null(m.value))
                return detail::member_expected("encoding_format", "a string");
            head.base64 = unescape_json_string(m.value) == "base64";
        }
        return success();
    };
    auto head = detail::openai_flat_scan(body, target, routed, take);
    if (head.has_value() && !has_input) return detail::member_expected("input", detail::openai_embeddings_input);
    return head;
}

LLMX_DECL result<embedding_request> openai_embeddings::decode_request(std::string_view body,
                                                                      const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root();
    embedding_request to;
    const auto fields = detail::openai_embeddings_fields.view();
    detail::openai_flat_read_model(in, target, to.model);
    const json_cursor input = in["input"];
    detail::openai_embeddings_read_input(input, to.inputs);
    detail::read_fields(in, &to, fields);
    const json_cursor dimensions = in["dimensions"];
    if (to.dimensions == 0) dimensions.expected("a whole number of at least 1");
    const json_cursor encoding = in["encoding_format"];
    detail::openai_embeddings_read_encoding(encoding, to.encoding);
    in["user"].read(to.user);
    detail::keep_extra(in, fields, {}, name, {}, detail::openai_flat_hints, to.extra);
    detail::openai_embeddings_read_task(to);
    if (const auto status = document.status(); status.has_error()) return status.error();
    return to;
}

LLMX_DECL result<void> openai_embeddings::encode_request(const embedding_request& request,
                                                         const encode_options& options, std::string& out,
                                                         drop_report& drops) {
    if (auto fits = detail::openai_embeddings_check(request.inputs, drops); fits.has_error()) return fits;
    const request_place at;
    json_writer w(out);
    w.object();
    w.member("model", options.model.empty() ? std::string_view(request.model) : options.model);
    w.key("input");
    if (request.inputs.size() != 1) w.array();
    for (const auto& input : request.inputs) detail::openai_embeddings_write_input(w, input);
    if (request.inputs.size() != 1) w.end_array();
    for (std::size_t i = 0; i < request.inputs.size(); ++i)
        detail::openai_embeddings_report_input(request.inputs[i], request, at.of<&embedding_request::inputs>().item(i), drops);
    if (request.encoding)
        w.member("encoding_format", detail::enum_name(detail::openai_embeddings_encodings, *request.encoding));
    detail::write_fields(w, &request, detail::openai_embeddings_fields.view(), at, drops);
    // Longer ones are refused; the identity of the end user does not change the answer.
    constexpr std::size_t longest_user = 64;
    if (request.user.size() > longest_user) drops.hint(at.of<&embedding_request::user>());
    else if (!request.user.empty()) w.member("user", request.user);
    // OpenAI's vectors have no purpose; servers that need one take it as a member of their own.
    const bool own = request.extra.speaks(name) && (request.extra.find("task_type") != nullptr || request.extra.find("input_type") != nullptr);
    if (!request.task_type.empty() && !own) drops.hint(at.of<&embedding_request::task_type>());
    w.extra(request.extra, name).end_object();
    drops.foreign(request.extra, name, at);
    return success();
}

LLMX_DECL std::string openai_embeddings::caller_path(const request_place& at, const embedding_request& request) {
    const bool alone = at.is<&embedding_request::inputs>() && request.inputs.size() == 1;
    return detail::wire_path(alone ? at.without_item() : at, detail::openai_embeddings_tables);
}

} // namespace llmx::inline LLMX_ABI
