// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// "member: field required": the message of a scan that refuses a request.
[[nodiscard]] inline error member_required(std::string_view member) {
    error e(errc::invalid_request, std::string(member) + ": field required");
    return e.with_param(std::string(member));
}

} // namespace llmx::inline LLMX_ABI::detail
