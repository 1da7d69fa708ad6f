// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/call_context.hpp>
#include <llmx/core/header_fields.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/fwd.hpp>
#include <llmx/service/inbound.hpp>
#include <llmx/service/observer.hpp>
#include <llmx/service/outcome.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/wire/http_message.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// One try at one deployment: the state that belongs to it alone.
struct attempt {
    attempt() = default;
    /// Set by the route layer.
    const deployment* target = nullptr;
    /// Set by the innermost service: `target` with the key or the address that the caller brings (`inbound::brought`); null: as it is.
    std::shared_ptr<const deployment> own_place;
    /// Where the attempt goes, and with which key. Layers use `target`.
    [[nodiscard]] const deployment& place() const noexcept { return own_place != nullptr ? *own_place : *target; }
    time_point began{};
    /// Set by the timeout layer, applied by the transport.
    http_limits limits;
    /// What the provider's `authorize` has added: tokens of accounts, which failures must not repeat.
    std::vector<secret> sent;
    /// Header fields of this attempt alone, laid over those of the call (`call::upstream_fields`): `set` adds or replaces
    /// one, `omit` leaves one of the call's out. The route layer clears it before each attempt; so layers
    /// inside of it use it.
    header_fields upstream_fields{header_fields::direction::upstream};
    /// Members that a translation left out, for the caller's headers and logs: as many names as a header
    /// field can hold, and a few more where it cannot hold them all.
    std::vector<std::string> dropped;
    /// The rendering of the request; moves on into the reply. It is here so that a large
    /// one can be freed on another thread.
    std::unique_ptr<const rendering> how;
};

/// One caller's request as it passes through the layers.
///
/// For experts, façades and layers: `client` and `gateway::chat` make one themselves. It is in
/// the caller's frame (or in the returned stream) until the reply has been consumed. Runtime,
/// context and the objects that `in` views must outlive it. The innermost service passes bytes through when the
/// provider uses the same language and translates otherwise. Not thread-safe.
///
/// `call second(c)` makes another attempt beside the one that \p c makes: the same request and
/// caller, an attempt, a report and a cancellation of its own. \p c must outlive it, and cancelling
/// \p c cancels it. See `concurrent_attempts`.
struct call {
    /// \p budget, which may be null, accounts for the bytes that the call buffers: see `memory`.
    call(runtime& where, call_context& ctx, memory_budget* budget = nullptr)
        : in(own_in_.emplace(budget)), report(ctx.report), on(&where), context(&ctx), memory(budget),
          link_(ctx.cancellation, &pass_on, &stop) {
        if (budget != nullptr) now.limits.memory = &memory;
        if (ctx.cancellation.cancelled()) stop.cancel();
    }
    explicit call(call& parent)
        : in(parent.in), report(own_report_.emplace()), on(parent.on), context(parent.context), model(parent.model),
          world(parent.world), keep_alive(parent.keep_alive), observed_by(parent.observed_by), group(parent.group),
          tried(parent.tried), moment(parent.moment), upstream_fields(parent.upstream_fields), memory(parent.memory.budget()),
          link_(parent.stop, &pass_on, &stop), ended_(true) {
        now.limits = parent.now.limits;
        now.limits.memory = memory.budget() != nullptr ? &memory : nullptr;
        if (parent.stop.cancelled()) stop.cancel();
    }
    call(const call&) = delete;
    call& operator=(const call&) = delete;
    ~call() { end(aborted()); }

private:
    std::optional<inbound> own_in_;
    std::optional<call_report> own_report_;

public:
    /// The request.
    inbound& in;
    /// The record of the call so far.
    call_report& report;
    /// Ends the call, or this attempt beside others. The caller's cancellation ends it too; a layer
    /// that cancels it does not cancel the caller's.
    cancellation stop;

    runtime* on;
    call_context* context;

    /// Model as the caller named it; a fallback replaces it.
    std::string_view model;
    /// Memory of `model` when a fallback made the name of a "*".
    std::string fallback_model;
    /// Set by the gateway: the topology the call began with, and the owners that keep it and the layers
    /// alive that the call is inside of.
    const topology* world = nullptr;
    std::shared_ptr<const void> keep_alive;
    /// Set by the gateway: the observers of the call; null when there are none.
    any_observer* observed_by = nullptr;
    /// Set by the gateway or the fallback layer; the group being served now. Null outside of
    /// the fallback layer when no group has the model's name and a fallback replaces it.
    const model_group* group = nullptr;
    /// Deployments that already failed in this call, by index; routers avoid them.
    std::vector<std::size_t> tried;
    /// Time at which the call was last resumed: on its arrival or after a wait. Layers
    /// that decide take the time from here: one reading of the clock serves all.
    time_point moment{};
    /// Header fields that every attempt of the call sends to its provider, whatever its language and wherever the
    /// call comes from. They take the place of fields of the same name that the provider writes, or a client has sent (`inbound::forwarded`).
    header_fields upstream_fields{header_fields::direction::upstream};
    /// The attempt being made, or that brought the answer.
    attempt now;
    /// Bytes that this call holds beside the request's and its decoded form (`inbound::memory`): the provider's
    /// answer as it came, and translated copies, each of which (the JSON's tree, the decoded form, the new text) is
    /// taken to be as large as its source. Released when another attempt begins, and when the call is destroyed.
    memory_lease memory;

    /// Called when the call (or the attempt, when registered inside the route layer) has ended:
    /// exactly once, also when it is abandoned or cancelled.
    struct listener {
        void (*ended)(void* self, const call& c, const deployment* d, const outcome& how) noexcept;
        void* self;
        const deployment* about;
    };
    static constexpr std::size_t max_listeners = 24;

