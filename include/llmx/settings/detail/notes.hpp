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
    /// `errc::bad_configuration` with all errors, one a line. There must be one.
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

/// The shared state of all readers of one configuration.
struct settings_scope {
    explicit settings_scope(environment variables) : env(std::move(variables)) {}
    environment env;
    settings_notes notes;
    settings_names names;
};

/// The closest of \p names to \p word when it is close enough for a typing mistake, else empty.
LLMX_DECL [[nodiscard]] std::string_view closest_name(std::string_view word, std::span<const std::string_view> names);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/notes.ipp>
#endif
