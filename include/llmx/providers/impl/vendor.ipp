// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor.hpp>
#include <llmx/wire/url.hpp>

namespace llmx::inline LLMX_ABI::detail {

/// Appends the path of the operation, the row's own where it has one, to \p target, which is the base URL's path.
LLMX_DECL void append_row_path(const vendor_row& row, const deployment& d, const outgoing& what, std::string& target) {
    std::string_view path = what.path();
    for (const operation_path& own : row.paths) {
        // Chat has forms of several paths; a rule that names no codec is for the one that all vendors have.
        const std::string_view first = own.of == &chat::info ? openai_chat::name : what.codec->name;
        if (own.of != what.codec->operation || (own.codec.empty() ? first : own.codec) != what.codec->name) continue;
        if (!own.host.empty() && own.host != d.api_base.where.host) continue;
        path = own.path;
        if (own.from_root) target.clear();
    }
    if (const std::size_t name = path.find("{model}"); name != std::string_view::npos) {
        target += path.substr(0, name);
        append_percent_encoded_path(target, what.model);
        path.remove_prefix(name + 7);
    }
    target += path;
}

LLMX_DECL void prepare_row(const vendor_row& row, const deployment& d, const outgoing& what, http_request& out) {
    out.target = d.api_base.path;
    if (!out.target.ends_with(row.version)) out.target += row.version;
    append_row_path(row, d, what, out.target);
    append_session_model(what, "?model=", out);
    if (d.key.empty() || row.auth_field.empty()) return;
    out.fields += row.auth_field;
    out.fields += ": ";
    out.fields += row.auth_prefix;
    out.fields += d.key.reveal();
    out.fields += "\r\n";
}

LLMX_DECL void prepare_row_with_forms(const vendor_row& row, const deployment& d, const outgoing& what, http_request& out) {
    const base_form* form = nullptr;
    for (const base_form& one : row.forms)
        if (form == nullptr && one.fits(d.api_base.where.host, d.api_base.path)) form = &one;
    out.target = d.api_base.path;
    if (form != nullptr) {
        if (form->replaces) out.target.resize(out.target.size() - form->path.size());
        out.target += form->suffix;
    } else if (!out.target.ends_with(row.version)) {
        out.target += row.version;
    }
    append_row_path(row, d, what, out.target);
    if (form != nullptr) out.target += form->query;
    append_session_model(what, "?model=", out);
    out.fields += row.fields;
    if (d.key.empty()) return;
    const bool own_field = form != nullptr && !form->auth_field.empty();
    out.fields += own_field ? form->auth_field : row.auth_field;
    out.fields += ": ";
    out.fields += own_field ? form->auth_prefix : row.auth_prefix;
    out.fields += d.key.reveal();
    out.fields += "\r\n";
}

LLMX_DECL void complete_row(const vendor_row& row, deployment& d) {
    // Now, not when it is sent: an answer that quotes the key is searched for the key of the deployment.
    if (!row.key_mark.empty() && d.key.reveal().starts_with(row.key_mark)) d.key = secret(std::string(d.key.reveal().substr(row.key_mark.size())));
}

LLMX_DECL error classify_row(const vendor_row& row, int status, std::span<const http_field> fields, std::string_view body) {
    return classify_http(row.name, status, fields, openai_chat::decode_error(body));
}

} // namespace llmx::inline LLMX_ABI::detail
