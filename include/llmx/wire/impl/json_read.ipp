// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/detail/json_guard.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <cmath>

namespace llmx::inline v0 {

LLMX_DECL result<boost::json::value> parse_json(std::string_view text, boost::json::storage_ptr sp) {
    if (const std::size_t most = detail::most_json_members(text); most > max_json_members)
        return error(errc::invalid_request, "not acceptable JSON: an object has more than " +
                                                std::to_string(max_json_members) + " members; send a list as an array");
    else if (most >= detail::salted_json_memory::least_members)
        sp = boost::json::make_shared_resource<detail::salted_json_memory>(std::move(sp));
    boost::json::parse_options options;
    options.max_depth = max_json_depth;
    unsigned char temporary[2048];
    boost::json::parser parser(boost::json::storage_ptr(), options, temporary, sizeof temporary);
    parser.reset(std::move(sp));
    boost::system::error_code ec;
    const std::size_t used = parser.write_some(text.data(), text.size(), ec);
    if (!ec && used < text.size()) ec = boost::json::error::extra_data;
    if (ec) {
        return error(errc::invalid_request,
                     "not valid JSON: " + ec.message() + " at byte " + std::to_string(used));
    }
    return parser.release();
}

LLMX_DECL result<boost::json::object> parse_json_object(std::string_view text, boost::json::storage_ptr sp) {
    auto parsed = parse_json(text, std::move(sp));
    if (parsed.has_error()) return parsed.error();
    if (!parsed->is_object()) return error(errc::invalid_request, "not valid JSON: expected an object");
    return std::move(parsed->get_object());
}

LLMX_DECL const boost::json::value* json_reader::find(std::string_view name) const noexcept {
    const auto it = object_->find(name);
    return it == object_->end() || it->value().is_null() ? nullptr : &it->value();
}

LLMX_DECL std::string_view json_reader::string_or(std::string_view name,
                                                  std::string_view otherwise) const noexcept {
    const auto* v = find(name);
    return v != nullptr && v->is_string() ? std::string_view(v->get_string()) : otherwise;
}

LLMX_DECL std::int64_t json_reader::int_or(std::string_view name, std::int64_t otherwise) const noexcept {
    const auto* v = find(name);
    if (v == nullptr) return otherwise;
    if (v->is_int64()) return v->get_int64();
    if (v->is_double() && v->get_double() >= -9.2e18 && v->get_double() <= 9.2e18)
        return static_cast<std::int64_t>(v->get_double());
    return otherwise;
}

LLMX_DECL std::optional<std::int64_t> json_count(const boost::json::value& v) noexcept {
    if (v.is_int64()) return clamp_count(v.get_int64());
    if (v.is_uint64()) return max_count; // only what int64 cannot hold is one
    if (v.is_double() && !std::isnan(v.get_double())) return clamp_count(v.get_double());
    return std::nullopt;
}

LLMX_DECL std::int64_t json_reader::count_or(std::string_view name, std::int64_t otherwise) const noexcept {
    const auto* v = find(name);
    return v == nullptr ? otherwise : json_count(*v).value_or(otherwise);
}

LLMX_DECL const boost::json::object* json_reader::object_or_null(std::string_view name) const noexcept {
    const auto* v = find(name);
    return v == nullptr ? nullptr : v->if_object();
}

LLMX_DECL const boost::json::array* json_reader::array_or_null(std::string_view name) const noexcept {
    const auto* v = find(name);
    return v == nullptr ? nullptr : v->if_array();
}

LLMX_DECL result<void> json_reader::read(std::string_view name, std::string& to) const {
    const auto* v = find(name);
    if (v == nullptr) return success();
    if (!v->is_string()) return expected(name, "a string");
    to.assign(v->get_string().data(), v->get_string().size());
    return success();
}

LLMX_DECL result<void> json_reader::read(std::string_view name, std::optional<bool>& to) const {
    const auto* v = find(name);
    if (v == nullptr) return success();
    if (!v->is_bool()) return expected(name, "true or false");
    to = v->get_bool();
    return success();
}

LLMX_DECL result<void> json_reader::read(std::string_view name, bool& to) const {
    std::optional<bool> got;
    auto r = read(name, got);
    if (got) to = *got;
    return r;
}

LLMX_DECL result<void> json_reader::read(std::string_view name, std::optional<std::int64_t>& to) const {
    const auto* v = find(name);
    if (v == nullptr) return success();
    if (v->is_int64()) {
        to = v->get_int64();
        return success();
    }
    // Some clients send whole numbers as 256.0.
    if (v->is_double() && v->get_double() == static_cast<double>(static_cast<std::int64_t>(
                                                  std::clamp(v->get_double(), -9.0e18, 9.0e18)))) {
        to = static_cast<std::int64_t>(v->get_double());
        return success();
    }
    return expected(name, "a whole number");
}

LLMX_DECL result<void> json_reader::read(std::string_view name, std::optional<double>& to) const {
    const auto* v = find(name);
    if (v == nullptr) return success();
    if (v->is_double()) to = v->get_double();
    else if (v->is_int64()) to = static_cast<double>(v->get_int64());
    else if (v->is_uint64()) to = static_cast<double>(v->get_uint64());
    else return expected(name, "a number");
    return success();
}

LLMX_DECL result<void> json_reader::read_count(std::string_view name, std::optional<std::int64_t>& to) const {
    std::optional<std::int64_t> n;
    if (auto done = read(name, n); done.has_error() || !n) return done;
    if (*n < 0) return expected(name, "a whole number that is not negative");
    to = clamp_count(*n);
    return success();
}

LLMX_DECL std::string json_reader::path_of(std::string_view name) const {
    std::string p = path_;
    if (!p.empty() && !name.empty()) p += '.';
    p += name;
    return p;
}

LLMX_DECL error json_reader::expected(std::string_view name, std::string_view what) const {
    std::string where = path_of(name);
    std::string text = where + ": expected ";
    text += what;
    error e(errc::invalid_request, std::move(text));
    e.with_param(std::move(where));
    return e;
}

LLMX_DECL void json_reader::collect_extra(std::initializer_list<std::string_view> known,
                                          std::string_view dialect, extra_members& to) const {
    for (const auto& m : *object_) {
        const std::string_view name = m.key();
        if (std::find(known.begin(), known.end(), name) == known.end())
            to.add(dialect, std::string(name), boost::json::serialize(m.value()));
    }
}

} // namespace llmx::inline v0
