// SPDX-License-Identifier: BSL-1.0
// The loop that obeys deciding layers: who is asked when, with which memory.
#include <llmx/gateway/arrange.hpp>
#include <llmx/gateway/gateway.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/service/deciding_layer.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/test/unit_test.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace deciding_layer_unit {

using namespace llmx;
using std::chrono::seconds;

namespace {

using journal = std::vector<std::string>;

/// The innermost service: fails as configured, then succeeds.
struct inner_service {
    explicit inner_service(journal& j) : said(&j) {}
    boost::asio::awaitable<result<reply>> operator()(call&) {
        said->push_back("inner");
        if (failures == 0) co_return reply();
        --failures;
        co_return error(errc::overloaded);
    }
    [[nodiscard]] time_point available_at(const deployment&, time_point now) const noexcept { return now; }
    void adopt(inner_service&) {}
    journal* said;
    int failures = 0;
};

/// What one layer of a test does.
struct behaviour {
    std::string name;
    bool refuses = false;
    int again = 0;
    duration after_a_while{};
    bool waits = false;
    std::optional<errc> wait_fails;
};

/// Decides as configured and records its calls.
template <class Next> class noted : public deciding_layer<noted<Next>, Next> {
public:
    struct memory {
        int asked = 0;
    };
    noted(behaviour b, journal& j, Next next)
        : deciding_layer<noted, Next>(std::move(next)), does_(std::move(b)), said_(&j) {}

    [[nodiscard]] result<void> before(call&, memory& m) {
        said_->push_back(does_.name + " in" + (m.asked++ == 0 ? "" : " again with old memory"));
        if (does_.refuses) return error(errc::shed, does_.name);
        return success();
    }
    [[nodiscard]] bool must_wait(const memory&) const noexcept { return does_.waits; }
    boost::asio::awaitable<result<void>> wait(call& c, memory&) {
        said_->push_back(does_.name + " waits");
        const auto slept = co_await c.on->sleep_until(c.on->now() + seconds(1), c.stop);
        if (!slept) co_return slept.error();
        if (does_.wait_fails) co_return error(*does_.wait_fails);
        co_return success();
    }
    std::optional<time_point> after(call& c, memory& m, result<reply>& r) {
        said_->push_back(does_.name + (r ? " out" : " out failed"));
        if (r || m.asked > does_.again) return std::nullopt;
        ++m.asked;
        return c.moment + does_.after_a_while;
    }

private:
    behaviour does_;
    journal* said_;
};

/// A layer that is a coroutine of its own.
template <class Next> class awaiting : public layer_base<Next> {
public:
    awaiting(journal& j, Next next) : layer_base<Next>(std::move(next)), said_(&j) {}
    boost::asio::awaitable<result<reply>> operator()(call& c) {
        said_->push_back("coroutine in");
        auto r = co_await this->next_(c);
        said_->push_back("coroutine out");
        co_return std::move(r);
    }

private:
    journal* said_;
};

struct fixture {
    journal said;
    testing::scripted_transport network;
    testing::manual_runtime on{network};
    call_context context;

    template <class Top> result<reply> ask(Top& top) {
        call c(on, context);
        return testing::run(top(c));
    }
};

noted<inner_service> one(fixture& f, behaviour b, int failures = 0) {
    inner_service s(f.said);
    s.failures = failures;
    return noted<inner_service>(std::move(b), f.said, s);
}
behaviour named(std::string name) {
    behaviour b;
    b.name = std::move(name);
    return b;
}

} // namespace

BOOST_AUTO_TEST_SUITE(service_deciding_layer)

