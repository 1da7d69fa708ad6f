// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/header_fields.hpp>
#include <llmx/core/money.hpp>
#include <llmx/core/usage.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

struct model_facts;

/// The record of a call: which deployment answered, after how many attempts, at what cost. For
/// reply headers, logs and observers.
///
/// The views are valid as long as the report is; for a call made with `gateway::execute`, as long
/// as that `call` is.
struct call_report {
    call_report() = default;
    call_report(const call_report& other) { *this = other; }
    call_report(call_report&& other) { *this = std::move(other); }
    call_report& operator=(const call_report& other) {
        if (this == &other) return *this;
        const bool resolved = other.upstream_model.data() == other.resolved_model.data();
        copy_plain(other);
        resolved_model = other.resolved_model;
        trail = other.trail;
        reply_fields = other.reply_fields;
        keep_alive = other.keep_alive;
        if (resolved) upstream_model = resolved_model;
        return *this;
    }
    call_report& operator=(call_report&& other) {
        if (this == &other) return *this;
        const bool resolved = other.upstream_model.data() == other.resolved_model.data();
        copy_plain(other);
        resolved_model = std::move(other.resolved_model);
        trail = std::move(other.trail);
        reply_fields = std::move(other.reply_fields);
        keep_alive = std::move(other.keep_alive);
        if (resolved) upstream_model = resolved_model;
        return *this;
    }

    std::string_view provider;
    std::string_view deployment_id;
    std::string_view upstream_model;
    /// Memory of `upstream_model` when a wildcard made the name.
    std::string resolved_model;
    std::uint32_t retries = 0;
    std::uint32_t fallbacks = 0;
    /// Attempts that failed, in order.
    std::vector<failed_attempt> trail;
    usage tokens;
    /// The limits of the vendor that answers count `tokens.cached_tokens` (`codec_ops::limits_count_cached`).
    bool limits_count_cached = true;
    /// What the prices of units in `tokens` depend on.
    unit_measures measures;
    /// An estimate in their place, because the provider of a chat reported no tokens: what the caller of a whole reply is given, and what
    /// limits settle on; no cost counts it. It means something only where `tokens` is empty; of a stream it is known when that has ended.
    usage estimate;
    /// The answer was looked through for it: when it is empty the provider has reported zeros.
    bool usage_judged = false;
    /// What is known about the model that answered; null when nothing is. Its prices make the cost of the call
    /// (`cost_of`).
    const model_facts* facts = nullptr;
    /// What the whole answer cost, once `settle_cost` has computed it: a server does so when the answer is complete, and its log
    /// reads it here.
    std::optional<money> cost;
    /// Time spent waiting for the upstream (connect, request, reply head), all attempts.
    duration upstream_time{};
    /// First event or byte of the answer, on the clock; zero until then.
    time_point first_token{};
    /// Header fields that policies add to the answer: a server writes them into its head, answers that are
    /// errors included, and a program reads them here. What is set after the head of a streamed answer was
    /// written reaches no client.
    header_fields reply_fields{header_fields::direction::reply};
    /// Owners of the memory that the views point into; set by `gateway::chat` and similar functions.
    std::shared_ptr<const void> keep_alive;

    /// \p from is that of a concurrent attempt whose answer is used: names, tokens and times become
    /// its own; retries and failed attempts are added.
    void take_over(call_report&& from) {
        provider = from.provider;
        deployment_id = from.deployment_id;
        const bool resolved = from.upstream_model.data() == from.resolved_model.data();
        upstream_model = from.upstream_model;
        resolved_model = std::move(from.resolved_model);
        if (resolved) upstream_model = resolved_model;
        tokens = from.tokens;
        measures = from.measures;
        limits_count_cached = from.limits_count_cached;
        estimate = from.estimate;
        usage_judged = from.usage_judged;
        facts = from.facts;
        cost = from.cost;
        first_token = from.first_token;
        upstream_time += from.upstream_time;
        reply_fields.merge(from.reply_fields);
        add_failures(std::move(from));
    }
    /// \p from is that of a concurrent attempt whose result is not used. Its time overlaps with that
    /// of others and is not added; that it was cancelled is not a failure and is left out.
    void add_failures(call_report&& from) {
        retries += from.retries;
        fallbacks += from.fallbacks;
        for (failed_attempt& f : from.trail)
            if (f.code != errc::cancelled) trail.push_back(std::move(f));
    }

private:
    void copy_plain(const call_report& other) noexcept {
        provider = other.provider;
        deployment_id = other.deployment_id;
        upstream_model = other.upstream_model;
        retries = other.retries;
        fallbacks = other.fallbacks;
        tokens = other.tokens;
        measures = other.measures;
        limits_count_cached = other.limits_count_cached;
        estimate = other.estimate;
        usage_judged = other.usage_judged;
        facts = other.facts;
        cost = other.cost;
        upstream_time = other.upstream_time;
        first_token = other.first_token;
    }
};

} // namespace llmx::inline LLMX_ABI
