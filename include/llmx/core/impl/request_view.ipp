// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/request_view.hpp>

#include <algorithm>
#include <utility>
#include <variant>

namespace llmx::inline LLMX_ABI::detail {

/// Appends what of \p piece there is room for, whole characters.
LLMX_DECL void append_viewed(std::string& to, std::string_view piece) {
    std::size_t n = std::min(piece.size(), request_view::max_text - to.size());
    if (n < piece.size())
        while (n != 0 && (static_cast<unsigned char>(piece[n]) & 0xc0) == 0x80) --n;
    to.append(piece.substr(0, n));
}

LLMX_DECL void request_view_builder::begin(role r) {
    role_ = r;
    text_.clear();
    bytes_ = 0;
    results_ = others_ = false;
}

LLMX_DECL void request_view_builder::text(std::string_view piece) {
    others_ = true;
    bytes_ += piece.size();
    // Once cut off, nothing follows: the text has no holes.
    if (bytes_ - piece.size() <= text_.size()) append_viewed(text_, piece);
}

LLMX_DECL void request_view_builder::end() {
    if (role_ == role::user && results_ && !others_) role_ = role::tool;
    ++to_->by_role[static_cast<std::size_t>(role_)];
    to_->text_bytes += bytes_;
    if (role_ == role::system || role_ == role::developer) {
        if (!to_->system_text.empty() && !text_.empty()) append_viewed(to_->system_text, "\n");
        append_viewed(to_->system_text, text_);
        return;
    }
    to_->last = role_;
    if (role_ == role::user && !text_.empty()) to_->last_user_text = std::exchange(text_, std::string());
}

LLMX_DECL request_view view_request(const chat_request& request) {
    request_view view;
    request_view_builder to(view);
    for (const message& m : request.messages) {
        to.begin(m.from);
        for (const content_part& p : m.content) {
            if (const auto* const text = std::get_if<text_part>(&p)) {
                if (!text->text.empty()) to.text(text->text);
                else to.other();
            } else if (std::holds_alternative<image_part>(p)) {
                to.image();
            } else if (const auto* const result = std::get_if<tool_result_part>(&p)) {
                to.tool_result();
                for (const auto& inner : result->content)
                    if (std::holds_alternative<image_part>(inner)) view.images = true;
            } else {
                to.other();
            }
        }
        to.end();
    }
    to.tools(!request.tools.empty());
    view.known = true;
    return view;
}

} // namespace llmx::inline LLMX_ABI::detail
