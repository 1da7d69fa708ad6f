// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/registry/provider_ops.hpp>

#include <cstddef>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The providers that an element of a registry's list adds to it: one provider; an array of vendors (vendors.hpp)
/// as many as it has rows.
template <class P> struct registry_entry {
    struct check : check_provider<P>, check_provider_hooks<P> {};
    static constexpr bool good = good_provider<P>;
    static constexpr std::size_t size = good ? 1 : 0;
    [[nodiscard]] static constexpr const provider_ops* ops(std::size_t) noexcept {
        // The branch keeps the compiler from explaining the table of a type that is no provider.
        if constexpr (good) return &provider_ops_of<P>;
        else return nullptr;
    }
    [[nodiscard]] static const void* self(const P& object, std::size_t) noexcept { return &object; }
    template <class Op> [[nodiscard]] static constexpr bool has_operation() noexcept {
        if constexpr (good) return P::codecs::template has<Op> || names_form_of<Op>(on_demand_of<P>());
        else return false;
    }
    template <class Op> static constexpr bool supports = has_operation<Op>();
    template <class Op> using serving = P;
};

} // namespace detail
} // namespace llmx::inline LLMX_ABI
