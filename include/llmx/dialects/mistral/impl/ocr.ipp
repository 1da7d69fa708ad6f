// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/mistral/ocr.hpp>

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/scanned_fields.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view ocr_document_text = "an object with document_url, image_url or file_id";

inline constexpr auto ocr_fields = fields_of<ocr_request>(
    by_hand<&ocr_request::model>("model"), // that of the options wins
    by_hand<&ocr_request::document>("document"),
    by_hand<&ocr_request::pages>("pages"), // a list or a text
    mapped<&ocr_request::include_image_base64>("include_image_base64"),
    mapped<&ocr_request::image_limit>("image_limit").count(), mapped<&ocr_request::image_min_size>("image_min_size").count(),
    by_hand<&ocr_request::bbox_annotation_format>("bbox_annotation_format"),
    by_hand<&ocr_request::document_annotation_format>("document_annotation_format"),
    mapped<&ocr_request::document_annotation_prompt>("document_annotation_prompt"), mapped<&ocr_request::table_format>("table_format"),
    mapped<&ocr_request::extract_header>("extract_header"), mapped<&ocr_request::extract_footer>("extract_footer"),
    mapped<&ocr_request::include_blocks>("include_blocks"),
    mapped<&ocr_request::confidence_scores_granularity>("confidence_scores_granularity"), by_hand<&ocr_request::extra>(""));
static_assert(accounts_for_all<ocr_request>(ocr_fields));

inline constexpr auto ocr_document_fields = fields_of<ocr_document>(
    by_hand<&ocr_document::url>("document_url"), mapped<&ocr_document::file_id>("file_id"), mapped<&ocr_document::name>("document_name"),
    by_hand<&ocr_document::is_image>("type"), by_hand<&ocr_document::extra>(""));
static_assert(accounts_for_all<ocr_document>(ocr_document_fields));

inline constexpr auto ocr_image_fields = fields_of<ocr_image>(
    mapped<&ocr_image::id>("id").always(), mapped<&ocr_image::base64>("image_base64"), mapped<&ocr_image::annotation>("image_annotation"),
    by_hand<&ocr_image::extra>(""));
static_assert(accounts_for_all<ocr_image>(ocr_image_fields));

/// Members that are written as the caller wrote them.
struct ocr_raw_member {
    std::string_view name;
    raw_json ocr_request::* where;
};
inline constexpr ocr_raw_member ocr_raw_members[] = {{"pages", &ocr_request::pages},
                                                     {"bbox_annotation_format", &ocr_request::bbox_annotation_format},
                                                     {"document_annotation_format", &ocr_request::document_annotation_format}};

LLMX_DECL void ocr_read_document(const json_cursor& in, ocr_document& to) {
    if (in.object() == nullptr) return in.expected(ocr_document_text);
    read_fields(in, &to, ocr_document_fields.view());
    const json_cursor document = in["document_url"], image = in["image_url"];
    if (document) document.read(to.url);
    else if (image.object() != nullptr) image["url"].read(to.url);
    else image.read(to.url);
    to.is_image = !document && static_cast<bool>(image);
    if (to.url.empty() && to.file_id.empty()) in.expected(ocr_document_text);
    static constexpr std::string_view known[] = {"type", "document_url", "image_url"};
    keep_extra(in, ocr_document_fields.view(), known, mistral_ocr::name, {}, {}, to.extra);
}

LLMX_DECL void ocr_write_document(json_writer& w, const ocr_document& d, drop_report& drops) {
    const request_place at = request_place().of<&ocr_request::document>();
    w.object().member("type", d.url.empty() ? "file" : d.is_image ? "image_url" : "document_url");
    if (!d.url.empty()) w.member(d.is_image ? "image_url" : "document_url", d.url);
    write_fields(w, &d, ocr_document_fields.view(), at, drops);
    w.extra(d.extra, mistral_ocr::name).end_object();
    drops.foreign(d.extra, mistral_ocr::name, at);
}

/// The pages that \p object, usage_info, has.
LLMX_DECL void ocr_read_usage(std::string_view object, usage& u) {
    if (!object.starts_with('{')) return;
    json_scanner scanner(object);
    for (json_member m; scanner.next(m);)
        if (m.named("pages_processed")) u.pages = static_cast<std::uint16_t>(std::min<std::int64_t>(json_count(m.value).value_or(0), 65535));
}

LLMX_DECL [[nodiscard]] bool ocr_is_annotated(std::string_view body) noexcept {
    return json_text_has_word(body, "document_annotation") || json_text_has_word(body, "image_annotation");
}

LLMX_DECL [[nodiscard]] result<void> ocr_read_images(std::string_view list, std::vector<ocr_image>& to) {
    if (!list.starts_with('[')) return success();
    return scan_json_elements(list, [&to](const json_member& e) {
        ocr_image& one = to.emplace_back();
        return scan_json_members(e.value, [&one](const json_member& m) -> result<void> {
            if (take_scanned_field(m, &one, ocr_image_fields.view())) return success();
            return add_scanned_extra(m, mistral_ocr::name, one.extra);
        });
    });
}

