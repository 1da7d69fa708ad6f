// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/embeddings.hpp>

#include <llmx/dialects/detail/caller_path.hpp>
#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/impl/chat_scan.ipp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include <cstddef>
#include <limits>
#include <optional>

namespace llmx::inline v0 {
namespace detail {

inline constexpr std::string_view openai_embeddings_input = "a string, an array of strings, or token ids";

/// "input[3]" or "input[3][7]".
[[nodiscard]] LLMX_DECL std::string openai_embeddings_place(std::size_t input, std::optional<std::size_t> id = {}) {
    std::string where = path_item("input", input);
    return id ? path_item(where, *id) : where;
}

[[nodiscard]] LLMX_DECL std::optional<std::uint32_t> openai_embeddings_token(const boost::json::value& v) noexcept {
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    if (v.is_int64() && v.get_int64() >= 0 && v.get_int64() <= most) return static_cast<std::uint32_t>(v.get_int64());
    // Some clients write whole numbers as 256.0.
    if (v.is_double() && v.get_double() >= 0 && v.get_double() <= static_cast<double>(most) &&
        static_cast<double>(static_cast<std::uint32_t>(v.get_double())) == v.get_double())
        return static_cast<std::uint32_t>(v.get_double());
    return std::nullopt;
}

/// The ids of one input: all of \p list. \p input: its place, when there are several.
LLMX_DECL result<void> openai_embeddings_read_ids(const boost::json::array& list, std::optional<std::size_t> input,
                                                  std::vector<std::uint32_t>& to) {
    to.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        const auto id = openai_embeddings_token(list[i]);
        if (!id)
            return openai_chat_wrong(input ? openai_embeddings_place(*input, i) : openai_embeddings_place(i),
                                     "the id of a token");
        to.push_back(*id);
    }
    return success();
}

LLMX_DECL result<void> openai_embeddings_read_list(const boost::json::array& list, std::vector<embedding_input>& to) {
    if (list.empty()) return openai_chat_wrong("input", "at least one input");
    if (list.front().is_number()) return openai_embeddings_read_ids(list, std::nullopt, to.emplace_back().tokens);
    if (list.size() > max_embedding_inputs)
        return openai_chat_wrong("input", "at most " + std::to_string(max_embedding_inputs) + " inputs");
    const bool texts = list.front().is_string();
    if (!texts && !list.front().is_array())
        return openai_chat_wrong(openai_embeddings_place(0), "a string or an array of token ids");
    to.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) {
        embedding_input& one = to.emplace_back();
        if (texts) {
            const auto* text = list[i].if_string();
            if (text == nullptr)
                return openai_chat_wrong(openai_embeddings_place(i), "a string, like the inputs before it");
            one.text.assign(text->data(), text->size());
            continue;
        }
        const auto* ids = list[i].if_array();
        if (ids == nullptr || ids->empty())
            return openai_chat_wrong(openai_embeddings_place(i), "at least one token id in an array");
        if (auto done = openai_embeddings_read_ids(*ids, i, one.tokens); done.has_error()) return done;
    }
    return success();
}

LLMX_DECL result<void> openai_embeddings_read_input(const json_reader& r, std::vector<embedding_input>& to) {
    const auto* v = r.find("input");
    if (v == nullptr) return openai_chat_wrong("input", openai_embeddings_input);
    if (const auto* text = v->if_string()) {
        to.emplace_back(std::string(text->data(), text->size()));
        return success();
    }
    const auto* list = v->if_array();
    if (list == nullptr) return openai_chat_wrong("input", openai_embeddings_input);
    return openai_embeddings_read_list(*list, to);
}

LLMX_DECL result<void> openai_embeddings_read_options(const json_reader& r, embedding_request& to) {
    if (auto done = r.read_count("dimensions", to.dimensions); done.has_error()) return done;
    if (to.dimensions && *to.dimensions == 0) return r.expected("dimensions", "a whole number of at least 1");
    std::string encoding;
    if (auto done = r.read("encoding_format", encoding); done.has_error()) return done;
    if (encoding == "float") to.encoding = embedding_encoding::floats;
    else if (encoding == "base64") to.encoding = embedding_encoding::base64;
    else if (r.find("encoding_format") != nullptr) return r.expected("encoding_format", "\"float\" or \"base64\"");
    return r.read("user", to.user);
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

/// Reports the members of an input without a counterpart here; \p index: its place in the request.
LLMX_DECL void openai_embeddings_report(const embedding_input& input, std::size_t index,
                                        const embedding_request& request, drop_report& drops) {
    const auto lost = [index, &drops](std::string_view member) {
        drops.lost(path_item("inputs", index).append(".").append(member));
    };
    if (!input.task_type.empty()) lost("task_type");
    if (!input.title.empty()) lost("title");
    if (input.dimensions && input.dimensions != request.dimensions) lost("dimensions");
    for (const auto& m : input.extra.members) lost(m.name);
}

/// Inputs that one request of this language can hold.
[[nodiscard]] LLMX_DECL result<void> openai_embeddings_check(const std::vector<embedding_input>& inputs) {
    if (inputs.empty()) return openai_chat_wrong("inputs", "at least one input");
    for (std::size_t i = 1; i < inputs.size(); ++i)
        if (inputs[i].is_tokens() != inputs.front().is_tokens())
            return openai_chat_wrong(path_item("inputs", i),
                                     inputs[i].is_tokens() ? "a text, like the inputs before it"
                                                           : "token ids, like the inputs before it");
    return success();
}

} // namespace detail

