// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/deciding_layer.hpp>
#include <llmx/service/observer.hpp>

#include <concepts>
#include <memory>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// The functions of `any_observer` that an observer has: `call_began`, `attempt_began`, `first_content`,
/// `attempt_ended` or `call_ended`, each `noexcept`. It need not derive from it.
template <class O>
concept observer =
    requires(O& o, const call& c) { { o.call_began(c) } noexcept; } ||
    requires(O& o, const call& c) { { o.attempt_began(c) } noexcept; } ||
    requires(O& o, const call& c) { { o.first_content(c) } noexcept; } ||
    requires(O& o, const call& c, const deployment& d, const outcome& how) { { o.attempt_ended(c, d, how) } noexcept; } ||
    requires(O& o, const call& c, const outcome& how) { { o.call_ended(c, how) } noexcept; };

namespace detail {
template <class O> concept hears_call_began = requires(O& o, const call& c) { { o.call_began(c) } noexcept; };
template <class O> concept hears_attempt_began = requires(O& o, const call& c) { { o.attempt_began(c) } noexcept; };
template <class O> concept hears_first_content = requires(O& o, const call& c) { { o.first_content(c) } noexcept; };
template <class O> concept hears_attempt_ended =
    requires(O& o, const call& c, const deployment& d, const outcome& how) { { o.attempt_ended(c, d, how) } noexcept; };
template <class O> concept hears_call_ended = requires(O& o, const call& c, const outcome& how) { { o.call_ended(c, how) } noexcept; };
} // namespace detail

/// The members of the observer \p O, each with a sentence: what it has of them is as `any_observer` has it.
template <class O> struct check_observer {
    static_assert(!requires { &O::call_began; } || detail::hears_call_began<O>,
                  "llmx: an observer's call_began is void call_began(const call& c) noexcept");
    static_assert(!requires { &O::attempt_began; } || detail::hears_attempt_began<O>,
                  "llmx: an observer's attempt_began is void attempt_began(const call& c) noexcept");
    static_assert(!requires { &O::first_content; } || detail::hears_first_content<O>,
                  "llmx: an observer's first_content is void first_content(const call& c) noexcept");
    static_assert(!requires { &O::attempt_ended; } || detail::hears_attempt_ended<O>,
                  "llmx: an observer's attempt_ended is void attempt_ended(const call& c, const deployment& where, const outcome& how) noexcept");
    static_assert(!requires { &O::call_ended; } || detail::hears_call_ended<O>,
                  "llmx: an observer's call_ended is void call_ended(const call& c, const outcome& how) noexcept");
    static_assert(observer<O> || requires { &O::call_began; } || requires { &O::attempt_began; } || requires { &O::first_content; } ||
                      requires { &O::attempt_ended; } || requires { &O::call_ended; },
                  "llmx: an observer has one of call_began, attempt_began, first_content, attempt_ended and call_ended");
};

namespace detail {

/// Calls the functions that each observer has, which the compiler finds out.
template <class... Os> class observer_pack final : public any_observer {
public:
    explicit observer_pack(std::shared_ptr<Os>... observers) : all_(std::move(observers)...) {}
    void call_began(const call& c) noexcept override {
        each([&](auto& o) { if constexpr (requires { o.call_began(c); }) o.call_began(c); });
    }
    void attempt_began(const call& c) noexcept override {
        each([&](auto& o) { if constexpr (requires { o.attempt_began(c); }) o.attempt_began(c); });
    }
    void first_content(const call& c) noexcept override {
        each([&](auto& o) { if constexpr (requires { o.first_content(c); }) o.first_content(c); });
    }
    void attempt_ended(const call& c, const deployment& where, const outcome& how) noexcept override {
        each([&](auto& o) { if constexpr (requires { o.attempt_ended(c, where, how); }) o.attempt_ended(c, where, how); });
    }
    void call_ended(const call& c, const outcome& how) noexcept override {
        each([&](auto& o) { if constexpr (requires { o.call_ended(c, how); }) o.call_ended(c, how); });
    }

    template <class O> [[nodiscard]] const std::shared_ptr<O>& get() const noexcept {
        return std::get<std::shared_ptr<O>>(all_);
    }

private:
    template <class Notify> void each(Notify notify) noexcept {
        std::apply([&](const std::shared_ptr<Os>&... o) { (notify(*o), ...); }, all_);
    }
    std::tuple<std::shared_ptr<Os>...> all_;
};

} // namespace detail

/// The observers of a gateway: `gateway<registry<openai>, weighted, observers<my_metrics, my_log>>`.
///
/// Their types are known at compile time; `observers<observer_list>` takes those that a configuration
/// names. A gateway without this policy has no code for them but the test of a null pointer.
///
/// - Calls that no model group serves are observed too.
/// - Objects are shared. They outlive reloads, unless the new policies bring others.
template <class... Os> struct observers {
    static_assert(((sizeof(check_observer<Os>) != 0) && ...));
    /// Those that the gateway has already, or new ones when it has none.
    observers()
        requires(std::default_initializable<Os> && ...)
    = default;
    explicit observers(std::shared_ptr<Os>... all)
        requires(sizeof...(Os) != 0)
        : pack(std::make_shared<detail::observer_pack<Os...>>(std::move(all)...)) {}
    static constexpr stage_position position = at(stage::observe);

    /// Null until a gateway is made with it.
    std::shared_ptr<any_observer> pack;
    [[nodiscard]] static std::shared_ptr<any_observer> make()
        requires(std::default_initializable<Os> && ...)
    {
        return std::make_shared<detail::observer_pack<Os...>>(std::make_shared<Os>()...);
    }
    using pack_type = detail::observer_pack<Os...>;
    template <class O> static constexpr bool has = (std::same_as<O, Os> || ...);

    /// For the concept `policy`: a gateway leaves it out.
    template <class Next> class layer : public deciding_layer<layer<Next>, Next> {
    public:
        struct memory {};
        layer(const observers&, std::shared_ptr<const topology>, Next next)
            : deciding_layer<layer, Next>(std::move(next)) {}
        [[nodiscard]] result<void> before(call&, memory&) noexcept { return success(); }
    };
};

} // namespace llmx::inline LLMX_ABI
