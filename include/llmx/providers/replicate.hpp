// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/replicate/chat.hpp>
#include <llmx/dialects/replicate/images.hpp>
#include <llmx/providers/detail/audio_vendor.hpp>
#include <llmx/providers/detail/job_forms.hpp>
#include <llmx/providers/job_vendor.hpp>

namespace llmx::inline LLMX_ABI {
namespace rows {
/// Replicate (https://replicate.com/docs/reference/http).
inline constexpr job_row replicate = {.name = "replicate", .base = "https://api.replicate.com", .key_env = {"REPLICATE_API_KEY", "REPLICATE_API_TOKEN"},
                                      .base_env = "REPLICATE_API_BASE", .fields = "accept: application/json\r\n",
                                      .place = &detail::place_replicate_model,
                                      .read_error = &detail::read_audio_error};
} // namespace rows
namespace detail {
inline constexpr job_form replicate_jobs = {.vendor = "replicate", .read = &read_replicate_job, .domain = "replicate.com",
                                            .cancel_method = "POST", .files = "output output.url output.image output.images",
                                            .begin = &begin_replicate_job, .last_event = "event: done",
                                            .write_events = &replicate_chat::write_events};
} // namespace detail

/// Chat, and images made and changed, by models at Replicate.
using replicate = job_vendor<rows::replicate, detail::replicate_jobs, replicate_chat, replicate_images, replicate_image_edits>;

} // namespace llmx::inline LLMX_ABI