LLMX_DECL result<request_head> openai_embeddings::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "input"sv, "encoding_format"sv);
    request_head head;
    bool has_input = false, has_model = false;
    detail::members_seen seen;
    auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("model")) {
            if (seen.again(0)) return detail::member_given_twice(m);
            head.model_begin = m.begin;
            head.model_end = m.end;
            if (is_json_null(m.value)) return success();
            if (!is_json_string(m.value) || m.value == "\"\"")
                return detail::openai_chat_wrong("model", "the name of a model");
            has_model = true;
            head.model = plain_json_string(m.value).value_or(std::string_view());
        } else if (m.named("input")) {
            if (seen.again(1)) return detail::member_given_twice(m);
            if (!is_json_string(m.value) && !m.value.starts_with('['))
                return detail::openai_chat_wrong("input", detail::openai_embeddings_input);
            has_input = is_json_string(m.value) || detail::openai_chat_has_items(m.value);
            if (!has_input) return detail::openai_chat_wrong("input", "at least one input");
        } else if (m.named("encoding_format")) {
            if (seen.again(2)) return detail::member_given_twice(m);
            // Compatible servers have further formats; the server checks them.
            if (!is_json_string(m.value) && !is_json_null(m.value))
                return detail::openai_chat_wrong("encoding_format", "a string");
            head.base64 = unescape_json_string(m.value) == "base64";
        } else {
            return routed.check(m);
        }
        return success();
    });
    if (done.has_error()) return done.error();
    if (!target.model.empty()) head.model = target.model;
    else if (!has_model) return detail::openai_chat_wrong("model", "the name of a model");
    if (!has_input) return detail::openai_chat_wrong("input", detail::openai_embeddings_input);
    return head;
}

LLMX_DECL result<embedding_request> openai_embeddings::decode_request(std::string_view body,
                                                                      const request_target& target) {
    auto parsed = parse_json_object(body);
    if (parsed.has_error()) return parsed.error();
    const json_reader r(*parsed);
    embedding_request to;
    if (auto done = r.read("model", to.model); done.has_error()) return done.error();
    if (!target.model.empty()) to.model = target.model;
    if (to.model.empty()) return r.expected("model", "the name of a model");
    result<void> done = detail::openai_embeddings_read_input(r, to.inputs);
    if (!done.has_error()) done = detail::openai_embeddings_read_options(r, to);
    if (done.has_error()) return done.error();
    for (const auto& m : *parsed) {
        const std::string_view key = m.key();
        if (m.value().is_null() || key == "model" || key == "input" || key == "dimensions" ||
            key == "encoding_format" || key == "user")
            continue;
        to.extra.add(name, std::string(key), boost::json::serialize(m.value()));
    }
    return to;
}

LLMX_DECL result<void> openai_embeddings::encode_request(const embedding_request& request,
                                                         const encode_options& options, std::string& out,
                                                         drop_report& drops) {
    if (auto fits = detail::openai_embeddings_check(request.inputs); fits.has_error()) return fits;
    json_writer w(out);
    w.object();
    w.member("model", options.model.empty() ? std::string_view(request.model) : options.model);
    w.key("input");
    if (request.inputs.size() == 1) {
        detail::openai_embeddings_write_input(w, request.inputs.front());
    } else {
        w.array();
        for (const auto& input : request.inputs) detail::openai_embeddings_write_input(w, input);
        w.end_array();
    }
    for (std::size_t i = 0; i < request.inputs.size(); ++i)
        detail::openai_embeddings_report(request.inputs[i], i, request, drops);
    if (request.dimensions) w.member("dimensions", *request.dimensions);
    if (request.encoding)
        w.member("encoding_format", *request.encoding == embedding_encoding::base64 ? "base64" : "float");
    // Longer ones are refused; which of its users is asking changes no answer.
    constexpr std::size_t longest_user = 64;
    if (request.user.size() > longest_user) drops.hint("user");
    else if (!request.user.empty()) w.member("user", request.user);
    if (!request.task_type.empty()) drops.lost("task_type");
    if (!request.title.empty()) drops.lost("title");
    w.extra(request.extra, name).end_object();
    if (!request.extra.speaks(name))
        for (const auto& m : request.extra.members) drops.foreign(m.name);
    return success();
}

LLMX_DECL std::string openai_embeddings::caller_path(std::string_view member, const embedding_request& request) {
    std::size_t at = 0;
    if (member == "encoding") return "encoding_format";
    if (member == "inputs") return "input";
    if (!detail::take_path_item(member, "inputs", at)) return std::string(member);
    // One input may have been written without an array.
    std::string out = request.inputs.size() == 1 ? "input" : detail::path_item("input", at);
    return out.append(member);
}

} // namespace llmx::inline v0
