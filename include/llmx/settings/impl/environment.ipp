// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/value_source.hpp>
#include <llmx/settings/environment.hpp>
#include <llmx/settings/tree.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] bool is_variable_name(std::string_view name) noexcept {
    if (name.empty() || (name.front() >= '0' && name.front() <= '9')) return false;
    for (const char c : name)
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')) return false;
    return true;
}

/// Whether \p name is a file or a command (`process_environment`).
LLMX_DECL [[nodiscard]] bool names_value_source(std::string_view name) noexcept {
    return (name.starts_with(file_scheme) && name.size() > file_scheme.size()) ||
           (name.starts_with(command_scheme) && name.size() > command_scheme.size());
}

LLMX_DECL [[nodiscard]] error variable_missing(std::string_view name) {
    if (name.starts_with(file_scheme))
        return error(errc::bad_configuration, "the file " + settings_quote(name.substr(file_scheme.size())) + " cannot be read, or is larger than 1 MiB");
    if (name.starts_with(command_scheme))
        return error(errc::bad_configuration, "the command " + settings_quote(name.substr(command_scheme.size())) +
                                                  " did not end with status 0 within 30 s, or printed more than 1 MiB");
    return error(errc::bad_configuration, "the environment variable " + std::string(name) + " is not set").with_param(std::string(name));
}

/// Takes the lines of a `.env` file apart.
class env_file_reader {
public:
    env_file_reader(std::string_view text, std::string_view file) : text_(text), file_(file) {}
    LLMX_DECL [[nodiscard]] result<environment_map> read();

private:
    void skip_blanks() noexcept {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
    }
    [[nodiscard]] bool line_over() const noexcept {
        return at_ >= text_.size() || text_[at_] == '\n' || text_[at_] == '\r';
    }
    void skip_line() noexcept { at_ = std::min(text_.find('\n', at_), text_.size()); }
    LLMX_DECL [[nodiscard]] result<std::string> quoted(char mark);
    LLMX_DECL [[nodiscard]] std::string plain();
    [[nodiscard]] error wrong(std::size_t line, std::string_view why) const {
        return error(errc::bad_configuration,
                     std::string(file_) + ":" + std::to_string(line) + ": " + std::string(why));
    }

    std::string_view text_, file_;
    std::size_t at_ = 0, line_ = 1;
};

LLMX_DECL result<std::string> env_file_reader::quoted(char mark) {
    const std::size_t began = line_;
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
        char c = text_[at_];
        if (c == mark) {
            ++at_;
            return value;
        }
        if (c == '\n') ++line_;
        if (c == '\\' && mark == '"' && at_ + 1 < text_.size()) {
            const char next = text_[++at_];
            if (next == '\n') ++line_;
            if (next == 'n') c = '\n';
            else if (next == 'r') c = '\r';
            else if (next == 't') c = '\t';
            else if (next == '"' || next == '\\' || next == '$') c = next;
            else --at_;
        }
        value += c;
    }
    return wrong(began, "a quoted value has no end");
}

LLMX_DECL std::string env_file_reader::plain() {
    std::string value;
    for (; !line_over(); ++at_) {
        if (text_[at_] == '#' && (value.empty() || value.back() == ' ' || value.back() == '\t')) break;
        value += text_[at_];
    }
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.pop_back();
    return value;
}

LLMX_DECL result<environment_map> env_file_reader::read() {
    environment_map values;
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    for (; at_ < text_.size(); ++at_, ++line_) {
        skip_blanks();
        if (line_over() || text_[at_] == '#') {
            skip_line();
            continue;
        }
        if (text_.substr(at_).starts_with("export ")) {
            at_ += 7;
            skip_blanks();
        }
        std::size_t end = at_;
        while (end < text_.size() && text_[end] != '=' && text_[end] != '\n' && text_[end] != '\r') ++end;
        std::string_view name = text_.substr(at_, end - at_);
        while (name.ends_with(' ') || name.ends_with('\t')) name.remove_suffix(1);
        if (end >= text_.size() || text_[end] != '=' || !is_variable_name(name))
            return wrong(line_, "expected NAME=value");
        at_ = end + 1;
        skip_blanks();
        std::string value;
        if (!line_over() && (text_[at_] == '"' || text_[at_] == '\'')) {
            auto inner = quoted(text_[at_]);
            if (inner.has_error()) return inner.error();
            value = std::move(*inner);
            skip_blanks();
            if (!line_over() && text_[at_] != '#') return wrong(line_, "unexpected text after a quoted value");
        } else {
            value = plain();
        }
        values.insert_or_assign(std::string(name), std::move(value));
        skip_line();
    }
    return values;
}

} // namespace detail

LLMX_DECL environment process_environment() {
    return [variables = process_variables()](std::string_view name) -> std::optional<std::string> {
        using namespace detail;
        if (!names_value_source(name)) return variables(name);
        if (name.starts_with(file_scheme)) return value_of_file(std::string(name.substr(file_scheme.size())));
        return value_of_command(std::string(name.substr(command_scheme.size())), command_limit);
    };
}

LLMX_DECL environment layered_environment(environment first, environment second) {
    return [first = std::move(first), second = std::move(second)](std::string_view name) {
        auto value = first ? first(name) : std::nullopt;
        if (!value && second) value = second(name);
        return value;
    };
}

LLMX_DECL environment environment_of(environment_map values) {
    return [values = std::move(values)](std::string_view name) -> std::optional<std::string> {
        const auto it = values.find(name);
        return it != values.end() ? std::optional<std::string>(it->second) : std::nullopt;
    };
}

LLMX_DECL result<std::string> expand_environment(std::string_view text, const environment& env) {
    constexpr std::string_view whole = "os.environ/";
    if (text.starts_with(whole)) {
        const std::string_view name = text.substr(whole.size());
        auto value = env(name);
        if (!value) return detail::variable_missing(name);
        return std::move(*value);
    }
    std::string out;
    for (std::size_t at = 0;;) {
        const std::size_t dollar = text.find("${", at);
        if (dollar == std::string_view::npos) {
            out += text.substr(at);
            return out;
        }
        if (dollar > at && text[dollar - 1] == '$') {
            out += text.substr(at, dollar - 1 - at);
            out += "${";
            at = dollar + 2;
            continue;
        }
        out += text.substr(at, dollar - at);
        const std::size_t end = text.find('}', dollar);
        if (end == std::string_view::npos)
            return error(errc::bad_configuration, "\"${\" has no \"}\"; write \"$${\" for the characters themselves");
        const std::string_view inside = text.substr(dollar + 2, end - dollar - 2);
        // A command's own "${NAME:-text}" would end at its "}" anyway.
        const bool sourced = detail::names_value_source(inside);
        const std::size_t colon = sourced ? std::string_view::npos : inside.find(":-");
        const std::string_view name = inside.substr(0, colon);
        if (!sourced && !detail::is_variable_name(name))
            return error(errc::bad_configuration,
                         "\"${...}\" must hold the name of an environment variable, file:PATH or command:LINE");
        const auto value = env(name);
        if (value && (!value->empty() || colon == std::string_view::npos)) out += *value;
        else if (colon != std::string_view::npos) out += inside.substr(colon + 2);
        else return detail::variable_missing(name);
        at = end + 1;
    }
}

LLMX_DECL result<environment_map> parse_env_file(std::string_view text, std::string_view file) {
    return detail::env_file_reader(text, file).read();
}

} // namespace llmx::inline LLMX_ABI
