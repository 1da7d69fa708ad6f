// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/core/result.hpp>
#include <llmx/guard/chat_filter.hpp>
#include <llmx/service/call.hpp>

#include <memory>
#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI {

/// Which of its four functions a guardrail has: nothing is decoded, awaited or spawned for the others.
struct guardrail_needs {
    constexpr guardrail_needs() noexcept = default;
    constexpr guardrail_needs(bool before, bool during, bool after, bool stream) noexcept
        : before_call(before), during_call(during), after_call(after), watch_stream(stream) {}
    bool before_call = true, during_call = true, after_call = true, watch_stream = true;
};

/// `error::provider_code` of what `refused_by` makes; OpenAI's façade sends it as `code`.
inline constexpr std::string_view guardrail_refused = "guardrail_refused";

/// The refusal of the guardrail \p name: `errc::content_policy`, with its name and \p why in the message.
/// Neither may hold what the caller must not see.
LLMX_DECL [[nodiscard]] error refused_by(std::string_view name, std::string_view why);

/// Looks at chat calls and their answers, may change them and may refuse: one entry in the list of the
/// policy `guard`.
///
/// Each function but the name has a default that lets everything pass. A failure that one returns is the
/// call's answer; a refusal is made by `refused_by`, and no fallback or retry follows it. One object
/// serves all cores, so it is thread-safe; what it awaits takes `call::stop` and `call_context::deadline`
/// along. An answer comes whole or streamed, as the caller asked: a guardrail for answers has both
/// `after_call` and `watch_stream`, or one of them never sees it.
LLMX_DECL class basic_any_guardrail {
public:
    virtual ~basic_any_guardrail() = default;
    /// In refusals, thus for callers to read.
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    /// All, unless it says otherwise. `guardrail<Self>` says it by itself.
    [[nodiscard]] virtual guardrail_needs needs() const noexcept { return guardrail_needs(); }
    /// Whether it looks at \p c at all: asked once, before anything else; cheap.
    [[nodiscard]] virtual bool applies_to(const call& c) const noexcept {
        static_cast<void>(c);
        return true;
    }

    /// Before anything is sent. `edit_request<chat>(c)` (service/read_request.hpp) gives the request to be
    /// changed, and the next guardrail sees the changed one.
    [[nodiscard]] virtual boost::asio::awaitable<result<void>> before_call(call& c, const chat_request& request);
    /// Beside the call, whose answer is held back until this has ended: what it refuses was paid for and
    /// is not delivered. \p c is a call of its own beside the guarded one (`call(call&)`) and cancelled
    /// when that has failed or another guardrail has refused. \p request is as `before_call` of all has left
    /// it; it must not be edited any more.
    [[nodiscard]] virtual boost::asio::awaitable<result<void>> during_call(call& c, const chat_request& request);
    /// The whole answer, which it may change; unchanged, the provider's bytes go on.
    [[nodiscard]] virtual boost::asio::awaitable<result<void>> after_call(call& c, chat_reply& answer);
    /// What is to see the events of a streamed answer; null when nothing is. \p c outlives it, its
    /// request does not.
    [[nodiscard]] virtual std::unique_ptr<chat_filter> watch_stream(call& c);
};
using any_guardrail = LLMX_PLAIN(basic_any_guardrail);

/// A guardrail that needs what \p Self defines: `class mine : public guardrail<mine>`.
template <class Self> class guardrail : public any_guardrail {
public:
    [[nodiscard]] guardrail_needs needs() const noexcept override {
        // A function that cannot be named (private, overloaded) is taken to be there.
        bool before = true, during = true, after = true, stream = true;
        if constexpr (requires { &Self::before_call; })
            before = !std::is_same_v<decltype(&Self::before_call), decltype(&any_guardrail::before_call)>;
        if constexpr (requires { &Self::during_call; })
            during = !std::is_same_v<decltype(&Self::during_call), decltype(&any_guardrail::during_call)>;
        if constexpr (requires { &Self::after_call; })
            after = !std::is_same_v<decltype(&Self::after_call), decltype(&any_guardrail::after_call)>;
        if constexpr (requires { &Self::watch_stream; })
            stream = !std::is_same_v<decltype(&Self::watch_stream), decltype(&any_guardrail::watch_stream)>;
        return guardrail_needs(before, during, after, stream);
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/guard/impl/guardrail.ipp>
#endif
