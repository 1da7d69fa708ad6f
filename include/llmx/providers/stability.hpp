// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/stability/images.hpp>
#include <llmx/providers/detail/job_forms.hpp>
#include <llmx/providers/job_vendor.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Stability AI (https://platform.stability.ai/docs/api-reference).
inline constexpr job_row stability = {.name = "stability", .base = "https://api.stability.ai", .key_env = "STABILITY_API_KEY",
                                      .base_env = "STABILITY_API_BASE", .fields = "accept: application/json\r\n",
                                      .read_error = &detail::read_stability_error};
} // namespace rows
namespace detail {
inline constexpr job_form stability_jobs = {.vendor = "stability", .read = &read_stability_job};
} // namespace detail

/// Images made and changed by Stability AI's services.
using stability = job_vendor<rows::stability, detail::stability_jobs, stability_images, stability_image_edits>;

} // namespace llmx::inline LLMX_ABI
