// SPDX-License-Identifier: BSL-1.0
// Stores used by several threads at once; what the threads share shows under ThreadSanitizer.
#include "stores.hpp"

#include <functional>
#include <thread>

namespace threads_stores_unit {

using namespace storage_test;

namespace {

constexpr int threads = 4;

void on_threads(const std::function<void(int)>& work) {
    std::vector<std::thread> all;
    for (int t = 0; t < threads; ++t) all.emplace_back([&work, t] { work(t); });
    for (auto& t : all) t.join();
}

} // namespace

BOOST_AUTO_TEST_SUITE(storage_threads)

BOOST_AUTO_TEST_CASE_TEMPLATE(no_addition_is_lost_and_no_limit_exceeded, Store, all_stores) {
    constexpr int each = 200;
    Store s;
    std::atomic<std::int64_t> granted{0};
    on_threads([&](int t) {
        cancellation go;
        for (int i = 0; i < each; ++i) {
            (void)testing::run(s.counters().add("all", 1, no_ttl, go));
            (void)testing::run(s.counters().add("of " + std::to_string(t), 1, seconds(60), go));
            const auto lease = testing::run(s.counters().take("limit", 3, 1'000, seconds(60), go));
            if (!lease) continue;
            granted += lease->granted;
            if (i % 4 != 0 || lease->granted == 0) continue;
            (void)testing::run(s.counters().give_back("limit", *lease, 1, go));
            --granted;
        }
    });
    cancellation go;
    BOOST_TEST(good(s.counters().get("all", go)) == threads * each);
    for (int t = 0; t < threads; ++t) BOOST_TEST(good(s.counters().get("of " + std::to_string(t), go)) == each);
    BOOST_TEST(granted + good(s.counters().take("limit", 0, 1'000, seconds(60), go)).left == 1'000);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(one_of_many_puts_first, Store, all_stores) {
    Store s;
    for (int round = 0; round < 20; ++round) {
        std::atomic<int> first{0};
        const std::string key = std::to_string(round);
        on_threads([&](int t) {
            cancellation go;
            const auto put = testing::run(s.values().put_if_absent(key, std::to_string(t), seconds(60), go));
            first += put && *put;
            (void)testing::run(s.values().get(key, go));
            s.advance(std::chrono::microseconds(1));
        });
        BOOST_TEST(first == 1);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_and_blobs_of_all_threads, Store, all_stores) {
    constexpr int each = 50;
    Store s;
    cancellation go;
    good(s.rows().create(log_table(), go));
    good(s.rows().create(key_table(), go));
    std::atomic<int> conflicts{0};
    on_threads([&](int t) {
        cancellation mine;
        for (int i = 0; i < each; ++i) {
            (void)testing::run(s.rows().append("spend", rows_of(log_row(i, "x"), log_row(i, "y")), mine));
            const auto taken = testing::run(s.rows().append("keys", rows_of(key_row(std::to_string(i), t)), mine));
            conflicts += !taken && taken.error() == errc::conflict;
            (void)testing::run(s.rows().query("spend", row_range(), mine));
            const std::string name = "blob " + std::to_string(t);
            (void)testing::run(s.blobs().append(name, static_cast<std::uint64_t>(i) * 3, "abc", mine));
            (void)testing::run(s.blobs().read("blob 0", 0, 1000, mine));
        }
    });
    row_range all;
    all.limit = 1000;
    BOOST_TEST(good(s.rows().query("spend", all, go)).rows.size() == 2u * threads * each);
    BOOST_TEST(good(s.rows().query("keys", all, go)).rows.size() == static_cast<std::size_t>(each));
    BOOST_TEST(conflicts == (threads - 1) * each);
    for (int t = 0; t < threads; ++t) BOOST_TEST(good(s.blobs().size("blob " + std::to_string(t), go)).value() == 3u * each);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_stores_unit