LLMX_DECL [[nodiscard]] result<void> ocr_read_page(std::string_view text, ocr_page& to) {
    return scan_json_members(text, [&to](const json_member& m) -> result<void> {
        if (m.named("index")) to.index = json_count(m.value).value_or(0);
        else if (m.named("markdown")) to.markdown = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
        else if (m.named("images")) return ocr_read_images(m.value, to.images);
        else return add_scanned_extra(m, mistral_ocr::name, to.extra);
        return success();
    });
}

} // namespace detail

LLMX_DECL result<request_head> mistral_ocr::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "document"sv);
    bool has_document = false;
    const auto take = [&has_document](const json_member& m, request_head&) -> result<void> {
        has_document = m.value.starts_with('{');
        if (!has_document) return detail::member_expected("document", detail::ocr_document_text);
        return success();
    };
    auto head = detail::openai_flat_scan(body, target, routed, take);
    if (head.has_value() && !has_document) return detail::member_expected("document", detail::ocr_document_text);
    return head;
}

LLMX_DECL result<ocr_request> mistral_ocr::decode_request(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root();
    ocr_request to;
    const auto fields = detail::ocr_fields.view();
    detail::openai_flat_read_model(in, target, to.model);
    detail::read_fields(in, &to, fields);
    const json_cursor what = in["document"];
    detail::ocr_read_document(what, to.document);
    for (const detail::ocr_raw_member& m : detail::ocr_raw_members) (to.*m.where).text = in[m.name].text();
    detail::keep_extra(in, fields, {}, name, {}, detail::openai_flat_hints, to.extra);
    if (const auto status = document.status(); status.has_error()) return status.error();
    return to;
}

LLMX_DECL result<void> mistral_ocr::encode_request(const ocr_request& request, const encode_options& options, std::string& out,
                                                   drop_report& drops) {
    const request_place at;
    if (request.document.url.empty() && request.document.file_id.empty())
        return drops.refuse(at.of<&ocr_request::document>(), std::string("expected ").append(detail::ocr_document_text));
    json_writer w(out);
    w.object().member("model", options.model.empty() ? std::string_view(request.model) : options.model).key("document");
    detail::ocr_write_document(w, request.document, drops);
    for (const detail::ocr_raw_member& m : detail::ocr_raw_members)
        if (!(request.*m.where).empty()) w.raw_member(m.name, (request.*m.where).text);
    detail::write_fields(w, &request, detail::ocr_fields.view(), at, drops);
    w.extra(request.extra, name).end_object();
    drops.foreign(request.extra, name, at);
    return success();
}

LLMX_DECL std::string mistral_ocr::caller_path(const request_place& at, const ocr_request&) {
    static constexpr std::array<std::span<const field_rule>, 2> tables = {detail::ocr_fields.view(), detail::ocr_document_fields.view()};
    return detail::wire_path(at, tables);
}

LLMX_DECL result<ocr_reply> mistral_ocr::decode_reply(std::string_view body) {
    ocr_reply to;
    std::string_view list, failure;
    const auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("pages")) list = m.value;
        else if (m.named("error")) failure = is_json_null(m.value) ? std::string_view() : m.value;
        else if (m.named("model")) to.model = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
        else if (m.named("document_annotation")) to.document_annotation = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
        else if (m.named("usage_info")) detail::ocr_read_usage(m.value, to.usage);
        else return detail::add_scanned_extra(m, name, to.extra);
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (!failure.empty()) return detail::openai_flat_failure(failure);
    if (!list.starts_with('[')) return error(errc::bad_response, "the answer has no list of pages");
    const auto read = scan_json_elements(list, [&to](const json_member& e) { return detail::ocr_read_page(e.value, to.pages.emplace_back()); });
    if (read.has_error()) return error(errc::bad_response, read.error().message());
    to.usage.annotated = to.usage.pages != 0 && detail::ocr_is_annotated(body);
    return to;
}

LLMX_DECL void mistral_ocr::encode_reply(const ocr_reply& reply, const reply_options& options, std::string& out) {
    drop_report none;
    json_writer w(out);
    w.object().key("pages").array();
    for (const ocr_page& p : reply.pages) {
        w.object().member("index", p.index).member("markdown", p.markdown).key("images").array();
        for (const ocr_image& i : p.images) {
            w.object();
            detail::write_fields(w, &i, detail::ocr_image_fields.view(), request_place(), none);
            w.extra(i.extra, name).end_object();
        }
        w.end_array().extra(p.extra, name).end_object();
    }
    w.end_array().member("model", reply.model.empty() ? options.model : std::string_view(reply.model));
    if (!reply.document_annotation.empty()) w.member("document_annotation", reply.document_annotation);
    w.key("usage_info").object().member("pages_processed", reply.usage.pages).end_object();
    w.extra(reply.extra, name).end_object();
}

LLMX_DECL usage mistral_ocr::scan_usage(std::string_view body) {
    usage found;
    const auto done = scan_json_members(body, [&found](const json_member& m) {
        if (m.named("usage_info")) detail::ocr_read_usage(m.value, found);
    });
    if (done.has_error()) return usage();
    found.annotated = found.pages != 0 && detail::ocr_is_annotated(body);
    return found;
}

LLMX_DECL bool mistral_ocr::holds_answer(std::string_view body) noexcept {
    return detail::any_json_member(body, "pages", [body](std::size_t at) { return body[at] == '['; });
}

} // namespace llmx::inline LLMX_ABI
