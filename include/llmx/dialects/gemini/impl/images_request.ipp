// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/images.hpp>

#include <llmx/dialects/detail/image_shape.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/gemini/detail/images_fields.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// The shape of an image under the names of Google's APIs.
struct gemini_image_shape {
    gemini_image_shape() = default;
    /// "16:9", "2K"; empty: the model's choice.
    std::string_view ratio, size;
    /// There is no such shape.
    bool unknown = false;
};

/// Reads "1536x1024", "3:2", "auto" or nothing; \p ratios are those of the API.
LLMX_DECL [[nodiscard]] gemini_image_shape gemini_shape_of(std::string_view size, std::span<const std::string_view> ratios) noexcept {
    gemini_image_shape shape;
    if (size.empty() || size == "auto") return shape;
    if (const auto known = std::find(ratios.begin(), ratios.end(), size); known != ratios.end()) {
        shape.ratio = *known;
        return shape;
    }
    const auto [width, height] = read_image_pair(size, 'x');
    if (width == 0) {
        shape.unknown = true;
        return shape;
    }
    shape.ratio = nearest_image_ratio(width, height, ratios);
    shape.unknown = shape.ratio.empty();
    if (shape.unknown) return shape;
    // The usual images have 1024 pixels or, in a wide shape, as many in sum.
    const int longest = std::max(width, height);
    if (longest >= 3840) shape.size = "4K";
    else if (longest >= 2048) shape.size = "2K";
    return shape;
}

/// Reports the members of a request that neither API has a word for, where they ask for more than the model does by itself.
LLMX_DECL void gemini_images_report(const image_request& request, drop_report& drops) {
    report_image_choices(request, drops);
    if (!request.response_format.empty() && request.response_format != "b64_json") drops.lost(request_place().of<&image_request::response_format>());
}

inline constexpr std::string_view gemini_image_ratios[] = {"1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"};
inline constexpr std::string_view gemini_imagen_ratios[] = {"1:1", "3:4", "4:3", "9:16", "16:9"};

inline constexpr vendor_member gemini_images_members[] = {
    {"imageConfig", "image_config", "imageConfig"},   {"aspectRatio", "aspect_ratio", "aspectRatio"},
    {"imageSize", "image_size", "imageSize"},         {"personGeneration", "person_generation", "personGeneration"},
    {"safetySettings", "safety_settings", "safetySettings"}, {"seed", "", "seed"}};

/// Parameters of Imagen's API.
inline constexpr vendor_member gemini_imagen_members[] = {
    {"aspectRatio", "aspect_ratio", "aspectRatio"},          {"sampleImageSize", "sample_image_size", "sampleImageSize"},
    {"negativePrompt", "negative_prompt", "negativePrompt"}, {"personGeneration", "person_generation", "personGeneration"},
    {"safetySetting", "safety_setting", "safetySetting"},    {"includeRaiReason", "include_rai_reason", "includeRaiReason"},
    {"addWatermark", "add_watermark", "addWatermark"},       {"enhancePrompt", "enhance_prompt", "enhancePrompt"},
    {"guidanceScale", "guidance_scale", "guidanceScale"},    {"storageUri", "storage_uri", "storageUri"},
    {"language", "", "language"},                            {"seed", "", "seed"}};

LLMX_DECL void gemini_write_image(json_writer& w, const image_file& f) {
    const std::string data = base64_encode(f.octets);
    std::string_view type = type_by_bytes(f.content_type, data);
    if (type.empty()) type = "image/png";
    w.object().key("inlineData").object().member("mimeType", type).member("data", data).end_object().end_object();
}

