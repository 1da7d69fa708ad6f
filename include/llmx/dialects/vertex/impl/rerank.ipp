// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/impl/invoke_extra.ipp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/vertex/rerank.hpp>
#include <llmx/wire/json_omit.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto vertex_rerank_fields = fields_of<rerank_request>(
    by_hand<&rerank_request::model>("model"), by_hand<&rerank_request::query>("query"), by_hand<&rerank_request::documents>("records"),
    by_hand<&rerank_request::top_n>("topN"), by_hand<&rerank_request::return_documents>("ignoreRecordDetailsInResponse"),
    lost<&rerank_request::rank_fields>(), lost<&rerank_request::max_tokens_per_doc>(), by_hand<&rerank_request::extra>(""));
static_assert(accounts_for_all<rerank_request>(vertex_rerank_fields));

/// Writes the record number \p i; false when the document has fields that a record has not.
LLMX_DECL [[nodiscard]] bool vertex_write_record(json_writer& w, const rerank_document& d, std::size_t i) {
    w.object().member("id", std::to_string(i));
    bool all = true;
    if (!d.fields.empty()) {
        const result<void> read = scan_json_members(d.fields.text, [&w, &all](const json_member& m) {
            if (m.named("title") && is_json_string(m.value)) w.raw_member("title", m.value);
            else all = all && m.named("text");
        });
        all = all && read.has_value();
    }
    if (d.fields.empty() || !d.text.empty()) w.member("content", d.text);
    w.end_object();
    return all;
}

LLMX_DECL [[nodiscard]] result<void> vertex_read_record(std::string_view text, rerank_result& to) {
    bool has_score = false, has_index = false;
    const result<void> done = scan_json_members(text, [&](const json_member& m) {
        if (m.named("id") && is_json_string(m.value)) {
            const std::string id = unescape_json_string(m.value);
            const auto [end, failed] = std::from_chars(id.data(), id.data() + id.size(), to.index);
            has_index = failed == std::errc() && end == id.data() + id.size();
        } else if (m.named("score")) {
            const auto n = json_number(m.value);
            has_score = n.has_value();
            to.relevance_score = n.value_or(0);
        } else if (m.named("content") && is_json_string(m.value)) {
            to.document = rerank_document(unescape_json_string(m.value));
        }
    });
    if (!done) return done;
    if (!has_index || !has_score) return error(errc::bad_response, "a record has no position as its id or no score");
    return success();
}

} // namespace detail

LLMX_DECL result<void> vertex_rerank::encode_request(const rerank_request& request, const encode_options& options, std::string& out,
                                                     drop_report& drops) {
    const request_place at, all = at.of<&rerank_request::documents>();
    if (request.query.empty()) return drops.refuse(at.of<&rerank_request::query>(), "expected the text that documents are compared with");
    if (request.documents.empty()) return drops.refuse(all, "expected a list of documents");
    if (request.documents.size() > most_records)
        return drops.refuse(all.item(most_records), "Google's ranking takes 200 documents in a request; send the others in another one",
                            errc::unsupported_parameter);
    detail::report_fields(&request, detail::vertex_rerank_fields.view(), at, drops);
    detail::bedrock_invoke_extra own(request.extra, name);
    json_writer w(out);
    w.object().member("model", options.model.empty() ? std::string_view(request.model) : options.model).member("query", request.query);
    if (request.top_n) w.member("topN", *request.top_n);
    if (!own.write(w, "ignoreRecordDetailsInResponse") && request.return_documents)
        w.member("ignoreRecordDetailsInResponse", !*request.return_documents);
    own.write(w, "userLabels");
    w.key("records").array();
    for (std::size_t i = 0; i < request.documents.size(); ++i)
        if (!detail::vertex_write_record(w, request.documents[i], i)) drops.lost(all.item(i).of<&rerank_document::fields>());
    w.end_array();
    own.write_rest(w);
    own.report(drops, name);
    w.end_object();
    return success();
}

LLMX_DECL result<rerank_reply> vertex_rerank::decode_reply(std::string_view body) {
    rerank_reply r;
    const std::optional<std::string_view> records = json_member_value(body, "records");
    if (!records || !records->starts_with('[')) return error(errc::bad_response, "the answer has no list of records");
    const result<void> read =
        scan_json_elements(*records, [&r](const json_member& e) { return detail::vertex_read_record(e.value, r.results.emplace_back()); });
    if (!read) return error(errc::bad_response, read.error().message());
    r.usage.search_units = 1;
    return r;
}

LLMX_DECL usage vertex_rerank::scan_usage(std::string_view body) {
    usage u;
    if (holds_answer(body)) u.search_units = 1;
    return u;
}

LLMX_DECL bool vertex_rerank::holds_answer(std::string_view body) noexcept { return detail::json_text_opens(body, "records", "[{"); }

} // namespace llmx::inline LLMX_ABI
