// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/moderation.hpp>
#include <llmx/dialects/flat_codec.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>
#include <llmx/dialects/openai/detail/moderations_fields.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL [[nodiscard]] result<request_head> moderations_scan(std::string_view body, const request_target& target, moderation_form form);
LLMX_DECL [[nodiscard]] result<moderation_request> moderations_decode(std::string_view body, const request_target& target,
                                                                      moderation_form form);
LLMX_DECL [[nodiscard]] result<void> moderations_encode(const moderation_request& request, const encode_options& options, std::string& out,
                                                        drop_report& drops, moderation_form form);
LLMX_DECL [[nodiscard]] std::string moderations_path(const request_place& at, const moderation_request& request);
LLMX_DECL [[nodiscard]] result<moderation_reply> moderations_read(std::string_view body, moderation_form form);
LLMX_DECL void moderations_write(const moderation_reply& reply, const reply_options& options, std::string& out, moderation_form form);
LLMX_DECL [[nodiscard]] usage moderations_usage(std::string_view body);
LLMX_DECL [[nodiscard]] bool moderations_holds_answer(std::string_view body) noexcept;

/// All of a codec of moderations but its name.
template <moderation_form Form> struct moderations_codec : openai_flat_codec {
    using operation = moderation;
    static constexpr std::string_view path = "/moderations";

    /// Finds the values that routing needs. Fails unless the body is one JSON object with an input. A body without a model is one for
    /// OpenAI's default, "omni-moderation-latest"; Mistral has none, and demands one.
    [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target) {
        return moderations_scan(body, target, Form);
    }
    /// The model of \p target, when it has one, wins over the body's.
    [[nodiscard]] static result<moderation_request> decode_request(std::string_view body, const request_target& target) {
        return moderations_decode(body, target, Form);
    }
    /// Fails with `errc::invalid_request` when there is no input; \p out is then as it was.
    static result<void> encode_request(const moderation_request& request, const encode_options& options, std::string& out,
                                       drop_report& drops) {
        return moderations_encode(request, options, out, drops, Form);
    }
    [[nodiscard]] static std::string caller_path(const request_place& at, const moderation_request& request) {
        return moderations_path(at, request);
    }
    /// An error object in a body that came with status 200 is a failure too.
    [[nodiscard]] static result<moderation_reply> decode_reply(std::string_view body) { return moderations_read(body, Form); }
    static void encode_reply(const moderation_reply& reply, const reply_options& options, std::string& out) {
        moderations_write(reply, options, out, Form);
    }
    [[nodiscard]] static usage scan_usage(std::string_view body) { return moderations_usage(body); }
    /// A result, at least one (`codec_ops::holds_answer`).
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return moderations_holds_answer(body); }
};

} // namespace detail

/// OpenAI's moderations, `POST /v1/moderations`.
///
/// Sources: OpenAI's OpenAPI description (CreateModerationRequest, CreateModerationResponse).
///
/// Decisions where the vocabulary and the wire differ:
/// - A single text is written as a string, several as an array of strings with a result each. Inputs that are one content, and all
///   with an image, are objects with `type`, which OpenAI judges together.
/// - Categories of both objects, `categories` and `category_scores`, are one list; one that is null in the first was not judged, and
///   is read as not flagged.
struct openai_moderations : detail::moderations_codec<detail::moderation_form::openai> {
    static constexpr std::string_view name = "openai_moderations";
};

/// Mistral's moderations, `POST /v1/moderations` with texts alone.
///
/// Source: Mistral's OpenAPI description (ClassificationRequest, ModerationResponse). Results have no `flagged`: one is flagged when
/// one of its categories is. Several texts have a result each, so that parts of one content are refused.
struct mistral_moderations : detail::moderations_codec<detail::moderation_form::mistral> {
    static constexpr std::string_view name = "mistral_moderations";
};

/// The codecs of `moderation`.
struct moderation_forms {
    using list = codec_list<openai_moderations, mistral_moderations>;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/moderations_reply.ipp>
#include <llmx/dialects/openai/impl/moderations_request.ipp>
#endif
