// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/chat.hpp>
#include <llmx/service/change_reply.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// What becomes of an event that `map_events` shows to a policy.
enum class event_action : std::uint8_t {
    keep, ///< it goes on, as the policy has left it
    drop, ///< it does not
};

namespace detail {

/// Calls \p f as it can be called; what it gives is read as an action.
template <class F, class Event, class Emit> [[nodiscard]] result<event_action> map_event(F& f, Event& e, const Emit& emit) {
    const auto run = [&]() -> decltype(auto) {
        if constexpr (std::invocable<F&, Event&, const Emit&>) return f(e, emit);
        else return f(e);
    };
    using given = std::remove_cvref_t<decltype(run())>;
    if constexpr (std::is_void_v<given>) {
        run();
        return event_action::keep;
    } else if constexpr (std::same_as<given, event_action> || std::same_as<given, result<event_action>>) {
        return run();
    } else {
        static_assert(std::same_as<given, result<void>>,
                      "llmx: the function of map_events takes (event&) or (event&, emit) and returns void, event_action, result<void> or "
                      "result<event_action>");
        const result<void> done = run();
        if (!done) return done.error();
        return event_action::keep;
    }
}

/// Whether a stream needs the event for its proper end.
[[nodiscard]] inline bool carries_end(const chat_event& e) noexcept {
    return e.what == chat_event::kind::start || e.what == chat_event::kind::finish || e.what == chat_event::kind::usage;
}
template <class Event> [[nodiscard]] bool carries_end(const Event&) noexcept { return false; }

/// \p F as `change_events` takes it.
template <class Event, class F> class event_mapping {
public:
    explicit event_mapping(F f) : f_(std::move(f)) {}
    template <class Emit> [[nodiscard]] result<void> operator()(const Event& e, const Emit& emit) {
        Event own = e;
        const result<event_action> action = map_event(f_, own, emit);
        if (!action) return action.error();
        if (*action == event_action::keep) emit(own);
        else if (carries_end(e)) emit(e);
        return success();
    }
    template <class Emit>
        requires requires(F& f, const Emit& emit) { f.end(emit); }
    auto end(const Emit& emit) {
        return f_.end(emit);
    }

private:
    F f_;
};

} // namespace detail

/// Has \p f change, drop or insert events of the streamed answer \p r of \p c: `co_return llmx::map_events(c, std::move(*r), f);`
/// in a layer. \p c must outlive the stream, which owns \p f.
///
/// \p f is called with each event in the vocabulary, `f(chat_event& e)`, whatever language the provider and the caller speak, in
/// process and behind a socket. It returns nothing or `event_action::keep` to let the event go on as it has left it, or
/// `event_action::drop`; a `result<event_action>` or `result<void>` may also fail, which ends the call and the stream with that
/// error. `f(chat_event& e, auto emit)` may call `emit(event)`, once or several times, for events that go before it. Texts of an
/// event are views: what \p f points them to must live until it is called again, or until `emit` returns. When \p f has `end(auto emit)`, it emits
/// there what it holds back before the proper end.
///
/// The start of a stream, the finish of each choice and the usage survive: dropped, they go on as the provider sent them. Limits and
/// reports count what the provider reported in any case. Fails with `errc::internal` when \p r is no stream of \p Op.
/// A whole answer is changed by `map_reply`.
template <operation Op = chat, class F> [[nodiscard]] result<reply> map_events(call& c, reply r, F f) {
    using mapping = detail::event_mapping<typename Op::event, F>;
    return change_events<Op>(c, std::move(r), mapping(std::move(f)));
}

/// The same for a whole answer: \p f is called with it, `f(chat_reply&)`, and returns nothing or a `result<void>`. On another thread
/// when the answer is large.
///
/// `const llmx::result<void> done = co_await llmx::map_reply(c, *r, f);`, where \p f has a name: a lambda in the same expression does not
/// survive g++ 12. \p c and \p r must outlive it. The usage that limits count is not changed by what \p f does to it. Fails with what
/// \p f fails with, and with what the answer's decoder fails with; \p r is then not to be used.
template <operation Op = chat, class F> boost::asio::awaitable<result<void>> map_reply(call& c, reply& r, F f) {
    auto change = [own = std::move(f)](typename Op::reply& whole) mutable -> result<void> {
        if constexpr (std::is_void_v<decltype(own(whole))>) {
            own(whole);
            return success();
        } else {
            return own(whole);
        }
    };
    return change_whole<Op>(c, r, std::move(change));
}

} // namespace llmx::inline LLMX_ABI
