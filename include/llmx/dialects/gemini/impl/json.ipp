// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/detail/json.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>
#include <charconv>

namespace llmx::inline v0::detail {

LLMX_DECL const boost::json::value* proto_find(const boost::json::object& o, std::string_view camel) noexcept {
    auto it = o.find(camel);
    if (it != o.end() && !it->value().is_null()) return &it->value();
    char snake[64];
    std::size_t n = 0;
    for (const char c : camel) {
        if (n + 2 > sizeof snake) return nullptr;
        if (c >= 'A' && c <= 'Z') {
            snake[n++] = '_';
            snake[n++] = static_cast<char>(c - 'A' + 'a');
        } else {
            snake[n++] = c;
        }
    }
    if (n == camel.size()) return nullptr; // no capital: both names are the same
    it = o.find(std::string_view(snake, n));
    return it != o.end() && !it->value().is_null() ? &it->value() : nullptr;
}

LLMX_DECL std::string proto_camel(std::string_view name) {
    std::string out;
    out.reserve(name.size());
    bool up = false;
    for (const char c : name) {
        if (c == '_' && !out.empty()) {
            up = true;
            continue;
        }
        out += up && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        up = false;
    }
    return out;
}

LLMX_DECL error proto_at(error e, std::string_view member) {
    std::string where(member);
    const std::string& inner = e.param();
    const std::string text = e.message();
    // The message begins with the place; what is left of it is the complaint.
    const std::string complaint = text.substr(std::min(inner.size(), text.size()));
    if (!inner.empty()) {
        where += '.';
        where += inner;
    }
    e.with_message(where + complaint);
    e.with_param(std::move(where));
    return e;
}

LLMX_DECL error proto_at(error e, std::string_view member, std::size_t index) {
    std::string with_index(member);
    with_index += '[';
    with_index += std::to_string(index);
    with_index += ']';
    return proto_at(std::move(e), with_index);
}

LLMX_DECL error proto_expected(std::string_view member, std::string_view what) {
    std::string text(member);
    text += ": expected ";
    text += what;
    error e(errc::invalid_request, std::move(text));
    e.with_param(std::string(member));
    return e;
}

LLMX_DECL result<void> proto_reader::read(std::string_view camel, std::string& to) const {
    const auto* v = find(camel);
    if (v == nullptr) return success();
    if (!v->is_string()) return proto_expected(camel, "a string");
    to.assign(v->get_string().data(), v->get_string().size());
    return success();
}

LLMX_DECL result<void> proto_reader::read(std::string_view camel, std::optional<std::int64_t>& to) const {
    const auto* v = find(camel);
    if (v == nullptr) return success();
    if (v->is_int64()) {
        to = v->get_int64();
        return success();
    }
    if (v->is_double() && v->get_double() >= -9.0e15 && v->get_double() <= 9.0e15) {
        const auto whole = static_cast<std::int64_t>(v->get_double());
        if (static_cast<double>(whole) == v->get_double()) {
            to = whole;
            return success();
        }
    }
    if (v->is_string()) {
        const std::string_view s = v->get_string();
        std::int64_t n = 0;
        const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), n);
        if (ec == std::errc() && end == s.data() + s.size() && !s.empty()) {
            to = n;
            return success();
        }
    }
    return proto_expected(camel, "a whole number");
}

LLMX_DECL result<void> proto_reader::read_count(std::string_view camel, std::optional<std::int64_t>& to) const {
    std::optional<std::int64_t> n;
    if (auto done = read(camel, n); done.has_error() || !n) return done;
    if (*n < 0) return proto_expected(camel, "a whole number that is not negative");
    to = clamp_count(*n);
    return success();
}

LLMX_DECL result<const boost::json::object*> proto_reader::message(std::string_view camel) const {
    const auto* v = find(camel);
    if (v == nullptr) return static_cast<const boost::json::object*>(nullptr);
    if (const auto* o = v->if_object()) return o;
    return proto_expected(camel, "an object");
}

LLMX_DECL void write_proto_extra(json_writer& w, const extra_members& extra, std::string_view prefix) {
    if (!extra.speaks("gemini_generate")) return;
    for (const auto& m : extra.members) {
        const std::string_view member(m.name);
        if (!member.starts_with(prefix)) continue;
        const std::string_view rest = member.substr(prefix.size());
        if (rest.find('.') == std::string_view::npos) w.raw_member(rest, m.value.text);
    }
}

LLMX_DECL bool has_proto_extra(const extra_members& extra, std::string_view prefix) noexcept {
    if (!extra.speaks("gemini_generate")) return false;
    return std::any_of(extra.members.begin(), extra.members.end(),
                       [prefix](const extra_members::member& m) { return m.name.starts_with(prefix); });
}

LLMX_DECL std::string_view trim_json(std::string_view text) noexcept {
    const auto from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

LLMX_DECL bool is_json_object_text(std::string_view text) {
    if (!trim_json(text).starts_with('{')) return false;
    unsigned char space[4096];
    boost::json::monotonic_resource memory(space, sizeof space);
    return parse_json_object(text, &memory).has_value();
}

} // namespace llmx::inline v0::detail
