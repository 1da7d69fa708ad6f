// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/video.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// What a vendor whose answer is a name alone was asked for: its reply repeats it, as OpenAI's does.
class video_rendering final : public rendering {
public:
    video_rendering(const video_request& request, std::int64_t length, std::string_view called)
        : model(called), prompt(request.prompt), size(request.size), seconds(length) {}
    std::string model, prompt, size;
    std::int64_t seconds;
};

/// \p job with what \p how, which may be null, has.
inline void repeat_video_request(video_job& job, const rendering* how) {
    const auto* const asked = static_cast<const video_rendering*>(how);
    if (asked == nullptr) return;
    job.model = asked->model;
    job.prompt = asked->prompt;
    job.size = asked->size;
    job.seconds = asked->seconds;
}

/// Whether \p r is more than one image, of which a request takes one.
[[nodiscard]] inline bool names_several_images(const video_reference& r) noexcept {
    return int{!r.octets.empty()} + int{!r.url.empty()} + int{!r.file_id.empty()} > 1;
}
/// Refuses a request with several.
[[nodiscard]] inline result<void> check_video_reference(const video_request& request, drop_report& drops) {
    if (!names_several_images(request.reference)) return success();
    return drops.refuse(request_place().of<&video_request::reference>(), "expected one image: octets, a URL or the id of a file");
}

/// The octets of \p r as a data URL.
[[nodiscard]] inline std::string video_reference_url(const video_reference& r) {
    const std::string data = base64_encode(r.octets);
    const std::string_view type = type_by_bytes(r.content_type, data);
    return make_data_url(type.empty() ? std::string_view("image/png") : type, data);
}

/// Ids of other vendors begin as OpenAI's do, so that one look shows what they are of.
inline constexpr std::string_view video_id_beginning = "video_";
/// The vendor's own id in \p id.
[[nodiscard]] constexpr std::string_view own_video_id(std::string_view id) noexcept {
    if (id.starts_with(video_id_beginning)) id.remove_prefix(video_id_beginning.size());
    return id;
}

} // namespace llmx::inline LLMX_ABI::detail
