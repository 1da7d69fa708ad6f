// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/embedding_values.hpp>
#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/drop_report.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/huggingface/features.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto huggingface_features_fields = fields_of<embedding_request>(
    by_hand<&embedding_request::model>(""), // the server has one, or the path names it
    by_hand<&embedding_request::inputs>("inputs"), mapped<&embedding_request::dimensions>("dimensions"),
    by_hand<&embedding_request::encoding>(""), // the caller's codec writes the vectors
    hint<&embedding_request::user>(), hint<&embedding_request::task_type>(), hint<&embedding_request::title>(),
    by_hand<&embedding_request::extra>(""));
static_assert(accounts_for_all<embedding_request>(huggingface_features_fields));

inline constexpr auto huggingface_features_input_fields = fields_of<embedding_input>(
    by_hand<&embedding_input::text>("inputs"), by_hand<&embedding_input::tokens>(""), hint<&embedding_input::task_type>(),
    hint<&embedding_input::title>(), by_hand<&embedding_input::dimensions>(""), by_hand<&embedding_input::extra>(""));
static_assert(accounts_for_all<embedding_input>(huggingface_features_input_fields));

inline constexpr vendor_member huggingface_features_members[] = {
    {"normalize", "", "normalize"}, {"truncate", "", "truncate"}, {"truncation_direction", "", "truncation_direction"},
    {"prompt_name", "", "prompt_name"}};

} // namespace detail

LLMX_DECL result<void> huggingface_features::encode_request(const embedding_request& request, const encode_options&, std::string& out,
                                                            drop_report& drops) {
    const auto place = request_place().of<&embedding_request::inputs>();
    if (request.inputs.empty()) return drops.refuse(place, "expected at least one input");
    for (std::size_t i = 0; i < request.inputs.size(); ++i)
        if (request.inputs[i].is_tokens())
            return drops.refuse(place.item(i), "expected a text and not token ids", errc::unsupported_parameter);
    json_writer w(out);
    w.object().key("inputs").array();
    for (std::size_t i = 0; i < request.inputs.size(); ++i) {
        const embedding_input& one = request.inputs[i];
        w.value(one.text);
        detail::report_fields(&one, detail::huggingface_features_input_fields.view(), place.item(i), drops);
        if (one.dimensions && one.dimensions != request.dimensions) drops.lost(place.item(i).of<&embedding_input::dimensions>());
        drops.foreign(one.extra, std::string_view(), place.item(i));
    }
    w.end_array();
    detail::write_fields(w, &request, detail::huggingface_features_fields.view(), request_place(), drops);
    detail::take_vendor_members(request.extra, detail::huggingface_features_members, request_place(), drops,
                                [&w](const detail::vendor_member& known, std::string_view json) { w.key(known.written).raw(json); });
    w.end_object();
    return success();
}

LLMX_DECL result<embedding_reply> huggingface_features::decode_reply(std::string_view body) {
    embedding_reply r;
    const result<void> read = scan_json_elements(body, [&r](const json_member& m) -> result<void> {
        embedding_vector& v = r.vectors.emplace_back();
        v.index = r.vectors.size() - 1;
        // The vectors of one answer have one length.
        if (v.index != 0) v.values.reserve(r.vectors.front().values.size());
        if (m.value.starts_with('[') && detail::read_float_array(m.value, v.values)) return success();
        return error(errc::bad_response, "the provider's answer is no list of vectors; a model without pooling gives one for each token");
    });
    if (!read) return error(errc::bad_response, read.error().message());
    if (r.vectors.empty()) return error(errc::bad_response, "the provider's answer has no vectors");
    return r;
}

LLMX_DECL bool huggingface_features::holds_answer(std::string_view body) noexcept {
    const std::size_t first = body.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && body[first] == '[';
}

} // namespace llmx::inline LLMX_ABI
