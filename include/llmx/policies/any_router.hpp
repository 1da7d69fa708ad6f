// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/policies/routers.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace llmx::inline LLMX_ABI {

/// A router with the names under which a configuration selects it.
template <class R>
concept named_router = router<R> && requires {
    std::string_view(R::names[0]);
};

/// One of several compiled-in strategies, chosen by name when the program starts.
///
/// The first is the default. Only the chosen one's tables are built; per-deployment
/// state has room for all of them, so a reload may change the strategy and keep the
/// statistics. Costs one predictable branch over the strategy itself.
template <named_router... Rs> class any_router {
    static_assert(sizeof...(Rs) > 0, "llmx: any_router needs at least one strategy");
    using indices = std::index_sequence_for<Rs...>;

public:
    any_router() = default;
    /// The default strategies with the given options, the first of them in charge.
    explicit any_router(Rs... strategies) requires(sizeof...(Rs) > 0) : strategies_(std::move(strategies)...) {}

    /// Puts the strategy called \p name in charge; `bad_configuration` names the known ones.
    result<void> choose(std::string_view name) {
        if (const std::size_t i = index_of(name); i < sizeof...(Rs)) {
            chosen_ = i;
            return success();
        }
        std::string known;
        (((known += known.empty() ? "" : ", ") += Rs::names[0]), ...);
        return error(errc::bad_configuration,
                     "unknown routing strategy '" + std::string(name) + "'; known are: " + known);
    }
    /// First name of the strategy in charge.
    [[nodiscard]] std::string_view name() const noexcept {
        constexpr std::string_view first[] = {Rs::names[0]...};
        return first[chosen_];
    }
    /// Options of one strategy.
    template <class R> [[nodiscard]] R& get() noexcept { return std::get<R>(strategies_); }

    using state = std::tuple<typename Rs::state...>;
    class table {
    public:
        table(const any_router& r, std::span<const deployment* const> members) { build(r, members, indices()); }

    private:
        friend class any_router;
        template <std::size_t... I>
        void build(const any_router& r, std::span<const deployment* const> members, std::index_sequence<I...>) {
            ((I == r.chosen_ ? (void)built_.template emplace<I + 1>(std::get<I>(r.strategies_), members) : (void)0),
             ...);
        }
        std::variant<std::monostate, typename Rs::table...> built_;
    };

    template <candidate_view C> [[nodiscard]] std::size_t pick(table& t, const C& c, pick_hints& hints) const noexcept {
        std::size_t picked = no_candidate;
        with_chosen([&](auto i) noexcept {
            const view<C, i> own(c);
            picked = std::get<i>(strategies_).pick(*std::get_if<i + 1>(&t.built_), own, hints);
        });
        return picked;
    }
    void started(state& s, time_point now) const noexcept {
        with_chosen([&](auto i) noexcept { std::get<i>(strategies_).started(std::get<i>(s), now); });
    }
    void answered(state& s, duration after, bool stream, time_point now) const noexcept {
        with_chosen([&](auto i) noexcept { std::get<i>(strategies_).answered(std::get<i>(s), after, stream, now); });
    }
    void finished(state& s, const outcome& how, time_point now) const noexcept {
        with_chosen([&](auto i) noexcept { std::get<i>(strategies_).finished(std::get<i>(s), how, now); });
    }

private:
    /// The same candidates with the state of one strategy.
    template <class C, std::size_t I> class view {
    public:
        using state = std::tuple_element_t<I, typename any_router::state>;
        explicit view(const C& c) noexcept : all_(&c) {}
        [[nodiscard]] std::size_t size() const noexcept { return all_->size(); }
        [[nodiscard]] const deployment& operator[](std::size_t i) const noexcept { return (*all_)[i]; }
        [[nodiscard]] bool usable(std::size_t i) const noexcept { return all_->usable(i); }
        [[nodiscard]] state& state_of(std::size_t i) const noexcept { return std::get<I>(all_->state_of(i)); }

    private:
        const C* all_;
    };

    template <class F> void with_chosen(F&& f) const noexcept { dispatch(f, indices()); }
    template <class F, std::size_t... I> void dispatch(F& f, std::index_sequence<I...>) const noexcept {
        (void)((I == chosen_ && (f(std::integral_constant<std::size_t, I>()), true)) || ...);
    }
    [[nodiscard]] static std::size_t index_of(std::string_view name) noexcept {
        std::size_t i = 0;
        (void)((knows<Rs>(name) || (++i, false)) || ...);
        return i;
    }
    template <class R> [[nodiscard]] static bool knows(std::string_view name) noexcept {
        for (const std::string_view n : R::names)
            if (n == name) return true;
        return false;
    }

    std::tuple<Rs...> strategies_;
    std::size_t chosen_ = 0;
};

} // namespace llmx::inline LLMX_ABI
