// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/answer_tool.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void unwrap_answer_tool(chat_choice& choice, std::string_view name) {
    const auto is_answer = [name](const content_part& p) {
        const auto* const call = std::get_if<tool_call_part>(&p);
        return call != nullptr && call->name == name;
    };
    std::vector<content_part>& parts = choice.answer.content;
    const auto answer = std::find_if(parts.begin(), parts.end(), is_answer);
    if (answer == parts.end()) return;
    std::vector<content_part> kept;
    kept.reserve(parts.size());
    bool called = false;
    for (auto p = parts.begin(); p != parts.end(); ++p) {
        if (p == answer) {
            kept.emplace_back(text_part(std::move(std::get<tool_call_part>(*p).arguments)));
        } else if (!std::holds_alternative<text_part>(*p) && !is_answer(*p)) {
            called |= std::holds_alternative<tool_call_part>(*p);
            kept.push_back(std::move(*p));
        }
    }
    parts = std::move(kept);
    if (choice.finish == finish_reason::tool_calls && !called) choice.finish = finish_reason::stop;
}

/// Appends the event, its texts copied into the batch.
LLMX_DECL void add_prose_event(chat_event::kind kind, std::uint32_t part, std::string_view text, std::string_view signer,
                               event_batch& out) {
    const std::string_view kept = out.keep(text);
    const std::string_view name = out.keep(signer);
    chat_event& e = out.add(kind);
    e.part = part;
    e.text = kept;
    e.name = name;
}

LLMX_DECL void held_prose::add(chat_event::kind kind, std::uint32_t part, std::string_view text, std::string_view signer,
                               event_batch& out) {
    if (text.empty() || answered_) return;
    if (!holds_) return add_prose_event(kind, part, text, signer, out);
    const bool goes_on = !held_.empty() && held_.back().part == part && held_.back().what == kind && kind == chat_event::kind::text;
    if (goes_on) held_.back().text += text;
    else held_.emplace_back(kind, part, text, signer);
}

LLMX_DECL void held_prose::answered() noexcept {
    answered_ = true;
    held_.clear();
}

LLMX_DECL void held_prose::release(event_batch& out) {
    holds_ = false;
    for (const held& h : held_) add_prose_event(h.what, h.part, h.text, h.signer, out);
    held_.clear();
}

} // namespace llmx::inline LLMX_ABI::detail
