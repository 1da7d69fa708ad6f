// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/member_names.hpp>
#include <llmx/wire/detail/ascii.hpp>

#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// \p name in lower case, with the two characters beyond ASCII that Unicode folds into it: U+017F
/// (long s) and U+212A (Kelvin sign).
/// Source: Unicode's CaseFolding.txt; Go's encoding/json, fold.go.
LLMX_DECL [[nodiscard]] std::string fold_member_name(std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name.substr(i, 2) == "\xC5\xBF") {
            out += 's';
            i += 1;
        } else if (name.substr(i, 3) == "\xE2\x84\xAA") {
            out += 'k';
            i += 2;
        } else {
            out += ascii_lower(name[i]);
        }
    }
    return out;
}

LLMX_DECL [[nodiscard]] error member_in_other_case(std::string_view written, std::string_view name) {
    std::string text = "'";
    text += written;
    text += "': names of members are case-sensitive, write '";
    text += name;
    text += "'";
    error e(errc::invalid_request, std::move(text));
    e.with_param(std::string(written));
    return e;
}

LLMX_DECL result<void> check_member_case(const json_member& m, std::span<const std::string_view> names) {
    if (!m.escaped && is_ascii(m.key)) {
        for (const std::string_view name : names)
            if (equals_ignoring_case(m.key, name)) return member_in_other_case(m.key, name);
        return success();
    }
    // Each character of such a name takes at most six bytes.
    if (m.key.size() > 6 * 32) return success();
    const std::string written = unescape_json_string(m.key);
    const std::string folded = fold_member_name(written);
    for (const std::string_view name : names)
        if (equals_ignoring_case(folded, name)) return member_in_other_case(written, name);
    return success();
}

LLMX_DECL error member_expected(std::string_view member, std::string_view what) {
    std::string text(member);
    text += ": expected ";
    text += what;
    error e(errc::invalid_request, std::move(text));
    return e.with_param(std::string(member));
}

LLMX_DECL error member_of_element(error e, std::string_view list, std::size_t index) {
    std::string where(list);
    where.append("[").append(std::to_string(index)).append("]");
    const std::string member = e.param();
    std::string text = e.message();
    // The message begins with the member; the rest of it is the complaint.
    if (text.starts_with(member)) text.erase(0, member.size());
    else text.insert(0, ": ");
    if (!member.empty()) where.append(".").append(member);
    e.with_message(where + text);
    return e.with_param(std::move(where));
}

LLMX_DECL error member_given_twice(const json_member& m) {
    std::string name = unescape_json_string(m.key);
    error e(errc::invalid_request, name + ": given twice");
    e.with_param(std::move(name));
    return e;
}

} // namespace llmx::inline LLMX_ABI::detail
