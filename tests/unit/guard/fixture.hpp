// SPDX-License-Identifier: BSL-1.0
// Guardrails that do what a test wrote down, in a gateway over a scripted network.
#pragma once

#include "../gateway/spoken.hpp"

#include <llmx/guard/guard.hpp>
#include <llmx/service/read_request.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace guard_test {

using namespace llmx;
using gateway_test::make;
using gateway_test::world_of;

/// Records its calls and answers as configured.
struct scripted_guardrail final : any_guardrail {
    scripted_guardrail(std::string n, guardrail_needs needed) : called(std::move(n)), needed_(needed) {}
    std::string_view name() const noexcept override { return called; }
    guardrail_needs needs() const noexcept override { return needed_; }
    bool applies_to(const call& c) const noexcept override { return only_for.empty() || c.context->caller == only_for; }

    boost::asio::awaitable<result<void>> before_call(call& c, const chat_request& r) override {
        note("before");
        last_seen = r.messages.empty() ? std::string() : r.messages.back().text();
        if (before) co_return before(c, r);
        co_return success();
    }
    boost::asio::awaitable<result<void>> during_call(call& c, const chat_request& r) override {
        note("during");
        last_seen = r.messages.empty() ? std::string() : r.messages.back().text();
        if (takes != duration::zero()) {
            const result<void> slept = co_await c.on->sleep_until(c.on->now() + takes, c.stop);
            if (!slept) {
                note("cancelled");
                co_return slept.error();
            }
        }
        note("done");
        if (during) co_return during(c, r);
        co_return success();
    }
    boost::asio::awaitable<result<void>> after_call(call& c, chat_reply& r) override {
        note("after");
        if (after) co_return after(c, r);
        co_return success();
    }
    std::unique_ptr<chat_filter> watch_stream(call&) override {
        note("watch");
        return filter ? filter() : nullptr;
    }

    void note(std::string_view what) {
        if (log != nullptr) log->push_back(called + ":" + std::string(what));
    }
    result<void> refuse(std::string_view why = "no") const { return refused_by(called, why); }

    std::string called, only_for, last_seen;
    std::vector<std::string>* log = nullptr;
    duration takes{};
    std::function<result<void>(call&, const chat_request&)> before, during;
    std::function<result<void>(call&, chat_reply&)> after;
    std::function<std::unique_ptr<chat_filter>()> filter;

private:
    guardrail_needs needed_;
};

inline constexpr guardrail_needs only_before(true, false, false, false), only_during(false, true, false, false),
    only_after(false, false, true, false), only_stream(false, false, false, true);

using guarded_gateway = gateway<gateway_test::providers, weighted, timeout, guard>;

struct guarded_world : gateway_test::world {
    std::shared_ptr<scripted_guardrail> add(std::string name, guardrail_needs needs) {
        auto g = std::make_shared<scripted_guardrail>(std::move(name), needs);
        g->log = &log;
        std::get<guard>(policies).add(g);
        return g;
    }
    guarded_gateway& gw(const std::string& vendor = "openai") {
        if (!made_) made_.emplace(world_of({make("a", "m", vendor, "x")}), policies);
        return *made_;
    }
    std::vector<std::string> log;
    guarded_gateway::policies_type policies;
    const chat_request question{"m", "hi"};

private:
    std::optional<guarded_gateway> made_;
};

/// A whole call that runs on an `io_context` of its own, a step at a time.
struct stepped {
    explicit stepped(guarded_world& w) : of(&w) { w.runtime.hold_sleeps(true); }
    void begin() {
        boost::asio::co_spawn(io, of->gw().chat(of->runtime, of->context, of->question),
                              [this](const std::exception_ptr& e, result<chat_reply> r) {
                                  thrown = e;
                                  if (!e) got.emplace(std::move(r));
                              });
        io.poll();
    }
    void advance(int seconds) {
        of->runtime.advance(std::chrono::seconds(seconds));
        go_on();
    }
    void go_on() {
        io.restart();
        io.poll();
    }
    guarded_world* of;
    boost::asio::io_context io{1};
    std::optional<result<chat_reply>> got;
    std::exception_ptr thrown;
};

} // namespace guard_test
