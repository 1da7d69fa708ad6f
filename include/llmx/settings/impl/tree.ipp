// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/tree.hpp>
#include <llmx/wire/utf8.hpp>

#include <charconv>
#include <cmath>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL std::string settings_lower(std::string_view text) {
    std::string low(text);
    for (char& c : low)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return low;
}

LLMX_DECL std::string settings_line(std::string_view text) {
    std::string line;
    line.reserve(text.size());
    while (!text.empty()) {
        const std::size_t good = valid_utf8_prefix(text);
        for (const char c : text.substr(0, good)) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
        text.remove_prefix(good);
        if (text.empty()) break;
        append_utf8(line, 0xFFFD);
        text.remove_prefix(1);
    }
    return line;
}

LLMX_DECL std::string settings_quote(std::string_view text) {
    constexpr std::size_t most = 80;
    std::string_view shown = text.substr(0, most);
    // Not in the middle of a character.
    if (text.size() > most) shown = shown.substr(0, valid_utf8_prefix(shown));
    return '"' + settings_line(shown) + (text.size() > most ? "...\"" : "\"");
}

/// The shortest text of \p value.
LLMX_DECL [[nodiscard]] std::string number_text(double value) {
    char text[32];
    const auto written = std::to_chars(text, text + sizeof text, value);
    return std::string(text, written.ptr);
}

LLMX_DECL [[nodiscard]] std::string whole_number_range(std::uint64_t least, std::uint64_t most, std::uint64_t endless) {
    if (most >= endless) return "a whole number of " + std::to_string(least) + " or more";
    return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
}

} // namespace detail

LLMX_DECL bool is_secret_key(std::string_view key) {
    const std::string low = detail::settings_lower(key);
    const auto has = [&](std::string_view part) { return low.find(part) != std::string::npos; };
    if (has("key") || has("passw") || has("secret") || has("credential") || has("authorization")) return true;
    // Maps whose values are whatever the operator put there.
    if (low == "environment_variables" || low == "headers" || low == "extra_headers") return true;
    // "token" is a secret, a number or a time of tokens is not.
    return has("token") && !has("tokens") && !has("per_token") && !has("token_timeout") && !has("token_rate");
}

LLMX_DECL const setting* setting::find(std::string_view key) const noexcept {
    for (const entry& e : entries_)
        if (e.first == key) return &e.second;
    return nullptr;
}

LLMX_DECL void setting::came_from(std::string name, std::string at) {
    written_ = "os.environ/" + name;
    place_ = std::move(at);
    expanded_ = true;
}

LLMX_DECL std::string setting::where() const {
    if (!place_.empty()) return place_;
    std::string at;
    if (file_ && !file_->empty()) at = *file_ + ":" + std::to_string(line_) + ": ";
    if (!path_.empty()) at += path_ + ": ";
    return detail::settings_line(at);
}

LLMX_DECL std::string setting::where(std::string_view key) const {
    const setting* const value = find(key);
    if (value != nullptr) return value->where();
    std::string at;
    if (file_ && !file_->empty()) at = *file_ + ":" + std::to_string(line_) + ": ";
    at += path_;
    if (!path_.empty() && !key.empty()) at += '.';
    at += key;
    return detail::settings_line(at) + ": ";
}

LLMX_DECL error setting::wrong(std::string_view what) const {
    return error(errc::bad_configuration, where() + detail::settings_line(what));
}

LLMX_DECL std::string setting::shown() const {
    switch (kind_) {
    case kind::null: return "nothing";
    case kind::list: return "a list";
    case kind::map: return "a map";
    case kind::scalar: break;
    }
    if (secret_) return std::string();
    if (expanded_) return "the value of " + detail::settings_quote(written_);
    return (quoted_ ? "the text " : "") + detail::settings_quote(text_);
}

LLMX_DECL std::string setting::quoted(std::string_view name) const {
    return expanded_ ? "the value of " + detail::settings_quote(written_) : detail::settings_quote(name);
}

LLMX_DECL std::string setting::without_values(std::string text) const {
    for (const entry& e : entries_) text = e.second.without_values(std::move(text));
    for (const setting& item : items_) text = item.without_values(std::move(text));
    if (!expanded_ || text_.empty()) return text;
    const std::string shown_as = "the value of " + detail::settings_quote(written_);
    const auto replace = [&](std::string_view what) {
        for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += shown_as.size()) text.replace(at, what.size(), shown_as);
    };
    const auto replace_value = [&](std::string_view value) {
        for (const char quote : {'\'', '"'}) replace(quote + std::string(value) + quote);
        if (value.size() >= 4) replace(value);
    };
    replace_value(text_);
    // A part of the text may be in the message, such as a model without its provider. What stands between two
    // variables is as it was written, so that each value is between two such parts.
    std::string_view value = text_, rest = written_;
    for (std::size_t begin; (begin = rest.find("${")) != std::string_view::npos && value.size() >= begin;) {
        value.remove_prefix(begin);
        rest.remove_prefix(std::min(rest.find('}', begin), rest.size() - 1) + 1);
        const std::string_view next = rest.substr(0, rest.find("${"));
        const std::size_t end = next.empty() || next.size() == rest.size() ? value.size() - next.size() : value.find(next);
        if (end > value.size()) break;
        if (end != 0) replace_value(value.substr(0, end));
        value.remove_prefix(end);
    }
    return text;
}

