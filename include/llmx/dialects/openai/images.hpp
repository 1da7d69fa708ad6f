// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/images.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>
#include <llmx/dialects/openai/detail/images_fields.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// In which the codecs of forms with images differ.
struct openai_images_form {
    std::string_view codec;
    std::span<const field_rule> fields;
    bool needs_prompt;
    /// The form may have several images and a mask.
    bool several;
};

LLMX_DECL [[nodiscard]] result<request_head> openai_images_scan(std::string_view body, const request_target& target);
LLMX_DECL [[nodiscard]] result<image_request> openai_images_decode(std::string_view body, const request_target& target);
LLMX_DECL [[nodiscard]] result<void> openai_images_encode(const image_request& request, const encode_options& options, std::string& out,
                                                          drop_report& drops);
LLMX_DECL [[nodiscard]] result<request_head> openai_image_form_scan(std::string_view body, std::string_view content_type,
                                                                    const request_target& target, const openai_images_form& form);
LLMX_DECL [[nodiscard]] result<image_request> openai_image_form_decode(std::string_view body, std::string_view content_type,
                                                                       const request_target& target, const openai_images_form& form);
LLMX_DECL [[nodiscard]] result<void> openai_image_form_encode(const image_request& request, const encode_options& options,
                                                              encoded_request& out, drop_report& drops, const openai_images_form& form);
LLMX_DECL [[nodiscard]] std::string openai_images_path(const request_place& at, std::span<const field_rule> fields);
LLMX_DECL [[nodiscard]] result<image_reply> openai_images_read(std::string_view body);
LLMX_DECL void openai_images_write(const image_reply& reply, const reply_options& options, std::string& out);
LLMX_DECL [[nodiscard]] usage openai_images_usage(std::string_view body);
LLMX_DECL [[nodiscard]] std::unique_ptr<any_stream_watch> openai_images_make_watch(std::string_view content_type);
LLMX_DECL [[nodiscard]] error openai_images_failure(std::string_view bytes);
LLMX_DECL [[nodiscard]] bool openai_images_hold_answer(std::string_view body) noexcept;

/// The part of the three codecs that is about answers.
struct openai_images_answers : openai_flat_codec {
    /// An error object in a body that came with status 200 is a failure too.
    [[nodiscard]] static result<image_reply> decode_reply(std::string_view body) { return openai_images_read(body); }
    static void encode_reply(const image_reply& reply, const reply_options& options, std::string& out) {
        openai_images_write(reply, options, out);
    }
    /// The tokens, or else the number of images.
    [[nodiscard]] static usage scan_usage(std::string_view body) { return openai_images_usage(body); }
    [[nodiscard]] static std::unique_ptr<any_stream_watch> make_watch(std::string_view content_type) {
        return openai_images_make_watch(content_type);
    }
    [[nodiscard]] static error stream_failure(std::string_view bytes) { return openai_images_failure(bytes); }
    /// An image, at least one (`codec_ops::holds_answer`).
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return openai_images_hold_answer(body); }
};

/// All of a codec of forms with images but its operation, name and path.
template <class Self, const auto& Fields, bool Edit> struct openai_image_form_codec : openai_images_answers {
    static constexpr bool json_request = false;

    /// Finds the values that routing needs. Fails unless the body is a form with one model (here or in \p target) and an image. A form that
    /// leaves the model to \p target has to be written anew.
    [[nodiscard]] static result<request_head> scan_request(std::string_view body, std::string_view content_type, const request_target& target) {
        return openai_image_form_scan(body, content_type, target, form());
    }
    /// The model of \p target, when it has one, wins over the body's.
    [[nodiscard]] static result<image_request> decode_request(std::string_view body, std::string_view content_type, const request_target& target) {
        return openai_image_form_decode(body, content_type, target, form());
    }
    /// Fails with `errc::invalid_request` when there is no image, or no prompt for an edit; \p out is then as it was.
    static result<void> encode_request(const image_request& request, const encode_options& options, encoded_request& out, drop_report& drops) {
        return openai_image_form_encode(request, options, out, drops, form());
    }
    [[nodiscard]] static std::string caller_path(const request_place& at, const image_request&) {
        return openai_images_path(at, Fields.view());
    }

private:
    [[nodiscard]] static constexpr openai_images_form form() noexcept { return {Self::name, Fields.view(), Edit, Edit}; }
};

} // namespace detail

/// OpenAI's generation of images, `POST /v1/images/generations`, and the extensions of compatible servers.
///
/// Sources: OpenAI's OpenAPI description (CreateImageRequest, ImagesResponse, ImageGenPartialImageEvent, ImageGenCompletedEvent).
///
/// Decisions where the vocabulary and the wire differ:
/// - `stream` and `partial_images` are written only when a stream is requested (`encode_options::stream`), since the reply of the
///   vocabulary is whole. Events pass from the provider to the client.
/// - Tokens of an answer without details are tokens of images. An answer without tokens counts its images.
struct openai_images : detail::openai_images_answers {
    using operation = image_generation;
    static constexpr std::string_view name = "openai_images";
    static constexpr std::string_view path = "/images/generations";

    /// Finds the values that routing needs. Fails unless the body is one JSON object with a model (here or in \p target) and a prompt.
    [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target) {
        return detail::openai_images_scan(body, target);
    }
    /// The model of \p target, when it has one, wins over the body's.
    [[nodiscard]] static result<image_request> decode_request(std::string_view body, const request_target& target) {
        return detail::openai_images_decode(body, target);
    }
    /// Fails with `errc::invalid_request` when there is no prompt; \p out is then as it was.
    static result<void> encode_request(const image_request& request, const encode_options& options, std::string& out, drop_report& drops) {
        return detail::openai_images_encode(request, options, out, drops);
    }
    [[nodiscard]] static std::string caller_path(const request_place& at, const image_request&) {
        return detail::openai_images_path(at, detail::openai_images_fields.view());
    }
};

/// OpenAI's changes of images, `POST /v1/images/edits`: a form. Source: CreateImageEditRequest. Several images are fields "image[]".
struct openai_image_edits : detail::openai_image_form_codec<openai_image_edits, detail::openai_image_edit_fields, true> {
    using operation = image_edit;
    static constexpr std::string_view name = "openai_image_edits";
    static constexpr std::string_view path = "/images/edits";
};

/// OpenAI's variations of an image, `POST /v1/images/variations`: a form. Source: CreateImageVariationRequest.
struct openai_image_variations : detail::openai_image_form_codec<openai_image_variations, detail::openai_image_variation_fields, false> {
    using operation = image_variation;
    static constexpr std::string_view name = "openai_image_variations";
    static constexpr std::string_view path = "/images/variations";
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/images_form.ipp>
#include <llmx/dialects/openai/impl/images_reply.ipp>
#include <llmx/dialects/openai/impl/images_request.ipp>
#endif
