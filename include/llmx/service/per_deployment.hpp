// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/topology.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// One \p State per deployment of a topology, kept over a reload by deployment id.
///
/// \p State is default-constructible and usually made of atomics: calls of several
/// cores use it at once. The map itself is immutable after `adopt`.
template <class State> class per_deployment {
public:
    explicit per_deployment(std::shared_ptr<const topology> world) : world_(std::move(world)) {
        cells_.reserve(world_->deployments().size());
        for (std::size_t i = 0; i < world_->deployments().size(); ++i)
            cells_.push_back(std::make_shared<State>());
    }

    /// Shares the state of every deployment that is in \p previous under the same id.
    void adopt(const per_deployment& previous) {
        std::unordered_map<std::string_view, std::size_t> known;
        for (const deployment& d : previous.world_->deployments()) known.emplace(d.id, d.index);
        for (const deployment& d : world_->deployments())
            if (const auto it = known.find(d.id); it != known.end())
                cells_[d.index] = previous.cells_[it->second];
    }

    [[nodiscard]] State& operator[](const deployment& d) const noexcept { return *cells_[d.index]; }
    [[nodiscard]] const topology& world() const noexcept { return *world_; }

private:
    std::shared_ptr<const topology> world_;
    std::vector<std::shared_ptr<State>> cells_;
};

} // namespace llmx::inline LLMX_ABI
