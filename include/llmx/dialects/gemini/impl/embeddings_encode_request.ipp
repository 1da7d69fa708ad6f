// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/embeddings.hpp>

#include <llmx/dialects/detail/caller_path.hpp>
#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/dialects/gemini/detail/json.hpp>
#include <llmx/wire/json_writer.hpp>

#include <array>
#include <cstddef>

namespace llmx::inline v0 {
namespace detail {

/// Whether \p extra was read by one of the two codecs here: the members are the same in both.
[[nodiscard]] LLMX_DECL bool gemini_embed_speaks(const extra_members& extra) noexcept {
    return extra.speaks(gemini_batch_embed::name) || extra.speaks(gemini_embed::name);
}

/// Writes those members of \p extra that stand directly under \p prefix; \p but: not this one.
LLMX_DECL void gemini_embed_write_extra(json_writer& w, const extra_members& extra, std::string_view prefix,
                                        std::string_view but = {}) {
    if (!gemini_embed_speaks(extra)) return;
    for (const auto& m : extra.members) {
        const std::string_view member(m.name);
        if (!member.starts_with(prefix)) continue;
        const std::string_view rest = member.substr(prefix.size());
        if (rest.find('.') == std::string_view::npos && (but.empty() || rest != but)) w.raw_member(rest, m.value.text);
    }
}

LLMX_DECL void gemini_embed_write_content(json_writer& w, const embedding_input& input) {
    w.key("content").object().key("parts").array();
    const raw_json* others = gemini_embed_speaks(input.extra) ? input.extra.find("content.parts") : nullptr;
    std::string_view rest = others != nullptr ? trim_json(others->text) : std::string_view();
    // The list without its brackets.
    rest = rest.size() > 2 ? trim_json(rest.substr(1, rest.size() - 2)) : std::string_view();
    if (rest.empty() || !input.text.empty()) w.object().member("text", input.text).end_object();
    if (!rest.empty()) w.raw(rest);
    w.end_array();
    gemini_embed_write_extra(w, input.extra, "content.", "parts");
    w.end_object();
}

/// The members of one EmbedContentRequest.
LLMX_DECL void gemini_embed_write_one(json_writer& w, const embedding_request& request, const embedding_input& input) {
    gemini_embed_write_content(w, input);
    const std::string& task = input.task_type.empty() ? request.task_type : input.task_type;
    if (!task.empty()) w.member("taskType", task);
    const std::string& title = input.title.empty() ? request.title : input.title;
    if (!title.empty()) w.member("title", title);
    if (const auto& dimensions = input.dimensions ? input.dimensions : request.dimensions)
        w.member("outputDimensionality", *dimensions);
    std::string config;
    json_writer inner(config);
    gemini_embed_write_extra(inner.object(), input.extra, "embedContentConfig.");
    inner.end_object();
    if (config != "{}") w.raw_member("embedContentConfig", config);
    gemini_embed_write_extra(w, input.extra, {});
}

/// Reports members of other languages and those without a counterpart here.
LLMX_DECL void gemini_embed_report(const embedding_request& request, drop_report& drops) {
    if (!request.user.empty()) drops.hint("user");
    if (!gemini_embed_speaks(request.extra))
        for (const auto& m : request.extra.members) drops.foreign(m.name);
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
        const extra_members& extra = request.inputs[i].extra;
        if (gemini_embed_speaks(extra)) continue;
        for (const auto& m : extra.members) drops.foreign(path_item("inputs", i).append(".").append(m.name));
    }
}

/// Whether the inputs are texts.
[[nodiscard]] LLMX_DECL result<void> gemini_embed_check(const embedding_request& request, drop_report& drops) {
    if (request.inputs.empty()) return proto_expected("inputs", "at least one input");
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
        if (!request.inputs[i].is_tokens()) continue;
        std::string where = path_item("inputs", i);
        drops.lost(where);
        error e(errc::unsupported_parameter, where + ": expected text, since Google's embeddings take no token ids");
        e.with_param(std::move(where));
        return e;
    }
    return success();
}

/// The caller's name of "inputs[3].title"; \p owner is that of "inputs[3]".
[[nodiscard]] LLMX_DECL std::string gemini_embed_path(std::string owner, std::string_view rest) {
    static constexpr std::array<path_name, 2> names = {
        {{"task_type", "taskType"}, {"dimensions", "outputDimensionality"}}};
    if (rest.starts_with('.')) rest.remove_prefix(1);
    if (rest.empty()) return owner.empty() ? "content" : owner;
    if (!owner.empty()) owner += '.';
    return owner + rename_path(rest, names);
}

/// Whether a member of the request stands in each EmbedContentRequest.
[[nodiscard]] LLMX_DECL bool gemini_embed_each(std::string_view member) noexcept {
    return member == "task_type" || member == "title" || member == "dimensions";
}

} // namespace detail

LLMX_DECL result<void> gemini_batch_embed::encode_request(const embedding_request& request,
                                                          const encode_options& options, std::string& out,
                                                          drop_report& drops) {
    if (auto fits = detail::gemini_embed_check(request, drops); fits.has_error()) return fits;
    const std::string_view model = options.model.empty() ? std::string_view(request.model) : options.model;
    // A name with a slash is a resource's already: "tunedModels/x".
    std::string resource(model.find('/') == std::string_view::npos ? "models/" : "");
    resource += model;
    json_writer w(out);
    w.object().key("requests").array();
    for (const embedding_input& input : request.inputs) {
        w.object().member("model", resource);
        detail::gemini_embed_write_one(w, request, input);
        w.end_object();
    }
    w.end_array();
    detail::gemini_embed_write_extra(w, request.extra, {});
    w.end_object();
    detail::gemini_embed_report(request, drops);
    return success();
}

LLMX_DECL std::string gemini_batch_embed::caller_path(std::string_view member, const embedding_request&) {
    std::size_t at = 0;
    if (member == "inputs") return "requests";
    if (detail::take_path_item(member, "inputs", at))
        return detail::gemini_embed_path(detail::path_item("requests", at), member);
    // All requests have it: the first stands for them.
    if (detail::gemini_embed_each(member)) return detail::gemini_embed_path("requests[0]", member);
    return std::string(member);
}

LLMX_DECL result<void> gemini_embed::encode_request(const embedding_request& request, const encode_options&,
                                                    std::string& out, drop_report& drops) {
    if (auto fits = detail::gemini_embed_check(request, drops); fits.has_error()) return fits;
    if (request.inputs.size() > 1) {
        error e(errc::unsupported_parameter,
                "inputs[1]: expected one input alone; Google's batchEmbedContents takes several");
        e.with_param("inputs[1]");
        return e;
    }
    json_writer w(out);
    w.object();
    detail::gemini_embed_write_one(w, request, request.inputs.front());
    detail::gemini_embed_write_extra(w, request.extra, {});
    w.end_object();
    detail::gemini_embed_report(request, drops);
    return success();
}

LLMX_DECL std::string gemini_embed::caller_path(std::string_view member, const embedding_request&) {
    std::size_t at = 0;
    if (member == "inputs") return "content";
    if (detail::take_path_item(member, "inputs", at) || detail::gemini_embed_each(member))
        return detail::gemini_embed_path(std::string(), member);
    return std::string(member);
}

} // namespace llmx::inline v0
