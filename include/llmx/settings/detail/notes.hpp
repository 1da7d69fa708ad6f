// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/settings/environment.hpp>
#include <llmx/settings/tree.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Errors and warnings found while settings are read. Errors are bounded: after `most_shown` they are counted.
class settings_notes {
public:
    static constexpr std::size_t most_shown = 50;

    LLMX_DECL void fail(const error& e) { fail(e.message()); }
    /// \p line begins with its place. A line that is there already is not repeated: two policies may have a key in common.
    LLMX_DECL void fail(std::string line);
    /// \p value's place and \p what.
    LLMX_DECL void warn(const setting& value, std::string_view what) { warnings.push_back(value.where() + std::string(what)); }

    [[nodiscard]] bool failed() const noexcept { return !errors_.empty(); }
    [[nodiscard]] std::size_t count() const noexcept { return errors_.size() + more_; }
    /// `errc::bad_configuration` with all errors, one a line, and the warnings behind them: a misspelt key is often the
    /// reason for a missing value. There must be an error.
    LLMX_DECL [[nodiscard]] error failure() const;

    std::vector<std::string> warnings;

private:
    std::vector<std::string> errors_;
    std::size_t more_ = 0;
};

/// Names under which a call can request a deployment.
struct settings_names {
    std::vector<std::string> groups, ids, aliases;
    /// A model whose name could not be read may be the one that is missing.
    bool complete = true;
};

/// What a model needs and this program or its environment does not have.
struct settings_lack {
    settings_lack(std::string at, std::string what, std::string reason)
        : place(std::move(at)), text(std::move(what)), why(std::move(reason)) {}
    /// "file:line: path: ", the sentence for the operator, and the one for callers of the model.
    std::string place, text, why;
};

/// The shared state of all readers of one configuration.
struct settings_scope {
    settings_scope(environment variables, bool all_served) : env(std::move(variables)), strict(all_served) {}
    environment env;
    /// Whether a model that cannot be served is an error.
    bool strict;
    settings_notes notes;
    settings_names names;
    /// Where what the model lacks that is being read is collected; null: it is an error.
    std::vector<settings_lack>* lacking = nullptr;

    void lack(std::string place, std::string text, std::string why) {
        if (lacking == nullptr) notes.fail(place + text);
        else lacking->emplace_back(std::move(place), std::move(text), std::move(why));
    }
};

/// The closest of \p names to \p word when it is close enough for a typing mistake, else empty.
LLMX_DECL [[nodiscard]] std::string_view closest_name(std::string_view word, std::span<const std::string_view> names);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/notes.ipp>
#endif
