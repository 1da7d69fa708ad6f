// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_event.hpp>
#include <llmx/core/chat_reply.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

// Where a model has no form for JSON answers, a tool that the request forces carries the answer
// (`drop_report::answer_by_tool`). Its call comes back as the answer's only text.

/// Turns the call of the tool \p name in \p choice into the requested text.
///
/// The text around it is left out, and so is a second such call: the caller reads the answer as one
/// JSON document. Does nothing when the tool was not called.
LLMX_DECL void unwrap_answer_tool(chat_choice& choice, std::string_view name);

/// Text and citations that a stream's decoder keeps back until it is known whether the tool is called.
class held_prose {
public:
    /// \p holds: whether the answer is to come by the tool.
    explicit held_prose(bool holds = false) noexcept : holds_(holds) {}

    /// Adds an event of \p kind, now or when `release` is called; never once the tool was called. \p signer is
    /// the `name` of a citation.
    LLMX_DECL void add(chat_event::kind kind, std::uint32_t part, std::string_view text, std::string_view signer,
                       event_batch& out);
    /// The tool was called: text that was held back is left out.
    LLMX_DECL void answered() noexcept;
    /// The message ends: without a call of the tool, the text is the answer.
    LLMX_DECL void release(event_batch& out);
    [[nodiscard]] bool was_answered() const noexcept { return answered_; }

private:
    struct held {
        held(chat_event::kind k, std::uint32_t p, std::string_view t, std::string_view s)
            : what(k), part(p), text(t), signer(s) {}
        chat_event::kind what;
        std::uint32_t part;
        std::string text, signer;
    };
    std::vector<held> held_;
    bool holds_ = false, answered_ = false;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/impl/answer_tool.ipp>
#endif
