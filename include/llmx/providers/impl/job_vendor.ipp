// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/job_vendor.hpp>

#include <llmx/providers/classify.hpp>
#include <llmx/wire/forwarded_path.hpp>

#include <string>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL result<void> prepare_job(const job_row& row, const deployment& d, const outgoing& what, http_request& out) {
    std::string end(what.url_end);
    if (end.empty() && row.place != nullptr) {
        row.place(what.model, end);
        if (const result<void> safe = check_forwarded_path(end); !safe)
            return error(errc::invalid_request, "the model's name cannot be in a URL; give the provider's name of a model").with_param("model");
    }
    out.target = end.empty() ? d.api_base.path : join_forwarded_path(d.api_base.path, end);
    if (what.stream) out.target += job_stream;
    else if (!out.target.ends_with(job_files)) out.target += job_mark;
    out.fields += row.fields;
    if (!d.key.empty()) out.fields.append(row.auth_field).append(": ").append(row.auth_prefix).append(d.key.reveal()).append("\r\n");
    return success();
}

LLMX_DECL error classify_job(const job_row& row, int status, std::span<const http_field> fields, std::string_view body) {
    return classify_http(row.name, status, fields, row.read_error(body));
}

} // namespace llmx::inline LLMX_ABI::detail
