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
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Images that a decoder accepts in one request; OpenAI takes 16.
inline constexpr std::size_t max_request_images = 64;

/// An image that a caller sends.
struct image_file {
    image_file() = default;
    explicit image_file(std::string image_octets, std::string name = std::string(), std::string media_type = std::string())
        : octets(std::move(image_octets)), filename(std::move(name)), content_type(std::move(media_type)) {}

    std::string octets;
    std::string filename;
    /// Media type of `octets`; empty: the provider finds out.
    std::string content_type;
    friend bool operator==(const image_file&, const image_file&) = default;
};
LLMX_DESCRIBE(image_file, (octets, filename, content_type))

/// A call for images, independent of any vendor's language: of images made of a prompt, of a change of images, or of variations of one.
///
/// A generation needs `prompt`, an edit a prompt and `images`, a variation one image. Everything absent stays absent on the wire.
struct image_request {
    image_request() = default;
    image_request(std::string model_name, std::string text) : model(std::move(model_name)), prompt(std::move(text)) {}
    image_request(std::string model_name, std::string text, image_file image) : image_request(std::move(model_name), std::move(text)) {
        images.push_back(std::move(image));
    }

    std::string model;
    std::string prompt;
    /// Images to be changed or varied.
    std::vector<image_file> images;
    /// Its transparent parts are those of the first image that are changed.
    std::optional<image_file> mask;
    /// How many images are wanted; 1 when unset.
    std::optional<std::int64_t> n;
    /// "1024x1024", "auto": width and height in pixels.
    std::string size;
    /// "low", "medium", "high", "auto"; "standard" and "hd" of older models.
    std::string quality;
    /// "vivid", "natural".
    std::string style;
    /// "transparent", "opaque", "auto".
    std::string background;
    /// How strictly the vendor judges contents: "low", "auto".
    std::string moderation;
    /// "png", "jpeg", "webp".
    std::string output_format;
    /// Quality of a compressed image in percent.
    std::optional<std::int64_t> output_compression;
    /// Form of images in the answer: "url" or "b64_json".
    std::string response_format;
    /// How closely an edit keeps to its images: "low", "high".
    std::string input_fidelity;
    /// Requests the answer as events, with so many unfinished images before each. A typed call requests a whole one.
    std::optional<bool> stream;
    std::optional<std::int64_t> partial_images;
    /// End user, for the provider's abuse detection.
    std::string user;

    extra_members extra;
    friend bool operator==(const image_request&, const image_request&) = default;
};
LLMX_DESCRIBE(image_request, (model, prompt, images, mask, n, size, quality, style, background, moderation, output_format, output_compression,
                              response_format, input_fidelity, stream, partial_images, user, extra))

/// One image of an answer.
struct generated_image {
    generated_image() = default;

    /// The image in base64, or where it can be fetched for some time.
    std::string base64, url;
    /// The prompt that the model was given in place of the caller's.
    std::string revised_prompt;
    extra_members extra;
    friend bool operator==(const generated_image&, const generated_image&) = default;
};
LLMX_DESCRIBE(generated_image, (base64, url, revised_prompt, extra))

/// The answer to a call for images. `usage` has tokens, or the number of images where the vendor counts no tokens.
struct image_reply {
    image_reply() = default;

    /// Seconds since 1970; 0: the provider names no time.
    std::int64_t created = 0;
    std::vector<generated_image> images;
    /// What was used, where the provider reports it.
    std::string background, output_format, quality, size;
    llmx::usage usage;
    extra_members extra;
    friend bool operator==(const image_reply&, const image_reply&) = default;
};
LLMX_DESCRIBE(image_reply, (created, images, background, output_format, quality, size, usage, extra))

struct image_generation_forms;
struct image_edit_forms;
struct image_variation_forms;

/// The operation: images from a prompt. Its codecs: `<llmx/dialects/images.hpp>`, as of the two others.
struct image_generation {
    using request = image_request;
    using reply = image_reply;
    using forms = image_generation_forms;
    static constexpr operation_info info{"image_generation", operation_info::answers::text};
};
/// The operation: images from images and a prompt.
struct image_edit {
    using request = image_request;
    using reply = image_reply;
    using forms = image_edit_forms;
    static constexpr operation_info info{"image_edit", operation_info::answers::text};
};
/// The operation: images like another one.
struct image_variation {
    using request = image_request;
    using reply = image_reply;
    using forms = image_variation_forms;
    static constexpr operation_info info{"image_variation", operation_info::answers::text};
};
static_assert(operation<image_generation> && operation<image_edit> && operation<image_variation>);

} // namespace llmx::inline LLMX_ABI
