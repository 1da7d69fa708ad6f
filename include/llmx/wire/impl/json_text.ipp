// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/json_text.hpp>
#include <llmx/wire/json_writer.hpp>

#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL void write_json_value(json_writer& w, const boost::json::value& v);

LLMX_DECL void write_json_object(json_writer& w, const boost::json::object& o) {
    w.object();
    for (const auto& m : o) {
        w.key(std::string_view(m.key()));
        write_json_value(w, m.value());
    }
    w.end_object();
}

// Recursion is bounded: the parser accepts `max_json_depth` levels.
LLMX_DECL void write_json_value(json_writer& w, const boost::json::value& v) {
    switch (v.kind()) {
    case boost::json::kind::null: w.null(); break;
    case boost::json::kind::bool_: w.value(v.get_bool()); break;
    case boost::json::kind::int64: w.value(v.get_int64()); break;
    case boost::json::kind::uint64: w.value(v.get_uint64()); break;
    case boost::json::kind::double_: w.value(v.get_double()); break;
    case boost::json::kind::string: w.value(std::string_view(v.get_string())); break;
    case boost::json::kind::array:
        w.array();
        for (const auto& e : v.get_array()) write_json_value(w, e);
        w.end_array();
        break;
    case boost::json::kind::object: write_json_object(w, v.get_object()); break;
    }
}

} // namespace detail

LLMX_DECL void append_json(std::string& out, const boost::json::value& v) {
    json_writer w(out);
    detail::write_json_value(w, v);
}

LLMX_DECL void append_json(std::string& out, const boost::json::object& o) {
    json_writer w(out);
    detail::write_json_object(w, o);
}

LLMX_DECL std::string json_text(const boost::json::value& v) {
    std::string out;
    append_json(out, v);
    return out;
}

LLMX_DECL std::string json_text(const boost::json::object& o) {
    std::string out;
    append_json(out, o);
    return out;
}

} // namespace llmx::inline LLMX_ABI
