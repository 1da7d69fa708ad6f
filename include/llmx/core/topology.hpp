// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/deployment.hpp>
#include <llmx/core/model_pattern.hpp>
#include <llmx/core/result.hpp>

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The deployments that share one public model name, in order of `deployment::order`.
struct model_group {
    model_group() = default;
    std::string name;
    std::vector<const deployment*> members;
    /// The group stands for every name that `deployment::model_group` of its members matches; `name` is what is before the first "*".
    bool wildcard = false;
    /// The whole pattern of such a group, when it does not end with its only "*"; else empty.
    std::string pattern;
};

/// A configured model that no deployment serves, such as one of a provider that is not in the program.
struct unserved_model {
    unserved_model() = default;
    unserved_model(std::string model, std::string reason) : name(std::move(model)), why(std::move(reason)) {}
    /// One with a "*" stands for every name that it matches.
    std::string name;
    /// One sentence without its end, for the caller of the model; no secret.
    std::string why;
};

/// All deployments and how to find them: immutable once built, shared by calls.
///
/// A reload makes a new one; a call keeps the one it began with. Reading is
/// thread-safe.
class topology {
public:
    /// Sorts \p deployments into groups and gives each its index; `registry::make_topology`
    /// completes them before, without which no gateway serves them. Duplicate or empty ids,
    /// empty groups or models and weights that are negative or not finite are
    /// `errc::bad_configuration`. \p aliases maps further public names to groups. Names of \p unserved are those of groups
    /// without a deployment; an alias may refer to one of them.
    LLMX_DECL [[nodiscard]] static result<std::shared_ptr<const topology>>
    make(std::vector<deployment> deployments,
         std::vector<std::pair<std::string, std::string>> aliases = std::vector<std::pair<std::string, std::string>>(),
         std::vector<unserved_model> unserved = std::vector<unserved_model>());

    topology(const topology&) = delete;
    topology& operator=(const topology&) = delete;

    /// The group a caller's \p model names: exact name or alias first, then the wildcard group with the most literal characters that
    /// matches (`match_pattern`), then a further name (`deployment::other_names`), then a deployment id (which pins it); null when there
    /// is none. A name with a "*" in it is no model behind a wildcard. "deployment:" before an id pins it whatever the names of groups are.
    LLMX_DECL [[nodiscard]] const model_group* find(std::string_view model) const noexcept;
    /// Why \p model, which `find` does not find, is not served although it is configured; null when it is not configured.
    LLMX_DECL [[nodiscard]] const unserved_model* find_unserved(std::string_view model) const noexcept;

    [[nodiscard]] std::span<const deployment> deployments() const noexcept { return deployments_; }
    /// Groups by name, for listings; wildcard groups and pinning groups are not among them.
    LLMX_DECL [[nodiscard]] std::vector<std::string_view> model_names() const;
    LLMX_DECL [[nodiscard]] std::vector<std::string_view> wildcard_names() const;
    /// The wildcard groups, the most specific first.
    [[nodiscard]] std::span<const model_group> wildcards() const noexcept { return wildcards_; }

private:
    topology() = default;
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>()(s); }
    };
    std::vector<deployment> deployments_;
    std::unordered_map<std::string, model_group, hash, std::equal_to<>> groups_;
    std::unordered_map<std::string, std::string, hash, std::equal_to<>> aliases_;
    std::unordered_map<std::string, model_group, hash, std::equal_to<>> pins_;
    std::vector<model_group> wildcards_;
    /// Positions in `wildcards_` of the groups that have further names: whole names, and prefixes with the longest first.
    std::unordered_map<std::string, std::size_t, hash, std::equal_to<>> other_names_;
    std::vector<std::pair<std::string, std::size_t>> other_prefixes_;
    /// Wildcards last, the most specific first.
    std::vector<unserved_model> unserved_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/topology.ipp>
#endif
