// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/rerank.hpp>

#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <array>
#include <memory>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::string_view rerank_query_text = "the text that documents are compared with";
inline constexpr std::string_view rerank_document_list = "a list of documents";
/// Bytes of the copies of a query.
inline constexpr std::size_t rerank_most_copied = std::size_t{8} * 1024 * 1024;

[[nodiscard]] constexpr std::string_view rerank_query_name(const rerank_form& form) noexcept {
    return form.query_each ? std::string_view("queries") : std::string_view("query");
}

/// Whether a list that has passed a scan has an element.
[[nodiscard]] inline bool rerank_has_element(std::string_view list) noexcept {
    const auto first = list.find_first_not_of(" \t\r\n", 1);
    return first != std::string_view::npos && list[first] != ']';
}

LLMX_DECL result<request_head> rerank_scan(std::string_view body, const request_target& target, const rerank_form& form) {
    const std::string_view query_name = rerank_query_name(form);
    const routed_members<3> routed(std::string_view("model"), query_name, form.documents);
    bool has_query = false, has_documents = false;
    const auto take = [&](const json_member& m, request_head&) -> result<void> {
        if (m.named(query_name)) {
            has_query = form.query_each ? m.value.starts_with('[') && rerank_has_element(m.value) : is_json_string(m.value) && m.value != "\"\"";
            if (!has_query) return member_expected(query_name, rerank_query_text);
        } else {
            has_documents = m.value.starts_with('[') && rerank_has_element(m.value);
            if (!has_documents) return member_expected(form.documents, rerank_document_list);
        }
        return success();
    };
    auto head = openai_flat_scan(body, target, routed, take);
    if (head.has_value() && !has_query) return member_expected(query_name, rerank_query_text);
    if (head.has_value() && !has_documents) return member_expected(form.documents, rerank_document_list);
    return head;
}

LLMX_DECL void rerank_read_document(const json_cursor& from, const rerank_form& form, rerank_document& to) {
    if (from.is_string()) return from.read(to.text);
    if (!form.document_objects || from.object() == nullptr)
        return from.expected(form.document_objects ? "a text or an object" : "a text");
    from.read_object(to.fields);
    const json_cursor text = from["text"];
    to.text = text.string_or();
    // {"text": ...} alone is a text.
    if (from.object()->size() == 1 && text.is_string()) to.fields.text.clear();
}

/// The one query of all documents.
LLMX_DECL void rerank_read_queries(const json_cursor& from, std::string& to) {
    if (from.size() == 0) return from.expected(rerank_query_text);
    from.each([&](const json_cursor& one, std::size_t i) {
        std::string text;
        if (!one.is_string()) return one.expected(rerank_query_text);
        one.read(text);
        if (i == 0) to = std::move(text);
        else if (text != to) one.expected("the same query for each document");
    });
}

LLMX_DECL result<rerank_request> rerank_decode(std::string_view body, const request_target& target, const rerank_form& form) {
    json_document document(body);
    const json_cursor in = document.root();
    rerank_request to;
    openai_flat_read_model(in, target, to.model);
    read_fields(in, &to, form.fields);
    const std::string_view query_name = rerank_query_name(form);
    const json_cursor query = in[query_name], documents = in[form.documents], top = in["top_n"];
    if (form.query_each) rerank_read_queries(query, to.query);
    if (to.query.empty()) query.expected(rerank_query_text);
    const std::size_t n = documents.size();
    if (n == 0) documents.expected(rerank_document_list);
    if (n > max_rerank_documents) documents.expected("at most " + std::to_string(max_rerank_documents) + " documents");
    to.documents.reserve(document.good() ? n : 0);
    documents.each([&](const json_cursor& one, std::size_t) { rerank_read_document(one, form, to.documents.emplace_back()); });
    if (to.top_n == 0) top.expected("a whole number of at least 1");
    const std::array<std::string_view, 3> known = {"model", query_name, form.documents};
    keep_extra(in, form.fields, known, form.codec, {}, openai_flat_hints, to.extra);
    if (const auto status = document.status(); status.has_error()) return status.error();
    return to;
}

LLMX_DECL [[nodiscard]] result<void> rerank_check(const rerank_request& request, const rerank_form& form, drop_report& drops) {
    const request_place at;
    if (request.query.empty()) return drops.refuse(at.of<&rerank_request::query>(), std::string("expected ").append(rerank_query_text));
    if (request.documents.empty())
        return drops.refuse(at.of<&rerank_request::documents>(), std::string("expected ").append(rerank_document_list));
    if (form.query_each && request.query.size() > rerank_most_copied / request.documents.size())
        return drops.refuse(at.of<&rerank_request::query>(),
                            "this provider takes the query once for each document, and 8 MiB of it; send a shorter query or fewer documents",
                            errc::unsupported_parameter);
    return success();
}

LLMX_DECL result<void> rerank_encode(const rerank_request& request, const encode_options& options, encoded_request& out,
                                     drop_report& drops, const rerank_form& form) {
    if (auto fits = rerank_check(request, form, drops); fits.has_error()) return fits;
    const request_place at, all = at.of<&rerank_request::documents>();
    json_writer w(out.body);
    w.object();
    if (form.model_in_body) w.member("model", options.model.empty() ? std::string_view(request.model) : options.model);
    write_fields(w, &request, form.fields, at, drops);
    if (form.query_each) {
        w.key("queries").array();
        for (std::size_t i = 0; i < request.documents.size(); ++i) w.value(request.query);
        w.end_array();
    }
    w.key(form.documents).array();
    for (std::size_t i = 0; i < request.documents.size(); ++i) {
        const rerank_document& d = request.documents[i];
        if (!d.fields.empty() && form.document_objects) {
            w.value(d.fields);
        } else {
            w.value(d.text);
            if (!d.fields.empty()) drops.lost(all.item(i).of<&rerank_document::fields>());
        }
    }
    w.end_array();
    w.extra(request.extra, form.codec).end_object();
    drops.foreign(request.extra, form.codec, at);
    const bool cuts = form.reply == rerank_form::reply_kind::ranks || form.reply == rerank_form::reply_kind::scores;
    const bool adds = form.reply == rerank_form::reply_kind::scores && request.return_documents.value_or(false);
    if ((cuts && request.top_n) || adds)
        out.how = std::make_unique<rerank_rendering>(request.top_n, adds ? request.documents : std::vector<rerank_document>());
    return success();
}

LLMX_DECL std::string rerank_path(const request_place& at, const rerank_form& form) {
    const std::array<std::span<const field_rule>, 1> tables = {form.fields};
    return wire_path(at, tables);
}

} // namespace llmx::inline LLMX_ABI::detail
