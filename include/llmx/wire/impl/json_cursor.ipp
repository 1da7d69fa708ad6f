// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL const boost::json::value* find_json_member(const boost::json::object& o, std::string_view name,
                                                                   json_naming naming) noexcept {
    if (const auto it = o.find(name); it != o.end() && !it->value().is_null()) return &it->value();
    if (naming == json_naming::exact) return nullptr;
    char snake[64];
    std::size_t n = 0;
    for (const char c : name) {
        if (n + 2 > sizeof snake) return nullptr;
        const bool capital = c >= 'A' && c <= 'Z';
        if (capital) snake[n++] = '_';
        snake[n++] = capital ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (n == name.size()) return nullptr; // no capital: both names are the same
    const auto it = o.find(std::string_view(snake, n));
    return it != o.end() ? &it->value() : nullptr;
}

LLMX_DECL std::string camel_member_name(std::string_view name) {
    std::string out;
    out.reserve(name.size());
    bool up = false;
    for (const char c : name) {
        const bool separates = c == '_' && !out.empty();
        if (!separates) out += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        up = separates;
    }
    return out;
}

/// The value of \p v as a whole number; nothing when it is not one.
LLMX_DECL [[nodiscard]] std::optional<std::int64_t> whole_json_number(const boost::json::value& v,
                                                                      json_naming naming) noexcept {
    if (v.is_int64()) return v.get_int64();
    if (const double* const d = v.if_double()) {
        // Some clients send whole numbers as 256.0.
        const auto whole = static_cast<std::int64_t>(std::clamp(*d, -9.0e18, 9.0e18));
        if (static_cast<double>(whole) == *d) return whole;
    }
    if (naming == json_naming::proto && v.is_string()) {
        const std::string_view digits = v.get_string();
        std::int64_t n = 0;
        const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
        if (ec == std::errc() && end == digits.data() + digits.size()) return n;
    }
    return std::nullopt;
}

} // namespace detail

LLMX_DECL json_document::json_document(std::string_view text, json_naming naming)
    : json_document(text, naming, space_, sizeof space_) {}

LLMX_DECL json_document::json_document(std::string_view text, json_naming naming, unsigned char* space, std::size_t size)
    : memory_(space, size), value_(parse_json(text, boost::json::storage_ptr(&memory_))), naming_(naming) {
    if (value_.has_error()) fault_ = value_.error();
    else if (!value_->is_object()) fail(error(errc::invalid_request, "not valid JSON: expected an object"));
}

LLMX_DECL json_cursor json_cursor::operator[](std::string_view name) const& noexcept {
    const boost::json::object* const o = object();
    json_cursor member(*document_, o != nullptr ? detail::find_json_member(*o, name, document_->naming()) : nullptr);
    member.parent_ = this;
    member.name_ = name;
    return member;
}

LLMX_DECL json_cursor json_cursor::operator[](std::size_t i) const& noexcept {
    const boost::json::array* const list = array();
    const boost::json::value* found = list != nullptr && i < list->size() ? &(*list)[i] : nullptr;
    if (list == nullptr && i == 0 && document_->naming() == json_naming::proto) found = value();
    json_cursor element(*document_, found);
    element.parent_ = this;
    element.index_ = i;
    return element;
}

LLMX_DECL std::size_t json_cursor::size() const {
    if (!*this) return 0;
    if (const auto* const list = value_->if_array()) return list->size();
    if (document_->naming() == json_naming::proto && value_->is_object()) return 1;
    expected("an array");
    return 0;
}

LLMX_DECL bool json_cursor::expect_object() const {
    if (object() != nullptr) return true;
    expected("an object");
    return false;
}

LLMX_DECL bool json_cursor::is_object() const { return value_ != nullptr && expect_object(); }

LLMX_DECL void json_cursor::read(std::string& to) const {
    if (!*this) return;
    if (!value_->is_string()) return expected("a string");
    to.assign(value_->get_string().data(), value_->get_string().size());
}

LLMX_DECL void json_cursor::read(std::optional<bool>& to) const {
    if (!*this) return;
    if (!value_->is_bool()) return expected("true or false");
    to = value_->get_bool();
}

LLMX_DECL void json_cursor::read(bool& to) const {
    std::optional<bool> got;
    read(got);
    if (got) to = *got;
}

LLMX_DECL void json_cursor::read(std::optional<double>& to) const {
    if (!*this) return;
    if (value_->is_double()) to = value_->get_double();
    else if (value_->is_int64()) to = static_cast<double>(value_->get_int64());
    else if (value_->is_uint64()) to = static_cast<double>(value_->get_uint64());
    else expected("a number");
}

LLMX_DECL void json_cursor::read(std::optional<std::int64_t>& to) const {
    if (!*this) return;
    if (const auto whole = detail::whole_json_number(*value_, document_->naming())) to = *whole;
    else expected("a whole number");
}

LLMX_DECL void json_cursor::read(std::vector<std::string>& to) const {
    if (!*this) return;
    const boost::json::array* const list = value_->if_array();
    if (list == nullptr) return expected("an array of strings");
    for (const boost::json::value& one : *list) {
        if (!one.is_string()) return expected("an array of strings");
        to.emplace_back(std::string_view(one.get_string()));
    }
}

LLMX_DECL void json_cursor::read_count(std::optional<std::int64_t>& to) const {
    std::optional<std::int64_t> n;
    read(n);
    if (!n) return;
    if (*n < 0) return expected("a whole number that is not negative");
    to = clamp_count(*n);
}

LLMX_DECL void json_cursor::read_object(raw_json& to) const {
    if (is_object()) to = raw_json(text());
}

LLMX_DECL std::string_view json_cursor::string_or(std::string_view otherwise) const noexcept {
    return is_string() ? std::string_view(value_->get_string()) : otherwise;
}

LLMX_DECL std::int64_t json_cursor::int_or(std::int64_t otherwise) const noexcept {
    if (!*this) return otherwise;
    if (value_->is_int64()) return value_->get_int64();
    if (const double* const d = value_->if_double(); d != nullptr && *d >= -9.2e18 && *d <= 9.2e18)
        return static_cast<std::int64_t>(*d);
    return otherwise;
}

LLMX_DECL std::int64_t json_cursor::count_or(std::int64_t otherwise) const noexcept {
    return *this ? json_count(*value_).value_or(otherwise) : otherwise;
}

LLMX_DECL bool json_cursor::bool_or(bool otherwise) const noexcept {
    return *this && value_->is_bool() ? value_->get_bool() : otherwise;
}

LLMX_DECL std::string json_cursor::text() const { return *this ? json_text(*value_) : std::string(); }

LLMX_DECL void json_cursor::expected(std::string_view what) const {
    wrong(std::string("expected ").append(what));
}

LLMX_DECL void json_cursor::wrong(std::string_view what) const {
    if (!document_->good()) return;
    std::string where = path();
    std::string message = where;
    if (!where.empty()) message += ": ";
    message += what;
    error e(errc::invalid_request, std::move(message));
    document_->fail(std::move(e.with_param(std::move(where))));
}

LLMX_DECL std::string json_cursor::path() const {
    std::string out = parent_ != nullptr ? parent_->path() : std::string();
    if (index_ != no_index) {
        out += '[';
        out += std::to_string(index_);
        out += ']';
    } else if (!name_.empty()) {
        if (!out.empty()) out += '.';
        out += name_;
    }
    return out;
}

} // namespace llmx::inline LLMX_ABI
