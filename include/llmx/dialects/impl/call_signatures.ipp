// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/call_signatures.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <variant>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void restore_call_signatures(std::vector<content_part>& parts, request_origins* origins, std::uint32_t list) {
    std::string carried; // by the latest block, for the next call
    std::size_t kept = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto* const carrier = std::get_if<thinking_part>(&parts[i]);
        if (carrier != nullptr && carrier->signature.starts_with(call_signature_mark)) {
            carried = carrier->signature.substr(call_signature_mark.size());
            carrier->signature.clear();
            carrier->signer.clear();
            if (carrier->text.empty()) continue; // it was made for the signature alone
        } else if (auto* const call = std::get_if<tool_call_part>(&parts[i]); call != nullptr && !carried.empty()) {
            call->signature = std::exchange(carried, std::string());
        }
        if (origins != nullptr) origins->part(wire_origin(list, i));
        if (kept != i) parts[kept] = std::move(parts[i]);
        ++kept;
    }
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(kept), parts.end());
}

} // namespace llmx::inline LLMX_ABI::detail
