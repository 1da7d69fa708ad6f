// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/impl/invoke_extra.ipp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/watsonx/embeddings.hpp>
#include <llmx/dialects/watsonx/rerank.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto watsonx_rerank_fields = fields_of<rerank_request>(
    by_hand<&rerank_request::model>("model_id"), by_hand<&rerank_request::query>("query"), by_hand<&rerank_request::documents>("inputs"),
    by_hand<&rerank_request::top_n>("top_n"), by_hand<&rerank_request::return_documents>("inputs"), lost<&rerank_request::rank_fields>(),
    by_hand<&rerank_request::max_tokens_per_doc>("truncate_input_tokens"), by_hand<&rerank_request::extra>(""));
static_assert(accounts_for_all<rerank_request>(watsonx_rerank_fields));

LLMX_DECL void watsonx_write_rerank_parameters(json_writer& w, const rerank_request& request, bedrock_invoke_extra& own) {
    if (own.write(w, "parameters")) return;
    if (!request.top_n && !request.return_documents && !request.max_tokens_per_doc) return;
    w.key("parameters").object();
    if (request.max_tokens_per_doc) w.member("truncate_input_tokens", *request.max_tokens_per_doc);
    if (request.top_n || request.return_documents) {
        w.key("return_options").object();
        if (request.top_n) w.member("top_n", *request.top_n);
        if (request.return_documents) w.member("inputs", *request.return_documents);
        w.end_object();
    }
    w.end_object();
}

LLMX_DECL [[nodiscard]] result<void> watsonx_read_result(std::string_view text, rerank_result& to) {
    bool has_score = false, has_index = false;
    const result<void> done = scan_json_members(text, [&](const json_member& m) {
        if (m.named("index")) {
            const auto n = json_count(m.value);
            has_index = n.has_value();
            to.index = static_cast<std::size_t>(n.value_or(0));
        } else if (m.named("score")) {
            const auto n = json_number(m.value);
            has_score = n.has_value();
            to.relevance_score = n.value_or(0);
        } else if (m.named("input") && m.value.starts_with('{')) {
            json_scanner inside(m.value);
            for (json_member n; inside.next(n);)
                if (n.named("text") && is_json_string(n.value)) to.document = rerank_document(unescape_json_string(n.value));
        }
    });
    if (!done) return done;
    if (!has_index || !has_score) return error(errc::bad_response, "a result has no index or no score");
    return success();
}

} // namespace detail

LLMX_DECL result<void> watsonx_rerank::encode_request(const rerank_request& request, const encode_options&, std::string& out,
                                                      drop_report& drops) {
    const request_place at, all = at.of<&rerank_request::documents>();
    if (request.query.empty()) return drops.refuse(at.of<&rerank_request::query>(), "expected the text that documents are compared with");
    if (request.documents.empty()) return drops.refuse(all, "expected a list of documents");
    detail::report_fields(&request, detail::watsonx_rerank_fields.view(), at, drops);
    detail::bedrock_invoke_extra own(request.extra, name);
    json_writer w(out);
    w.object().member("query", request.query).key("inputs").array();
    for (std::size_t i = 0; i < request.documents.size(); ++i) {
        const rerank_document& d = request.documents[i];
        w.object().member("text", d.text).end_object();
        if (!d.fields.empty()) drops.lost(all.item(i).of<&rerank_document::fields>());
    }
    w.end_array();
    detail::watsonx_write_rerank_parameters(w, request, own);
    own.write_rest(w);
    own.report(drops, name);
    w.end_object();
    return success();
}

LLMX_DECL result<rerank_reply> watsonx_rerank::decode_reply(std::string_view body) {
    rerank_reply r;
    std::string_view results;
    const result<void> scanned = scan_json_members(body, [&](const json_member& m) {
        if (m.named("results")) results = m.value;
        else if (m.named("model_id")) r.model = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
        else if (m.named("input_token_count")) r.usage.input_tokens = json_count(m.value).value_or(0);
    });
    if (!scanned) return error(errc::bad_response, scanned.error().message());
    if (!results.starts_with('[')) return error(errc::bad_response, "the answer has no list of results");
    const result<void> read =
        scan_json_elements(results, [&r](const json_member& e) { return detail::watsonx_read_result(e.value, r.results.emplace_back()); });
    if (!read) return error(errc::bad_response, read.error().message());
    return r;
}

LLMX_DECL usage watsonx_rerank::scan_usage(std::string_view body) { return watsonx_embeddings::scan_usage(body); }

LLMX_DECL bool watsonx_rerank::holds_answer(std::string_view body) noexcept { return detail::json_text_opens(body, "results", "[{"); }

} // namespace llmx::inline LLMX_ABI
