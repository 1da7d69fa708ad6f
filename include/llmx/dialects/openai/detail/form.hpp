// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/core/result.hpp>
#include <llmx/wire/multipart.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

/// \file
/// Requests that are forms with files. Not for others.

namespace llmx::inline LLMX_ABI::detail {

/// A part of a form that is in memory as a whole: its data is body[begin, begin + data.size()).
struct form_part {
    explicit form_part(const multipart_part& head) noexcept : about(&head) {}
    const multipart_part* about;
    std::string_view data;
    std::size_t begin = 0;

    [[nodiscard]] bool named(std::string_view name) const noexcept { return about->name == name; }
    /// The same for a list's element, "name[]" or "name".
    [[nodiscard]] bool listed(std::string_view name) const noexcept {
        std::string_view given = about->name;
        if (given.ends_with("[]")) given.remove_suffix(2);
        return given == name;
    }
    [[nodiscard]] bool is_file() const noexcept { return !about->filename.empty(); }
};

/// Calls \p on_part, which returns `result<void>`, for each part of the form \p body. A body of another
/// media type is `errc::unsupported_media_type`.
template <class OnPart> result<void> read_form(std::string_view body, std::string_view content_type, OnPart on_part) {
    const auto boundary = multipart_boundary(content_type);
    if (boundary.has_error()) {
        error e = boundary.error();
        return e.with_param("content-type");
    }
    multipart_parser parser(*boundary);
    std::size_t at = 0, begin = 0, end = 0;
    const auto read = parser.feed(body, [&](const multipart_event& e) -> result<void> {
        at += e.raw.size();
        if (e.what == multipart_event::kind::part) {
            begin = end = at;
        } else if (e.what == multipart_event::kind::data) {
            end = at;
        } else if (e.what == multipart_event::kind::part_end) {
            form_part part(*e.part);
            part.begin = begin;
            part.data = body.substr(begin, end - begin);
            return on_part(std::as_const(part));
        }
        return success();
    });
    return read.has_error() ? read : parser.finish();
}

/// The field's name for a message; another text when it is not UTF-8.
LLMX_DECL [[nodiscard]] std::string form_field_name(const form_part& p);
/// "given twice", about the field \p name.
LLMX_DECL [[nodiscard]] error form_field_twice(std::string_view name);
/// True or false as forms write it; nothing for other text.
LLMX_DECL [[nodiscard]] std::optional<bool> form_bool(std::string_view text) noexcept;
/// A boundary that occurs in none of \p values; the same for the same values.
LLMX_DECL [[nodiscard]] std::string form_boundary(std::span<const std::string_view> values);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/form.ipp>
#endif
