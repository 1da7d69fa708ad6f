// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/images.hpp>
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/flat_codec.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Images of Amazon Bedrock's models, `POST /model/{modelId}/invoke`: the body is that of the model's vendor, found by the model's id.
///
/// - Nova Canvas and Titan Image Generator: `taskType: TEXT_IMAGE`.
///   docs.aws.amazon.com/nova/latest/userguide/image-gen-req-resp-structure.html, bedrock/latest/userguide/model-parameters-titan-image.html.
/// - Stability's SD3.5 Large, Stable Image Core and Ultra: one image, with an aspect ratio in place of a size.
///   docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-stability-diffusion.html.
///
/// Decisions where the vocabulary and the wire differ:
/// - Answers are base64: a demand for URLs is a hint. "hd" and "high" are Amazon's quality "premium".
/// - A size is lost for Stability when it has none of its ratios. `negative_prompt`, `seed`, `aspect_ratio` and `cfg_scale` in a request of another
///   language are the vendor's own; those of Amazon have its names (`negativeText`, `cfgScale`).
/// - An image that was filtered out is `errc::content_policy` when none is left.
struct bedrock_images {
    using operation = image_generation;
    static constexpr std::string_view name = "bedrock_images", language = "bedrock";
    static constexpr std::string_view path = "/invoke";
    static constexpr bool model_in_body = false;

    LLMX_DECL [[nodiscard]] static result<image_request> decode_request(std::string_view body, const request_target& target);
    /// Fails with `errc::invalid_request` when there is no prompt; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const image_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const image_request& request);
    LLMX_DECL [[nodiscard]] static result<image_reply> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const image_reply& reply, const reply_options& options, std::string& out);
    /// The number of images.
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    [[nodiscard]] static error_body decode_error(std::string_view body) { return bedrock_converse::decode_error(body); }
    static void encode_error(const error& failure, std::string& out) { bedrock_converse::encode_error(failure, out); }
};

static_assert(flat_codec<bedrock_images>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/bedrock/impl/images.ipp>
#endif
