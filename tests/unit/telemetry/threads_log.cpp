// SPDX-License-Identifier: BSL-1.0
// The logs of several threads on one writer. What it is for shows under ThreadSanitizer.
#include "support.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <thread>

namespace threads_log_unit {

using namespace llmx;
using namespace telemetry_test;

BOOST_AUTO_TEST_SUITE(telemetry_threads)

BOOST_DATA_TEST_CASE(each_thread_keeps_its_order_and_every_line_is_written_or_counted,
                     boost::unit_test::data::make({log_writer::default_max_queued, std::size_t(20'000)}), max_queued) {
    constexpr int cores = 4, each = 1500;
    const auto sink = std::make_shared<gated_sink>();
    const auto writer = std::make_shared<log_writer>(sink, max_queued);
    std::atomic<bool> over{false};
    std::vector<std::thread> threads;
    for (int t = 0; t < cores; ++t)
        threads.emplace_back([&, t] {
            boost::asio::io_context io;
            deadline_service deadlines(io);
            access_log_options o;
            o.flush_at = 500;
            access_log log(deadlines, o, writer);
            for (int i = 0; i < each; ++i) {
                const std::string path = std::to_string(i);
                access_record r;
                r.path = path;
                r.status = t;
                log.write(r);
                if (i == each / 2) sink->open();
            }
        });
    // What another thread may do at any time.
    std::thread reader([&] {
        while (!over) {
            (void)writer->dropped();
            (void)writer->settle(duration::zero());
            writer->line(R"({"level":"info","message":"beside"})");
            std::this_thread::yield();
        }
    });
    for (auto& t : threads) t.join();
    over = true;
    reader.join();
    BOOST_TEST(writer->settle(std::chrono::hours(1)));
    const std::uint64_t dropped = writer->dropped();
    writer->close();
    std::map<std::int64_t, int> last;
    std::uint64_t written = 0, missing = 0;
    for (const std::string& line : lines_of(sink->text())) {
        const auto v = boost::json::parse(line).as_object();
        if (!v.contains("status")) {
            missing += reported(line); // 0 for a line that reports no loss
            continue;
        }
        ++written;
        const int number = std::stoi(std::string(v.at("path").as_string()));
        int& before = last.try_emplace(v.at("status").as_int64(), -1).first->second;
        BOOST_REQUIRE(number > before);
        before = number;
    }
    BOOST_TEST(missing == dropped);
    BOOST_TEST(written + missing >= static_cast<unsigned>(cores * each));
    if (max_queued == log_writer::default_max_queued) {
        BOOST_TEST(dropped == 0u);
        BOOST_TEST(written == static_cast<unsigned>(cores * each));
    } else {
        BOOST_TEST(dropped > 0u);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_log_unit
