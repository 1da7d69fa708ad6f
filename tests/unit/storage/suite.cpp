// SPDX-License-Identifier: BSL-1.0
// What every store must do, whatever is behind it.
#include "stores.hpp"

#include <limits>
#include <random>

namespace suite_unit {

using namespace storage_test;

BOOST_AUTO_TEST_SUITE(storage_suite)

BOOST_AUTO_TEST_CASE_TEMPLATE(counters_count_until_their_end, Store, all_stores) {
    Store s;
    cancellation go;
    counter_store& c = s.counters();
    BOOST_TEST(good(c.get("a", go)) == 0);
    BOOST_TEST(good(c.add("a", 5, seconds(10), go)) == 5);
    BOOST_TEST(good(c.add("a", -7, seconds(100), go)) == -2);
    BOOST_TEST(good(c.add("b", 1, no_ttl, go)) == 1);
    s.advance(seconds(9));
    BOOST_TEST(good(c.get("a", go)) == -2);
    s.advance(seconds(1));
    // The first addition set the end.
    BOOST_TEST(good(c.get("a", go)) == 0);
    BOOST_TEST(good(c.add("a", 3, seconds(10), go)) == 3);
    s.advance(std::chrono::hours(1000));
    BOOST_TEST(good(c.get("b", go)) == 1);
    good(c.erase("b", go));
    good(c.erase("b", go));
    BOOST_TEST(good(c.get("b", go)) == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(counters_stay_within_64_bits, Store, all_stores) {
    Store s;
    cancellation go;
    constexpr auto most = std::numeric_limits<std::int64_t>::max(), least = std::numeric_limits<std::int64_t>::min();
    BOOST_TEST(good(s.counters().add("a", most, no_ttl, go)) == most);
    BOOST_TEST(good(s.counters().add("a", 1, no_ttl, go)) == most);
    BOOST_TEST(good(s.counters().add("a", least, no_ttl, go)) == -1);
    BOOST_TEST(good(s.counters().add("a", least, no_ttl, go)) == least);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(leases_share_a_limit, Store, all_stores) {
    Store s;
    cancellation go;
    counter_store& c = s.counters();
    const counter_lease first = good(c.take("k", 60, 100, seconds(60), go));
    BOOST_TEST(first.granted == 60);
    BOOST_TEST(first.left == 40);
    BOOST_TEST((first.ends_in == seconds(60)));
    s.advance(seconds(20));
    const counter_lease second = good(c.take("k", 60, 100, seconds(60), go));
    BOOST_TEST(second.granted == 40);
    BOOST_TEST(second.left == 0);
    BOOST_TEST((second.ends_in == seconds(40)));
    BOOST_TEST(second.window == first.window);
    BOOST_TEST(good(c.take("k", 1, 100, seconds(60), go)).granted == 0);
    // Part of it comes back.
    good(c.give_back("k", first, 10, go));
    BOOST_TEST(good(c.take("k", 60, 100, seconds(60), go)).granted == 10);
    // A lower limit grants nothing, a higher one the difference.
    BOOST_TEST(good(c.take("k", 5, 50, seconds(60), go)).granted == 0);
    BOOST_TEST(good(c.take("k", 60, 120, seconds(60), go)).granted == 20);
    s.advance(seconds(40));
    const counter_lease next = good(c.take("k", 100, 100, seconds(60), go));
    BOOST_TEST(next.granted == 100);
    BOOST_TEST((next.ends_in == seconds(60)));
    BOOST_TEST(next.window != first.window);
    // What belongs to an earlier window lapses.
    good(c.give_back("k", first, 60, go));
    BOOST_TEST(good(c.take("k", 1, 100, seconds(60), go)).granted == 0);
    // Limits and counters of the same name are different.
    BOOST_TEST(good(c.get("k", go)) == 0);
    BOOST_TEST(good(c.take("other", 0, 7, seconds(1), go)).left == 7);
    good(c.give_back("none", first, 1, go));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(counters_refuse_what_is_out_of_range, Store, all_stores) {
    Store s;
    cancellation go;
    counter_store& c = s.counters();
    BOOST_TEST((fault(c.add("a", 1, duration::zero(), go)) == errc::invalid_request));
    BOOST_TEST((fault(c.take("a", -1, 1, seconds(1), go)) == errc::invalid_request));
    BOOST_TEST((fault(c.take("a", 1, -1, seconds(1), go)) == errc::invalid_request));
    BOOST_TEST((fault(c.take("a", 1, 1, duration::zero(), go)) == errc::invalid_request));
    const counter_lease lease = good(c.take("a", 1, 1, seconds(1), go));
    BOOST_TEST((fault(c.give_back("a", lease, 2, go)) == errc::invalid_request));
    BOOST_TEST((fault(c.give_back("a", lease, -1, go)) == errc::invalid_request));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(values_live_as_long_as_they_should, Store, all_stores) {
    Store s;
    cancellation go;
    kv_store& kv = s.values();
    const std::string odd("\0\xff\n", 3);
    BOOST_TEST(!good(kv.get(odd, go)).has_value());
    good(kv.put(odd, odd, seconds(10), go));
    BOOST_TEST(good(kv.get(odd, go)).value() == odd);
    good(kv.put(odd, "", seconds(20), go));
    s.advance(seconds(15));
    BOOST_TEST(good(kv.get(odd, go)).value() == "");
    BOOST_TEST(!good(kv.put_if_absent(odd, "n", no_ttl, go)));
    s.advance(seconds(5));
    BOOST_TEST(!good(kv.get(odd, go)).has_value());
    BOOST_TEST(!good(kv.erase(odd, go)));
    BOOST_TEST(good(kv.put_if_absent(odd, "y", no_ttl, go)));
    s.advance(std::chrono::hours(100'000));
    BOOST_TEST(good(kv.get(odd, go)).value() == "y");
    BOOST_TEST(good(kv.erase(odd, go)));
    BOOST_TEST(!good(kv.erase(odd, go)));
    BOOST_TEST(!good(kv.get(odd, go)).has_value());
    BOOST_TEST((fault(kv.put("a", "b", seconds(-1), go)) == errc::invalid_request));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(logs_keep_their_rows_in_order, Store, all_stores) {
    Store s;
    cancellation go;
    row_store& rows = s.rows();
    good(rows.create(log_table(), go));
    good(rows.create(log_table(), go));
    good(rows.append("spend", rows_of(log_row(20, "c"), log_row(10, "a"), log_row(10, "b")), go));
    good(rows.append("spend", rows_of(log_row(10, "B", 0.5), log_row(30, "d")), go));
    row_range all;
    row_page page = good(rows.query("spend", all, go));
    BOOST_TEST(names(page.rows, 1) == "abBcd");
    BOOST_TEST(page.next == "");
    BOOST_TEST(std::get<double>(page.rows[2][2]) == 0.5);
    row_range some;
    some.first = std::int64_t{10};
    some.end = std::int64_t{30};
    some.descending = true;
    BOOST_TEST(names(good(rows.query("spend", some, go)).rows, 1) == "cBba");
    some.end = std::int64_t{10};
    BOOST_TEST(good(rows.query("spend", some, go)).rows.empty());
    some.end = std::int64_t{20};
    BOOST_TEST(good(rows.erase("spend", some, go)) == 3u);
    BOOST_TEST(names(good(rows.query("spend", all, go)).rows, 1) == "cd");
    BOOST_TEST(good(rows.erase("spend", all, go)) == 2u);
    BOOST_TEST(good(rows.erase("spend", all, go)) == 0u);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pages_hold_each_row_once, Store, all_stores) {
    Store s;
    cancellation go;
    row_store& rows = s.rows();
    good(rows.create(log_table(), go));
    std::mt19937 random(3);
    std::vector<table_row> all;
    for (int i = 0; i < 100; ++i)
        all.push_back(log_row(static_cast<std::int64_t>(random() % 20) - 10, std::string(1, static_cast<char>('0' + i))));
    good(rows.append("spend", all, go));
    row_range whole;
    const std::string expected = names(good(rows.query("spend", whole, go)).rows, 1);
    BOOST_TEST(expected.size() == 100u);
    for (const bool descending : {false, true})
        for (const std::size_t limit : {1u, 7u, 50u, 100u, 1000u}) {
            row_range range;
            range.limit = limit;
            range.descending = descending;
            std::string got;
            for (bool more = true; more; more = !range.after.empty()) {
                const row_page page = good(rows.query("spend", range, go));
                BOOST_REQUIRE(page.rows.size() <= limit);
                BOOST_REQUIRE(!page.rows.empty());
                got += names(page.rows, 1);
                range.after = page.next;
            }
            BOOST_TEST(got == (descending ? std::string(expected.rbegin(), expected.rend()) : expected));
        }
    // Rows that come and go between two pages move no others.
    row_range range;
    range.limit = 30;
    row_page page = good(rows.query("spend", range, go));
    const auto last = std::get<std::int64_t>(page.rows.back()[0]);
    row_range before;
    before.end = last;
    (void)good(rows.erase("spend", before, go));
    good(rows.append("spend", rows_of(log_row(-100, "!")), go));
    range.after = page.next;
    range.limit = 1000;
    BOOST_TEST(names(good(rows.query("spend", range, go)).rows, 1) == expected.substr(30));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(unique_tables_have_one_row_for_each_key, Store, all_stores) {
    Store s;
    cancellation go;
    row_store& rows = s.rows();
    good(rows.create(key_table(), go));
    good(rows.append("keys", rows_of(key_row("b", 2), key_row("a", 1)), go));
    // All or none.
    BOOST_TEST((fault(rows.append("keys", rows_of(key_row("c", 3), key_row("a", 9)), go)) == errc::conflict));
    BOOST_TEST((fault(rows.append("keys", rows_of(key_row("d", 3), key_row("d", 9)), go)) == errc::conflict));
    BOOST_TEST(names(good(rows.query("keys", row_range(), go)).rows, 0) == "ab");
    good(rows.put("keys", key_row("a", 10), go));
    good(rows.put("keys", key_row("", 0), go));
    const auto found = good(rows.find("keys", row_value(std::string("a")), go));
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(std::get<std::int64_t>((*found)[1]) == 10);
    BOOST_TEST(!good(rows.find("keys", row_value(std::string("x")), go)).has_value());
    row_range paged;
    paged.limit = 1;
    paged.first = std::string("a");
    row_page page = good(rows.query("keys", paged, go));
    BOOST_TEST(names(page.rows, 0) == "a");
    paged.after = page.next;
    page = good(rows.query("keys", paged, go));
    BOOST_TEST(names(page.rows, 0) == "b");
    BOOST_TEST(page.next == "");
    row_range one;
    one.first = std::string("a");
    one.end = std::string("a\0", 2);
    BOOST_TEST(good(rows.erase("keys", one, go)) == 1u);
    BOOST_TEST(!good(rows.find("keys", row_value(std::string("a")), go)).has_value());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(rows_that_do_not_fit_are_refused, Store, all_stores) {
    Store s;
    cancellation go;
    row_store& rows = s.rows();
    BOOST_TEST((fault(rows.query("spend", row_range(), go)) == errc::not_found));
    good(rows.create(log_table(), go));
    good(rows.create(key_table(), go));
    table_schema other = log_table();
    other.columns.pop_back();
    BOOST_TEST((fault(rows.create(other, go)) == errc::conflict));
    for (const char* bad : {"", "A", "1a", "a b", "a;drop", "\xc3\xa4"}) {
        table_schema t = key_table();
        t.name = bad;
        BOOST_TEST((fault(rows.create(t, go)) == errc::invalid_request));
        t = key_table();
        t.name = "fine";
        t.columns[1].name = bad;
        BOOST_TEST((fault(rows.create(t, go)) == errc::invalid_request));
    }
    table_schema real = key_table();
    real.name = "fine";
    real.columns[0].type = column_type::real;
    BOOST_TEST((fault(rows.create(real, go)) == errc::invalid_request));
    real.columns.clear();
    BOOST_TEST((fault(rows.create(real, go)) == errc::invalid_request));
    table_row bad = log_row(1, "a");
    bad[2] = std::string("text");
    BOOST_TEST((fault(rows.append("spend", rows_of(log_row(1, "b"), bad), go)) == errc::invalid_request));
    bad[2] = std::monostate();
    good(rows.append("spend", rows_of(bad), go));
    bad[0] = std::monostate();
    BOOST_TEST((fault(rows.append("spend", rows_of(bad), go)) == errc::invalid_request));
    bad.pop_back();
    BOOST_TEST((fault(rows.append("spend", rows_of(bad), go)) == errc::invalid_request));
    BOOST_TEST(good(rows.query("spend", row_range(), go)).rows.size() == 1u);
    BOOST_TEST((fault(rows.put("spend", log_row(1, "b"), go)) == errc::invalid_request));
    BOOST_TEST((fault(rows.find("keys", row_value(std::int64_t{1}), go)) == errc::invalid_request));
    row_range range;
    range.first = std::string("x");
    BOOST_TEST((fault(rows.query("spend", range, go)) == errc::invalid_request));
    BOOST_TEST((fault(rows.erase("spend", range, go)) == errc::invalid_request));
    range.first = std::monostate();
    for (const std::size_t limit : {std::size_t{0}, row_range::most_rows + 1}) {
        range.limit = limit;
        BOOST_TEST((fault(rows.query("spend", range, go)) == errc::invalid_request));
    }
    range.limit = 1;
    for (const char* after : {"x", "1", "1:", "1:x", "-1:1", ":", "1:99999999999999999999"}) {
        range.after = after;
        BOOST_TEST((fault(rows.query("spend", range, go)) == errc::invalid_request));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(blobs_are_written_and_read_in_pieces, Store, all_blob_stores) {
    Store s;
    cancellation go;
    blob_store& blobs = s.blobs();
    BOOST_TEST((fault(blobs.read("a", 0, 10, go)) == errc::not_found));
    BOOST_TEST(!good(blobs.size("a", go)).has_value());
    good(blobs.put("a", std::string("0123456789\0", 11), go));
    BOOST_TEST(good(blobs.size("a", go)).value() == 11u);
    BOOST_TEST(good(blobs.read("a", 3, 4, go)) == "3456");
    BOOST_TEST(good(blobs.read("a", 9, 100, go)) == std::string("9\0", 2));
    BOOST_TEST(good(blobs.read("a", 11, 1, go)) == "");
    BOOST_TEST(good(blobs.read("a", std::numeric_limits<std::uint64_t>::max(), 1, go)) == "");
    good(blobs.append("b", 0, "first", go));
    BOOST_TEST((fault(blobs.append("b", 0, "first", go)) == errc::conflict));
    BOOST_TEST((fault(blobs.append("b", 6, "x", go)) == errc::conflict));
    good(blobs.append("b", 5, " second", go));
    BOOST_TEST(good(blobs.read("b", 0, 100, go)) == "first second");
    good(blobs.put("b", "", go));
    BOOST_TEST(good(blobs.size("b", go)).value() == 0u);
    BOOST_TEST(good(blobs.erase("b", go)));
    BOOST_TEST(!good(blobs.erase("b", go)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(blobs_are_listed_by_the_beginning_of_their_keys, Store, all_blob_stores) {
    Store s;
    cancellation go;
    blob_store& blobs = s.blobs();
    BOOST_TEST(good(blobs.list("", "", 10, go)).empty());
    for (const char* const key : {"b/2", "a", "b/1", "b/10", "c"}) good(blobs.put(key, "x", go));
    const auto listed = [&](const char* prefix, const char* after, std::size_t most) {
        std::string all;
        for (const std::string& key : good(blobs.list(prefix, after, most, go))) all += key + " ";
        return all;
    };
    BOOST_TEST(listed("", "", 10) == "a b/1 b/10 b/2 c ");
    BOOST_TEST(listed("b/", "", 10) == "b/1 b/10 b/2 ");
    BOOST_TEST(listed("b/", "b/1", 1) == "b/10 ");
    BOOST_TEST(listed("b/", "b/2", 10) == "");
    BOOST_TEST(listed("b/", "z", 10) == "");
    BOOST_TEST(listed("x", "", 10) == "");
    BOOST_TEST(listed("", "", 0) == "");
    BOOST_TEST(good(blobs.erase("b/1", go)));
    BOOST_TEST(listed("b/", "", 10) == "b/10 b/2 ");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(cancelled_calls_have_no_effect, Store, all_stores) {
    Store s;
    cancellation go, stop;
    good(s.rows().create(log_table(), go));
    good(s.rows().create(key_table(), go));
    stop.cancel();
    const counter_lease lease = good(s.counters().take("k", 1, 1, seconds(1), go));
    const errc all[] = {fault(s.counters().add("a", 1, no_ttl, stop)),
                        fault(s.counters().get("a", stop)),
                        fault(s.counters().take("a", 1, 1, seconds(1), stop)),
                        fault(s.counters().give_back("k", lease, 1, stop)),
                        fault(s.counters().erase("k", stop)),
                        fault(s.values().put("a", "v", no_ttl, stop)),
                        fault(s.values().put_if_absent("a", "v", no_ttl, stop)),
                        fault(s.values().get("a", stop)),
                        fault(s.values().erase("a", stop)),
                        fault(s.rows().create(log_table(), stop)),
                        fault(s.rows().append("spend", rows_of(log_row(1, "a")), stop)),
                        fault(s.rows().put("keys", key_row("a", 1), stop)),
                        fault(s.rows().find("keys", row_value(std::string("a")), stop)),
                        fault(s.rows().query("spend", row_range(), stop)),
                        fault(s.rows().erase("spend", row_range(), stop)),
                        fault(s.blobs().put("a", "v", stop)),
                        fault(s.blobs().append("a", 0, "v", stop)),
                        fault(s.blobs().read("a", 0, 1, stop)),
                        fault(s.blobs().size("a", stop)),
                        fault(s.blobs().list("", "", 1, stop)),
                        fault(s.blobs().erase("a", stop))};
    for (const errc e : all) BOOST_TEST((e == errc::cancelled));
    BOOST_TEST(good(s.counters().get("a", go)) == 0);
    BOOST_TEST(good(s.counters().take("k", 1, 1, seconds(1), go)).granted == 0);
    BOOST_TEST(!good(s.values().get("a", go)).has_value());
    BOOST_TEST(good(s.rows().query("spend", row_range(), go)).rows.empty());
    BOOST_TEST(good(s.rows().query("keys", row_range(), go)).rows.empty());
    BOOST_TEST(!good(s.blobs().size("a", go)).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace suite_unit
