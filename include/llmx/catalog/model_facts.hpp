// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_ability.hpp>
#include <llmx/catalog/model_prices.hpp>
#include <llmx/core/model_traits.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// What is known about one model at one provider.
///
/// Source: the providers' price and model pages, by way of data/models.json; a file of the operator and the `model_info` of a
/// deployment lie over it. 0 and empty values mean "not known".
struct model_facts {
    model_facts() = default;

    /// "anthropic/claude-opus-4-7": the provider and its own name of the model. For a model that the catalogue does not have,
    /// the name of its family.
    std::string name;
    /// Whether these facts are those of a family, taken for a model that the catalogue does not have. They hold no prices.
    bool of_family = false;
    model_mode mode = model_mode::unknown;
    /// Most tokens of input, of output, and the older single limit where it differs.
    std::int64_t context_window = 0, max_output_tokens = 0, max_tokens = 0;
    /// Length of an embedding; the shortest prompt prefix that can be cached, in tokens.
    std::int64_t dimensions = 0, least_cacheable_tokens = 0;
    /// What the sources state that the model has, and has not; an ability in neither is not known.
    ability_set can, cannot;
    /// Bits of `modality`.
    std::uint8_t takes = 0, gives = 0;
    /// Bits `1 << reasoning_effort` that the source names as taken and refused; `closed_efforts`: `efforts` is the complete list.
    std::uint8_t efforts = 0, refused_efforts = 0;
    bool closed_efforts = false;
    std::optional<reasoning_effort> default_effort, highest_effort;
    /// Reasoning cannot be switched off.
    bool reasons_always = false;
    /// "2026-11-30", the day on which the provider ends the model.
    std::string deprecated_on;
    /// Language or family of the provider, where it has several ("converse").
    std::string wire;
    /// How its tokens are counted (`token_counter`): an encoding ("o200k_base"), or a family with measured rates ("claude").
    std::string tokenizer;
    /// OpenAI-form operations and regions, as the source names them.
    std::vector<std::string> operations, regions;
    /// Shared by models with the same prices; null: no price is known.
    std::shared_ptr<const model_prices> prices;
    /// What encoders need, derived from the facts and the rules of the model's family.
    model_traits traits;

    /// The part of `name` before its first slash.
    [[nodiscard]] std::string_view provider() const noexcept {
        return std::string_view(name).substr(0, name.find('/') == std::string::npos ? 0 : name.find('/'));
    }
    [[nodiscard]] bool supports(model_ability a) const noexcept { return can.has(a) && !cannot.has(a); }
};

} // namespace llmx::inline LLMX_ABI
