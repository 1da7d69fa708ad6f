// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/registry/provider_ops.hpp>

#include <cstddef>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The providers that an element of a registry's list adds to it: one provider; an array of vendors (vendors.hpp)
/// as many as it has rows.
template <class P> struct registry_entry {
    static constexpr bool good = provider<P>;
    static constexpr std::size_t size = 1;
    [[nodiscard]] static constexpr const provider_ops* ops(std::size_t) noexcept { return &provider_ops_of<P>; }
    [[nodiscard]] static const void* self(const P& object, std::size_t) noexcept { return &object; }
    template <class Op> static constexpr bool supports = P::codecs::template has<Op>;
    template <class Op> using serving = P;
};

} // namespace detail
} // namespace llmx::inline LLMX_ABI
