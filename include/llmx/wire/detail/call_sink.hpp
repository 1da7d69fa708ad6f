// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>

#include <type_traits>

namespace llmx::inline LLMX_ABI::detail {

/// Calls a sink that returns `void` or `result<void>`; the outcome as a result.
template <class Sink, class Item> result<void> call_sink(Sink& sink, const Item& item) {
    using outcome = std::invoke_result_t<Sink&, const Item&>;
    static_assert(std::is_void_v<outcome> || std::is_same_v<outcome, result<void>>,
                  "llmx: a sink returns void or llmx::result<void>");
    if constexpr (std::is_void_v<outcome>) {
        sink(item);
        return success();
    } else {
        return sink(item);
    }
}

} // namespace llmx::inline LLMX_ABI::detail
