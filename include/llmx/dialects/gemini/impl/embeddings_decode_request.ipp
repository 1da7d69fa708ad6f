// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/embeddings.hpp>

#include <llmx/dialects/detail/nested_extra.hpp>
#include <llmx/dialects/gemini/detail/embeddings_fields.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_text.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// How many members \p o has that are not null.
LLMX_DECL [[nodiscard]] std::ptrdiff_t gemini_embed_members(const boost::json::object& o) noexcept {
    return std::count_if(o.begin(), o.end(), [](const auto& m) { return !m.value().is_null(); });
}

/// The parts of a content: text goes together, all else as it is.
LLMX_DECL void gemini_embed_read_content(const json_cursor& content, std::string_view codec, embedding_input& to) {
    if (!content.expect_object()) return;
    std::string role;
    content["role"].read(role);
    std::string others;
    const json_cursor parts = content["parts"];
    parts.each_object([&](const json_cursor& part, std::size_t) {
        const boost::json::object& members = *part.object();
        const json_cursor text = part["text"];
        std::string read;
        text.read(read);
        if (text && gemini_embed_members(members) == 1) {
            to.text += read;
            return;
        }
        others += others.empty() ? '[' : ',';
        append_json(others, members);
    });
    if (content && parts.size() == 0) parts.expected("at least one part");
    if (!others.empty()) to.extra.add(codec, "content.parts", std::move(others += ']'));
    static constexpr std::string_view known[] = {"role", "parts"};
    keep_extra(content, {}, known, codec, gemini_embed_nested[0], {}, to.extra);
}

/// The settings of \p to that it does not have yet.
LLMX_DECL void gemini_embed_read_settings(const json_cursor& from, embedding_input& to) {
    for (const field_rule& r : gemini_embed_input_fields.rules)
        if (!r.type->is_set(r.value(&to))) read_fields(from, &to, std::span(&r, 1));
    if (to.task_type == "TASK_TYPE_UNSPECIFIED") to.task_type.clear();
    // proto3 treats 0 as absent.
    if (to.dimensions == 0) to.dimensions.reset();
}

/// One EmbedContentRequest.
LLMX_DECL void gemini_embed_read_one(const json_cursor& in, std::string_view codec, embedding_input& to) {
    const json_cursor content = in["content"], config = in["embedContentConfig"];
    gemini_embed_read_content(content, codec, to);
    gemini_embed_read_settings(in, to);
    const auto fields = gemini_embed_input_fields.view();
    if (config.is_object()) {
        gemini_embed_read_settings(config, to);
        keep_extra(config, fields, {}, codec, gemini_embed_nested[1], {}, to.extra);
    }
    static constexpr std::string_view known[] = {"model", "embedContentConfig"};
    keep_extra(in, fields, known, codec, {}, {}, to.extra);
}

/// A value that all inputs share becomes the request's.
template <class Member, class Request> void gemini_embed_hoist(embedding_request& to, Member member, Request own) {
    const auto& first = to.inputs.front().*member;
    for (const embedding_input& i : to.inputs)
        if (i.*member != first) return;
    to.*own = first;
    for (embedding_input& i : to.inputs) i.*member = {};
}

/// A model in the body, when there is none yet: "models/x" is x.
LLMX_DECL void gemini_embed_read_model(const json_cursor& in, std::string& to) {
    if (!to.empty()) return;
    in["model"].read(to);
    if (to.starts_with("models/")) to.erase(0, 7);
}

LLMX_DECL void gemini_embed_read_batch(const json_cursor& in, std::string_view codec, embedding_request& to) {
    const json_cursor requests = in["requests"];
    const std::size_t n = requests.size();
    if (n > max_embedding_inputs)
        return requests.expected("at most " + std::to_string(max_embedding_inputs) + " requests");
    to.inputs.reserve(n);
    requests.each_object([&to, codec](const json_cursor& one, std::size_t) {
        gemini_embed_read_model(one, to.model);
        gemini_embed_read_one(one, codec, to.inputs.emplace_back());
    });
    if (n == 0) requests.expected("at least one request");
    static constexpr std::string_view known[] = {"requests", "model"};
    keep_extra(in, {}, known, codec, {}, {}, to.extra);
}

LLMX_DECL result<embedding_request> gemini_embed_decode(std::string_view body, const request_target& target,
                                                        gemini_embed_inputs inputs, std::string_view codec) {
    json_document document(body, json_naming::proto);
    const json_cursor in = document.root();
    embedding_request to;
    to.model = target.model;
    gemini_embed_read_model(in, to.model);
    if (inputs == gemini_embed_inputs::several) gemini_embed_read_batch(in, codec, to);
    else gemini_embed_read_one(in, codec, to.inputs.emplace_back());
    if (const auto status = document.status(); status.has_error()) return status.error();
    gemini_embed_hoist(to, &embedding_input::task_type, &embedding_request::task_type);
    gemini_embed_hoist(to, &embedding_input::title, &embedding_request::title);
    gemini_embed_hoist(to, &embedding_input::dimensions, &embedding_request::dimensions);
    return to;
}

} // namespace llmx::inline LLMX_ABI::detail
