// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>
#include <llmx/core/model_pattern.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The caller of a call, as an authenticator identified it.
///
/// Immutable once a `principal_ptr` refers to it; calls, logs and policies share it. Policies read
/// the caller's numbers from here, so that they need to know no store and no key. Reading is
/// thread-safe.
struct principal {
    principal() = default;

    /// Stable and unique among the principals of a program, also over reloads: limits are kept
    /// by it. Never the key itself.
    std::string id;
    /// Name for logs and messages.
    std::string alias;
    /// Free labels, in the access log.
    std::vector<std::string> tags;
    /// Names of models that may be requested; a trailing "*" allows every name with that prefix.
    /// Empty: all.
    std::vector<std::string> models;
    /// Limits of this principal in place of those that `rate_limit` has for each caller; 0: no limit
    /// of its own.
    std::uint64_t requests_per_minute = 0, tokens_per_minute = 0;

    [[nodiscard]] bool has_limits() const noexcept { return requests_per_minute != 0 || tokens_per_minute != 0; }

    /// Whether \p model may be requested. Linear in `models`.
    [[nodiscard]] bool may_use(std::string_view model) const noexcept {
        return models.empty() || std::any_of(models.begin(), models.end(), [model](std::string_view allowed) {
                   const std::size_t star = allowed.find('*');
                   if (star == std::string_view::npos) return allowed == model;
                   if (star + 1 != allowed.size()) return match_pattern(allowed, model);
                   allowed.remove_suffix(1);
                   return model.starts_with(allowed);
               });
    }
};
using principal_ptr = std::shared_ptr<const principal>;

} // namespace llmx::inline LLMX_ABI
