// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/videos.hpp>

#include <llmx/core/detail/pixel_size.hpp>
#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/detail/video_rendering.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr auto gemini_veo_fields = fields_of<video_request>(
    by_hand<&video_request::model>(""), // the URL names it
    by_hand<&video_request::prompt>("instances"), by_hand<&video_request::reference>("instances"),
    mapped<&video_request::seconds>("durationSeconds").inside("parameters"), by_hand<&video_request::size>("parameters"),
    by_hand<&video_request::extra>(""));
static_assert(accounts_for_all<video_request>(gemini_veo_fields));

/// Parameters of the API that the vocabulary does not have. Several videos of one request would be charged as one.
inline constexpr vendor_member gemini_veo_members[] = {
    {"negativePrompt", "negative_prompt", "negativePrompt"}, {"personGeneration", "person_generation", "personGeneration"},
    {"generateAudio", "generate_audio", "generateAudio"},    {"storageUri", "storage_uri", "storageUri"},
    {"enhancePrompt", "enhance_prompt", "enhancePrompt"},    {"resizeMode", "resize_mode", "resizeMode"},
    {"compressionQuality", "compression_quality", "compressionQuality"}, {"seed", "", "seed"}};

/// A video's shape under the names of the API; empty: the model's choice.
struct gemini_veo_shape {
    gemini_veo_shape() = default;
    std::string_view ratio, resolution;
    bool unknown = false;
};

LLMX_DECL [[nodiscard]] gemini_veo_shape gemini_veo_shape_of(std::string_view size) noexcept {
    gemini_veo_shape shape;
    if (size.empty() || size == "auto") return shape;
    const pixel_size read = read_pixel_size(size);
    const double wide = read.empty() ? 0 : static_cast<double>(read.width) / read.height;
    if (std::abs(wide * 9 / 16 - 1) < 0.05) shape.ratio = "16:9";
    else if (std::abs(wide * 16 / 9 - 1) < 0.05) shape.ratio = "9:16";
    const std::uint16_t shorter = std::min(read.width, read.height);
    if (shorter == 1080) shape.resolution = "1080p";
    else if (shorter == 2160) shape.resolution = "4k";
    shape.unknown = shape.ratio.empty() || (shorter != 720 && shape.resolution.empty());
    return shape;
}

/// Writes the first image; false when Google cannot be sent it.
LLMX_DECL [[nodiscard]] bool gemini_veo_write_image(json_writer& w, const video_reference& r) {
    std::string data;
    std::string_view declared = r.content_type;
    if (!r.octets.empty()) {
        data = base64_encode(r.octets);
    } else if (r.url.starts_with("gs://")) {
        const std::string_view type = r.url.ends_with(".png") ? "image/png" : r.url.ends_with(".webp") ? "image/webp" : "image/jpeg";
        w.key("image").object().member("gcsUri", r.url).member("mimeType", type).end_object();
        return true;
    } else {
        const auto parts = parse_data_url(r.url);
        if (!parts || !parts->base64 || parts->payload.empty()) return false;
        data = parts->payload;
        declared = parts->media_type;
    }
    const std::string_view type = type_by_bytes(declared, data);
    w.key("image").object().member("bytesBase64Encoded", data).member("mimeType", type.empty() ? std::string_view("image/png") : type).end_object();
    return true;
}

/// The name of the operation in \p id, checked: segments of a path, each percent-encoded.
LLMX_DECL [[nodiscard]] result<std::string> gemini_veo_operation(const video_state_request& request, drop_report& drops) {
    const std::string_view operation = own_video_id(request.id);
    const auto wrong = [&drops] {
        return drops.refuse(request_place().of<&video_state_request::id>(), "expected the id of a video that this vendor makes");
    };
    if (operation.find("operations/") == std::string_view::npos || operation.size() > 1024) return wrong();
    std::string path;
    for (std::string_view rest = operation; !rest.empty();) {
        const std::string_view one = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        if (one.empty() || one == "." || one == "..") return wrong();
        path += '/';
        append_percent_encoded(path, one);
    }
    return path;
}

LLMX_DECL void gemini_veo_read_videos(const json_cursor& response, video_job& to) {
    // The Gemini API has generateVideoResponse.generatedSamples, Vertex AI videos.
    const json_cursor inner = response["generateVideoResponse"], samples = inner["generatedSamples"], videos = response["videos"];
    const json_cursor first_sample = samples[std::size_t{0}], sample = first_sample["video"], first = videos[std::size_t{0}];
    to.content_url = sample["uri"].string_or(first["gcsUri"].string_or());
    to.content_base64 = first["bytesBase64Encoded"].string_or(sample["bytesBase64Encoded"].string_or());
    if (!to.content_url.empty() || !to.content_base64.empty()) {
        to.status = "completed";
        to.progress = 100;
        return;
    }
    to.status = "failed";
    const json_cursor of_inner = inner["raiMediaFilteredReasons"], of_response = response["raiMediaFilteredReasons"];
    const json_cursor inner_reason = of_inner[std::size_t{0}], reason = of_response[std::size_t{0}];
    to.error_message = inner_reason.string_or(reason.string_or());
    to.error_code = "content_policy";
    if (to.error_message.empty()) to.error_message = "the provider made no video because of its content rules";
}

