// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/extra.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// The kept names of one member of a request in OpenAI's two languages.
struct openai_shared_name {
    std::string_view chat, responses;
};
/// What both languages have and the vocabulary does not. Source: OpenAI's description, ModelResponseProperties,
/// CreateChatCompletionRequest.verbosity, ResponseTextParam.verbosity; `reasoning_effort` as an object is LiteLLM's.
inline constexpr std::array<openai_shared_name, 5> openai_shared_names = {{{"prompt_cache_key", "prompt_cache_key"},
                                                                           {"prompt_cache_retention", "prompt_cache_retention"},
                                                                           {"safety_identifier", "safety_identifier"},
                                                                           {"verbosity", "text.verbosity"},
                                                                           {"reasoning_effort.summary", "reasoning.summary"}}};

/// The members of a request in the other one of the two languages: those that both have, renamed, and the rest.
class openai_shared_members {
public:
    /// \p from and \p to are the languages; all members of \p request are the rest when they are of another one than \p from.
    openai_shared_members(const extra_members& request, std::string_view from, std::string_view to) {
        if (!request.speaks(from)) {
            all_ = &request;
            return;
        }
        const bool to_chat = from == "openai_responses";
        for (const extra_members::member& m : request.members) {
            const auto known = std::find_if(openai_shared_names.begin(), openai_shared_names.end(),
                                            [&](const openai_shared_name& n) { return m.name == (to_chat ? n.responses : n.chat); });
            // Chat has no place for a summary.
            const bool shared = known != openai_shared_names.end() && !(to_chat && known->responses == "reasoning.summary");
            extra_members& into = shared ? shared_ : rest_;
            into.origin = shared ? to : from;
            into.members.push_back(m);
            if (shared) into.members.back().name = to_chat ? known->chat : known->responses;
        }
    }
    openai_shared_members(const openai_shared_members&) = delete;
    openai_shared_members& operator=(const openai_shared_members&) = delete;

    /// In the form of the language that is written.
    [[nodiscard]] const extra_members& shared() const noexcept { return shared_; }
    /// What is to be reported.
    [[nodiscard]] const extra_members& rest() const noexcept { return all_ != nullptr ? *all_ : rest_; }

private:
    const extra_members* all_ = nullptr;
    extra_members shared_, rest_;
};

} // namespace llmx::inline LLMX_ABI::detail
