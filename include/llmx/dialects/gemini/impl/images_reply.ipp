// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/images.hpp>

#include <llmx/dialects/gemini/detail/generate_parts.hpp>
#include <llmx/dialects/gemini/detail/generate_content.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL [[nodiscard]] std::uint16_t gemini_count_images(std::size_t n) noexcept {
    return static_cast<std::uint16_t>(std::min<std::size_t>(n, 65535));
}

/// "png" of "image/png".
LLMX_DECL [[nodiscard]] std::string gemini_image_format(std::string_view type) {
    return std::string(type.starts_with("image/") ? type.substr(6) : std::string_view());
}

/// An answer without an image; \p reason is the vendor's word, which may be empty.
LLMX_DECL [[nodiscard]] error gemini_no_image(std::string_view reason, std::string_view text) {
    constexpr std::array<std::string_view, 8> refusals = {"SAFETY",   "IMAGE_SAFETY", "PROHIBITED_CONTENT", "IMAGE_PROHIBITED_CONTENT",
                                                          "BLOCKLIST", "RECITATION",  "IMAGE_RECITATION",   "SPII"};
    const bool refused = std::find(refusals.begin(), refusals.end(), reason) != refusals.end();
    error e(refused ? errc::content_policy : errc::bad_response,
            refused ? "the provider made no image because of its content rules" : "the provider answered without an image");
    if (!reason.empty()) e.with_provider_code(std::string(reason));
    if (!text.empty()) e.with_provider_message(std::string(text.substr(0, 512)));
    return e;
}

LLMX_DECL result<image_reply> gemini_images_read(std::string_view body) {
    json_document document(body, json_naming::proto);
    if (const result<void> read = document.status(); !read)
        return error(errc::bad_response, "the provider's answer is " + read.error().message());
    const json_cursor in = document.root(), failure = in["error"], candidates = in["candidates"], feedback = in["promptFeedback"],
                      metadata = in["usageMetadata"];
    if (failure.object() != nullptr) return generate_read_failure(failure);
    image_reply to;
    std::string reason(feedback["blockReason"].string_or()), text;
    // A prompt that was blocked has no candidate.
    if (!reason.empty()) reason = reason == "OTHER" ? "PROHIBITED_CONTENT" : reason;
    candidates.each_object_or_skip([&](const json_cursor& one, std::size_t) {
        if (const std::string_view word = one["finishReason"].string_or(); !word.empty() && word != "STOP") reason = word;
        const json_cursor content = one["content"], parts = content["parts"];
        parts.each_object_or_skip([&](const json_cursor& part, std::size_t) {
            // Drafts of a model that thinks.
            if (part["thought"].bool_or()) return;
            const json_cursor data = part["inlineData"];
            const std::string_view bytes = data["data"].string_or();
            if (bytes.empty()) {
                text += part["text"].string_or();
                return;
            }
            to.images.emplace_back().base64 = bytes;
            if (to.output_format.empty()) to.output_format = gemini_image_format(data["mimeType"].string_or());
        });
    });
    if (to.images.empty()) return gemini_no_image(reason, text);
    to.usage = generate_read_usage(metadata);
    if (to.usage.empty()) to.usage.images = gemini_count_images(to.images.size());
    return to;
}

LLMX_DECL usage gemini_images_usage(std::string_view body) {
    usage found = gemini_generate::scan_usage(body);
    if (!found.empty()) return found;
    if (const result<image_reply> read = gemini_images_read(body); read) found.images = gemini_count_images(read->images.size());
    return found;
}

LLMX_DECL result<image_reply> gemini_imagen_read(std::string_view body) {
    json_document document(body, json_naming::proto);
    if (const result<void> read = document.status(); !read)
        return error(errc::bad_response, "the provider's answer is " + read.error().message());
    const json_cursor in = document.root(), failure = in["error"], predictions = in["predictions"];
    if (failure.object() != nullptr) return generate_read_failure(failure);
    image_reply to;
    std::string filtered;
    bool refused = predictions.array() == nullptr || predictions.array()->empty();
    predictions.each_object_or_skip([&](const json_cursor& one, std::size_t) {
        if (const std::string_view why = one["raiFilteredReason"].string_or(); !why.empty()) {
            filtered = why;
            refused = true;
        }
        generated_image image;
        image.base64 = one["bytesBase64Encoded"].string_or();
        image.url = one["gcsUri"].string_or();
        image.revised_prompt = one["prompt"].string_or();
        if (image.base64.empty() && image.url.empty()) return;
        to.images.push_back(std::move(image));
        if (to.output_format.empty()) to.output_format = gemini_image_format(one["mimeType"].string_or());
    });
    // The filter removes all images without a word unless the request has includeRaiReason.
    if (to.images.empty()) return gemini_no_image(refused ? std::string_view("SAFETY") : std::string_view(), filtered);
    to.usage.images = gemini_count_images(to.images.size());
    return to;
}

LLMX_DECL usage gemini_imagen_usage(std::string_view body) {
    usage found;
    static_cast<void>(scan_json_members(body, [&found](const json_member& m) {
        if (!m.named("predictions") || !m.value.starts_with('[')) return;
        std::size_t n = 0;
        static_cast<void>(scan_json_elements(m.value, [&n](const json_member& one) {
            n += one.value.find("\"bytesBase64Encoded\"") != std::string_view::npos || one.value.find("\"gcsUri\"") != std::string_view::npos ? 1 : 0;
        }));
        found.images = gemini_count_images(n);
    }));
    return found;
}

} // namespace llmx::inline LLMX_ABI::detail
