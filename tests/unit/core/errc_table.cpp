// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/errc.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <string_view>
#include <utility>

namespace errc_table_unit {

namespace {

/// The signature with the value in it: compilers write an enumerator by its name, and any other number as a cast.
template <llmx::errc E> constexpr std::string_view spelled() { return __PRETTY_FUNCTION__; }
template <llmx::errc E> constexpr bool has_name() {
    const std::string_view text = spelled<E>();
    return text.find("E = (") == std::string_view::npos;
}
static_assert(has_name<llmx::errc::invalid_request>() && has_name<llmx::errc::internal>());

} // namespace

BOOST_AUTO_TEST_SUITE(errc_table)

BOOST_AUTO_TEST_CASE(no_errc_stands_behind_the_last_row) {
    constexpr auto behind = static_cast<llmx::errc>(llmx::errc_count + 1);
    BOOST_TEST(!has_name<behind>(), "an errc stands behind internal: " << spelled<behind>());
}

BOOST_AUTO_TEST_CASE(each_errc_has_a_name_a_sentence_and_a_status_of_its_own) {
    std::set<std::string_view> names;
    for (const llmx::errc_row& row : llmx::errc_table) {
        BOOST_TEST_CONTEXT(row.name) {
            BOOST_TEST(names.insert(row.name).second);
            BOOST_TEST(!std::string_view(row.sentence).empty());
            BOOST_TEST((row.status >= 400 && row.status < 600));
            BOOST_TEST(llmx::errc_name(row.code) == row.name);
            BOOST_TEST(llmx::http_status_of(row.code) == row.status);
            BOOST_TEST(llmx::make_error_code(row.code).message() == row.sentence);
        }
    }
}

BOOST_AUTO_TEST_CASE(numbers_that_are_no_errc_have_no_row) {
    for (const int n : {-1, 0, static_cast<int>(llmx::errc_count) + 1}) {
        const auto e = static_cast<llmx::errc>(n);
        BOOST_TEST(llmx::find_row(llmx::errc_table, e) == nullptr);
        BOOST_TEST(llmx::errc_name(e) == "internal");
        BOOST_TEST(llmx::http_status_of(e) == 500);
        BOOST_TEST(llmx::make_error_code(e).message() == "unknown llmx error");
        BOOST_TEST((llmx::make_error_code(e) != llmx::condition::retryable));
    }
}

BOOST_AUTO_TEST_CASE(a_table_with_a_forgotten_a_doubled_or_a_misplaced_row_is_not_complete) {
    auto rows = llmx::errc_table;
    BOOST_TEST(llmx::covers_each_errc(rows));
    rows.back() = llmx::errc_row();
    BOOST_TEST(!llmx::covers_each_errc(rows));
    rows = llmx::errc_table;
    rows[3] = rows[2];
    BOOST_TEST(!llmx::covers_each_errc(rows));
    rows = llmx::errc_table;
    std::swap(rows[0], rows[1]);
    BOOST_TEST(!llmx::covers_each_errc(rows));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace errc_table_unit
