// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/search_vendor.hpp>

#include <llmx/dialects/openai/chat.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/wire/url.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void prepare_search(const search_row& row, const search_form& form, const deployment& d, const outgoing& what,
                              http_request& out) {
    out.target = d.api_base.path;
    if (!out.target.ends_with(row.path)) {
        if (out.target.ends_with('/')) out.target.pop_back();
        out.target += row.path;
    }
    if (form.in_url) {
        out.target += what.url_end;
        if (!row.engine.empty()) {
            out.target.append(1, '&').append(row.engine).append(1, '=');
            append_percent_encoded(out.target, d.settings.get<search_settings>().engine);
        }
        out.method = "GET";
        // There is no body whose type the fields would name.
        out.fields = "accept: application/json\r\n";
    }
    out.fields += row.fields;
    if (!d.key.empty()) {
        out.fields += row.auth_field;
        out.fields += ": ";
        out.fields += row.auth_prefix;
        out.fields += d.key.reveal();
        out.fields += "\r\n";
    }
}

LLMX_DECL result<void> complete_search(const search_row& row, deployment& d, const variable_lookup& variables) {
    search_settings own = d.settings.get<search_settings>();
    if (own.engine.empty()) own.engine = variable_or_empty(variables, row.engine_env);
    if (own.engine.empty())
        return error(errc::bad_configuration, "provider '" + std::string(row.name) + "' needs the id of a search engine; give search_engine_id or set " +
                                                  std::string(row.engine_env));
    d.settings = any_settings::of(std::move(own));
    return success();
}

LLMX_DECL error classify_search(const search_row& row, int status, std::span<const http_field> fields, std::string_view body) {
    return classify_http(row.name, status, fields, openai_chat::decode_error(body));
}

} // namespace llmx::inline LLMX_ABI::detail
