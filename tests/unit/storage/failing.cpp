// SPDX-License-Identifier: BSL-1.0
#include "stores.hpp"

#include <llmx/testing/failing_store.hpp>

namespace failing_unit {

using namespace storage_test;

BOOST_AUTO_TEST_SUITE(storage_failing)

BOOST_AUTO_TEST_CASE(calls_fail_on_demand_and_without_effect) {
    memory_case s;
    testing::failing_counter_store c(s.counters());
    cancellation go;
    c.fail_call(2, error(errc::connection_lost));
    BOOST_TEST(good(c.add("a", 1, no_ttl, go)) == 1);
    BOOST_TEST((fault(c.add("a", 1, no_ttl, go)) == errc::connection_lost));
    BOOST_TEST(good(c.add("a", 1, no_ttl, go)) == 2);
    c.fail_always(error(errc::connect_failed, "no store"));
    BOOST_TEST(testing::run(c.get("a", go)).error().message() == "no store");
    BOOST_TEST((fault(c.take("a", 1, 1, seconds(1), go)) == errc::connect_failed));
    c.recover();
    const counter_lease lease = good(c.take("a", 1, 1, seconds(1), go));
    BOOST_TEST(lease.granted == 1);
    good(c.give_back("a", lease, 1, go));
    good(c.erase("a", go));
    BOOST_TEST(c.calls() == 8u);
}

BOOST_AUTO_TEST_CASE(each_kind_of_store_passes_on_and_fails) {
    memory_case s;
    testing::failing_kv_store kv(s.values());
    testing::failing_row_store rows(s.rows());
    testing::failing_blob_store blobs(s.blobs());
    cancellation go;
    for (const bool works : {false, true}) {
        if (!works) {
            for (testing::store_faults* const f : {static_cast<testing::store_faults*>(&kv),
                                                   static_cast<testing::store_faults*>(&rows),
                                                   static_cast<testing::store_faults*>(&blobs)})
                f->fail_always(error(errc::overloaded));
        } else {
            kv.recover();
            rows.recover();
            blobs.recover();
        }
        const errc all[] = {fault(kv.put("a", "1", no_ttl, go)),
                            fault(kv.put_if_absent("a", "2", no_ttl, go)),
                            fault(kv.get("a", go)),
                            fault(kv.erase("a", go)),
                            fault(rows.create(key_table(), go)),
                            fault(rows.append("keys", rows_of(key_row("a", 1)), go)),
                            fault(rows.put("keys", key_row("a", 1), go)),
                            fault(rows.find("keys", row_value(std::string("a")), go)),
                            fault(rows.query("keys", row_range(), go)),
                            fault(rows.erase("keys", row_range(), go)),
                            fault(blobs.put("a", "1", go)),
                            fault(blobs.append("a", 1, "2", go)),
                            fault(blobs.read("a", 0, 2, go)),
                            fault(blobs.size("a", go)),
                            fault(blobs.erase("a", go))};
        for (const errc e : all) BOOST_TEST((e == (works ? errc::internal : errc::overloaded)));
        BOOST_TEST(kv.calls() + rows.calls() + blobs.calls() == (works ? 30u : 15u));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace failing_unit
