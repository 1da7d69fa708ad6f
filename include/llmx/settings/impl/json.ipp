// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/json.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/parser.hpp>

#include <algorithm>
#include <optional>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Builds a tree with line numbers from a text that Boost.JSON has found to be one valid
/// document: where a value ends needs no further checks.
class json_settings_walker {
public:
    json_settings_walker(std::string_view text, std::shared_ptr<const std::string> file)
        : text_(text), file_(std::move(file)) {}

    LLMX_DECL [[nodiscard]] setting value();
    /// The first key that occurred twice in a map.
    [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

private:
    LLMX_DECL void skip_space() noexcept;
    LLMX_DECL [[nodiscard]] std::string string();
    LLMX_DECL void map(setting& into);
    LLMX_DECL void list(setting& into);

    std::string_view text_;
    std::size_t at_ = 0, line_ = 1;
    std::shared_ptr<const std::string> file_;
    std::optional<error> failure_;
};

LLMX_DECL void json_settings_walker::skip_space() noexcept {
    for (; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == '\n') ++line_;
        else if (c != ' ' && c != '\t' && c != '\r') return;
    }
}

LLMX_DECL std::string json_settings_walker::string() {
    const std::size_t begin = at_++;
    while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    const boost::json::value decoded = boost::json::parse(text_.substr(begin, ++at_ - begin));
    return std::string(decoded.get_string());
}

LLMX_DECL void json_settings_walker::map(setting& into) {
    for (++at_;;) {
        skip_space();
        if (text_[at_] == '}') break;
        if (text_[at_] == ',') {
            ++at_;
            continue;
        }
        const std::size_t line = line_;
        std::string key = string();
        skip_space();
        ++at_; // the colon
        setting inner = value();
        if (into.find(key) != nullptr && !failure_)
            failure_ = error(errc::bad_configuration, *file_ + ":" + std::to_string(line) + ": the key " +
                                                          settings_quote(key) + " is given twice");
        into.add_entry(std::move(key), std::move(inner));
    }
    ++at_;
}

LLMX_DECL void json_settings_walker::list(setting& into) {
    for (++at_;;) {
        skip_space();
        if (text_[at_] == ']') break;
        if (text_[at_] == ',') ++at_;
        else into.add_item(value());
    }
    ++at_;
}

LLMX_DECL setting json_settings_walker::value() {
    using kind = setting::kind;
    skip_space();
    const char c = text_[at_];
    setting made(c == '{' ? kind::map : c == '[' ? kind::list : c == 'n' ? kind::null : kind::scalar, file_, line_);
    if (c == '{') {
        map(made);
    } else if (c == '[') {
        list(made);
    } else if (c == '"') {
        made.set_text(string(), true);
    } else {
        const std::size_t end = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
        if (c != 'n') made.set_text(std::string(text_.substr(at_, end - at_)), false);
        at_ = end;
    }
    return made;
}

} // namespace detail

LLMX_DECL result<setting> parse_json_settings(std::string_view text, std::string file) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    boost::json::parse_options options;
    options.max_depth = 100;
    boost::json::parser check(boost::json::storage_ptr(), options);
    boost::system::error_code failed;
    const std::size_t read = check.write(text.data(), text.size(), failed);
    if (failed) {
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(read), '\n');
        return error(errc::bad_configuration,
                     file + ":" + std::to_string(line) + ": this is not JSON: " + failed.message());
    }
    detail::json_settings_walker walker(text, std::make_shared<const std::string>(std::move(file)));
    setting root = walker.value();
    if (walker.failure()) return *walker.failure();
    root.name_paths();
    return root;
}

} // namespace llmx::inline LLMX_ABI
