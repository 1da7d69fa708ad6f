// SPDX-License-Identifier: BSL-1.0
#include <llmx/service/asio_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

namespace asio_runtime_unit {

using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(transport_asio_runtime)

BOOST_AUTO_TEST_CASE(gives_what_it_was_given) {
    boost::asio::io_context io(1);
    llmx::testing::scripted_transport net;
    llmx::asio_runtime world(io, net);
    BOOST_TEST(&world.transport() == &net);
    BOOST_TEST((world.executor() == io.get_executor()));
    BOOST_TEST(world.unix_seconds() > 1'700'000'000);
    std::set<std::uint64_t> drawn;
    for (int i = 0; i < 100; ++i) drawn.insert(world.random());
    llmx::asio_runtime other(io, net);
    for (int i = 0; i < 100; ++i) drawn.insert(other.random());
    BOOST_TEST(drawn.size() == 200u);
}

BOOST_AUTO_TEST_CASE(sleeps_until_then) {
    boost::asio::io_context io(1);
    llmx::testing::scripted_transport net;
    llmx::asio_runtime world(io, net);
    llmx::cancellation stop;
    const auto until = world.now() + 5ms;
    BOOST_TEST(!llmx::testing::run(io, world.sleep_until(until, stop)).has_error());
    BOOST_TEST((world.now() >= until));
}

BOOST_AUTO_TEST_CASE(sleep_is_cancelled) {
    boost::asio::io_context io(1);
    llmx::testing::scripted_transport net;
    llmx::asio_runtime world(io, net);
    llmx::cancellation stop;
    boost::asio::post(io, [&] { stop.cancel(); });
    const auto woken = llmx::testing::run(io, world.sleep_until(world.now() + 1h, stop));
    BOOST_TEST((woken.has_error() && woken.error().value() == llmx::errc::cancelled));
    const auto again = llmx::testing::run(io, world.sleep_until(world.now(), stop));
    BOOST_TEST((again.has_error() && again.error().value() == llmx::errc::cancelled));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace asio_runtime_unit
