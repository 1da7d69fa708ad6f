// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {
inline constexpr member_edit tencent_edits[] = {
    exchange_member("reasoning_effort", "\"none\"", "thinking", R"({"type":"disabled"})"),
    exchange_member("reasoning_effort", "\"minimal\" \"low\" \"medium\" \"high\" \"xhigh\" \"max\"", "thinking", R"({"type":"enabled"})")};
} // namespace detail

namespace rows {
/// Tencent Cloud's TokenHub (cloud.tencent.com/document/product/1823), which takes `thinking` in place of an effort.
inline constexpr vendor_row tencent = {
    .name = "tencent",
    .base = "https://tokenhub-intl.tencentcloudmaas.com/v1",
    .version = "/v1",
    .key_env = "TENCENT_API_KEY",
    .base_env = "TENCENT_API_BASE",
    .operations = serves::chat,
    .edits = detail::tencent_edits,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
