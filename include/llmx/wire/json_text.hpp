// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>

namespace llmx::inline LLMX_ABI {

/// Appends \p v as compact JSON, numbers in the shortest form that reads back equal. Bytes that are not
/// UTF-8 in a string become U+FFFD.
LLMX_DECL void append_json(std::string& out, const boost::json::value& v);
LLMX_DECL void append_json(std::string& out, const boost::json::object& o);

/// \p v as compact JSON.
LLMX_DECL [[nodiscard]] std::string json_text(const boost::json::value& v);
LLMX_DECL [[nodiscard]] std::string json_text(const boost::json::object& o);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/wire/impl/json_text.ipp>
#endif
