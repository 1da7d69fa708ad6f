// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/model_catalog.hpp>
#include <llmx/core/deployment.hpp>
#include <llmx/core/result.hpp>

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

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/catalog/impl/attach_facts.ipp>
#endif
