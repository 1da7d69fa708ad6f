// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/registry/registry.hpp>

#include <cstddef>
#include <string_view>
#include <vector>

namespace llmx::inline v0 {

/// What reading settings needs to know of a provider in the program.
struct known_provider {
    known_provider() = default;
    std::string_view name;
    provider_facts facts;
    /// Checks a model's name when that can be done without the vendor; may be null.
    result<void> (*check_model)(std::string_view model) = nullptr;
    /// The model that exists without an account, under the provider's name; may be empty.
    std::string_view ready_model;
};

namespace detail {
[[nodiscard]] inline known_provider describe_provider(const provider_ops& ops) {
    known_provider p;
    p.name = ops.name;
    p.facts = ops.facts;
    if (&ops == &provider_ops_of<mock>) {
        p.ready_model = "echo";
        p.check_model = [](std::string_view model) -> result<void> {
            auto script = parse_mock_script(model);
            if (script.has_error()) return script.error();
            return success();
        };
    }
    return p;
}
} // namespace detail

/// The providers of a registry, as data.
template <class Registry> [[nodiscard]] std::vector<known_provider> known_providers() {
    std::vector<known_provider> all;
    for (std::size_t i = 0; i < Registry::size; ++i) all.push_back(detail::describe_provider(Registry::ops(i)));
    return all;
}

} // namespace llmx::inline v0
