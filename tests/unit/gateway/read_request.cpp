// SPDX-License-Identifier: BSL-1.0
// The request of a call in the vocabulary, for layers: read, decoded once, edited.
#include "spoken.hpp"

#include <llmx/service/read_request.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace gateway_test::read_request_unit {

BOOST_AUTO_TEST_SUITE(gateway_read_request)

BOOST_DATA_TEST_CASE(bytes_are_decoded_once, boost::unit_test::data::xrange(3), from) {
    world w;
    call c(w.runtime, w.context);
    set_up(c, all_spoken()[static_cast<std::size_t>(from)], false);
    const auto first = read_request<chat>(c), second = read_request<chat>(c);
    BOOST_REQUIRE(first.has_value());
    BOOST_TEST((*first)->messages.at(0).text() == "hi");
    BOOST_TEST(*first == *second);
    BOOST_TEST(!c.in.must_translate);
    const auto edited = edit<chat>(c);
    BOOST_REQUIRE(edited.has_value());
    BOOST_TEST(*edited == *first);
    BOOST_TEST(c.in.must_translate);
}

BOOST_FIXTURE_TEST_CASE(a_programs_request_is_copied_to_be_edited, world) {
    const chat_request mine("m", "hi");
    call c(runtime, context);
    c.in.canonical = any_message::borrow(mine);
    BOOST_TEST(*read_request<chat>(c) == &mine);
    BOOST_TEST(*testing::run(decode_request<chat>(c)) == &mine);
    chat_request* const edited = *edit<chat>(c);
    BOOST_TEST(edited != &mine);
    edited->messages.clear();
    BOOST_TEST(mine.messages.size() == 1u);
    BOOST_TEST(*edit<chat>(c) == edited);
    BOOST_TEST(*read_request<chat>(c) == edited);
}

BOOST_FIXTURE_TEST_CASE(it_is_of_the_calls_operation_only, world) {
    call c(runtime, context);
    set_up(c, all_spoken()[0], false);
    BOOST_TEST((read_request<embeddings>(c).error().value() == errc::internal));
    BOOST_TEST((testing::run(decode_request<embeddings>(c)).error().value() == errc::internal));
    BOOST_TEST(c.in.canonical.empty());
    call without(runtime, context);
    BOOST_TEST((read_request<chat>(without).error().value() == errc::internal));
}

BOOST_FIXTURE_TEST_CASE(a_large_one_is_decoded_on_another_thread, world) {
    spoken large = all_spoken()[0];
    large.request.replace(large.request.find("hi"), 2, std::string(offload_translation_above, 'x'));
    call c(runtime, context);
    set_up(c, large, false);
    BOOST_TEST(testing::run(decode_request<chat>(c)).has_value());
    BOOST_TEST(testing::run(decode_request<chat>(c)).has_value());
    BOOST_TEST(runtime.offloaded() == 1u);
    call cancelled(runtime, context);
    set_up(cancelled, large, false);
    cancelled.stop.cancel();
    BOOST_TEST((testing::run(decode_request<chat>(cancelled)).error().value() == errc::cancelled));
    BOOST_TEST(!context.cancellation.cancelled());
}

BOOST_FIXTURE_TEST_CASE(a_layer_may_end_the_call_and_leave_the_callers_cancellation, world) {
    call c(runtime, context);
    c.stop.cancel();
    BOOST_TEST(!context.cancellation.cancelled());
    call other(runtime, context);
    BOOST_TEST(!other.stop.cancelled());
    context.cancellation.cancel();
    BOOST_TEST(other.stop.cancelled());
    call late(runtime, context);
    BOOST_TEST(late.stop.cancelled());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::read_request_unit
