// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/embeddings.hpp>

#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/dialects/gemini/detail/json.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_text.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <initializer_list>

namespace llmx::inline v0 {
namespace detail {

/// Members of \p from that are neither null nor in \p known, under their lowerCamelCase names.
LLMX_DECL void gemini_embed_unknown(const boost::json::object& from, std::initializer_list<std::string_view> known,
                                    std::string_view prefix, std::string_view dialect, extra_members& to) {
    for (const auto& m : from) {
        if (m.value().is_null()) continue;
        std::string camel = proto_camel(m.key());
        if (std::find(known.begin(), known.end(), camel) != known.end()) continue;
        to.add(dialect, std::string(prefix) += camel, json_text(m.value()));
    }
}

/// The parts of a content: text goes together, all else as it is.
[[nodiscard]] LLMX_DECL result<void> gemini_embed_parts(const boost::json::object& content, std::string_view dialect,
                                                        embedding_input& to) {
    const proto_reader in(content);
    if (std::string role; in.read("role", role).has_error()) return proto_expected("role", "a string");
    std::string others;
    bool any = false;
    auto done = in.each("parts", [&](const boost::json::object& part, std::size_t) -> result<void> {
        any = true;
        std::string text;
        if (auto r = proto_reader(part).read("text", text); r.has_error()) return r;
        const auto members =
            std::count_if(part.begin(), part.end(), [](const auto& m) { return !m.value().is_null(); });
        if (members == 1 && proto_find(part, "text") != nullptr) {
            to.text += text;
            return success();
        }
        others += others.empty() ? '[' : ',';
        append_json(others, part);
        return success();
    });
    if (done.has_error()) return done;
    if (!any) return proto_expected("parts", "at least one part");
    if (!others.empty()) to.extra.add(dialect, "content.parts", std::move(others += ']'));
    gemini_embed_unknown(content, {"role", "parts"}, "content.", dialect, to.extra);
    return success();
}

[[nodiscard]] LLMX_DECL result<void> gemini_embed_settings(const proto_reader& in, embedding_input& to) {
    if (to.task_type.empty())
        if (auto r = in.read("taskType", to.task_type); r.has_error()) return r;
    if (to.task_type == "TASK_TYPE_UNSPECIFIED") to.task_type.clear();
    if (to.title.empty())
        if (auto r = in.read("title", to.title); r.has_error()) return r;
    if (to.dimensions) return success();
    if (auto r = in.read_count("outputDimensionality", to.dimensions); r.has_error()) return r;
    // 0 is what proto3 takes for absent.
    if (to.dimensions && *to.dimensions == 0) to.dimensions.reset();
    return success();
}

/// One EmbedContentRequest.
[[nodiscard]] LLMX_DECL result<void> gemini_embed_read_one(const boost::json::object& o, std::string_view dialect,
                                                           embedding_input& to) {
    const proto_reader in(o);
    const auto content = in.message("content");
    if (content.has_error()) return content.error();
    if (*content == nullptr) return proto_expected("content", "an object");
    if (auto r = gemini_embed_parts(**content, dialect, to); r.has_error()) return proto_at(r.error(), "content");
    if (auto r = gemini_embed_settings(in, to); r.has_error()) return r;
    const auto config = in.message("embedContentConfig");
    if (config.has_error()) return config.error();
    if (*config != nullptr) {
        if (auto r = gemini_embed_settings(proto_reader(**config), to); r.has_error())
            return proto_at(r.error(), "embedContentConfig");
        gemini_embed_unknown(**config, {"taskType", "title", "outputDimensionality"}, "embedContentConfig.", dialect,
                             to.extra);
    }
    gemini_embed_unknown(o, {"model", "content", "taskType", "title", "outputDimensionality", "embedContentConfig"}, {},
                         dialect, to.extra);
    return success();
}

/// A value that all inputs share becomes the request's.
template <class Member, class Request> void gemini_embed_hoist(embedding_request& to, Member member, Request own) {
    const auto& first = to.inputs.front().*member;
    for (const embedding_input& i : to.inputs)
        if (i.*member != first) return;
    to.*own = first;
    for (embedding_input& i : to.inputs) i.*member = {};
}

/// A model in the body: "models/x" is x.
[[nodiscard]] LLMX_DECL result<void> gemini_embed_read_model(const proto_reader& in, std::string& to) {
    if (!to.empty()) return success();
    if (auto r = in.read("model", to); r.has_error()) return r;
    if (to.starts_with("models/")) to.erase(0, 7);
    return success();
}

} // namespace detail

LLMX_DECL result<embedding_request> gemini_batch_embed::decode_request(std::string_view body,
                                                                       const request_target& target) {
    auto parsed = parse_json_object(body);
    if (parsed.has_error()) return parsed.error();
    const detail::proto_reader in(*parsed);
    embedding_request to;
    to.model = target.model;
    if (auto r = detail::gemini_embed_read_model(in, to.model); r.has_error()) return r.error();
    if (const auto* list = in.find("requests"); list != nullptr && list->is_array()) {
        if (list->get_array().size() > max_embedding_inputs)
            return detail::proto_expected("requests", "at most " + std::to_string(max_embedding_inputs) + " requests");
        to.inputs.reserve(list->get_array().size());
    }
    auto done = in.each("requests", [&to](const boost::json::object& one, std::size_t) -> result<void> {
        if (auto r = detail::gemini_embed_read_model(detail::proto_reader(one), to.model); r.has_error()) return r;
        return detail::gemini_embed_read_one(one, name, to.inputs.emplace_back());
    });
    if (done.has_error()) return done.error();
    if (to.inputs.empty()) return detail::proto_expected("requests", "at least one request");
    detail::gemini_embed_hoist(to, &embedding_input::task_type, &embedding_request::task_type);
    detail::gemini_embed_hoist(to, &embedding_input::title, &embedding_request::title);
    detail::gemini_embed_hoist(to, &embedding_input::dimensions, &embedding_request::dimensions);
    detail::gemini_embed_unknown(*parsed, {"requests", "model"}, {}, name, to.extra);
    return to;
}

LLMX_DECL result<embedding_request> gemini_embed::decode_request(std::string_view body, const request_target& target) {
    auto parsed = parse_json_object(body);
    if (parsed.has_error()) return parsed.error();
    embedding_request to;
    to.model = target.model;
    if (auto r = detail::gemini_embed_read_model(detail::proto_reader(*parsed), to.model); r.has_error())
        return r.error();
    embedding_input& one = to.inputs.emplace_back();
    if (auto r = detail::gemini_embed_read_one(*parsed, name, one); r.has_error()) return r.error();
    detail::gemini_embed_hoist(to, &embedding_input::task_type, &embedding_request::task_type);
    detail::gemini_embed_hoist(to, &embedding_input::title, &embedding_request::title);
    detail::gemini_embed_hoist(to, &embedding_input::dimensions, &embedding_request::dimensions);
    return to;
}

} // namespace llmx::inline v0
