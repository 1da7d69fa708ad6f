// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/model_traits.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/member_spans.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

// Whether a request that could pass as it is asks for what its model does not take (`codec_ops::exceeds_model`): then it is
// written anew, by the encoder, which knows what to leave out. What the model takes without effect may pass.

/// Whether anything is known that a request could exceed.
[[nodiscard]] constexpr bool restricts_requests(const model_traits& t) noexcept {
    return t.max_output_tokens > 0 || t.refused_sampling != 0 || t.efforts != 0 || !t.parallel_tools ||
           t.reasoning == model_traits::reasoning_style::none;
}

/// Whether the value of \p p is one that the model refuses; \p neutral is what a request without the member means.
LLMX_DECL [[nodiscard]] bool refuses_value(const model_traits& t, sampling_parameter p, std::string_view json, double neutral) noexcept;

/// Whether \p json, the value of a member that may be empty (a list, an object, a text), is neither null nor empty.
LLMX_DECL [[nodiscard]] bool asks_for_something(std::string_view json) noexcept;

/// Whether \p json is a number above \p most, which is 0 when there is no limit.
LLMX_DECL [[nodiscard]] bool is_above(std::string_view json, std::int64_t most) noexcept;

/// Whether \p json is the name of an effort that the model does not take. Letters count as small ones.
LLMX_DECL [[nodiscard]] bool is_other_effort(const model_traits& t, std::string_view json) noexcept;

/// Whether the budget \p json of a model with budgets is outside its range.
LLMX_DECL [[nodiscard]] bool is_other_budget(const model_traits& t, std::string_view json) noexcept;

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/passed_request.ipp>
#endif
