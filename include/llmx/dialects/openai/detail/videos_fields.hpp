// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/video.hpp>
#include <llmx/dialects/field_table.hpp>

#include <string_view>

/// \file
/// How the codecs of videos handle each member of the vocabulary.

namespace llmx::inline LLMX_ABI::detail {

/// platform.openai.com/docs/api-reference/videos/create, in the order in which members are written.
inline constexpr auto openai_videos_fields = fields_of<video_request>(
    mapped<&video_request::prompt>("prompt"), mapped<&video_request::size>("size"),
    by_hand<&video_request::seconds>("seconds"), // a text of digits
    by_hand<&video_request::reference>("input_reference"), by_hand<&video_request::model>("model"), by_hand<&video_request::extra>(""));
static_assert(accounts_for_all<video_request>(openai_videos_fields));

inline constexpr auto openai_video_reference_fields = fields_of<video_reference>(
    mapped<&video_reference::url>("image_url"), mapped<&video_reference::file_id>("file_id"), by_hand<&video_reference::octets>("image_url"),
    by_hand<&video_reference::filename>(""), by_hand<&video_reference::content_type>(""));
static_assert(accounts_for_all<video_reference>(openai_video_reference_fields));

inline constexpr auto openai_video_job_fields = fields_of<video_job>(
    mapped<&video_job::id>("id"), mapped<&video_job::model>("model"), mapped<&video_job::status>("status"), mapped<&video_job::prompt>("prompt"),
    mapped<&video_job::size>("size"), mapped<&video_job::remixed_from>("remixed_from_video_id"), by_hand<&video_job::progress>("progress"),
    by_hand<&video_job::created_at>("created_at"), by_hand<&video_job::completed_at>("completed_at"), by_hand<&video_job::expires_at>("expires_at"),
    by_hand<&video_job::seconds>("seconds"), by_hand<&video_job::error_code>("error"), by_hand<&video_job::error_message>("error"),
    by_hand<&video_job::content_url>(""), by_hand<&video_job::content_base64>(""), by_hand<&video_job::usage>(""), by_hand<&video_job::extra>(""));
static_assert(accounts_for_all<video_job>(openai_video_job_fields));

inline constexpr std::string_view openai_videos_prompt = "a description of the video";
inline constexpr std::string_view openai_videos_reference = "an image: a file, or an object with image_url or file_id";
inline constexpr std::string_view openai_videos_seconds = "a number of seconds of at least 1";

} // namespace llmx::inline LLMX_ABI::detail
