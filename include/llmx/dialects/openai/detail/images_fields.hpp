// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/images.hpp>
#include <llmx/dialects/field_table.hpp>

/// \file
/// How the codecs of images handle each member of the vocabulary.

namespace llmx::inline LLMX_ABI::detail {

/// platform.openai.com/docs/api-reference/images/create, in the order in which members are written.
inline constexpr auto openai_images_fields = fields_of<image_request>(
    mapped<&image_request::prompt>("prompt"),
    mapped<&image_request::n>("n").count(),
    mapped<&image_request::size>("size"),
    mapped<&image_request::quality>("quality"),
    mapped<&image_request::style>("style"),
    mapped<&image_request::background>("background"),
    mapped<&image_request::moderation>("moderation"),
    mapped<&image_request::output_format>("output_format"),
    mapped<&image_request::output_compression>("output_compression").count(),
    mapped<&image_request::response_format>("response_format"),
    mapped<&image_request::user>("user"),
    mapped<&image_request::stream>("stream"),
    mapped<&image_request::partial_images>("partial_images").count(),
    lost<&image_request::images>(),
    lost<&image_request::mask>(),
    lost<&image_request::input_fidelity>(),
    by_hand<&image_request::model>("model"),
    by_hand<&image_request::extra>(""));
static_assert(accounts_for_all<image_request>(openai_images_fields));

/// platform.openai.com/docs/api-reference/images/createEdit
inline constexpr auto openai_image_edit_fields = fields_of<image_request>(
    mapped<&image_request::prompt>("prompt"),
    mapped<&image_request::n>("n").count(),
    mapped<&image_request::size>("size"),
    mapped<&image_request::quality>("quality"),
    mapped<&image_request::background>("background"),
    mapped<&image_request::output_format>("output_format"),
    mapped<&image_request::output_compression>("output_compression").count(),
    mapped<&image_request::response_format>("response_format"),
    mapped<&image_request::input_fidelity>("input_fidelity"),
    mapped<&image_request::user>("user"),
    mapped<&image_request::stream>("stream"),
    mapped<&image_request::partial_images>("partial_images").count(),
    lost<&image_request::style>(),
    lost<&image_request::moderation>(),
    by_hand<&image_request::model>("model"),
    by_hand<&image_request::images>("image"),
    by_hand<&image_request::mask>("mask"),
    by_hand<&image_request::extra>(""));
static_assert(accounts_for_all<image_request>(openai_image_edit_fields));

/// platform.openai.com/docs/api-reference/images/createVariation: the answer is whole whatever is set.
inline constexpr auto openai_image_variation_fields = fields_of<image_request>(
    mapped<&image_request::n>("n").count(),
    mapped<&image_request::size>("size"),
    mapped<&image_request::response_format>("response_format"),
    mapped<&image_request::user>("user"),
    lost<&image_request::mask>(),
    lost<&image_request::prompt>(),
    lost<&image_request::quality>(),
    lost<&image_request::style>(),
    lost<&image_request::background>(),
    lost<&image_request::moderation>(),
    lost<&image_request::output_format>(),
    lost<&image_request::output_compression>(),
    lost<&image_request::input_fidelity>(),
    hint<&image_request::stream>(),
    hint<&image_request::partial_images>(),
    by_hand<&image_request::model>("model"),
    by_hand<&image_request::images>("image"),
    by_hand<&image_request::extra>(""));
static_assert(accounts_for_all<image_request>(openai_image_variation_fields));

inline constexpr auto openai_images_reply_fields = fields_of<image_reply>(
    by_hand<&image_reply::created>("created"), by_hand<&image_reply::images>("data"), mapped<&image_reply::background>("background"),
    mapped<&image_reply::output_format>("output_format"), mapped<&image_reply::quality>("quality"), mapped<&image_reply::size>("size"),
    by_hand<&image_reply::usage>("usage"), by_hand<&image_reply::extra>(""));
static_assert(accounts_for_all<image_reply>(openai_images_reply_fields));

inline constexpr auto openai_images_image_fields = fields_of<generated_image>(
    mapped<&generated_image::base64>("b64_json"), mapped<&generated_image::url>("url"),
    mapped<&generated_image::revised_prompt>("revised_prompt"), by_hand<&generated_image::extra>(""));
static_assert(accounts_for_all<generated_image>(openai_images_image_fields));

inline constexpr auto openai_images_file_fields = fields_of<image_file>(
    by_hand<&image_file::octets>(""), by_hand<&image_file::filename>(""), by_hand<&image_file::content_type>(""));
static_assert(accounts_for_all<image_file>(openai_images_file_fields));

} // namespace llmx::inline LLMX_ABI::detail
