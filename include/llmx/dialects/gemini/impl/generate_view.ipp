// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/detail/view_scan.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Whether the Blob or FileData \p value is an image.
LLMX_DECL [[nodiscard]] bool generate_view_is_image(std::string_view value) {
    static constexpr std::array<std::string_view, 1> names = {"mimeType|mime_type"};
    std::array<std::string_view, 1> v;
    if (!value.starts_with('{') || !scan_values(value, names, v) || !is_json_string(v[0])) return false;
    return unescape_json_string(v[0]).starts_with("image/");
}

LLMX_DECL [[nodiscard]] bool generate_view_result(std::string_view response, bool& any_image) {
    static constexpr std::array<std::string_view, 1> names = {"parts"};
    static constexpr std::array<std::string_view, 2> media = {"inlineData|inline_data", "fileData|file_data"};
    std::array<std::string_view, 1> v;
    if (!scan_values(response, names, v)) return false;
    return scan_each(v[0], [&any_image](std::string_view part) {
        std::array<std::string_view, 2> m;
        if (!scan_values(part, media, m)) return false;
        any_image = any_image || generate_view_is_image(m[0].starts_with('{') ? m[0] : m[1]);
        return true;
    });
}

LLMX_DECL [[nodiscard]] bool generate_view_parts(std::string_view parts, request_view_builder& to, bool& any_image) {
    static constexpr std::array<std::string_view, 6> names = {"text", "thought", "functionCall|function_call",
                                                              "functionResponse|function_response", "inlineData|inline_data",
                                                              "fileData|file_data"};
    return scan_each(parts, [&to, &any_image](std::string_view part) {
        std::array<std::string_view, 6> v;
        if (!scan_values(part, names, v)) return false;
        if (v[2].starts_with('{')) {
            to.other();
        } else if (v[3].starts_with('{')) {
            to.tool_result();
            return generate_view_result(v[3], any_image);
        } else if (v[4].starts_with('{') || v[5].starts_with('{')) {
            if (generate_view_is_image(v[4].starts_with('{') ? v[4] : v[5])) to.image();
            else to.other();
        } else if (is_true(v[1])) {
            to.other();
        } else {
            view_text(to, v[0]);
        }
        return true;
    });
}

/// Whether the element \p tool of `tools` declares a function or is one of Google's own tools.
LLMX_DECL [[nodiscard]] bool generate_view_tool(std::string_view tool, bool& any) {
    json_scanner scanner(tool);
    json_member m;
    while (scanner.next(m)) {
        const bool functions = m.named("functionDeclarations") || m.named("function_declarations");
        any = any || !functions || has_elements(m.value);
    }
    return scanner.status().has_value();
}

} // namespace detail

LLMX_DECL bool gemini_generate::scan_view(std::string_view body, request_view& to) {
    static constexpr std::array<std::string_view, 3> names = {"systemInstruction|system_instruction", "contents", "tools"};
    static constexpr std::array<std::string_view, 2> of_turn = {"role", "parts"};
    std::array<std::string_view, 3> v;
    if (!detail::scan_values(body, names, v)) return false;
    detail::request_view_builder view(to);
    bool images = false, after_model = false;
    std::array<std::string_view, 2> t;
    if (v[0].starts_with('{')) {
        if (!detail::scan_values(v[0], of_turn, t)) return false;
        view.begin(role::system);
        if (!detail::generate_view_parts(t[1], view, images)) return false;
        view.end();
    }
    const bool sound = detail::scan_each(v[1], [&](std::string_view turn) {
        if (!detail::scan_values(turn, of_turn, t)) return false;
        const bool model = detail::is_word(t[0], "model");
        // Turns of the model that follow each other are one message.
        if (after_model && !model) view.end();
        if (!(after_model && model)) view.begin(model ? role::assistant : role::user);
        if (!detail::generate_view_parts(t[1], view, images)) return false;
        if (!model) view.end();
        after_model = model;
        return true;
    });
    if (sound && after_model) view.end();
    to.images = to.images || images;
    bool tools = false;
    if (!sound || !detail::scan_each(v[2], [&tools](std::string_view tool) { return detail::generate_view_tool(tool, tools); }))
        return false;
    view.tools(tools);
    return true;
}

} // namespace llmx::inline LLMX_ABI
