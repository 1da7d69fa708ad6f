// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/service/deciding_layer.hpp>
#include <llmx/service/model_lookup.hpp>

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Sends a call that its model group could not serve to other groups, in order.
///
/// Which: the list of the group for the kind of failure. A prompt that exceeds the
/// context window goes by `context_window` when that has any entries, one that a
/// provider's content policy rejected by `content_policy`; everything else by `groups`.
/// Within each, the entry for the model as called, else for its group, else the entry with a "*" and the most other characters that
/// matches one of the two (`match_pattern`), else "*". A "*" in the name of a fallback is replaced by the part of the model's name for
/// which the entry has its first "*", or by the whole name: {"openai/*": ["azure/*"]} sends "openai/gpt-4o" to "azure/gpt-4o". A
/// fallback that fails is followed by its own list first, then by the rest of the one
/// before; no model is tried twice, and at most `max_fallbacks` are tried.
///
/// - Not for mistakes of the caller (`on_client_fault` changes that), cancelled calls or
///   passed deadlines; `call::no_fallback` turns it off for one call.
/// - A model that does not exist is searched under the entry that names it or its beginning; "*" does not
///   apply to misspelt names. It applies to models that are configured and not served (`unserved_model`).
/// - Is outside `retry`: each group gets its retries. An entry may name a deployment
///   id, which pins it.
/// - Counts in `call_context::fallbacks`. When every group has failed the caller gets the
///   failure of the group that it requested, with the trail of all attempts.
struct fallback {
    using lists = std::map<std::string, std::vector<std::string>, std::less<>>;

    fallback() = default;
    static constexpr stage_position position = at(stage::fallback);

    lists groups, context_window, content_policy;
    std::uint32_t max_fallbacks = 5;
    bool on_client_fault = false;

    static constexpr auto keys =
        settings_keys(config_key("max_fallbacks", &fallback::max_fallbacks).in("litellm_settings", "router_settings"));

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

    /// The next groups for a call after \p failure of \p model in \p group; null: none. \p replaced, when it is not null,
    /// becomes the text that replaces a "*" in their names, a part of \p model or \p group.
    LLMX_DECL [[nodiscard]] const std::vector<std::string>* next_of(std::string_view model, std::string_view group, errc failure,
                                                                    std::string_view* replaced = nullptr) const noexcept;
    /// Whether a caller's own list (`inbound::fallbacks`) is used after \p failure: where the general lists would be.
    LLMX_DECL [[nodiscard]] bool takes_callers(errc failure) const noexcept;
    /// The entry for a model that no group serves, or null; with \p any "*" is one too.
    LLMX_DECL [[nodiscard]] const std::vector<std::string>* instead_of(std::string_view model, bool any = false,
                                                                       std::string_view* replaced = nullptr) const noexcept;

    /// The order in which one call visits groups: the pure part of the layer. Names stay valid as long as the policy and
    /// this object.
    class itinerary {
    public:
        explicit itinerary(const fallback& policy) noexcept : policy_(&policy) {}
        itinerary(const itinerary&) = delete;
        itinerary& operator=(const itinerary&) = delete;
        /// Notes that \p name must not be visited again; false when that was known.
        LLMX_DECL bool visited(std::string_view name);
        /// Puts \p list in front of the planned groups; null is ignored. \p replaced is the text for a "*" in a name.
        LLMX_DECL void plan(const std::vector<std::string>* list, std::string_view replaced = std::string_view());
        /// The next name not visited yet; empty when there is none or enough were asked.
        LLMX_DECL [[nodiscard]] std::string_view next();
        /// Counts a group that is really tried.
        void asked() noexcept { ++asked_; }

    private:
        const fallback* policy_;
        std::vector<std::string_view> ahead_, behind_; ///< `ahead_` is last to first
        std::list<std::string> made_;                  ///< names with a "*" replaced
        std::uint32_t asked_ = 0;
    };

    template <class Next> class layer;
};

/// `fallbacks`, `default_fallbacks`, `context_window_fallbacks` and `content_policy_fallbacks` of `litellm_settings` and
/// `router_settings` (docs.litellm.ai/docs/proxy/reliability); a list in both counts from the second. The models
/// named as targets must exist.
LLMX_DECL void read_settings(settings_reader& top, fallback& into);

