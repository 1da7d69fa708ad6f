// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_scan.hpp>

#include <span>
#include <string_view>

/// \file
/// Tables over texts that are scanned and never stored in a tree: replies with millions of numbers.

namespace llmx::inline LLMX_ABI::detail {

/// Reads the member \p m of a provider's reply into \p object when a mapped rule has it and its value is of the
/// member's type. Returns whether it is accounted for: a value of another type is not, and is for `extra`, unless
/// the rule is one that is always written.
LLMX_DECL [[nodiscard]] bool take_scanned_field(const json_member& m, void* object, std::span<const field_rule> rules);

/// Adds a member that has only been scanned, once it is seen to be JSON throughout; null is absent.
LLMX_DECL [[nodiscard]] result<void> add_scanned_extra(const json_member& m, std::string_view codec, extra_members& to);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/scanned_fields.ipp>
#endif
