// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/json_object_text.hpp>

#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_writer.hpp>

#include <boost/json/monotonic_resource.hpp>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::string_view trim_json(std::string_view text) noexcept {
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

LLMX_DECL bool is_json_object_text(std::string_view text) {
    if (!trim_json(text).starts_with('{')) return false;
    unsigned char space[4096];
    boost::json::monotonic_resource memory(space, sizeof space);
    return parse_json_object(text, &memory).has_value();
}

LLMX_DECL std::string_view call_arguments_object(std::string_view arguments, std::string& space) {
    const std::string_view text = trim_json(arguments);
    if (text.empty()) return "{}";
    if (is_json_object_text(text)) {
        // Vendors refuse the escape of half a character.
        if (text.find("\\ud") == std::string_view::npos && text.find("\\uD") == std::string_view::npos) return text;
        space = without_lone_surrogates(text);
        return space;
    }
    space.clear();
    json_writer(space).object().member("arguments", arguments).end_object();
    return space;
}

} // namespace llmx::inline LLMX_ABI::detail
