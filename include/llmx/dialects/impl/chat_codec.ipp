// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/chat_codec.hpp>

#include <string>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL error broken_generation(std::string_view words) {
    error e(errc::bad_response, "the provider reports that the generation broke off");
    if (words.empty()) return e;
    e.with_provider_code(std::string(words.substr(0, words.find(':'))));
    return e.with_provider_message(std::string(words));
}

LLMX_DECL result<void> finish_chat_reply(chat_reply& reply, const rendering* how) {
    if (const auto* const mine = static_cast<const chat_rendering*>(how); mine != nullptr && mine->names != nullptr)
        mine->names->restore(reply);
    for (const chat_choice& choice : reply.choices)
        if (choice.finish == finish_reason::failed) return broken_generation(choice.stop_sequence);
    return success();
}

LLMX_DECL result<void> finish_chat_events(event_batch& events, const tool_names* names) {
    std::size_t sound = 0;
    bool broken = false;
    std::string words;
    events.each([&](chat_event& e) {
        if (names != nullptr) names->restore(e);
        if (!broken && e.what == chat_event::kind::finish && e.reason == finish_reason::failed) {
            broken = true;
            words = e.text;
        }
        if (!broken) ++sound;
    });
    if (!broken) return success();
    events.cut(sound);
    return broken_generation(words);
}

} // namespace llmx::inline LLMX_ABI::detail
