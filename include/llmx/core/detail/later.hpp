// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

namespace llmx::inline LLMX_ABI::detail {

/// `later<P...>::of(x)` is \p x, and depends on the template parameters \p P: an expression with it is
/// compiled when the function that holds it is instantiated, not where that function is defined.
template <class...> struct later {
    template <class T> [[nodiscard]] static constexpr T&& of(T&& x) noexcept { return static_cast<T&&>(x); }
};

} // namespace llmx::inline LLMX_ABI::detail
