// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/service/layer.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline v0 {

/// Sends a call that its model group could not serve to other groups, in order.
///
/// Which: the list of the group for the kind of failure. A prompt that exceeds the
/// context window goes by `context_window` when that has any entries, one that a
/// provider's content policy rejected by `content_policy`; everything else by `groups`.
/// Within each, the entry for the model as called, else for its group, else "*". A
/// fallback that fails is followed by its own list first, then by what is left of the one
/// before; no group is asked twice, and at most `max_fallbacks` are asked.
///
/// - Not for mistakes of the caller (`on_client_fault` changes that), cancelled calls or
///   passed deadlines; `call::no_fallback` turns it off for one call.
/// - A model that does not exist is looked for under the entry that names it; "*" does not
///   answer for misspelt names.
/// - Stands outside `retry`: each group gets its retries. An entry may name a deployment
///   id, which pins it.
/// - Counts in `call_context::fallbacks`. When every group has failed the caller gets the
///   failure of the group that it asked for, with the trail of all attempts.
struct fallback {
    using lists = std::map<std::string, std::vector<std::string>, std::less<>>;

    fallback() = default;
    static constexpr stage_position position = at(stage::fallback);

    lists groups, context_window, content_policy;
    std::uint32_t max_fallbacks = 5;
    bool on_client_fault = false;

    fallback& add(std::string group, std::vector<std::string> others) {
        groups.insert_or_assign(std::move(group), std::move(others));
        return *this;
    }
    /// For every group without an entry of its own.
    fallback& otherwise(std::vector<std::string> others) { return add("*", std::move(others)); }
    fallback& add_context_window(std::string group, std::vector<std::string> others) {
        context_window.insert_or_assign(std::move(group), std::move(others));
        return *this;
    }
    fallback& add_content_policy(std::string group, std::vector<std::string> others) {
        content_policy.insert_or_assign(std::move(group), std::move(others));
        return *this;
    }

    /// Where a call goes next after \p failure of \p model in \p group; null: nowhere.
    [[nodiscard]] LLMX_DECL const std::vector<std::string>* next_of(std::string_view model, std::string_view group,
                                                                    errc failure) const noexcept;
    /// The entry for a model that no group serves, or null.
    [[nodiscard]] LLMX_DECL const std::vector<std::string>* instead_of(std::string_view model) const noexcept;

    /// The order in which one call visits groups: the pure part of the layer.
    class itinerary {
    public:
        explicit itinerary(const fallback& policy) noexcept : policy_(&policy) {}
        /// Notes that \p name must not be visited again; false when that was known.
        LLMX_DECL bool visited(std::string_view name);
        /// Puts \p list in front of what is planned; null is ignored.
        LLMX_DECL void plan(const std::vector<std::string>* list);
        /// The next name not visited yet; empty when there is none or enough were asked.
        [[nodiscard]] LLMX_DECL std::string_view next();
        /// Counts a group that is really asked.
        void asked() noexcept { ++asked_; }

    private:
        const fallback* policy_;
        std::vector<std::string_view> ahead_, behind_; ///< `ahead_` is last to first
        std::uint32_t asked_ = 0;
    };

    template <class Next> class layer;
};

template <class Next> class fallback::layer : public layer_base<Next> {
public:
    layer(const fallback& policy, std::shared_ptr<const topology>, Next next)
        : layer_base<Next>(std::move(next)), policy_(policy) {}

    boost::asio::awaitable<result<reply>> operator()(call& c) {
        if (c.group == nullptr) c.group = c.world->find(c.model);
        if (c.group == nullptr)
            return c.no_fallback || policy_.instead_of(c.model) == nullptr ? detail::turned_away(no_such_model(c))
                                                                           : elsewhere(c, no_such_model(c));
        const bool none = policy_.groups.empty() && policy_.context_window.empty() && policy_.content_policy.empty();
        return none || c.no_fallback ? this->next_(c) : here_first(c);
    }

private:
    boost::asio::awaitable<result<reply>> here_first(call& c) {
        auto r = co_await this->next_(c);
        if (r || !can_go_on(c, r.error())) co_return std::move(r);
        error first = r.error();
        auto other = co_await elsewhere(c, std::move(first));
        co_return std::move(other);
    }
    boost::asio::awaitable<result<reply>> elsewhere(call& c, error first) {
        const std::string_view asked_model = c.model;
        const model_group* const asked_group = c.group;
        itinerary way(policy_);
        way.visited(c.model);
        if (c.group != nullptr) {
            way.visited(c.group->name);
            way.plan(next_of(c, first.value()));
        } else {
            way.plan(policy_.instead_of(c.model));
        }
        for (std::string_view name = way.next(); !name.empty(); name = way.next()) {
            const model_group* const g = c.world->find(name);
            // An alias may lead to a group that was asked under its own name.
            if (g == nullptr || (g->name != name && !way.visited(g->name))) continue;
            way.asked();
            c.model = name;
            c.group = g;
            c.tried.clear();
            ++c.context->fallbacks;
            auto r = co_await this->next_(c);
            if (r) co_return std::move(r);
            if (!can_go_on(c, r.error())) {
                if (ends_all(r.error().value())) first = r.error();
                break;
            }
            way.plan(next_of(c, r.error().value()));
        }
        c.model = asked_model;
        c.group = asked_group;
        if (!c.context->trail.empty()) first.with_attempts(c.context->trail);
        co_return std::move(first);
    }
    [[nodiscard]] const std::vector<std::string>* next_of(const call& c, errc failure) const noexcept {
        return policy_.next_of(c.model, c.group->name, failure);
    }
    /// Nothing that other groups could change.
    [[nodiscard]] static bool ends_all(errc e) noexcept { return e == errc::cancelled || e == errc::deadline_exceeded; }
    [[nodiscard]] static bool can_go_on(const call& c, const error& e) noexcept {
        return !ends_all(e.value()) && !c.context->cancellation.cancelled() && c.on->now() < c.context->deadline;
    }
    [[nodiscard]] static error no_such_model(const call& c) {
        error e(errc::not_found, "no such model: '" + std::string(c.model) + "'");
        e.with_param("model");
        return e;
    }

    fallback policy_;
};
static_assert(policy<fallback>);

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/policies/impl/fallback.ipp>
#endif
