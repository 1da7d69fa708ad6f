// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_request.hpp>

#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI::detail {

/// Whether a deployment may have a default for the member \p name of a chat request: what the caller asks is in the others.
[[nodiscard]] constexpr bool may_default(std::string_view name) noexcept {
    return name != "model" && name != "messages" && name != "stream" && name != "include_usage" && name != "extra";
}

/// Gives \p request each member that it does not have and \p defaults has. Members that name the same thing count as one: a request
/// with reasoning of its own keeps all of it.
inline void fill_absent(chat_request& request, const chat_request& defaults) {
    boost::mp11::mp_for_each<members_of<chat_request>>([&](auto d) {
        using member = std::remove_reference_t<decltype(request.*d.pointer)>;
        if (may_default(d.name) && request.*d.pointer == member() && !(defaults.*d.pointer == member())) request.*d.pointer = defaults.*d.pointer;
    });
}

} // namespace llmx::inline LLMX_ABI::detail
