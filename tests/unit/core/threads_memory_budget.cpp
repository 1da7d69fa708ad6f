// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/memory_budget.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <limits>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace threads_memory_budget_unit {

using namespace llmx;

BOOST_AUTO_TEST_SUITE(core_memory_budget)

BOOST_AUTO_TEST_CASE(takes_up_to_its_limit_and_not_a_byte_more) {
    memory_budget b(1000);
    BOOST_TEST(b.high_water() == 750u);
    BOOST_TEST(b.largest_body() == 250u);
    BOOST_TEST(b.try_take(600));
    BOOST_TEST(!b.try_take(401));
    BOOST_TEST(b.admits(150));
    BOOST_TEST(!b.admits(151));
    BOOST_TEST(!b.try_take_below_mark(151));
    BOOST_TEST(b.try_take_below_mark(150));
    BOOST_TEST(!b.try_take_below_mark(1));
    BOOST_TEST(b.try_take(250));
    BOOST_TEST(!b.try_take(1));
    BOOST_TEST(b.try_take(0));
    BOOST_TEST(!b.admits(0));
    BOOST_TEST(b.in_use() == 1000u);
    b.give_back(1000);
    BOOST_TEST(b.in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(no_number_overflows) {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    memory_budget small(1000), endless(most);
    BOOST_TEST(small.try_take(10));
    for (const std::size_t n : {most, most - 9, most - 10, most / 2 + 1}) {
        BOOST_TEST(!small.try_take(n));
        BOOST_TEST(!small.admits(n));
    }
    BOOST_TEST(endless.try_take(most));
    BOOST_TEST(!endless.try_take(1));
    endless.give_back(most);
    memory_lease lease(&endless);
    BOOST_TEST(lease.grow(20000));
    BOOST_TEST(!lease.grow(most - 10000));
    BOOST_TEST(lease.size() == 20000u);
    BOOST_TEST(endless.in_use() == 20000u);
}

BOOST_AUTO_TEST_CASE(a_small_lease_takes_nothing) {
    memory_budget b(1'000'000);
    memory_lease lease(&b);
    BOOST_TEST(lease.grow(memory_lease::allowance));
    BOOST_TEST(b.in_use() == 0u);
    BOOST_TEST(lease.grow(1));
    BOOST_TEST(b.in_use() == memory_lease::allowance + 1); // what was free before is counted now
    lease.shrink(1);
    BOOST_TEST(b.in_use() == 0u);
    BOOST_TEST(!lease.grow(1'000'000));
    BOOST_TEST(lease.size() == memory_lease::allowance);
    BOOST_TEST(lease.grow(500'000));
    lease.shrink(1'000'000'000);
    BOOST_TEST(lease.size() == 0u);
    BOOST_TEST(b.in_use() == 0u);
    memory_lease none, unlimited(nullptr);
    BOOST_TEST(none.grow(1ull << 40));
    BOOST_TEST(unlimited.grow_body(1ull << 40));
    BOOST_TEST(unlimited.grow_body_from_reserve(1ull << 40));
}

BOOST_AUTO_TEST_CASE(the_reserve_is_for_one_at_a_time) {
    memory_budget b(1'000'000);
    memory_lease first(&b), second(&b), third(&b);
    BOOST_TEST(first.grow_body(750'000));
    BOOST_TEST(!second.grow_body(100'000));
    BOOST_TEST(second.grow_body_from_reserve(100'000));
    BOOST_TEST(!third.grow_body_from_reserve(100'000));
    BOOST_TEST(!second.grow_body_from_reserve(150'001)); // not there, and still its own
    BOOST_TEST(!third.grow_body_from_reserve(100'000));
    BOOST_TEST(second.grow_body_from_reserve(150'000));
    second.leave_reserve();
    BOOST_TEST(second.size() == 250'000u);
    BOOST_TEST(!third.grow_body_from_reserve(100'000)); // its own now, but there are no bytes
    first.release();
    BOOST_TEST(third.grow_body_from_reserve(100'000));
    third.release();
    BOOST_TEST(first.grow_body_from_reserve(100'000));
}

BOOST_AUTO_TEST_CASE(strings_are_counted_by_their_capacity) {
    memory_budget b(400'000);
    memory_lease lease(&b);
    std::string text;
    const std::string piece(10'000, 'x');
    std::size_t pieces = 0;
    while (append_within(&lease, text, piece)) {
        ++pieces;
        BOOST_REQUIRE(lease.size() + 15 >= text.capacity()); // a string's own 15 bytes are no one's
        BOOST_REQUIRE(b.in_use() <= b.limit());
        BOOST_REQUIRE(pieces < 100u);
    }
    BOOST_TEST(text.size() == pieces * piece.size());
    // What is refused is the next larger block beside the one that is there.
    BOOST_TEST(lease.size() + 2 * text.capacity() > b.limit());
    lease.release();
    BOOST_TEST(b.in_use() == 0u);
    std::string uncounted;
    BOOST_TEST(append_within(nullptr, uncounted, std::string(1'000'000, 'y')));
}

BOOST_AUTO_TEST_CASE(threads_never_take_more_than_there_is) {
    memory_budget b(1'000'000);
    std::atomic<std::size_t> held{0};
    std::atomic<bool> exceeded{false};
    std::atomic<int> refused{0}, in_reserve{0};
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            std::mt19937 random(t + 1);
            for (int i = 0; i < 20'000; ++i) {
                const std::size_t n = 20'000 + random() % 600'000;
                memory_lease lease(&b);
                bool got = lease.grow_body(n);
                if (!got && lease.grow_body_from_reserve(n)) {
                    got = true;
                    if (in_reserve.fetch_add(1) != 0) exceeded = true;
                    in_reserve.fetch_sub(1);
                }
                if (!got) {
                    ++refused;
                    continue;
                }
                if (held.fetch_add(n) + n > b.limit()) exceeded = true;
                if (b.in_use() > b.limit()) exceeded = true;
                held.fetch_sub(n);
            }
        });
    for (auto& t : threads) t.join();
    BOOST_TEST(!exceeded);
    BOOST_TEST(b.in_use() == 0u);
    BOOST_TEST_MESSAGE(refused << " refused");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_memory_budget_unit
