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

/// `error::provider_code` of the failure that `refused_by` makes; OpenAI's façade sends it as `code`.
inline constexpr std::string_view guardrail_refused = "guardrail_refused";

/// The refusal of the guardrail \p name: `errc::content_policy`, with its name and \p why in the message.
/// Neither may hold text that the caller must not receive.
LLMX_DECL [[nodiscard]] error refused_by(std::string_view name, std::string_view why);

/// Inspects chat calls and their answers, may change them and may refuse: one entry in the list of the
/// policy `guard`.
///
/// Each function but the name has a default that accepts everything. A failure that one returns is the
/// call's answer; a refusal is made by `refused_by`, and no fallback or retry follows it. One object
/// serves all cores, so it is thread-safe; operations that it awaits take `call::stop` and `call_context::deadline`
/// along. An answer comes whole or streamed, as the caller requested: a guardrail for answers has both
/// `after_call` and `watch_stream`, or one of them never sees it.
LLMX_DECL class basic_any_guardrail {
public:
    virtual ~basic_any_guardrail() = default;
    /// In refusals, thus for callers to read.
    [[nodiscard]] virtual std::string_view name() const noexcept = 0;
    /// All, unless overridden. `guardrail<Self>` determines it by itself.
    [[nodiscard]] virtual guardrail_needs needs() const noexcept { return guardrail_needs(); }
    /// Whether it inspects \p c at all: called once, before the others; cheap.
    [[nodiscard]] virtual bool applies_to(const call& c) const noexcept {
        static_cast<void>(c);
        return true;
    }

    /// Before anything is sent. `edit<chat>(c)` (service/read_request.hpp) gives the request to be
    /// changed, and the next guardrail sees the changed one.
    [[nodiscard]] virtual boost::asio::awaitable<result<void>> before_call(call& c, const chat_request& request);
    /// Beside the call, whose answer is held back until this has ended: a refused answer was paid for and
    /// is not delivered. \p c is a call of its own beside the guarded one (`call(call&)`) and cancelled
    /// when that has failed or another guardrail has refused. \p request is as `before_call` of all has left
    /// it; it must not be edited any more.
    [[nodiscard]] virtual boost::asio::awaitable<result<void>> during_call(call& c, const chat_request& request);
    /// The whole answer, which it may change; unchanged, the provider's bytes are passed on.
    [[nodiscard]] virtual boost::asio::awaitable<result<void>> after_call(call& c, chat_reply& answer);
    /// The filter of the events of a streamed answer; null for none. \p c outlives it, its
    /// request does not.
    [[nodiscard]] virtual std::unique_ptr<chat_filter> watch_stream(call& c);
};
using any_guardrail = LLMX_PLAIN(basic_any_guardrail);

namespace detail {
/// A member function's signature without its class.
template <class F> struct signature_of : std::type_identity<F> {};
template <class C, class R, class... A> struct signature_of<R (C::*)(A...)> : std::type_identity<R(A...)> {};
template <class C, class R, class... A> struct signature_of<R (C::*)(A...) noexcept> : std::type_identity<R(A...)> {};
template <class A, class B> inline constexpr bool overrides = std::is_same_v<typename signature_of<A>::type, typename signature_of<B>::type>;
template <class G, class B> [[nodiscard]] constexpr bool overrides_before() noexcept {
    if constexpr (requires { &G::before_call; }) return overrides<decltype(&G::before_call), decltype(&B::before_call)>;
    else return true;
}
template <class G, class B> [[nodiscard]] constexpr bool overrides_during() noexcept {
    if constexpr (requires { &G::during_call; }) return overrides<decltype(&G::during_call), decltype(&B::during_call)>;
    else return true;
}
template <class G, class B> [[nodiscard]] constexpr bool overrides_after() noexcept {
    if constexpr (requires { &G::after_call; }) return overrides<decltype(&G::after_call), decltype(&B::after_call)>;
    else return true;
}
template <class G, class B> [[nodiscard]] constexpr bool overrides_stream() noexcept {
    if constexpr (requires { &G::watch_stream; }) return overrides<decltype(&G::watch_stream), decltype(&B::watch_stream)>;
    else return true;
}
} // namespace detail

/// The members of the guardrail \p Self, each with a sentence: a function of another signature would override nothing.
template <class Self> struct check_guardrail {
    static_assert(std::is_base_of_v<any_guardrail, Self>, "llmx: a guardrail names itself: class mine : public guardrail<mine>");
    static_assert(detail::overrides_before<Self, any_guardrail>(),
                  "llmx: a guardrail's before_call is boost::asio::awaitable<result<void>> before_call(call& c, const chat_request& request) override");
    static_assert(detail::overrides_during<Self, any_guardrail>(),
                  "llmx: a guardrail's during_call is boost::asio::awaitable<result<void>> during_call(call& c, const chat_request& request) override");
    static_assert(detail::overrides_after<Self, any_guardrail>(),
                  "llmx: a guardrail's after_call is boost::asio::awaitable<result<void>> after_call(call& c, chat_reply& answer) override");
    static_assert(detail::overrides_stream<Self, any_guardrail>(),
                  "llmx: a guardrail's watch_stream is std::unique_ptr<chat_filter> watch_stream(call& c) override");
};

/// A guardrail whose needs follow from the functions that \p Self defines: `class mine : public guardrail<mine>`.
template <class Self> class guardrail : public any_guardrail {
public:
    [[nodiscard]] guardrail_needs needs() const noexcept override {
        static_assert(sizeof(check_guardrail<Self>) != 0);
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
