// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/view_scan.hpp>
#include <llmx/dialects/ollama/generate.hpp>
#include <llmx/wire/json_scan.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {

LLMX_DECL bool ollama_generate::scan_view(std::string_view body, request_view& to) {
    static constexpr std::array<std::string_view, 3> names = {"system", "prompt", "images"};
    std::array<std::string_view, 3> v;
    if (!detail::scan_values(body, names, v)) return false;
    detail::request_view_builder view(to);
    if (is_json_string(v[0]) && v[0].size() > 2) {
        view.begin(role::system);
        detail::view_text(view, v[0]);
        view.end();
    }
    view.begin(role::user);
    if (is_json_string(v[1]) && v[1].size() > 2) detail::view_text(view, v[1]);
    if (!detail::ollama_view_images(v[2], view)) return false;
    view.end();
    view.tools(false);
    return true;
}

LLMX_DECL bool ollama_generate::holds_answer(std::string_view body) noexcept {
    return detail::any_json_member(body, "response", [body](std::size_t value) { return body[value] == '"'; });
}

} // namespace llmx::inline LLMX_ABI
