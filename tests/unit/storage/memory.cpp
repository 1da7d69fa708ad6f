// SPDX-License-Identifier: BSL-1.0
// The limits of the store in memory, and what gives way there.
#include "stores.hpp"

namespace memory_unit {

using namespace storage_test;

BOOST_AUTO_TEST_SUITE(storage_memory)

BOOST_AUTO_TEST_CASE(counters_nearest_to_their_end_give_way) {
    memory_store_options o;
    o.max_counters = 1; // one for each of the 16 parts
    memory_case s(o);
    cancellation go;
    counter_store& c = s.counters();
    // Whatever the part, its first entry ends last and is the one that stays until then.
    for (int i = 0; i < 200; ++i) (void)good(c.add(std::to_string(i), 1, seconds(1000 - i), go));
    int left = 0;
    for (int i = 0; i < 200; ++i) left += good(c.get(std::to_string(i), go)) != 0;
    BOOST_TEST(left >= 1);
    BOOST_TEST(left <= 16);
    // Those without an end never give way.
    int kept = 0, refused = 0;
    for (int i = 0; i < 200; ++i) {
        const auto added = testing::run(c.add("forever " + std::to_string(i), 1, no_ttl, go));
        if (added) ++kept;
        else refused += added.error() == errc::shed;
    }
    BOOST_TEST(kept == 16);
    BOOST_TEST(refused == 184);
    BOOST_TEST((fault(c.take("limit", 1, 1, seconds(1), go)) == errc::shed));
}

BOOST_AUTO_TEST_CASE(expired_counters_make_room_first) {
    memory_store_options o;
    o.max_counters = 16 * 50;
    memory_case s(o);
    cancellation go;
    for (int i = 0; i < 400; ++i) (void)good(s.counters().add("old " + std::to_string(i), 1, seconds(1), go));
    s.advance(seconds(1));
    for (int i = 0; i < 400; ++i) (void)good(s.counters().take(std::to_string(i), 1, 5, seconds(60), go));
    // Had the old ones stayed, some of these would have given way and be whole again.
    for (int i = 0; i < 400; ++i)
        BOOST_TEST(good(s.counters().take(std::to_string(i), 0, 5, seconds(60), go)).left == 4);
}

BOOST_AUTO_TEST_CASE(values_longest_unused_give_way) {
    memory_store_options o;
    o.max_kv_bytes = 16 * 1'000;
    memory_case s(o);
    cancellation go;
    kv_store& kv = s.values();
    const std::string value(300, 'v');
    good(kv.put("kept", value, no_ttl, go));
    for (int i = 0; i < 500; ++i) {
        good(kv.put(std::to_string(i), value, no_ttl, go));
        BOOST_REQUIRE(good(kv.get("kept", go)).has_value());
    }
    int left = 0;
    for (int i = 0; i < 500; ++i) left += good(kv.get(std::to_string(i), go)).has_value();
    // Two of 431 bytes in each part of 1,000; beside "kept" one.
    BOOST_TEST(left <= 31);
    BOOST_TEST(left >= 16);
    BOOST_TEST(good(kv.get("499", go)).has_value());
    BOOST_TEST((fault(kv.put("large", std::string(1'000, 'x'), no_ttl, go)) == errc::shed));
    BOOST_TEST((fault(kv.put_if_absent("large", std::string(1'000, 'x'), no_ttl, go)) == errc::shed));
}

BOOST_AUTO_TEST_CASE(a_log_drops_its_oldest_rows_and_no_others) {
    memory_store_options o;
    o.max_row_bytes = 20'000;
    memory_case s(o);
    cancellation go;
    row_store& rows = s.rows();
    good(rows.create(key_table(), go));
    good(rows.create(log_table(), go));
    good(rows.put("keys", key_row("k", 1), go));
    // The keys fall, so that the oldest row is the one with the largest key.
    for (std::int64_t i = 0; i < 500; ++i) good(rows.append("spend", rows_of(log_row(-i, "m")), go));
    row_range all;
    all.limit = 1000;
    const row_page page = good(rows.query("spend", all, go));
    BOOST_TEST(page.rows.size() > 50u);
    BOOST_TEST(page.rows.size() < 120u);
    BOOST_TEST(std::get<std::int64_t>(page.rows.front()[0]) == -499);
    BOOST_TEST(std::get<std::int64_t>(page.rows.back()[0]) == -500 + static_cast<std::int64_t>(page.rows.size()));
    BOOST_TEST(good(rows.find("keys", row_value(std::string("k")), go)).has_value());
    // What never fits drops nothing.
    const std::vector<table_row> many(200, log_row(1, "m"));
    BOOST_TEST((fault(rows.append("spend", many, go)) == errc::shed));
    BOOST_TEST(good(rows.query("spend", all, go)).rows.size() == page.rows.size());
    // A unique table does not push rows of a log out, and keeps what it has.
    BOOST_TEST((fault(rows.put("keys", key_row(std::string(15'000, 'x'), 1), go)) == errc::shed));
    BOOST_TEST((fault(rows.append("keys", rows_of(key_row(std::string(15'000, 'x'), 1)), go)) == errc::shed));
    good(rows.put("keys", key_row("k", 2), go));
    BOOST_TEST(good(rows.erase("spend", row_range(), go)) == page.rows.size());
    good(rows.put("keys", key_row(std::string(15'000, 'x'), 1), go));
}

BOOST_AUTO_TEST_CASE(tables_and_blobs_have_limits) {
    memory_store_options o;
    o.max_tables = 1;
    o.max_blob_bytes = 1'000;
    memory_case s(o);
    cancellation go;
    good(s.rows().create(key_table(), go));
    BOOST_TEST((fault(s.rows().create(log_table(), go)) == errc::shed));
    good(s.rows().create(key_table(), go));
    blob_store& blobs = s.blobs();
    good(blobs.put("a", std::string(500, 'a'), go));
    BOOST_TEST((fault(blobs.put("b", std::string(500, 'b'), go)) == errc::shed));
    BOOST_TEST((fault(blobs.append("a", 500, std::string(500, 'b'), go)) == errc::shed));
    BOOST_TEST((fault(blobs.put("a", std::string(1'000, 'b'), go)) == errc::shed));
    BOOST_TEST(good(blobs.read("a", 0, 1'000, go)) == std::string(500, 'a'));
    good(blobs.put("a", std::string(800, 'b'), go));
    BOOST_TEST(good(blobs.erase("a", go)));
    good(blobs.append("b", 0, std::string(800, 'b'), go));
}

BOOST_AUTO_TEST_CASE(real_time_by_default) {
    memory_store s;
    cancellation go;
    BOOST_TEST(good(s.counters().add("a", 1, std::chrono::hours(1), go)) == 1);
    good(s.values().put("a", "v", std::chrono::nanoseconds(1), go));
    while (good(s.values().get("a", go)).has_value()) {
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace memory_unit
