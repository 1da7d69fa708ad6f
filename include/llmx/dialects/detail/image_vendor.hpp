// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/images.hpp>
#include <llmx/dialects/detail/vendor_members.hpp>
#include <llmx/dialects/flat_codec.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

/// \file
/// How vendors with forms of their own write requests for images and their answers, as data: a vendor is rows, and the functions are the
/// same for all.

namespace llmx::inline LLMX_ABI {

/// How a model reads the size of an image.
enum class image_size_word : std::uint8_t {
    none,   ///< not at all: a size is lost
    ratio,  ///< `aspect_ratio`, one of the row's
    pixels, ///< `width` and `height`
    object, ///< `image_size`, an object with both
    text    ///< `size`, as callers write it
};

/// What is particular to some of a vendor's models. Views of literals; an empty name: the model has no such member.
struct image_model {
    /// A part of their names; empty: all that no row before fits.
    std::string_view part = {};
    /// The URL behind the base; "{model}" stands for the model's name, "{tail}" for what it has behind the last "/".
    std::string_view path;
    /// The path of a request with a mask; empty: the same. The constants are not for it.
    std::string_view mask_path = {};
    /// The member that names the model; empty: the URL does.
    std::string_view model = {};
    /// The member of the prompt; empty: the model reads none, and a prompt is a hint.
    std::string_view prompt = "prompt";
    bool needs_prompt = true;
    image_size_word size = image_size_word::none;
    std::span<const std::string_view> ratios = {};
    /// The number of images, and the largest that there is; a larger one is lost.
    std::string_view count = {};
    std::int64_t most = 1;
    /// The images that a request brings: the first, and how many there may be.
    std::string_view image = {};
    std::int64_t most_images = 1;
    /// They are one list; otherwise the second has the name `second`, or the first's with "_2".
    bool image_list = false;
    std::string_view second = {};
    std::string_view mask = {};
    /// Formats and the vendor's words for them, separated by blanks ("png jpeg=jpg"); empty: the model has one format.
    std::string_view formats = {};
    /// Members of OpenAI's requests that are the vendor's too, under their names and separated by blanks ("quality background").
    std::string_view same = {};
    /// Members that each request has unless the caller states them, `name=JSON` separated by blanks ("mode=\"image-to-image\"").
    std::string_view constant = {};
};

/// A vendor's form of one operation of images. Views of literals.
struct image_form {
    /// Name of the codec, and of the vendor's language.
    std::string_view codec, language;
    /// The first that fits a model is used.
    std::span<const image_model> models;
    /// The vendor's own members, which callers write into their requests.
    std::span<const detail::vendor_member> members = {};
    /// Each model has members of its own: all that callers write go along, but hints.
    bool any_member = false;
    /// Requests are forms (`multipart/form-data`), else JSON.
    bool multipart = false;
    /// The object that the members are in; empty: the request itself.
    std::string_view inside = {};
    /// Images in JSON are data URLs, else base64 alone.
    bool data_urls = true;
    /// A member with the part of the model's name behind ":", or with a whole name without a slash; the path is then `version_path`.
    std::string_view version = {}, version_path = {};
    /// Paths of the images in an answer (`find_json_texts`).
    std::string_view images;
    /// They are base64 alone, so that "url" as the form of an answer is lost; else they are URLs, which the provider fetches for "b64_json".
    bool base64 = false;
    /// The vendor reads `response_format` itself.
    bool states_format = false;
    /// An answer's member that is a word of `refusals`, separated by blanks, when its image was withheld.
    std::string_view reason = {}, refusals = {};
};

namespace detail {

LLMX_DECL [[nodiscard]] result<void> image_vendor_encode(const image_request& request, const encode_options& options, encoded_request& out,
                                                         drop_report& drops, const image_form& form, bool edits);
LLMX_DECL [[nodiscard]] result<image_reply> image_vendor_read(std::string_view body, const image_form& form);
LLMX_DECL [[nodiscard]] usage image_vendor_usage(std::string_view body, const image_form& form);
LLMX_DECL [[nodiscard]] bool image_vendor_holds_answer(std::string_view body, const image_form& form) noexcept;

} // namespace detail

/// The codec of a vendor's images for the operation \p Op. For providers alone; `encoded_request::url_end` is the whole path behind the
/// base URL, and ends with `#job-files` where the provider is to fetch the images of the answer.
///
/// Decisions where the vocabulary and the wires differ:
/// - A size becomes the vendor's: the aspect ratio that the model has within 5 %, pixels, or both in an object. "auto" and no size are the
///   model's choice. One that cannot be written is lost, and a ratio drops the number of pixels.
/// - "standard" and "auto" as quality, "auto" and "opaque" as background, "auto" as moderation mean what the model does; other values are
///   lost unless it has the member.
/// - Members of a caller's request that have the vendor's names go along: `negative_prompt`, `seed`, and those beside each form.
/// - The vendors count no tokens: the usage is the number of images.
template <class Op, const image_form& Form> struct image_vendor_codec {
    using operation = Op;
    static constexpr std::string_view name = Form.codec;
    static constexpr std::string_view language = Form.language;
    static constexpr std::string_view path = "";
    static constexpr bool for_clients = false;
    static constexpr bool model_in_body = false;
    static constexpr bool json_request = !Form.multipart;

    /// Fails with `errc::invalid_request` without a prompt, an image or a model whose name can be in a URL, and with
    /// `errc::unsupported_parameter` for a stream; \p out is then as it was.
    static result<void> encode_request(const image_request& request, const encode_options& options, encoded_request& out, drop_report& drops) {
        return detail::image_vendor_encode(request, options, out, drops, Form, std::is_same_v<Op, image_edit>);
    }
    /// An answer without an image is `errc::content_policy` where the vendor has withheld it, and else `errc::bad_response`.
    [[nodiscard]] static result<image_reply> decode_reply(std::string_view body) { return detail::image_vendor_read(body, Form); }
    [[nodiscard]] static usage scan_usage(std::string_view body) { return detail::image_vendor_usage(body, Form); }
    /// An image, or the reason why there is none.
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return detail::image_vendor_holds_answer(body, Form); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/image_vendor.ipp>
#endif