    /// Registers \p ended; a 25th listener is a defect of a layer and ends the program, since
    /// dropping one would leak what it releases.
    void on_finish(void* self, void (*ended)(void*, const call&, const deployment*, const outcome&) noexcept) noexcept {
        if (listener_count_ == max_listeners) std::terminate();
        listener& l = listeners_[listener_count_++];
        l.ended = ended;
        l.self = self;
        l.about = now.target;
    }
    [[nodiscard]] std::size_t listeners() const noexcept { return listener_count_; }
    /// Notifies and discards the listeners registered after the first \p keep, newest first.
    void finish(const outcome& how, std::size_t keep = 0) noexcept {
        while (listener_count_ > keep) {
            const listener l = listeners_[--listener_count_];
            l.ended(l.self, *this, l.about, how);
        }
    }
    /// Called for each part of a call that goes on for long (a response within a session) with the tokens that it used: takes
    /// them, and one request, from a limit at once, and fails with `rate_limited` when that is used up. Limits register one where
    /// `operation_info::answers::duplex` is the operation's, beside `on_finish`, which settles the rest.
    struct charger {
        result<void> (*take)(void* self, call& c, const deployment* about, std::uint64_t tokens);
        void* self;
        const deployment* about;
    };
    static constexpr std::size_t max_chargers = 4;
    void on_charge(void* self, result<void> (*take)(void*, call&, const deployment*, std::uint64_t)) noexcept {
        // A retry at the same deployment registers it again; one at another leaves that of the first behind, see `charge`.
        for (std::size_t i = 0; i != charger_count_; ++i)
            if (chargers_[i].self == self && (chargers_[i].about == now.target || chargers_[i].about == nullptr)) return;
        std::size_t at = charger_count_;
        for (std::size_t i = 0; i != charger_count_; ++i)
            if (chargers_[i].self == self) at = i;
        if (at == max_chargers) return;
        if (at == charger_count_) ++charger_count_;
        chargers_[at].take = take;
        chargers_[at].self = self;
        chargers_[at].about = now.target;
    }
    /// Charges \p used to all limits of the call; the first failure, although all of them have taken it. The reservation grows with it,
    /// so that the end of the call settles only what was not charged.
    [[nodiscard]] result<void> charge(const usage& used) {
        const std::int64_t cached = report.limits_count_cached ? 0 : used.cached_tokens;
        const auto tokens = static_cast<std::uint64_t>(std::max<std::int64_t>(0, used.total_tokens() - cached));
        in.estimated_tokens += tokens;
        moment = on->now();
        result<void> within = success();
        for (std::size_t i = 0; i != charger_count_; ++i) {
            result<void> one = chargers_[i].take(chargers_[i].self, *this, chargers_[i].about, tokens);
            if (!one && within) within = std::move(one);
        }
        return within;
    }
    /// The call has ended: notifies all listeners and observers.
    void end(const outcome& how) noexcept {
        finish(how);
        if (call* const outer = std::exchange(ends_, nullptr)) {
            outer->report.tokens = how.tokens;
            if (how.tokens.empty()) outer->report.estimate = report.estimate;
            outer->report.first_token = report.first_token;
            outer->end(how);
        }
        if (observed_by != nullptr && !std::exchange(ended_, true)) observed_by->call_ended(*this, how);
    }
    /// The outcome of a call that is given up.
    [[nodiscard]] outcome aborted() const noexcept {
        outcome o;
        o.failure = errc::cancelled;
        o.tokens = report.tokens;
        o.first_token = report.first_token;
        return o;
    }
    /// The call has failed where no layer sees it: its answer could not be read.
    void fail(errc why) noexcept {
        outcome o = aborted();
        o.failure = why;
        end(o);
    }
    /// When \p how ended, for listeners: saves reading the clock when the outcome has it.
    [[nodiscard]] time_point end_of(const outcome& how) const noexcept {
        return how.ended != time_point() ? how.ended : on->now();
    }

    [[nodiscard]] bool has_tried(const deployment& d) const noexcept {
        for (const std::size_t i : tried)
            if (i == d.index) return true;
        return false;
    }
    /// \p answer, which \p second brought, an attempt beside this one, is this call's answer. When it is
    /// a stream, this call ends with it.
    void take_over(call& second, const reply& answer);
    /// \p second, an attempt beside this one, has failed: its deployments are not tried again.
    void add_failures(call& second) {
        for (const std::size_t i : second.tried)
            if (std::find(tried.begin(), tried.end(), i) == tried.end()) tried.push_back(i);
        now.target = second.now.target;
        report.add_failures(std::move(second.report));
    }

private:
    static void pass_on(void* stop) noexcept { static_cast<cancellation*>(stop)->cancel(); }

    /// To the cancellation of the caller, or of the call that this attempt is beside.
    cancellation::registration link_;
    std::array<listener, max_listeners> listeners_; // the first listener_count_ of them
    std::size_t listener_count_ = 0;
    std::array<charger, max_chargers> chargers_; // the first charger_count_ of them
    std::size_t charger_count_ = 0;
    /// The call whose answer this attempt streams.
    call* ends_ = nullptr;
    /// Observers were notified, or it is an attempt beside others, which is not reported as a call.
    bool ended_ = false;
};

} // namespace llmx::inline LLMX_ABI

#include <llmx/service/reply.hpp>

namespace llmx::inline LLMX_ABI {

inline void call::take_over(call& second, const reply& answer) {
    now.target = second.now.target;
    now.dropped = std::move(second.now.dropped);
    report.take_over(call_report(second.report));
    if (answer.stream != nullptr) second.ends_ = this;
}

} // namespace llmx::inline LLMX_ABI
