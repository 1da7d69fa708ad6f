// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/fwd.hpp>
#include <llmx/service/outcome.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Watches calls and their attempts: access logs, metrics, traces, spend.
///
/// Every function has an empty default. They run on the call's thread in the middle of its work: they
/// must not block nor throw, may read the call and may not change it. Each `call_began` is followed by
/// exactly one `call_ended`, each `attempt_began` by exactly one `attempt_ended`, also when the call is
/// cancelled or abandoned; the attempts of a call end before it does, except those that another made
/// superfluous (see `concurrent_attempts`). One object serves all cores, so it is thread-safe.
class any_observer {
public:
    virtual ~any_observer() = default;
    /// A call has come in. Its model has not been looked up.
    virtual void call_began(const call&) noexcept {}
    /// An attempt begins at `call::now.target`.
    virtual void attempt_began(const call&) noexcept {}
    /// The first real content of the attempt's answer is there, at `call::report.first_token`.
    virtual void first_content(const call&) noexcept {}
    /// The attempt at \p where has ended; of a streamed answer, with its stream.
    virtual void attempt_ended(const call&, const deployment& where, const outcome& how) noexcept {
        static_cast<void>(where);
        static_cast<void>(how);
    }
    /// The call has ended; of a streamed answer, with its stream. `call::report` is complete.
    virtual void call_ended(const call&, const outcome& how) noexcept { static_cast<void>(how); }
};

/// Observers chosen at run time, notified in order.
class observer_list final : public any_observer {
public:
    observer_list() = default;
    explicit observer_list(std::vector<std::shared_ptr<any_observer>> observers) : all_(std::move(observers)) {}
    void call_began(const call& c) noexcept override {
        for (const auto& o : all_) o->call_began(c);
    }
    void attempt_began(const call& c) noexcept override {
        for (const auto& o : all_) o->attempt_began(c);
    }
    void first_content(const call& c) noexcept override {
        for (const auto& o : all_) o->first_content(c);
    }
    void attempt_ended(const call& c, const deployment& where, const outcome& how) noexcept override {
        for (const auto& o : all_) o->attempt_ended(c, where, how);
    }
    void call_ended(const call& c, const outcome& how) noexcept override {
        for (const auto& o : all_) o->call_ended(c, how);
    }

private:
    std::vector<std::shared_ptr<any_observer>> all_;
};

} // namespace llmx::inline LLMX_ABI
