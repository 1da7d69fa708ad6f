// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/openai.hpp>
#include <llmx/wire/url.hpp>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void prepare_bearer(const deployment& d, std::string_view suffix, http_request& out) {
    out.target = d.api_base.path;
    out.target += suffix;
    if (!d.key.empty()) {
        out.fields += "authorization: Bearer ";
        out.fields += d.key.reveal();
        out.fields += "\r\n";
    }
    const auto& own = d.settings.get<openai::settings>();
    if (!own.organization.empty()) out.add_field("openai-organization", own.organization);
    if (!own.project.empty()) out.add_field("openai-project", own.project);
}

LLMX_DECL result<void> check_openai_account(const deployment& d) {
    const auto& own = d.settings.get<openai::settings>();
    if (auto good = check_one_line("organization", own.organization); !good) return good;
    return check_one_line("project", own.project);
}

LLMX_DECL void append_session_model(const outgoing& what, std::string_view parameter, http_request& out) {
    if (what.codec->operation->answer != operation_info::answers::duplex) return;
    out.target += parameter;
    append_percent_encoded(out.target, what.model);
}

} // namespace llmx::inline LLMX_ABI::detail
