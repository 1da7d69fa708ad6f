// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/detail/catalog_index.hpp>
#include <llmx/catalog/detail/model_family.hpp>
#include <llmx/catalog/model_facts.hpp>
#include <llmx/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// What is known about models: prices, windows, abilities, found by the names that configurations and callers use.
///
/// `find` accepts a provider's own names and their variants: with the provider in front, dated ("-2025-08-07", "-20250929", "@20250929",
/// "-001", "-latest"), with a region of Bedrock ("us.", "eu-west-1/"), with a version of Bedrock ("-v1:0"), as a path or an ARN
/// that ends in the name. The name itself is preferred to its variants: "us.anthropic.claude-..." has prices of its own. A model that is in
/// no list has the facts of its family, without prices.
///
/// A lookup allocates nothing, throws nothing and takes no lock. Reading changes the catalogue and is for the program's start; share a
/// `const` one between threads afterwards. Facts are valid as long as the catalogue, unchanged.
class model_catalog {
public:
    model_catalog() = default;

    /// Reads \p text over what is known: a file in llmx's schema (data/README.md) or LiteLLM's
    /// model_prices_and_context_window.json. An entry changes the members that it names; a price replaces the price of the same kind in the
    /// same class of service with all its thresholds. \p origin names the text in errors, such as a file's path. Fails with
    /// `errc::bad_configuration` and changes nothing when the text is not JSON or a value is of the wrong type.
    LLMX_DECL [[nodiscard]] result<void> merge(std::string_view text, std::string_view origin);

    /// The facts of \p model at \p provider, a provider's name or one of its aliases; an empty provider: \p model may begin with one.
    /// Null when neither the model nor a family of it is known.
    LLMX_DECL [[nodiscard]] const model_facts* find(std::string_view provider, std::string_view model) const noexcept;
    /// The same for "provider/model" or a name alone.
    [[nodiscard]] const model_facts* find(std::string_view name) const noexcept { return find(std::string_view(), name); }
    /// The same, and never the facts of a family.
    LLMX_DECL [[nodiscard]] const model_facts* find_listed(std::string_view provider, std::string_view model) const noexcept;

    /// The facts of \p base, or of nothing when it is null, with \p entry over them: a JSON object in LiteLLM's form, as `model_info` of a
    /// deployment has it, whose prices, windows and `supports_...` replace those of \p base. Fails with `errc::bad_configuration`, which
    /// names the member, when a value is of the wrong type.
    LLMX_DECL [[nodiscard]] result<model_facts> with_model_info(const model_facts* base, std::string_view provider,
                                                                std::string_view model, std::string_view entry) const;

    /// All models in the order of their names.
    [[nodiscard]] std::span<const model_facts> models() const noexcept { return models_; }
    /// Names that stand for a model beside its own, with the model's position in `models()`.
    [[nodiscard]] std::span<const std::pair<std::string, std::size_t>> other_names() const noexcept { return others_; }

private:
    friend struct detail::catalog_reader;
    LLMX_DECL [[nodiscard]] const model_facts* find_family(std::string_view provider, std::string_view model) const noexcept;
    LLMX_DECL [[nodiscard]] std::string_view known_provider_name(std::string_view provider) const noexcept;
    LLMX_DECL void rebuild();
    LLMX_DECL [[nodiscard]] const model_facts* find_key(std::string_view key) const noexcept;
    LLMX_DECL [[nodiscard]] std::string_view key_at(std::uint32_t number) const noexcept;

    std::vector<model_facts> models_;
    std::vector<std::pair<std::string, std::size_t>> others_;
    std::vector<std::pair<std::string, std::string>> provider_aliases_;
    detail::model_families families_;
    /// Beginnings of names that end in a date or a version, as (model, length): the newest model is found by them.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> undated_;
    detail::catalog_index index_;
};

/// Whether `model_catalog::with_model_info` reads a member called \p key whose value is a number or a flag.
LLMX_DECL [[nodiscard]] bool names_model_fact(std::string_view key) noexcept;

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/catalog_index.ipp>
#include <llmx/catalog/impl/model_catalog.ipp>
#include <llmx/catalog/impl/model_family.ipp>
#endif