LLMX_DECL result<void> gemini_images_encode(const image_request& request, const encode_options& options, std::string& out,
                                            drop_report& drops, bool edits) {
    if (auto fits = check_image_request(request, options, true, drops); fits.has_error()) return fits;
    const request_place at;
    if (edits && request.images.empty()) return drops.refuse(at.of<&image_request::images>(), "expected an image, as a file");
    report_fields(&request, gemini_images_fields.view(), at, drops);
    gemini_images_report(request, drops);
    if (request.n && *request.n != 1) drops.lost(at.of<&image_request::n>());
    if (!request.output_format.empty() && request.output_format != "png") drops.lost(at.of<&image_request::output_format>());
    if (!edits && !request.images.empty()) drops.lost(at.of<&image_request::images>());
    gemini_image_shape shape = gemini_shape_of(request.size, gemini_image_ratios);
    if (shape.unknown) drops.lost(at.of<&image_request::size>());

    json_writer w(out);
    w.object().key("contents").array().object().member("role", "user").key("parts").array();
    if (edits)
        for (const image_file& f : request.images) gemini_write_image(w, f);
    w.object().member("text", request.prompt).end_object().end_array().end_object().end_array();
    // A caller's own words are written where the API has them.
    std::string image_config, safety, seed;
    json_writer own(image_config);
    own.object();
    take_vendor_members(request.extra, gemini_images_members, at, drops, [&](const vendor_member& m, std::string_view json) {
        if (m.written == "safetySettings") safety = json;
        else if (m.written == "seed") seed = json;
        else if (m.written != "imageConfig") {
            own.raw_member(m.written, json);
            if (m.written == "aspectRatio") shape.ratio = std::string_view();
            if (m.written == "imageSize") shape.size = std::string_view();
        } else {
            static_cast<void>(scan_json_members(json, [&own, &shape](const json_member& inner) {
                own.raw_member(inner.key, inner.value);
                if (inner.named("aspectRatio") || inner.named("aspect_ratio")) shape.ratio = std::string_view();
                if (inner.named("imageSize") || inner.named("image_size")) shape.size = std::string_view();
            }));
        }
    });
    if (!shape.ratio.empty()) own.member("aspectRatio", shape.ratio);
    if (!shape.size.empty()) own.member("imageSize", shape.size);
    own.end_object();
    w.key("generationConfig").object().key("responseModalities").array().value("TEXT").value("IMAGE").end_array();
    if (image_config.size() > 2) w.raw_member("imageConfig", image_config);
    if (!seed.empty()) w.raw_member("seed", seed);
    w.end_object();
    if (!safety.empty()) w.raw_member("safetySettings", safety);
    w.end_object();
    return success();
}

LLMX_DECL result<void> gemini_imagen_encode(const image_request& request, const encode_options& options, std::string& out,
                                            drop_report& drops) {
    if (auto fits = check_image_request(request, options, true, drops); fits.has_error()) return fits;
    const request_place at;
    gemini_images_report(request, drops);
    gemini_image_shape shape = gemini_shape_of(request.size, gemini_imagen_ratios);
    // The largest that there is.
    if (shape.size == "4K") shape.unknown = true;
    if (shape.unknown) drops.lost(at.of<&image_request::size>());
    std::string_view type;
    if (request.output_format == "png") type = "image/png";
    else if (request.output_format == "jpeg" || request.output_format == "jpg") type = "image/jpeg";
    else if (!request.output_format.empty()) drops.lost(at.of<&image_request::output_format>());
    const bool compresses = request.output_compression && type == "image/jpeg" && *request.output_compression >= 0 && *request.output_compression <= 100;
    if (request.output_compression && !compresses) drops.lost(at.of<&image_request::output_compression>());

    json_writer w(out);
    w.object().key("instances").array().object().member("prompt", request.prompt).end_object().end_array();
    w.key("parameters").object();
    write_fields(w, &request, gemini_imagen_fields.view(), at, drops);
    take_vendor_members(request.extra, gemini_imagen_members, at, drops, [&w, &shape](const vendor_member& m, std::string_view json) {
        w.raw_member(m.written, json);
        if (m.written == "aspectRatio") shape.ratio = std::string_view();
        if (m.written == "sampleImageSize") shape.size = std::string_view();
    });
    if (!shape.ratio.empty()) w.member("aspectRatio", shape.ratio);
    if (shape.size == "2K") w.member("sampleImageSize", shape.size);
    if (!type.empty()) {
        w.key("outputOptions").object().member("mimeType", type);
        if (compresses) w.member("compressionQuality", *request.output_compression);
        w.end_object();
    }
    w.end_object().end_object();
    return success();
}

} // namespace llmx::inline LLMX_ABI::detail
