// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor.hpp>
#include <llmx/wire/url.hpp>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void prepare_row(const vendor_row& row, const deployment& d, const outgoing& what, http_request& out) {
    out.target = d.api_base.path;
    if (!out.target.ends_with(row.version)) out.target += row.version;
    std::string_view path = what.path();
    for (const operation_path& own : row.paths)
        if (own.of == what.codec->operation) path = own.path;
    out.target += path;
    append_session_model(what, "?model=", out);
    if (d.key.empty() || row.auth_field.empty()) return;
    out.fields += row.auth_field;
    out.fields += ": ";
    out.fields += row.auth_prefix;
    out.fields += d.key.reveal();
    out.fields += "\r\n";
}

LLMX_DECL error classify_row(const vendor_row& row, int status, std::span<const http_field> fields, std::string_view body) {
    return classify_http(row.name, status, fields, openai_chat::decode_error(body));
}

} // namespace llmx::inline LLMX_ABI::detail
