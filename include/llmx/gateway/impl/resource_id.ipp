// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/resource_id.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/wire/base64.hpp>
#include <llmx/wire/digest.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view resource_word = "llmx";

/// The beginning of a vendor's id that names its kind, with the sign behind it: "file-", "batch_"; else "res_".
LLMX_DECL [[nodiscard]] std::string_view beginning_of_id(std::string_view id) noexcept {
    constexpr std::size_t longest = 16;
    for (std::size_t i = 0; i < id.size() && i < longest; ++i) {
        const char c = id[i];
        if ((c == '-' || c == '_') && i != 0) return id.substr(0, i + 1);
        if (c < 'a' || c > 'z') break;
    }
    return "res_";
}

/// \p id without its beginning and the word; empty when it has not the form of an id of the gateway.
LLMX_DECL [[nodiscard]] std::string_view code_of_id(std::string_view id) noexcept {
    const std::string_view beginning = beginning_of_id(id);
    if (!id.starts_with(beginning)) return std::string_view();
    id.remove_prefix(beginning.size());
    if (!id.starts_with(resource_word)) return std::string_view();
    return id.substr(resource_word.size());
}

} // namespace detail

LLMX_DECL result<std::string> resource_ids::mark(std::string_view owner, std::string_view beginning, std::string_view reference) const {
    // Lengths before the texts: no two lists of texts are the same bytes.
    std::string text = "llmx-id-1:";
    for (const std::string_view part : {owner, beginning, reference}) text.append(std::to_string(part.size())).append(":").append(part);
    const result<sha256_digest> made = hmac_sha256(key_.reveal(), text);
    if (!made) return made.error();
    return std::string(bytes_of(*made).substr(0, mark_bytes));
}

LLMX_DECL result<std::string> resource_ids::make(std::string_view owner, const resource_ref& of) const {
    const std::string_view beginning = detail::beginning_of_id(of.id);
    std::string reference = of.deployment;
    reference += '\0';
    reference += of.id;
    result<std::string> code = mark(owner, beginning, reference);
    if (!code) return code;
    code->append(reference);
    return std::string(beginning).append(detail::resource_word).append(base64url_encode(*code));
}

LLMX_DECL result<resource_ref> resource_ids::read(std::string_view owner, std::string_view id) const {
    const error none(errc::not_found, "there is no such id: it was not given to this key, or its gateway has another id key now");
    const std::string_view code = detail::code_of_id(id);
    if (code.empty() || id.size() > longest) return none;
    const result<std::string> bytes = base64url_decode(code);
    if (!bytes || bytes->size() <= mark_bytes) return none;
    const std::string_view reference = std::string_view(*bytes).substr(mark_bytes);
    const std::size_t end = reference.find('\0');
    if (end == std::string_view::npos || end + 1 == reference.size()) return none;
    resource_ref found(std::string(reference.substr(0, end)), std::string(reference.substr(end + 1)));
    const std::string_view beginning = detail::beginning_of_id(found.id);
    if (!id.starts_with(beginning)) return none;
    const result<std::string> expected = mark(owner, beginning, reference);
    if (!expected) return expected.error();
    if (!secret(*expected).matches(std::string_view(*bytes).substr(0, mark_bytes))) return none;
    return found;
}

LLMX_DECL bool resource_ids::has_form(std::string_view id) noexcept { return detail::code_of_id(id).size() > mark_bytes; }

LLMX_DECL result<std::string> resource_ids::owner_tag(std::string_view owner) const {
    const result<std::string> bytes = mark(owner, "owner", std::string_view());
    if (!bytes) return bytes;
    std::string tag;
    append_hex(tag, std::string_view(*bytes).substr(0, 8));
    return tag;
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
