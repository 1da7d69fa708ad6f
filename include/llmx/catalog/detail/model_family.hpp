// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_facts.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// A rule of data/families.json: which names it is for, and what their models have in common.
struct model_family {
    model_family() = default;
    /// Bits of words, `model_families::words`: a name has one of `match` at the beginning of a word, or one of `begins` at its own;
    /// one of `has`, when there is any; none of `without`.
    std::uint64_t match = 0, begins = 0, has = 0, without = 0;
    /// The version behind the word, in hundredths; a name without one is newer than all.
    int from = 0, below = 0;
    std::vector<std::string> providers;
    /// For models that no list has; `traits` is complete in it.
    model_facts facts;
    /// The rule's own traits, before facts of a model change them.
    model_traits traits;
    /// What a model must have to enforce schemas itself.
    model_ability schema = model_ability::json_schema;
    /// A request without a limit gets the model's own.
    bool limit_is_maximum = false;
};

/// All rules, in the order in which they are tried.
struct model_families {
    model_families() = default;
    std::vector<model_family> list;
    std::vector<std::string> words;
    /// Bits of the words that begin with a letter or digit.
    std::array<std::uint64_t, 36> by_first{};
    /// Bits of the rules that a word is in `match` or `begins` of, by the word's bit; there are at most 64 rules.
    std::array<std::uint64_t, 64> by_word{};

    /// The first rule for \p model, the part of a name behind its last slash, at \p provider; null when there is none.
    LLMX_DECL [[nodiscard]] const model_family* of(std::string_view provider, std::string_view model) const noexcept;
    /// The bit of \p word; nothing when there are more than 64.
    LLMX_DECL [[nodiscard]] std::optional<std::uint64_t> word(std::string_view word);
    /// False when there are 64 rules already.
    LLMX_DECL [[nodiscard]] bool add(model_family rule);
};

/// The traits of a model with these facts; \p family is its rule or null.
LLMX_DECL [[nodiscard]] model_traits derive_traits(const model_facts& facts, const model_family* family) noexcept;

/// "4.6" in hundredths.
LLMX_DECL [[nodiscard]] std::optional<int> parse_family_version(std::string_view text) noexcept;

} // namespace llmx::inline LLMX_ABI::detail
