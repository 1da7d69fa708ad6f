// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/moderations.hpp>

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/openai/detail/flat_usage.hpp>
#include <llmx/dialects/openai/detail/moderations_fields.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <map>

namespace llmx::inline LLMX_ABI::detail {

/// The categories of one result: the members of three objects, each of which may be absent.
LLMX_DECL void moderations_read_categories(const json_cursor& from, moderation_result& to) {
    const json_cursor flags = from["categories"], scores = from["category_scores"], kinds = from["category_applied_input_types"];
    std::map<std::string_view, std::size_t> places;
    const auto category = [&](std::string_view name) -> moderation_category& {
        const auto [at, added] = places.emplace(name, to.categories.size());
        if (added) to.categories.emplace_back().name = name;
        return to.categories[at->second];
    };
    if (const boost::json::object* const o = flags.object())
        for (const auto& m : *o) category(m.key()).flagged = m.value().is_bool() && m.value().get_bool();
    if (const boost::json::object* const o = scores.object())
        for (const auto& m : *o)
            if (m.value().is_number()) category(m.key()).score = m.value().to_number<double>();
    if (const boost::json::object* const o = kinds.object())
        for (const auto& m : *o)
            if (const boost::json::array* const list = m.value().if_array())
                for (const boost::json::value& one : *list)
                    if (one.is_string()) category(m.key()).applied_to.emplace_back(std::string_view(one.get_string()));
}

LLMX_DECL result<moderation_reply> moderations_read(std::string_view body, moderation_form form) {
    json_document document(body);
    const json_cursor in = document.root();
    if (const auto status = document.status(); status.has_error()) return error(errc::bad_response, status.error().message());
    const json_cursor failure = in["error"], results = in["results"];
    if (failure) return openai_flat_failure(failure.text());
    if (results.array() == nullptr) return error(errc::bad_response, "the answer has no list of results");
    const std::string_view codec = moderations_codec_name(form);
    moderation_reply to;
    const json_cursor id = in["id"], model = in["model"], used = in["usage"];
    to.id = id.string_or();
    to.model = model.string_or();
    if (used.object() != nullptr) to.usage = openai_flat_usage(used.text());
    results.each_object_or_skip([&](const json_cursor& one, std::size_t) {
        moderation_result& r = to.results.emplace_back();
        moderations_read_categories(one, r);
        const json_cursor flagged = one["flagged"];
        const bool any = std::any_of(r.categories.begin(), r.categories.end(), [](const moderation_category& c) { return c.flagged; });
        r.flagged = flagged.bool_or(any);
        static constexpr std::string_view known[] = {"flagged", "categories", "category_scores", "category_applied_input_types"};
        keep_extra(one, {}, known, codec, {}, {}, r.extra);
    });
    keep_extra(in, moderations_reply_fields.view(), {}, codec, {}, {}, to.extra);
    if (const auto status = document.status(); status.has_error()) return error(errc::bad_response, status.error().message());
    return to;
}

LLMX_DECL void moderations_write(const moderation_reply& reply, const reply_options& options, std::string& out, moderation_form form) {
    const std::string_view codec = moderations_codec_name(form);
    json_writer w(out);
    w.object().member("id", reply.id.empty() ? options.id : std::string_view(reply.id));
    w.member("model", reply.model.empty() ? options.model : std::string_view(reply.model));
    w.key("results").array();
    for (const moderation_result& r : reply.results) {
        w.object();
        if (form == moderation_form::openai) w.member("flagged", r.flagged);
        w.key("categories").object();
        for (const moderation_category& c : r.categories) w.member(c.name, c.flagged);
        w.end_object().key("category_scores").object();
        bool kinds = false;
        for (const moderation_category& c : r.categories) {
            w.member(c.name, c.score);
            kinds = kinds || !c.applied_to.empty();
        }
        w.end_object();
        if (kinds) {
            w.key("category_applied_input_types").object();
            for (const moderation_category& c : r.categories) {
                w.key(c.name).array();
                for (const std::string& kind : c.applied_to) w.value(kind);
                w.end_array();
            }
            w.end_object();
        }
        w.extra(r.extra, codec).end_object();
    }
    w.end_array();
    if (!reply.usage.empty()) {
        w.key("usage").object().member("prompt_tokens", reply.usage.input_tokens);
        w.member("completion_tokens", reply.usage.output_tokens).member("total_tokens", reply.usage.total_tokens()).end_object();
    }
    w.extra(reply.extra, codec).end_object();
}

LLMX_DECL usage moderations_usage(std::string_view body) { return openai_flat_usage_in(body); }

LLMX_DECL bool moderations_holds_answer(std::string_view body) noexcept { return json_text_opens(body, "results", "[{"); }

} // namespace llmx::inline LLMX_ABI::detail
