// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// One value of a settings file with its place: the form that YAML and JSON have
/// in common.
///
/// Scalars keep the text that was written. The reader of a value decides whether "30" is a number;
/// a quoted text never is one. A value that is missing at all is not a `setting`.
/// Errors begin "config.yaml:12: router_settings.num_retries: " and never hold the value of
/// a secret or the value of an environment variable.
class setting {
public:
    enum class kind : std::uint8_t { null, scalar, list, map };
    using entry = std::pair<std::string, setting>;

    setting() = default;
    /// A value in \p file (shown in messages) at \p line, counted from 1.
    setting(kind what, std::shared_ptr<const std::string> file, std::size_t line)
        : kind_(what), line_(line), file_(std::move(file)) {}

    [[nodiscard]] kind what() const noexcept { return kind_; }
    [[nodiscard]] bool is_null() const noexcept { return kind_ == kind::null; }
    [[nodiscard]] bool is_scalar() const noexcept { return kind_ == kind::scalar; }
    [[nodiscard]] bool is_list() const noexcept { return kind_ == kind::list; }
    [[nodiscard]] bool is_map() const noexcept { return kind_ == kind::map; }
    /// A scalar written in quotes, and not made by an environment variable since.
    [[nodiscard]] bool is_quoted() const noexcept { return quoted_; }
    [[nodiscard]] std::size_t line() const noexcept { return line_; }
    /// As given to the loader; empty for a value that is in no file.
    [[nodiscard]] std::string_view file() const noexcept {
        return file_ ? std::string_view(*file_) : std::string_view();
    }
    /// "model_list[0].litellm_params.model"; empty for the root.
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// A scalar's text; for a secret too.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] const std::vector<setting>& items() const noexcept { return items_; }
    /// In the order of the file.
    [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }
    /// The value of \p key in a map, or null.
    LLMX_DECL [[nodiscard]] const setting* find(std::string_view key) const noexcept;

    /// \name Typed reading. Another kind of value is `errc::bad_configuration`.
    /// @{
    LLMX_DECL [[nodiscard]] result<std::string> as_text() const;
    LLMX_DECL [[nodiscard]] result<bool> as_bool() const;
    LLMX_DECL [[nodiscard]] result<std::uint64_t> as_whole_number(std::uint64_t least, std::uint64_t most) const;
    LLMX_DECL [[nodiscard]] result<double> as_number(double least,
                                                     double most = std::numeric_limits<double>::infinity()) const;
    /// Seconds, fractions allowed, at most a year; 0 only if \p zero_allowed.
    LLMX_DECL [[nodiscard]] result<std::chrono::nanoseconds> as_seconds(bool zero_allowed = false) const;
    /// @}

    /// "file:line: path: "; messages about this value begin with it.
    LLMX_DECL [[nodiscard]] std::string where() const;
    /// The same for \p key inside this map.
    LLMX_DECL [[nodiscard]] std::string where(std::string_view key) const;
    /// `errc::bad_configuration` with the text \p what after the place.
    LLMX_DECL [[nodiscard]] error wrong(std::string_view what) const;
    /// "expected <what>, got <the value>", or without the value when it is a secret.
    LLMX_DECL [[nodiscard]] error unexpected(std::string_view expected) const;

    /// \name Building. Used by the readers of YAML and JSON.
    /// @{
    void set_text(std::string text, bool quoted) {
        text_ = std::move(text);
        quoted_ = quoted;
    }
    /// This text is the value of the environment variable \p name and is in the place \p at, "file:line: path: ".
    LLMX_DECL void came_from(std::string name, std::string at);
    void add_item(setting value) { items_.push_back(std::move(value)); }
    void add_entry(std::string key, setting value) { entries_.emplace_back(std::move(key), std::move(value)); }
    LLMX_DECL [[nodiscard]] setting* find_mutable(std::string_view key) noexcept {
        return const_cast<setting*>(find(key));
    }
    [[nodiscard]] std::vector<setting>& items_mutable() noexcept { return items_; }
    [[nodiscard]] std::vector<entry>& entries_mutable() noexcept { return entries_; }
    /// Writes its path into every value below this one. Called once on a finished tree.
    LLMX_DECL void name_paths(std::string path = std::string(), bool secret = false);
    /// @}

    /// \p name, which was read from this value or is its key, for a message: in quotes, or as it was
    /// written when an environment variable is in it.
    LLMX_DECL [[nodiscard]] std::string quoted(std::string_view name) const;
    /// \p text, a message about this value, with each value of an environment variable in it replaced by the name of the
    /// variable: of this value and of the values of this map. A value of fewer than four characters only where it is in quotes.
    LLMX_DECL [[nodiscard]] std::string without_values(std::string text) const;

    /// Whether this text names an environment variable that is not set: reading it fails.
    [[nodiscard]] bool lacks_variable() const noexcept { return lacks_variable_; }

    /// Replaces each text by the result of \p expand; a failure is kept and reported
    /// when that value is read. A failure with a `param` names the variable that is not set.
    LLMX_DECL void expand_texts(const std::function<result<std::string>(std::string_view)>& expand);

private:
    LLMX_DECL [[nodiscard]] error kept_failure() const;
    LLMX_DECL [[nodiscard]] std::string shown() const;

    kind kind_ = kind::null;
    bool quoted_ = false;
    bool secret_ = false;
    bool expanded_ = false;
    bool lacks_variable_ = false;
    std::size_t line_ = 0;
    std::shared_ptr<const std::string> file_;
    std::string path_, text_;
    /// The place of a value that is in no file.
    std::string place_;
    /// The text before expansion, for messages; why expansion failed.
    std::string written_, failure_;
    std::vector<setting> items_;
    std::vector<entry> entries_;
};

/// Whether the value of a key called \p key must not be printed: api_key, master_key,
/// *password*, *secret*, *token* and similar words.
LLMX_DECL [[nodiscard]] bool is_secret_key(std::string_view key);

namespace detail {
/// Lower case of ASCII letters.
LLMX_DECL [[nodiscard]] std::string settings_lower(std::string_view text);
/// Text for a message: one line of UTF-8, whatever keys and values of a file hold.
LLMX_DECL [[nodiscard]] std::string settings_line(std::string_view text);
/// Text for a message: in quotes, on one line, not too long.
LLMX_DECL [[nodiscard]] std::string settings_quote(std::string_view text);
} // namespace detail

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/tree.ipp>
#endif