BOOST_FIXTURE_TEST_CASE(in_from_outside_and_out_from_inside, fixture) {
    auto top = noted<noted<inner_service>>(named("a"), said, one(*this, named("b")));
    BOOST_TEST(ask(top).has_value());
    BOOST_TEST(said == (journal{"a in", "b in", "inner", "b out", "a out"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(who_refuses_is_not_asked_afterwards, fixture) {
    behaviour b = named("b");
    b.refuses = true;
    auto top = noted<noted<inner_service>>(named("a"), said, one(*this, b));
    const auto r = ask(top);
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::shed));
    BOOST_TEST(said == (journal{"a in", "b in", "a out failed"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(again_is_for_what_stands_inside_with_fresh_memory, fixture) {
    behaviour b = named("b");
    b.again = 1;
    auto top = noted<noted<noted<inner_service>>>(named("a"), said,
                                                  noted<noted<inner_service>>(b, said, one(*this, named("c"), 1)));
    BOOST_TEST(ask(top).has_value());
    BOOST_TEST(said == (journal{"a in", "b in", "c in", "inner", "c out failed", "b out failed", "c in", "inner", "c out",
                                "b out", "a out"}),
               boost::test_tools::per_element());
    BOOST_TEST(on.sleeps().empty());
}

BOOST_FIXTURE_TEST_CASE(an_outer_layer_sends_the_call_through_all_inner_ones, fixture) {
    behaviour a = named("a"), b = named("b");
    a.again = b.again = 1;
    auto top = noted<noted<inner_service>>(a, said, one(*this, b, 3));
    BOOST_TEST(ask(top).has_value());
    BOOST_TEST(said == (journal{"a in", "b in", "inner", "b out failed", "inner", "b out failed", "a out failed", "b in",
                                "inner", "b out failed", "inner", "b out", "a out"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(again_later_sleeps_until_then, fixture) {
    behaviour a = named("a");
    a.again = 1;
    a.after_a_while = seconds(3);
    auto top = one(*this, a, 1);
    const time_point began = on.now();
    BOOST_TEST(ask(top).has_value());
    BOOST_REQUIRE(on.sleeps().size() == 1u);
    BOOST_TEST((on.now() - began == seconds(3)));
}

BOOST_FIXTURE_TEST_CASE(a_cancelled_sleep_goes_outwards, fixture) {
    behaviour b = named("b");
    b.again = 1;
    b.after_a_while = seconds(3);
    auto top = noted<noted<inner_service>>(named("a"), said, one(*this, b, 1));
    context.report.trail.emplace_back("d", errc::overloaded, 503);
    context.cancellation.cancel();
    const auto r = ask(top);
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::cancelled));
    BOOST_TEST(r.error().attempts().size() == 1u);
    BOOST_TEST(said == (journal{"a in", "b in", "inner", "b out failed", "a out failed"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(who_must_wait_is_waited_for_and_then_passed, fixture) {
    behaviour b = named("b");
    b.waits = true;
    auto top = noted<noted<noted<inner_service>>>(named("a"), said,
                                                  noted<noted<inner_service>>(b, said, one(*this, named("c"))));
    BOOST_TEST(ask(top).has_value());
    BOOST_TEST(said == (journal{"a in", "b in", "b waits", "c in", "inner", "c out", "b out", "a out"}),
               boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(a_wait_in_vain_turns_the_call_away, fixture) {
    behaviour b = named("b");
    b.waits = true;
    b.wait_fails = errc::shed;
    auto top = noted<noted<inner_service>>(named("a"), said, one(*this, b));
    const auto r = ask(top);
    BOOST_REQUIRE(!r);
    BOOST_TEST((r.error().value() == errc::shed));
    BOOST_TEST(said == (journal{"a in", "b in", "b waits", "a out failed"}), boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(coroutines_stand_between_in_any_order, fixture) {
    behaviour a = named("a");
    a.again = 1;
    using middle = awaiting<noted<inner_service>>;
    static_assert(detail::deciding_depth<noted<middle>> == 1 && detail::deciding_depth<middle> == 0);
    auto top = noted<middle>(a, said, middle(said, one(*this, named("b"), 1)));
    BOOST_TEST(ask(top).has_value());
    BOOST_TEST(said == (journal{"a in", "coroutine in", "b in", "inner", "b out failed", "coroutine out", "a out failed",
                                "coroutine in", "b in", "inner", "b out", "coroutine out", "a out"}),
               boost::test_tools::per_element());
}

namespace {

/// Holds a slot while it remembers a call; admits none.
template <class Next> class holding : public deciding_layer<holding<Next>, Next> {
public:
    struct memory {
        std::shared_ptr<int> slot;
    };
    holding(std::shared_ptr<int> slot, bool waits, Next next)
        : deciding_layer<holding, Next>(std::move(next)), slot_(std::move(slot)), waits_(waits) {}
    [[nodiscard]] result<void> before(call&, memory& m) {
        m.slot = slot_;
        if (!waits_) return error(errc::shed);
        return success();
    }
    [[nodiscard]] bool must_wait(const memory&) const noexcept { return waits_; }
    boost::asio::awaitable<result<void>> wait(call&, memory&) { co_return error(errc::shed); }

private:
    std::shared_ptr<int> slot_;
    bool waits_;
};

/// Looks on its way out at who still remembers the call.
template <class Next> class looking : public deciding_layer<looking<Next>, Next> {
public:
    struct memory {};
    looking(std::shared_ptr<int> slot, Next next)
        : deciding_layer<looking, Next>(std::move(next)), slot_(std::move(slot)) {}
    [[nodiscard]] result<void> before(call&, memory&) noexcept { return success(); }
    std::optional<time_point> after(call&, memory&, result<reply>&) {
        seen = slot_.use_count();
        return std::nullopt;
    }
    long seen = 0;

private:
    std::shared_ptr<int> slot_;
};

/// Derives from a layer that decides and answers by itself.
struct refined : noted<inner_service> {
    using noted::noted;
    boost::asio::awaitable<result<reply>> operator()(call& c) {
        ++asked;
        return noted::operator()(c);
    }
    int asked = 0;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(who_turned_a_call_away_has_forgotten_it, fixture) {
    for (const bool waits : {false, true}) {
        const auto slot = std::make_shared<int>();
        auto top = looking<holding<inner_service>>(slot, holding<inner_service>(slot, waits, inner_service(said)));
        const long held = slot.use_count();
        BOOST_TEST(!ask(top));
        BOOST_TEST(top.seen == held);
    }
}

BOOST_FIXTURE_TEST_CASE(a_layer_that_answers_by_itself_is_asked_as_such, fixture) {
    static_assert(!detail::deciding<refined>);
    auto top = noted<refined>(named("a"), said, refined(named("b"), said, inner_service(said)));
    BOOST_TEST(ask(top).has_value());
    BOOST_TEST(top.next().asked == 1);
}

namespace {

/// The policy shown in docs/library.md: callers whose name begins with "guest" are refused.
struct no_guests {
    static constexpr stage_position position = at(stage::authenticate);

    template <class Next> class layer : public deciding_layer<layer<Next>, Next> {
    public:
        struct memory {};
        layer(const no_guests&, std::shared_ptr<const topology>, Next next)
            : deciding_layer<layer, Next>(std::move(next)) {}
        result<void> before(call& c, memory&) {
            if (c.context->caller.starts_with("guest")) return error(errc::permission_denied, "not for guests");
            return success();
        }
    };
};

} // namespace

BOOST_AUTO_TEST_CASE(a_policy_of_one_s_own_in_a_gateway) {
    using providers = registry<mock>;
    deployment d;
    d.id = "d";
    d.model_group = "m";
    d.provider = "mock";
    d.model = "echo";
    BOOST_REQUIRE(providers::complete(d));
    gateway<providers, weighted, no_guests> gw(topology::make(std::vector<deployment>{d}).value());
    testing::scripted_transport network;
    testing::manual_runtime on(network);
    for (const auto& [who, welcome] : {std::pair("ada", true), std::pair("guest-7", false)}) {
        call_context context;
        context.caller = who;
        const chat_request q("m", "hi");
        const auto r = testing::run(gw.chat(on, context, q));
        BOOST_TEST(r.has_value() == welcome);
        if (!r) BOOST_TEST((r.error().value() == errc::permission_denied));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace deciding_layer_unit
