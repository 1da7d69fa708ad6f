// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

#include <array>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr std::array<std::string_view, 7> sail_refuses = {
    "frequency_penalty", "logit_bias", "logprobs", "presence_penalty", "seed", "stop", "top_logprobs"};
inline constexpr member_edit sail_edits[] = {
    exchange_member("service_tier", "\"default\" \"priority\"", "metadata", R"({"completion_window":"asap"})"),
    exchange_member("service_tier", "\"balanced\"", "metadata", R"({"completion_window":"balanced"})"),
    exchange_member("service_tier", "\"flex\"", "metadata", R"({"completion_window":"flex"})")};
} // namespace detail

namespace rows {
/// Sail Research (docs.sailresearch.com).
inline constexpr vendor_row sail = {
    .name = "sail",
    .base = "https://api.sailresearch.com/v1",
    .key_env = "SAIL_API_KEY",
    .base_env = "SAIL_API_BASE",
    .operations = serves::chat,
    .edits = detail::sail_edits,
    .refuses = detail::sail_refuses,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
