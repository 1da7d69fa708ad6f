// SPDX-License-Identifier: BSL-1.0
// `general_settings.files` and `batches`: what is kept, where, and at which pace batches run.
#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace kept_unit {

using namespace settings_test;

namespace {
llmx::result<stock> read(const std::string& general) {
    auto tree = llmx::parse_json_settings(R"({"general_settings":{)" + general + "}}", "config.json");
    if (tree.has_error()) return tree.error();
    return llmx::read_settings<llmx::stock_gateway>(std::move(*tree), env(llmx::environment_map()), llmx::stock_gateway::policies_type(),
                                                    llmx::unserved_models::reported);
}
} // namespace

BOOST_AUTO_TEST_SUITE(settings_kept)

BOOST_AUTO_TEST_CASE(what_is_kept_has_a_place_and_limits) {
    const auto none = read("");
    BOOST_REQUIRE(none.has_value());
    BOOST_TEST(none->kept.path.empty());
    BOOST_TEST(none->kept.batch_concurrency == 4u);
    BOOST_TEST(none->kept.native_batches);
    const auto all = read(R"("files":{"path":"/var/lib/llmx","max_file_size_mb":1,"max_total_mb":2,"id_key":"0123456789abcdef"},)"
                          R"("batches":{"concurrency":9,"requests_per_minute":60,"retries":3,"longest_wait":7,"native":false})");
    BOOST_REQUIRE(all.has_value());
    BOOST_TEST(all->kept.path == "/var/lib/llmx");
    BOOST_TEST(all->kept.max_file_bytes == 1048576u);
    BOOST_TEST(all->kept.max_bytes == 2097152u);
    BOOST_TEST(all->kept.id_key.reveal() == "0123456789abcdef");
    BOOST_TEST(all->kept.batch_concurrency == 9u);
    BOOST_TEST(all->kept.batch_requests_per_minute == 60u);
    BOOST_TEST(none->kept.batch_retries == 30u);
    BOOST_TEST(all->kept.batch_retries == 3u);
    BOOST_TEST(all->kept.batch_retry_wait == 7u);
    BOOST_TEST(!all->kept.native_batches);
    for (const std::string& warning : all->warnings) BOOST_TEST(warning.find("general_settings.") == std::string::npos, warning);
    BOOST_TEST(!(all->kept == none->kept));
}

BOOST_AUTO_TEST_CASE(a_wrong_value_is_named) {
    const struct {
        const char *general, *says;
    } rows[] = {{R"("files":"here")", "general_settings.files: expected a map"},
                {R"("files":{"max_file_size_mb":0})", "files.max_file_size_mb"},
                {R"("files":{"id_key":"short"})", "files.id_key: the key has less than 16 characters"},
                {R"("batches":{"concurrency":0})", "batches.concurrency"},
                {R"("batches":{"longest_wait":0})", "batches.longest_wait"},
                {R"("batches":[])", "general_settings.batches: expected a map"}};
    for (const auto& row : rows) {
        const auto failed = read(row.general);
        BOOST_REQUIRE_MESSAGE(failed.has_error(), row.general);
        BOOST_TEST(failed.error().message().find(row.says) != std::string::npos, failed.error().message());
        BOOST_TEST(failed.error().message().find("short") == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kept_unit
