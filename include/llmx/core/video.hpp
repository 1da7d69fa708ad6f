// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/describe.hpp>
#include <llmx/core/extra.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/usage.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// An image that a video begins with: its octets, a URL, which may be a data URL, or a file that the vendor has. One of them.
struct video_reference {
    video_reference() = default;

    std::string octets;
    std::string filename;
    /// Media type of `octets`; empty: it is found by the first of them.
    std::string content_type;
    std::string url;
    std::string file_id;
    [[nodiscard]] bool empty() const noexcept { return octets.empty() && url.empty() && file_id.empty(); }
    friend bool operator==(const video_reference&, const video_reference&) = default;
};
LLMX_DESCRIBE(video_reference, (octets, filename, content_type, url, file_id))

/// A call that begins to make a video, independent of any vendor's language. Everything absent stays absent on the wire.
struct video_request {
    video_request() = default;
    video_request(std::string model_name, std::string text) : model(std::move(model_name)), prompt(std::move(text)) {}

    std::string model;
    std::string prompt;
    video_reference reference;
    /// Length of the video; unset: the vendor's default.
    std::optional<std::int64_t> seconds;
    /// "1280x720": width and height in pixels.
    std::string size;

    extra_members extra;
    friend bool operator==(const video_request&, const video_request&) = default;
};
LLMX_DESCRIBE(video_request, (model, prompt, reference, seconds, size, extra))

/// A video that is being made, or was: the answer to the call that began it and to each that asks for its state.
struct video_job {
    video_job() = default;

    /// The vendor's; for later calls to the same account.
    std::string id;
    std::string model;
    /// "queued", "in_progress", "completed" or "failed".
    std::string status;
    /// In percent.
    std::int64_t progress = 0;
    /// Seconds since 1970; 0: the vendor names no time.
    std::int64_t created_at = 0, completed_at = 0, expires_at = 0;
    std::string prompt;
    std::string size;
    /// Length of the video; 0: the vendor does not state it.
    std::int64_t seconds = 0;
    /// Id of the video that this one is a change of.
    std::string remixed_from;
    /// Why it failed.
    std::string error_code, error_message;
    /// Where a finished video is, for vendors that do not have it under its id, or the video in base64. No client is sent these.
    std::string content_url, content_base64;
    llmx::usage usage;
    extra_members extra;
    friend bool operator==(const video_job&, const video_job&) = default;
};
LLMX_DESCRIBE(video_job, (id, model, status, progress, created_at, completed_at, expires_at, prompt, size, seconds, remixed_from, error_code,
                          error_message, content_url, content_base64, usage, extra))

/// A call for the state of a video that `video` has begun, at the account that makes it.
struct video_state_request {
    video_state_request() = default;
    video_state_request(std::string model_name, std::string video_id) : model(std::move(model_name)), id(std::move(video_id)) {}

    /// The model that made it; where a model has several deployments, "deployment:ID" (`pinned_model`) with the one that
    /// `call_report::deployment_id` named.
    std::string model;
    /// `video_job::id`.
    std::string id;
    friend bool operator==(const video_state_request&, const video_state_request&) = default;
};
LLMX_DESCRIBE(video_state_request, (model, id))

struct video_forms;
struct video_state_forms;

/// The operation: begins a video. `usage` has the milliseconds that are charged. Its codecs: `<llmx/dialects/videos.hpp>`, as of `video_state`.
struct video {
    using request = video_request;
    using reply = video_job;
    using forms = video_forms;
    static constexpr operation_info info{"video", operation_info::answers::json};
};
/// The operation: what has become of a video. It is charged nothing.
struct video_state {
    using request = video_state_request;
    using reply = video_job;
    using forms = video_state_forms;
    static constexpr operation_info info{"video_state", operation_info::answers::json};
};
static_assert(operation<video> && operation<video_state>);

} // namespace llmx::inline LLMX_ABI
