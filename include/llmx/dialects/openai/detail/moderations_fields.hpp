// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/moderation.hpp>
#include <llmx/dialects/field_table.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

/// \file
/// How the codecs of moderations handle each member of the vocabulary.

namespace llmx::inline LLMX_ABI::detail {

/// Whose form a codec of moderations has.
enum class moderation_form : std::uint8_t { openai, mistral };

[[nodiscard]] constexpr std::string_view moderations_codec_name(moderation_form form) noexcept {
    return form == moderation_form::openai ? std::string_view("openai_moderations") : std::string_view("mistral_moderations");
}

inline constexpr auto moderations_fields = fields_of<moderation_request>(
    by_hand<&moderation_request::model>("model"),   // that of the options wins
    by_hand<&moderation_request::inputs>("input"),  // one alone without a list
    by_hand<&moderation_request::as_one>("input"),  // strings or objects
    by_hand<&moderation_request::extra>(""));
static_assert(accounts_for_all<moderation_request>(moderations_fields));

inline constexpr auto moderations_input_fields = fields_of<moderation_input>(
    by_hand<&moderation_input::text>("text"), by_hand<&moderation_input::image_url>("image_url"), by_hand<&moderation_input::extra>(""));
static_assert(accounts_for_all<moderation_input>(moderations_input_fields));

inline constexpr std::array<std::span<const field_rule>, 2> moderations_tables = {moderations_fields.view(),
                                                                                 moderations_input_fields.view()};

inline constexpr auto moderations_reply_fields = fields_of<moderation_reply>(
    mapped<&moderation_reply::id>("id"), by_hand<&moderation_reply::model>("model"), // may be the routed one
    by_hand<&moderation_reply::results>("results"), by_hand<&moderation_reply::usage>("usage"), by_hand<&moderation_reply::extra>(""));
static_assert(accounts_for_all<moderation_reply>(moderations_reply_fields));

inline constexpr auto moderations_result_fields = fields_of<moderation_result>(
    by_hand<&moderation_result::flagged>("flagged"), by_hand<&moderation_result::categories>("categories"),
    by_hand<&moderation_result::extra>(""));
static_assert(accounts_for_all<moderation_result>(moderations_result_fields));

inline constexpr auto moderations_category_fields = fields_of<moderation_category>(
    by_hand<&moderation_category::name>(""), by_hand<&moderation_category::flagged>("categories"),
    by_hand<&moderation_category::score>("category_scores"), by_hand<&moderation_category::applied_to>("category_applied_input_types"));
static_assert(accounts_for_all<moderation_category>(moderations_category_fields));

} // namespace llmx::inline LLMX_ABI::detail
