// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/detail/audio_vendor.hpp>

#include <llmx/wire/json_cursor.hpp>

#include <string>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void prepare_audio(const deployment& d, const outgoing& what, std::string_view field, std::string_view scheme, http_request& out) {
    out.target = d.api_base.path;
    // A base of LiteLLM's may be the endpoint, or end with the version.
    if (out.target.ends_with(what.path())) out.target.resize(out.target.size() - what.path().size());
    if (out.target.ends_with("/v1")) out.target.resize(out.target.size() - 3);
    out.target += what.path();
    out.target += what.url_end;
    if (d.key.empty()) return;
    out.fields.append(field).append(": ").append(scheme).append(d.key.reveal()).append("\r\n");
}

LLMX_DECL error_body read_audio_error(std::string_view body) {
    error_body found;
    json_document document(body);
    if (!document.forgive()) return found;
    const json_cursor in = document.root(), detail = in["detail"], problems = detail[std::size_t{0}];
    if (detail.object() != nullptr) {
        found.message = detail["message"].string_or();
        found.code = detail["status"].string_or();
    } else if (problems.object() != nullptr) {
        found.message = problems["msg"].string_or();
        found.type = problems["type"].string_or();
    } else {
        found.message = detail.string_or(in["err_msg"].string_or(in["message"].string_or()));
        found.code = in["err_code"].string_or(in["category"].string_or());
    }
    return found;
}

} // namespace llmx::inline LLMX_ABI::detail
