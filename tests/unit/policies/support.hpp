// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/layer.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace policies_test {

using namespace llmx;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// A moment for tests of decisions alone.
inline time_point t(double s) {
    return time_point(hours(1)) + std::chrono::duration_cast<duration>(std::chrono::duration<double>(s));
}

inline deployment make_deployment(std::string id, std::string group = "gpt", double weight = 1, int order = 0) {
    deployment d;
    d.id = std::move(id);
    d.model_group = std::move(group);
    d.provider = "openai";
    d.model = "m-" + d.id;
    d.weight = weight;
    d.order = order;
    return d;
}

inline std::shared_ptr<const topology> world_of(std::vector<deployment> ds) {
    return topology::make(std::move(ds)).value();
}

/// A failure as a provider's answer makes it.
inline error said(errc e, int status, std::optional<milliseconds> retry_after = std::nullopt) {
    error made(e);
    made.with_provider("openai").with_provider_status(status);
    if (retry_after) made.with_retry_after(*retry_after);
    return made;
}

/// A stream that ends when it is asked to.
class finished_stream final : public reply_stream {
public:
    boost::asio::awaitable<result<std::string_view>> read_some() override { co_return std::string_view(); }
    bool provider_reported() const noexcept override { return false; }
    const usage& tokens() const noexcept override { return tokens_; }

private:
    usage tokens_;
};

/// What the innermost service does and saw.
struct script {
    std::deque<std::optional<error>> steps;           ///< empty: every further call succeeds
    std::map<std::string, error, std::less<>> broken; ///< by deployment or model
    std::vector<std::string> seen;
    std::map<std::string, time_point, std::less<>> available;
    /// Runs inside the call, before it answers.
    std::function<void(call&)> during;
    duration takes{};
    usage tokens;
    bool hang = false;
    bool record = true;
    std::size_t running = 0, most_running = 0;
};

/// Stands for the transport: answers by script.
class scripted_service {
public:
    explicit scripted_service(script& s) : script_(&s) {}
    boost::asio::awaitable<result<reply>> operator()(call& c) {
        script& s = *script_;
        if (s.record) s.seen.push_back(c.now.target != nullptr ? c.now.target->id : std::string(c.model));
        s.most_running = std::max(s.most_running, ++s.running);
        struct leaving {
            explicit leaving(script& in) : s(in) {}
            ~leaving() { --s.running; }
            script& s;
        } guard(s);
        if (s.during) s.during(c);
        if (s.hang || s.takes > duration::zero()) {
            const time_point until = s.hang ? time_point::max() : c.on->now() + s.takes;
            const auto slept = co_await c.on->sleep_until(until, c.stop);
            if (!slept) co_return slept.error();
        }
        std::optional<error> failure;
        if (!s.steps.empty()) {
            failure = std::move(s.steps.front());
            s.steps.pop_front();
        }
        const std::string_view who = c.now.target != nullptr ? std::string_view(c.now.target->id) : c.model;
        if (const auto b = s.broken.find(who); b != s.broken.end()) failure = b->second;
        if (failure) co_return *failure;
        reply r;
        r.tokens = s.tokens;
        if (c.in.stream) r.stream = std::make_unique<finished_stream>();
        co_return std::move(r);
    }
    [[nodiscard]] time_point available_at(const deployment& d, time_point now) const noexcept {
        if (script_->available.empty()) return now;
        const auto it = script_->available.find(d.id);
        return it == script_->available.end() ? now : it->second;
    }
    void adopt(scripted_service&) {}

private:
    script* script_;
};
static_assert(service<scripted_service>);

/// One core with manual time, and calls on it.
struct bench {
    explicit bench(std::shared_ptr<const topology> w) : world(std::move(w)) {}

    /// Runs one call through \p top and finishes it as the gateway would.
    template <class Top> result<reply> ask(Top& top, std::string_view model = "gpt", bool stream = false) {
        context.emplace();
        call c(on, *context);
        prepare(c, model, stream);
        auto r = testing::run(io, top(c));
        outcome how;
        if (!r)
            how.failure = r.error().value();
        else
            how.tokens = r->tokens;
        last_tried = c.tried;
        c.finish(how);
        return r;
    }
    void prepare(call& c, std::string_view model = "gpt", bool stream = false) {
        c.context->started = on.now();
        c.context->deadline = deadline;
        c.context->caller = caller;
        c.context->principal = principal;
        c.model = model;
        c.in.stream = stream;
        c.world = world.get();
        c.group = world->find(model);
        c.in.no_fallback = no_fallback;
        c.in.estimated_tokens = estimate;
        if (pin_target) c.now.target = &world->deployments()[0];
    }

    std::shared_ptr<const topology> world;
    boost::asio::io_context io{1};
    testing::scripted_transport network;
    testing::manual_runtime on{network, io.get_executor(), 7};
    std::optional<call_context> context;
    time_point deadline = time_point::max();
    std::string caller;
    principal_ptr principal;
    std::uint64_t estimate = 0;
    bool no_fallback = false;
    /// Sets the target to the first deployment, for layers that stand inside of route.
    bool pin_target = false;
    std::vector<std::size_t> last_tried;
};

} // namespace policies_test
