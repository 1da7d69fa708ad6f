// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/count.hpp>
#include <llmx/core/result.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Nesting that llmx accepts in a JSON text: JSON Schemas exceed Boost's default of
/// 32, and beyond this a text is an attack.
inline constexpr std::size_t max_json_depth = 256;

/// Members that one object of a parsed text may have; an array may have any number of elements.
/// Real objects have a few hundred at the most; a table that is larger costs the function that looks
/// something up in it, and a sender with knowledge of the table can choose the cost.
inline constexpr std::size_t max_json_members = 10'000;

/// Parses a whole text; \p sp owns the tree's memory. Fails with
/// `errc::invalid_request` naming the reason and the byte offset, or the limit on members.
LLMX_DECL [[nodiscard]] result<boost::json::value>
parse_json(std::string_view text, boost::json::storage_ptr sp = boost::json::storage_ptr());

/// Like `parse_json`, but the text must be one object.
LLMX_DECL [[nodiscard]] result<boost::json::object>
parse_json_object(std::string_view text, boost::json::storage_ptr sp = boost::json::storage_ptr());

/// A number as a count, see `clamp_count`; nothing for a value that is not a number.
LLMX_DECL [[nodiscard]] std::optional<std::int64_t> json_count(const boost::json::value& v) noexcept;

namespace detail {
/// \p text, which is JSON, with U+FFFD in place of halves of surrogate pairs, which RFC 8259 section 8.2 allows and UTF-8 cannot hold.
LLMX_DECL [[nodiscard]] std::string without_lone_surrogates(std::string_view text);
} // namespace detail

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/json_read.ipp>
#endif
