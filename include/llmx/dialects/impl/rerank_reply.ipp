// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/rerank.hpp>

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/scanned_fields.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/detail/flat_usage.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI::detail {

/// The document of a result: a text, or an object with the field "text".
LLMX_DECL [[nodiscard]] result<rerank_document> rerank_read_answered(std::string_view value) {
    rerank_document d;
    if (is_json_string(value)) {
        d.text = unescape_json_string(value);
        return d;
    }
    std::size_t members = 0;
    json_scanner scanner(value);
    for (json_member m; scanner.next(m); ++members)
        if (m.named("text") && is_json_string(m.value)) d.text = unescape_json_string(m.value);
    if (members == 1 && !d.text.empty()) return d;
    // A scan looks at no more than it needs, and this is written again as it came.
    if (const auto parsed = parse_json(value); parsed.has_error()) return error(errc::bad_response, parsed.error().message());
    d.fields.text = value;
    return d;
}

LLMX_DECL [[nodiscard]] result<void> rerank_read_result(std::string_view text, std::string_view codec, rerank_result& to) {
    bool has_score = false, has_index = false;
    const auto done = scan_json_members(text, [&](const json_member& m) -> result<void> {
        if (m.named("index")) {
            const auto n = json_count(m.value);
            has_index = n.has_value();
            to.index = static_cast<std::size_t>(n.value_or(0));
        } else if (m.named("relevance_score") || m.named("score")) {
            const auto n = json_number(m.value);
            has_score = n.has_value();
            to.relevance_score = n.value_or(0);
        } else if (m.named("document") || m.named("text")) {
            if (!is_json_string(m.value) && !m.value.starts_with('{')) return success();
            result<rerank_document> read = rerank_read_answered(m.value);
            if (!read) return read.error();
            to.document = std::move(*read);
        } else {
            return add_scanned_extra(m, codec, to.extra);
        }
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (!has_index || !has_score) return error(errc::bad_response, "a result has no index or no score of relevance");
    return success();
}

LLMX_DECL [[nodiscard]] result<void> rerank_read_results(std::string_view list, const rerank_form& form, std::vector<rerank_result>& to) {
    if (!list.starts_with('[')) return error(errc::bad_response, "the answer has no list of results");
    const auto done = scan_json_elements(list, [&](const json_member& e) -> result<void> {
        if (form.reply != rerank_form::reply_kind::scores) return rerank_read_result(e.value, form.codec, to.emplace_back());
        const auto score = json_number(e.value);
        if (!score) return error(errc::bad_response, "a score is not a number");
        to.emplace_back(to.size(), *score);
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (form.reply == rerank_form::reply_kind::scores)
        std::sort(to.begin(), to.end(), [](const rerank_result& a, const rerank_result& b) {
            return a.relevance_score != b.relevance_score ? a.relevance_score > b.relevance_score : a.index < b.index;
        });
    return success();
}

/// The counts of Cohere's `meta` that \p text is, which has passed a scan.
LLMX_DECL void rerank_read_meta(std::string_view text, usage& u) {
    json_scanner scanner(text);
    for (json_member m; scanner.next(m);) {
        if (!m.value.starts_with('{') || (!m.named("billed_units") && !m.named("tokens"))) continue;
        const bool billed = m.named("billed_units");
        json_scanner inner(m.value);
        for (json_member n; inner.next(n);) {
            const auto count = json_count(n.value);
            if (!count) continue;
            if (n.named("search_units")) u.search_units = static_cast<std::uint16_t>(std::min<std::int64_t>(*count, 65535));
            // What is charged wins over what was counted.
            else if (n.named("input_tokens") && (billed || u.input_tokens == 0)) u.input_tokens = *count;
            else if (n.named("output_tokens") && (billed || u.output_tokens == 0)) u.output_tokens = *count;
        }
    }
}

/// Reads the member \p m of a reply when it is one of its counts.
LLMX_DECL [[nodiscard]] bool rerank_take_usage(const json_member& m, const rerank_form& form, usage& u) {
    if (m.named("usage")) {
        const std::uint16_t units = u.search_units;
        if (m.value.starts_with('{')) u = openai_flat_usage(m.value);
        u.search_units = units;
    } else if (m.named("meta")) {
        if (m.value.starts_with('{')) rerank_read_meta(m.value, u);
    } else if (form.reply == rerank_form::reply_kind::scores && m.named("input_tokens")) {
        u.input_tokens = json_count(m.value).value_or(0);
    } else {
        return false;
    }
    return true;
}

[[nodiscard]] constexpr std::string_view rerank_list_name(const rerank_form& form) noexcept {
    if (form.reply == rerank_form::reply_kind::data) return "data";
    return form.reply == rerank_form::reply_kind::scores ? std::string_view("scores") : std::string_view("results");
}

LLMX_DECL result<rerank_reply> rerank_read(std::string_view body, const rendering* how, const rerank_form& form) {
    rerank_reply to;
    std::string_view list, failure;
    const auto first = body.find_first_not_of(" \t\r\n");
    if (form.reply == rerank_form::reply_kind::ranks && first != std::string_view::npos && body[first] == '[') {
        list = body.substr(first);
        to.usage.search_units = 1;
    } else {
        const auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
            if (m.named(rerank_list_name(form))) list = m.value;
            else if (m.named("error")) failure = is_json_null(m.value) ? std::string_view() : m.value;
            else if (m.named("id")) to.id = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
            else if (m.named("model")) to.model = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
            else if (!rerank_take_usage(m, form, to.usage) && !m.named("object")) return add_scanned_extra(m, form.codec, to.extra);
            return success();
        });
        if (done.has_error()) return error(errc::bad_response, done.error().message());
    }
    if (!failure.empty()) return openai_flat_failure(failure);
    if (const auto done = rerank_read_results(list, form, to.results); done.has_error()) return done.error();
    if (how == nullptr) return to;
    const auto& asked = static_cast<const rerank_rendering&>(*how);
    if (asked.top_n && to.results.size() > static_cast<std::size_t>(*asked.top_n)) to.results.resize(static_cast<std::size_t>(*asked.top_n));
    for (rerank_result& r : to.results)
        if (r.index < asked.documents.size()) r.document = asked.documents[r.index];
    return to;
}

LLMX_DECL void rerank_write_result(json_writer& w, const rerank_result& r, const rerank_form& form) {
    const bool rank = form.reply == rerank_form::reply_kind::ranks;
    w.object().member("index", r.index).member(rank ? "score" : "relevance_score", r.relevance_score);
    if (r.document) {
        w.key(rank ? "text" : "document");
        if (!form.document_objects) w.value(r.document->text);
        else if (!r.document->fields.empty()) w.value(r.document->fields);
        else w.object().member("text", r.document->text).end_object();
    }
    w.extra(r.extra, form.codec).end_object();
}

/// A score for each document, in the order of the request.
LLMX_DECL void rerank_write_scores(json_writer& w, const rerank_reply& reply) {
    std::vector<const rerank_result*> all;
    for (const rerank_result& r : reply.results) all.push_back(&r);
    std::sort(all.begin(), all.end(), [](const rerank_result* a, const rerank_result* b) { return a->index < b->index; });
    for (const rerank_result* const r : all) w.value(r->relevance_score);
}

LLMX_DECL void rerank_write(const rerank_reply& reply, const reply_options& options, std::string& out, const rerank_form& form) {
    using kind = rerank_form::reply_kind;
    json_writer w(out);
    if (form.reply != kind::ranks) {
        w.object();
        if (form.reply == kind::data) w.member("object", "list");
        if (form.reply == kind::results) w.member("id", reply.id.empty() ? options.id : std::string_view(reply.id));
        w.key(rerank_list_name(form));
    }
    w.array();
    if (form.reply == kind::scores) rerank_write_scores(w, reply);
    else
        for (const rerank_result& r : reply.results) rerank_write_result(w, r, form);
    w.end_array();
    if (form.reply == kind::ranks) return;
    const usage& u = reply.usage;
    if (form.reply == kind::results) {
        w.key("meta").object().key("api_version").object().member("version", "2").end_object().key("billed_units").object();
        if (u.search_units != 0) w.member("search_units", u.search_units);
        if (u.input_tokens != 0) w.member("input_tokens", u.input_tokens);
        if (u.output_tokens != 0) w.member("output_tokens", u.output_tokens);
        w.end_object().end_object();
    } else if (form.reply == kind::data) {
        w.member("model", reply.model.empty() ? options.model : std::string_view(reply.model));
        w.key("usage").object().member("total_tokens", u.total_tokens()).end_object();
    } else {
        w.member("input_tokens", u.input_tokens);
    }
    w.extra(reply.extra, form.codec).end_object();
}

LLMX_DECL usage rerank_usage(std::string_view body, const rerank_form& form) {
    usage found;
    if (form.reply == rerank_form::reply_kind::ranks) {
        // The server counts nothing.
        if (rerank_holds_answer(body, form)) found.search_units = 1;
        return found;
    }
    const auto done = scan_json_members(body, [&](const json_member& m) { (void)rerank_take_usage(m, form, found); });
    return done.has_error() ? usage() : found;
}

LLMX_DECL bool rerank_holds_answer(std::string_view body, const rerank_form& form) noexcept {
    using kind = rerank_form::reply_kind;
    if (form.reply == kind::ranks) {
        const auto first = body.find_first_not_of(" \t\r\n");
        return first != std::string_view::npos && body[first] == '[';
    }
    if (form.reply != kind::scores) return json_text_opens(body, rerank_list_name(form), "[{");
    const auto at = body.find("\"scores\"");
    return at != std::string_view::npos && body.find('[', at) != std::string_view::npos;
}

LLMX_DECL void rerank_encode_error(const error& failure, std::string& out) {
    std::string inner;
    openai_chat::encode_error(failure, inner);
    const std::string text = failure.message();
    json_writer w(out);
    w.object().member("message", text);
    // {"error":{...}}
    out += ',';
    out.append(inner, 1, std::string::npos);
}

} // namespace llmx::inline LLMX_ABI::detail
