// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/detail/open_call.hpp>

#include <cstddef>
#include <cstdint>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void open_context(runtime& on, call_context& ctx) {
    if (ctx.started == time_point()) ctx.started = on.now();
    if (ctx.request_id.empty()) {
        static constexpr char hex[] = "0123456789abcdef";
        ctx.request_id.resize(32);
        for (std::size_t word = 0; word < 2; ++word) {
            std::uint64_t bits = on.random();
            for (std::size_t i = 0; i < 16; ++i, bits >>= 4) ctx.request_id[word * 16 + i] = hex[bits & 15];
        }
    }
}

} // namespace llmx::inline LLMX_ABI::detail