LLMX_DECL error setting::unexpected(std::string_view expected) const {
    std::string m = "expected ";
    m += expected;
    if (const std::string got = shown(); !got.empty()) m += ", got " + got;
    return wrong(m);
}

LLMX_DECL error setting::kept_failure() const { return wrong(failure_); }

LLMX_DECL result<std::string> setting::as_text() const {
    if (kind_ != kind::scalar) return unexpected("a text");
    if (!failure_.empty()) return kept_failure();
    return text_;
}

LLMX_DECL result<bool> setting::as_bool() const {
    if (kind_ == kind::scalar) {
        if (!failure_.empty()) return kept_failure();
        if (!quoted_) {
            const std::string low = detail::settings_lower(text_);
            if (low == "true" || low == "yes" || low == "on") return true;
            if (low == "false" || low == "no" || low == "off") return false;
        }
    }
    return unexpected("true or false");
}

LLMX_DECL result<std::uint64_t> setting::as_whole_number(std::uint64_t least, std::uint64_t most) const {
    if (kind_ == kind::scalar) {
        if (!failure_.empty()) return kept_failure();
        std::uint64_t value = 0;
        const char* const end = text_.data() + text_.size();
        const auto parsed = std::from_chars(text_.data(), end, value);
        if (parsed.ec == std::errc() && parsed.ptr == end && value >= least && value <= most) return value;
    }
    return unexpected(detail::whole_number_range(least, most, 0xffff'ffffu));
}

LLMX_DECL result<double> setting::as_number(double least, double most) const {
    if (kind_ == kind::scalar) {
        if (!failure_.empty()) return kept_failure();
        double value = 0;
        const char* const end = text_.data() + text_.size();
        const auto parsed = std::from_chars(text_.data(), end, value);
        if (parsed.ec == std::errc() && parsed.ptr == end && std::isfinite(value) && value >= least && value <= most)
            return value;
    }
    std::string expected = "a number";
    if (std::isfinite(most)) expected += " from " + detail::number_text(least) + " to " + detail::number_text(most);
    else if (std::isfinite(least)) expected += " of " + detail::number_text(least) + " or more";
    return unexpected(expected);
}

LLMX_DECL result<std::chrono::nanoseconds> setting::as_seconds(bool zero_allowed) const {
    constexpr double year = 366.0 * 24 * 3600;
    if (kind_ == kind::scalar) {
        if (!failure_.empty()) return kept_failure();
        double value = -1;
        const char* const end = text_.data() + text_.size();
        const auto parsed = std::from_chars(text_.data(), end, value);
        if (parsed.ec == std::errc() && parsed.ptr == end && value >= 0 && value <= year) {
            const auto time = std::chrono::nanoseconds(std::llround(value * 1e9));
            if (zero_allowed || time.count() > 0) return time;
        }
    }
    return unexpected(zero_allowed ? "a number of seconds of 0 or more, up to a year"
                                   : "a number of seconds above 0, up to a year");
}

LLMX_DECL void setting::name_paths(std::string path, bool secret) {
    path_ = std::move(path);
    secret_ = secret;
    for (std::size_t i = 0; i < items_.size(); ++i)
        items_[i].name_paths(path_ + "[" + std::to_string(i) + "]", secret);
    for (entry& e : entries_)
        e.second.name_paths(path_.empty() ? e.first : path_ + "." + e.first, secret || is_secret_key(e.first));
}

LLMX_DECL void setting::expand_texts(const std::function<result<std::string>(std::string_view)>& expand) {
    if (kind_ == kind::scalar && !expanded_) {
        auto text = expand(text_);
        if (text.has_error()) {
            failure_ = text.error().message();
            lacks_variable_ = !text.error().param().empty();
        } else if (*text != text_) {
            written_ = std::exchange(text_, std::move(*text));
            expanded_ = true;
            quoted_ = false;
        }
    }
    for (setting& item : items_) item.expand_texts(expand);
    for (entry& e : entries_) e.second.expand_texts(expand);
}

} // namespace llmx::inline LLMX_ABI
