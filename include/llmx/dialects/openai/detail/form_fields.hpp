// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/openai/detail/form.hpp>

#include <bitset>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// \file
/// Field tables over forms. A text, number or flag is a field; an element of a list is a field "name[]"; an object is
/// fields "name[member]", and any other JSON value a field. Not for others.

namespace llmx::inline LLMX_ABI::detail {

/// Reads the fields of a form into an object, by a table of at most 64 rules.
class form_reader {
public:
    form_reader(void* object, std::span<const field_rule> rules) noexcept : object_(object), rules_(rules) {}

    /// Reads \p p when a mapped rule has it; \p known: whether one has. Fails with `errc::invalid_request` when the
    /// field was there before, or its text is not of the member's type.
    LLMX_DECL [[nodiscard]] result<void> take(const form_part& p, bool& known);
    /// Joins the objects whose members were fields of their own. Call once, after the last field.
    LLMX_DECL void finish();

private:
    struct object_member {
        const field_rule* of;
        std::string name, value;
    };
    LLMX_DECL [[nodiscard]] result<void> take_value(const field_rule& r, std::size_t index, const form_part& p);
    LLMX_DECL [[nodiscard]] result<void> take_json(const field_rule& r, std::size_t index, const form_part& p);
    // The object is not const: the rule's function is shared with those that write.
    template <class T> [[nodiscard]] T& value_of(const field_rule& r) const {
        return *static_cast<T*>(const_cast<void*>(r.value(object_)));
    }

    void* object_;
    std::span<const field_rule> rules_;
    std::bitset<64> seen_;
    std::vector<object_member> members_;
};

/// Writes the fields of a form.
class form_writer {
public:
    form_writer(std::string& out, std::string_view boundary) noexcept : out_(out), boundary_(boundary) {}

    LLMX_DECL void text(std::string_view name, std::string_view value);
    /// JSON text: a string without its quotes, else as it is.
    LLMX_DECL void json(std::string_view name, std::string_view value);
    LLMX_DECL void file(std::string_view name, std::string_view filename, std::string_view content_type,
                        std::string_view octets);
    /// The member of \p object that the mapped rule \p r is of, when it is set; reports it when it cannot be written.
    LLMX_DECL void member(const field_rule& r, const void* object, const request_place& at, drop_report& drops);

private:
    LLMX_DECL void number(std::string_view name, double value);
    LLMX_DECL void object(std::string_view name, std::string_view value);

    std::string& out_;
    std::string_view boundary_;
};

/// A boundary that occurs in none of the texts of \p object that become data, nor in \p others.
LLMX_DECL [[nodiscard]] std::string form_boundary_of(const void* object, std::span<const field_rule> rules,
                                                     std::initializer_list<std::string_view> others);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/form_fields.ipp>
#endif
