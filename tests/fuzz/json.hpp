// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "support.hpp"

#include <llmx/wire/json_scan.hpp>

#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace fuzz {

/// Parses a whole text as Boost.JSON does; null-like false when it is no JSON.
[[nodiscard]] inline bool parse(std::string_view text, boost::json::value& into, std::size_t depth = 4096) {
    boost::json::parse_options options;
    options.max_depth = depth;
    boost::json::parser parser(boost::json::storage_ptr(), options);
    boost::system::error_code failed;
    const exact_copy copy(text);
    parser.write(copy.view().data(), copy.view().size(), failed);
    if (failed) return false;
    into = parser.release();
    return true;
}

/// What is written for others to read must be JSON in UTF-8.
inline boost::json::value require_json(std::string_view text, std::string_view what) {
    require(llmx::valid_utf8(text), std::string(what) + " is UTF-8", text);
    boost::json::value read;
    require(parse(text, read), std::string(what) + " is JSON", text);
    return read;
}

/// The same, and it must be an object.
inline boost::json::value require_object(std::string_view text, std::string_view what) {
    boost::json::value read = require_json(text, what);
    require(read.is_object(), std::string(what) + " is an object", text);
    return read;
}

} // namespace fuzz
