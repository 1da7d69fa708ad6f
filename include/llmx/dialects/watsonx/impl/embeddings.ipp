// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/impl/invoke_extra.ipp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/watsonx/embeddings.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto watsonx_embedding_fields = fields_of<embedding_request>(
    by_hand<&embedding_request::model>("model_id"), by_hand<&embedding_request::inputs>("inputs"), lost<&embedding_request::dimensions>(),
    by_hand<&embedding_request::encoding>(""), // the façade writes the reply in that form
    hint<&embedding_request::user>(), hint<&embedding_request::task_type>(), hint<&embedding_request::title>(),
    by_hand<&embedding_request::extra>(""));
static_assert(accounts_for_all<embedding_request>(watsonx_embedding_fields));

inline constexpr auto watsonx_embedding_input_fields = fields_of<embedding_input>(
    by_hand<&embedding_input::text>("inputs"), by_hand<&embedding_input::tokens>(""), hint<&embedding_input::task_type>(),
    hint<&embedding_input::title>(), lost<&embedding_input::dimensions>(), by_hand<&embedding_input::extra>(""));
static_assert(accounts_for_all<embedding_input>(watsonx_embedding_input_fields));

/// The members of `parameters` that a caller may name beside the inputs.
LLMX_DECL void watsonx_write_parameters(json_writer& w, bedrock_invoke_extra& own) {
    if (own.write(w, "parameters")) return;
    const raw_json* const limit = own.find("truncate_input_tokens");
    const raw_json* const options = own.find("return_options");
    if (limit == nullptr && options == nullptr) return;
    w.key("parameters").object();
    if (limit != nullptr) w.raw_member("truncate_input_tokens", limit->text);
    if (options != nullptr) w.raw_member("return_options", options->text);
    w.end_object();
}

} // namespace detail

LLMX_DECL result<void> watsonx_embeddings::encode_request(const embedding_request& request, const encode_options&, std::string& out,
                                                          drop_report& drops) {
    const auto place = request_place().of<&embedding_request::inputs>();
    if (request.inputs.empty()) return drops.refuse(place, "expected at least one input");
    for (std::size_t i = 0; i < request.inputs.size(); ++i)
        if (request.inputs[i].is_tokens())
            return drops.refuse(place.item(i), "expected a text, since watsonx.ai takes no token ids", errc::unsupported_parameter);
    detail::report_fields(&request, detail::watsonx_embedding_fields.view(), request_place(), drops);
    detail::bedrock_invoke_extra own(request.extra, name);
    json_writer w(out);
    w.object().key("inputs").array();
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
        const embedding_input& one = request.inputs[i];
        w.value(one.text);
        detail::report_fields(&one, detail::watsonx_embedding_input_fields.view(), place.item(i), drops);
        drops.foreign(one.extra, std::string_view(), place.item(i));
    }
    w.end_array();
    detail::watsonx_write_parameters(w, own);
    own.write_rest(w);
    own.report(drops, name);
    w.end_object();
    return success();
}

LLMX_DECL result<embedding_reply> watsonx_embeddings::decode_reply(std::string_view body) {
    embedding_reply r;
    std::string_view results;
    const result<void> scanned = scan_json_members(body, [&](const json_member& m) {
        if (m.named("results")) results = m.value;
        else if (m.named("model_id")) r.model = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
        else if (m.named("input_token_count")) r.usage.input_tokens = json_count(m.value).value_or(0);
    });
    if (!scanned) return error(errc::bad_response, scanned.error().message());
    if (!results.starts_with('[')) return error(errc::bad_response, "the answer has no list of results");
    const result<void> read = scan_json_elements(results, [&r](const json_member& e) -> result<void> {
        std::string_view numbers;
        if (const result<void> one = scan_json_members(e.value, [&numbers](const json_member& m) {
                if (m.named("embedding")) numbers = m.value;
            });
            !one)
            return one;
        embedding_vector& v = r.vectors.emplace_back();
        v.index = r.vectors.size() - 1;
        if (detail::read_float_array(numbers, v.values)) return success();
        return error(errc::bad_response, "embedding " + std::to_string(v.index) + " is not a list of numbers");
    });
    if (!read) return error(errc::bad_response, read.error().message());
    return r;
}

LLMX_DECL usage watsonx_embeddings::scan_usage(std::string_view body) {
    usage u;
    const result<void> scanned = scan_json_members(body, [&u](const json_member& m) {
        if (m.named("input_token_count")) u.input_tokens = json_count(m.value).value_or(0);
    });
    return scanned ? u : usage();
}

LLMX_DECL bool watsonx_embeddings::holds_answer(std::string_view body) noexcept {
    return detail::any_json_member(body, "embedding", [body](std::size_t value) { return body[value] == '['; });
}

} // namespace llmx::inline LLMX_ABI
