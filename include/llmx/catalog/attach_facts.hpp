// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_catalog.hpp>
#include <llmx/core/deployment.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/usage.hpp>

#include <memory>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Sets what \p catalog knows about the model of \p d: `deployment::facts`, with the deployment's own `model_info` over it, and
/// `deployment::catalog` for names behind a wildcard. Adds the names of the provider's models to `deployment::other_names` where
/// `takes_known_names` asks for them. `base_model` is looked up in place of `model` when it is not empty. A null
/// \p catalog counts as an empty one. Fails with `errc::bad_configuration`, which names the deployment and the member, when a value of `model_info`
/// is of the wrong type; \p d is unchanged then.
LLMX_DECL [[nodiscard]] result<void> attach_facts(deployment& d, const std::shared_ptr<const model_catalog>& catalog);

/// The facts of \p model at \p d: those of the deployment, or for a wildcard those of the catalogue; null when nothing is known.
/// Allocates nothing. Valid as long as \p d.
LLMX_DECL [[nodiscard]] const model_facts* facts_of(const deployment& d, std::string_view model) noexcept;

/// The facts whose prices hold for what \p used counts and \p made describes: those that the catalogue has under a name with quality and size
/// ("openai/high/1024-x-1024/gpt-image-1"), where an answer has images and no tokens; those of "sora-2-pro-high-res" for a video whose shorter side
/// has 1024 pixels or more. An image without a size has 1024 x 1024 pixels, one without a quality is of the standard one. Null when there are
/// none: those of `facts_of` hold. Valid as long as \p d.
LLMX_DECL [[nodiscard]] const model_facts* facts_priced_by(const deployment& d, std::string_view model, const usage& used,
                                                           const unit_measures& made);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/attach_facts.ipp>
#endif