template <class Next> class fallback::layer : public deciding_layer<fallback::layer<Next>, Next> {
    /// A call that left the group it requested.
    struct fallback_state {
        fallback_state(const fallback& policy, const call& c, error why)
            : way(policy), model(c.model), group(c.group), first(std::move(why)) {
            way.visited(model);
            // The name of a wildcard group is a prefix, and its other models are other destinations.
            if (group != nullptr && !group->wildcard) way.visited(group->name);
        }
        itinerary way;
        std::string_view model;
        const model_group* group;
        /// The caller's answer when no other group can help either.
        error first;
    };

public:
    struct memory {
        std::unique_ptr<fallback_state> elsewhere;
    };

    layer(const fallback& policy, std::shared_ptr<const topology>, Next next)
        : deciding_layer<layer, Next>(std::move(next)), policy_(policy),
          nowhere_(policy.groups.empty() && policy.context_window.empty() && policy.content_policy.empty()) {}

    [[nodiscard]] bool takes_unknown(const call& c) const noexcept {
        return !c.in.no_fallback && policy_.instead_of(c.model, is_unserved(c)) != nullptr;
    }
    [[nodiscard]] result<void> before(call& c, memory& m) {
        if (served_by(c) != nullptr) return success();
        error unknown = no_such_model(c);
        if (!takes_unknown(c)) return unknown;
        m.elsewhere = std::make_unique<fallback_state>(policy_, c, std::move(unknown));
        std::string_view replaced;
        const std::vector<std::string>* const list = policy_.instead_of(c.model, is_unserved(c), &replaced);
        m.elsewhere->way.plan(list, replaced);
        if (!go_on(c, *m.elsewhere)) return come_back(c, *m.elsewhere);
        return success();
    }
    std::optional<time_point> after(call& c, memory& m, result<reply>& r) {
        if (r || (m.elsewhere == nullptr && ((nowhere_ && c.in.fallbacks == nullptr) || c.in.no_fallback))) return std::nullopt;
        if (can_go_on(c, r.error())) {
            if (m.elsewhere == nullptr) m.elsewhere = std::make_unique<fallback_state>(policy_, c, r.error());
            std::string_view replaced;
            if (c.in.fallbacks != nullptr && policy_.takes_callers(r.error().value()))
                m.elsewhere->way.plan(c.in.fallbacks.get());
            else m.elsewhere->way.plan(policy_.next_of(c.model, c.group->name, r.error().value(), &replaced), replaced);
            if (go_on(c, *m.elsewhere)) return c.moment;
        } else if (m.elsewhere == nullptr) {
            return std::nullopt;
        } else if (ends_all(r.error().value())) {
            m.elsewhere->first = r.error();
        }
        r = come_back(c, *m.elsewhere);
        return std::nullopt;
    }

private:
    /// Moves the call to the next group of its plan; false when there is none.
    [[nodiscard]] static bool go_on(call& c, fallback_state& j) {
        for (std::string_view name = j.way.next(); !name.empty(); name = j.way.next()) {
            const model_group* const g = c.world->find(name);
            // An alias may lead to a group that was tried under its own name.
            if (g == nullptr || (!g->wildcard && g->name != name && !j.way.visited(g->name))) continue;
            j.way.asked();
            // A name that was made belongs to the plan, which may end before the call does.
            c.fallback_model = name;
            c.model = c.fallback_model;
            c.group = g;
            c.tried.clear();
            ++c.report.fallbacks;
            return true;
        }
        return false;
    }
    [[nodiscard]] static error come_back(call& c, fallback_state& j) {
        c.model = j.model;
        c.group = j.group;
        if (!c.report.trail.empty()) j.first.with_attempts(c.report.trail);
        return std::move(j.first);
    }
    [[nodiscard]] static bool is_unserved(const call& c) noexcept {
        return c.world != nullptr && c.world->find_unserved(c.model) != nullptr;
    }
    /// A failure that other groups could not change.
    [[nodiscard]] static bool ends_all(errc e) noexcept { return e == errc::cancelled || e == errc::deadline_exceeded; }
    [[nodiscard]] static bool can_go_on(const call& c, const error& e) noexcept {
        return !ends_all(e.value()) && !c.stop.cancelled() && c.in.may_be_repeated() && c.moment < c.context->deadline;
    }
    fallback policy_;
    bool nowhere_;
};
static_assert(policy<fallback>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/policies/impl/fallback.ipp>
#include <llmx/policies/impl/fallback_settings.ipp>
#endif
