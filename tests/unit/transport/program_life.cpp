// SPDX-License-Identifier: BSL-1.0
#include <llmx/transport/detail/program_log.hpp>
#include <llmx/transport/program_life.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace program_life_unit {

using namespace std::chrono_literals;
using llmx::program_life;
using state = program_life::state;
using step = program_life::step;

/// A life on a clock of its own, one second after its beginning for each `pass(1s)`.
struct fixture {
    llmx::program_timing times;
    llmx::time_point now{llmx::duration(1h)};
    program_life life{times, now};
    void renew() { life = program_life(times, now); }
    void pass(llmx::duration d) { now += d; }
    step due() { return life.due(now); }
    void start() {
        BOOST_TEST((due() == step::start));
        life.started(now);
    }
    void become_ready() {
        start();
        BOOST_TEST((due() == step::check));
        life.checked(life.check(), true, now);
        BOOST_TEST((life.now() == state::ready));
    }
    void end(const char* how = "ended with exit status 1") { life.exited(how, now); }
};

BOOST_FIXTURE_TEST_SUITE(transport_program_life, fixture)

BOOST_AUTO_TEST_CASE(starts_checks_and_is_ready) {
    BOOST_TEST(life.may_become_ready());
    start();
    BOOST_TEST((life.now() == state::starting));
    BOOST_TEST((due() == step::check));
    BOOST_TEST((due() == step::wait));
    const auto first = life.check();
    life.checked(first, false, now);
    BOOST_TEST((life.now() == state::starting));
    BOOST_TEST((life.next() == now + times.start_interval));
    pass(times.start_interval);
    BOOST_TEST((due() == step::check));
    life.checked(first, true, now); // late: another one is under way
    BOOST_TEST((life.now() == state::starting));
    life.checked(life.check(), true, now);
    BOOST_TEST((life.now() == state::ready));
    BOOST_TEST((life.next() == now + times.health_interval));
}

BOOST_AUTO_TEST_CASE(a_start_without_end_is_ended) {
    start();
    for (int i = 0; life.now() == state::starting && i < 10000; ++i) {
        pass(1s);
        static_cast<void>(due());
        if (life.now() == state::starting) life.checked(life.check(), false, now);
    }
    BOOST_TEST((life.now() == state::stopping));
    BOOST_TEST((now - llmx::time_point(llmx::duration(1h)) == times.start_timeout));
    end("was ended by signal 15");
    BOOST_TEST(life.last_end() == "did not become ready within 600 s and was stopped; raise start_timeout if it needs longer");
}

BOOST_AUTO_TEST_CASE(failed_checks_restart_it) {
    become_ready();
    for (std::uint32_t i = 1; i <= times.failed_checks; ++i) {
        BOOST_TEST((life.now() == (i == 1 ? state::ready : state::unhealthy)));
        now = life.next();
        BOOST_TEST((due() == step::check));
        now = life.next();
        BOOST_TEST((now == life.check_by()));
        BOOST_TEST((due() == (i < times.failed_checks ? step::wait : step::terminate)));
    }
    BOOST_TEST((life.next() == now + times.stop_grace));
    pass(times.stop_grace);
    BOOST_TEST((due() == step::kill));
    BOOST_TEST((due() == step::wait));
    BOOST_TEST((life.next() == llmx::time_point::max()));
    end("was ended by signal 9");
    BOOST_TEST(life.last_end() == "failed 3 health checks in a row and was stopped");
    BOOST_TEST((life.now() == state::backing_off));
}

BOOST_AUTO_TEST_CASE(one_good_check_forgives) {
    become_ready();
    for (int i = 0; i < 20; ++i) {
        now = life.next();
        BOOST_TEST((due() == step::check));
        life.checked(life.check(), i % 2 == 0, now);
    }
    BOOST_TEST((life.now() == state::unhealthy));
}

BOOST_AUTO_TEST_CASE(delays_grow_and_end) {
    for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
        start();
        end();
        BOOST_TEST(!life.may_become_ready());
        BOOST_TEST((life.start_at() - now == std::chrono::seconds(seconds)));
        BOOST_TEST((due() == step::wait));
        now = life.start_at();
    }
    BOOST_TEST(life.failures() == 8u);
    BOOST_TEST(life.restarts() == 7u);
    become_ready();
    pass(times.steady_after);
    end();
    BOOST_TEST(life.failures() == 1u);
    BOOST_TEST((life.start_at() - now == 1s));
}

BOOST_AUTO_TEST_CASE(a_program_that_cannot_start_backs_off) {
    BOOST_TEST((due() == step::start));
    life.start_failed("could not be started: no such file", now);
    BOOST_TEST(life.describe(now) == "could not be started: no such file; it is started again in 1 s, and what it wrote is in the log");
    pass(1s);
    BOOST_TEST((due() == step::start));
    life.start_failed("could not be started: no such file", now);
    BOOST_TEST(life.describe(now).starts_with("could not be started: no such file (2 times in a row); it is started again in 2 s"));
}

BOOST_AUTO_TEST_CASE(stops_for_good) {
    become_ready();
    life.stop(now);
    BOOST_TEST((life.now() == state::stopping));
    BOOST_TEST((due() == step::terminate));
    BOOST_TEST((due() == step::wait));
    life.failed("closed its standard output", now);
    end("ended with exit status 0");
    BOOST_TEST((life.now() == state::stopped));
    BOOST_TEST((due() == step::wait));
    BOOST_TEST((life.next() == llmx::time_point::max()));
    renew();
    life.stop(now);
    BOOST_TEST((life.now() == state::stopped));
    BOOST_TEST((due() == step::wait));
}

BOOST_AUTO_TEST_CASE(an_owner_may_end_it) {
    become_ready();
    life.failed("closed its standard output and was stopped", now);
    BOOST_TEST((due() == step::terminate));
    life.failed("again", now);
    end();
    BOOST_TEST(life.last_end() == "closed its standard output and was stopped");
}

BOOST_AUTO_TEST_CASE(log_lines_are_bounded) {
    std::vector<std::string> lines;
    llmx::detail::program_log log([&lines](std::string_view line) { lines.emplace_back(line); });
    log.feed("one\ntw", now);
    log.feed("o\n\n\x1b[31mred", now);
    BOOST_TEST((lines == std::vector<std::string>{"one", "two"}));
    log.finish(now);
    BOOST_TEST(lines.back() == " [31mred");
    log.feed(std::string(10000, 'x'), now);
    log.feed(std::string(10000, 'x') + "\n", now);
    BOOST_TEST(lines.back().size() == llmx::detail::program_log::longest);
    lines.clear();
    pass(1s);
    for (int i = 0; i < 1000; ++i) log.line("x", now);
    BOOST_TEST(lines.size() == llmx::detail::program_log::most);
    pass(1s);
    log.line("y", now);
    BOOST_TEST(lines[200] == "(800 more lines were left out)");
    BOOST_TEST(lines[201] == "y");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace program_life_unit