LLMX_DECL result<video_job> gemini_veo_read(std::string_view body, const rendering* how) {
    json_document document(body, json_naming::proto);
    if (const result<void> read = document.status(); !read) return error(errc::bad_response, "the provider's answer is " + read.error().message());
    const json_cursor in = document.root(), failure = in["error"], response = in["response"];
    video_job to;
    const std::string_view operation = in["name"].string_or();
    if (operation.empty()) return error(errc::bad_response, "the answer has no name of an operation");
    to.id.assign(video_id_beginning).append(operation);
    to.status = how != nullptr ? "queued" : "in_progress";
    repeat_video_request(to, how);
    if (failure.object() != nullptr) {
        to.status = "failed";
        to.error_message = failure["message"].string_or("the provider reports no reason");
        to.error_code = failure["status"].string_or();
        if (const std::int64_t code = failure["code"].int_or(); to.error_code.empty() && code != 0) to.error_code = std::to_string(code);
    } else if (in["done"].bool_or()) {
        gemini_veo_read_videos(response, to);
    }
    return to;
}

LLMX_DECL bool gemini_veo_holds_answer(std::string_view body) noexcept {
    return any_json_member(body, "name", [body](std::size_t at) { return body[at] == '"'; });
}

} // namespace detail

LLMX_DECL result<void> gemini_veo::encode_request(const video_request& request, const encode_options& options, encoded_request& out,
                                                  drop_report& drops) {
    const request_place at;
    if (request.prompt.empty()) return drops.refuse(at.of<&video_request::prompt>(), "expected a description of the video");
    if (auto one = detail::check_video_reference(request, drops); one.has_error()) return one;
    const detail::gemini_veo_shape shape = detail::gemini_veo_shape_of(request.size);
    if (shape.unknown) drops.lost(at.of<&video_request::size>());
    std::string body;
    json_writer w(body);
    w.object().key("instances").array().object().member("prompt", request.prompt);
    if (!request.reference.empty() && !detail::gemini_veo_write_image(w, request.reference))
        return drops.refuse(at.of<&video_request::reference>(), "expected an image as a file, in a data URL or in Google Cloud Storage: this "
                                                                "provider fetches no other URL and has no files of other vendors",
                            errc::unsupported_parameter);
    w.end_object().end_array().key("parameters").object();
    if (request.seconds) w.member("durationSeconds", *request.seconds);
    if (!shape.ratio.empty()) w.member("aspectRatio", shape.ratio);
    if (!shape.resolution.empty()) w.member("resolution", shape.resolution);
    detail::take_vendor_members(request.extra, detail::gemini_veo_members, at, drops,
                                [&w](const detail::vendor_member& m, std::string_view json) { w.raw_member(m.written, json); });
    w.end_object().end_object();
    out.body += body;
    out.how = std::make_unique<detail::video_rendering>(request, request.seconds.value_or(default_seconds),
                                                        options.model.empty() ? std::string_view(request.model) : options.model);
    return success();
}

LLMX_DECL usage gemini_veo::scan_usage(std::string_view body) {
    usage u;
    if (holds_answer(body)) u.output_milliseconds = static_cast<std::uint32_t>(default_seconds * 1000);
    return u;
}

LLMX_DECL result<void> gemini_veo_state::encode_request(const video_state_request& request, const encode_options&, encoded_request& out,
                                                        drop_report& drops) {
    const result<std::string> operation = detail::gemini_veo_operation(request, drops);
    if (!operation) return operation.error();
    out.url_end += *operation;
    return success();
}

LLMX_DECL result<void> vertex_veo_state::encode_request(const video_state_request& request, const encode_options&, encoded_request& out,
                                                        drop_report& drops) {
    const result<std::string> operation = detail::gemini_veo_operation(request, drops);
    if (!operation) return operation.error();
    // projects/{p}/locations/{l}/publishers/google/models/{m}/operations/{id}
    const std::size_t end = operation->rfind("/operations/");
    if (end == 0 || end == std::string::npos)
        return drops.refuse(request_place().of<&video_state_request::id>(), "expected the id of a video that this vendor makes");
    out.url_end.append(*operation, 0, end).append(":fetchPredictOperation");
    json_writer w(out.body);
    w.object().member("operationName", detail::own_video_id(request.id)).end_object();
    return success();
}

} // namespace llmx::inline LLMX_ABI
