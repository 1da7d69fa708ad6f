// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/vendor_row.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Heroku's Managed Inference (devcenter.heroku.com/articles/heroku-inference). The other regions have hosts of their own,
/// such as `https://eu.inference.heroku.com`.
inline constexpr vendor_row heroku = {
    .name = "heroku",
    .base = "https://us.inference.heroku.com",
    .version = "/v1",
    .key_env = "HEROKU_API_KEY",
    .base_env = "HEROKU_API_BASE",
    .operations = serves::chat | serves::embeddings,
    .text_content = true,
};
} // namespace rows

} // namespace llmx::inline LLMX_ABI
