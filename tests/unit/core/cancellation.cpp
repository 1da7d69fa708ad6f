// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/cancellation.hpp>
#include <llmx/core/chat_event.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>

namespace cancellation_unit {

using namespace llmx;

BOOST_AUTO_TEST_SUITE(core_cancellation)

BOOST_AUTO_TEST_CASE(all_registered_are_stopped_once) {
    cancellation c;
    int stopped = 0;
    const auto count = [](void* n) noexcept { ++*static_cast<int*>(n); };
    cancellation::registration a(c, count, &stopped);
    {
        cancellation::registration gone(c, count, &stopped);
    }
    cancellation::registration b(c, count, &stopped);
    BOOST_TEST(!c.cancelled());
    c.cancel();
    BOOST_TEST(stopped == 2);
    BOOST_TEST(c.cancelled());
    c.cancel();
    BOOST_TEST(stopped == 2);
}

BOOST_AUTO_TEST_CASE(a_handler_may_unregister_another) {
    cancellation c;
    struct pair {
        std::unique_ptr<cancellation::registration> other;
        int calls = 0;
    } p;
    const auto stop = [](void* self) noexcept {
        auto& mine = *static_cast<pair*>(self);
        ++mine.calls;
        mine.other.reset();
    };
    p.other = std::make_unique<cancellation::registration>(c, stop, &p);
    cancellation::registration first(c, stop, &p);
    c.cancel();
    BOOST_TEST(p.calls == 1);
}

BOOST_AUTO_TEST_CASE(a_registration_may_outlive_what_it_was_made_with) {
    int stopped = 0;
    const auto count = [](void* n) noexcept { ++*static_cast<int*>(n); };
    for (const bool cancelled : {false, true}) {
        auto c = std::make_unique<cancellation>();
        cancellation::registration first(*c, count, &stopped), second(*c, count, &stopped);
        auto third = std::make_unique<cancellation::registration>(*c, count, &stopped);
        if (cancelled) c->cancel();
        third.reset();
        BOOST_TEST(first.attached());
        BOOST_TEST(second.attached());
        c.reset();
        BOOST_TEST(!first.attached());
        BOOST_TEST(!second.attached());
        BOOST_TEST(stopped == (cancelled ? 3 : 0));
    }
}

BOOST_AUTO_TEST_CASE(a_batch_keeps_its_memory_and_its_views) {
    event_batch batch;
    const std::string large(10000, 'x');
    for (int round = 0; round < 3; ++round) {
        batch.clear();
        const auto a = batch.keep("hello");
        const auto b = batch.keep(large);
        const auto d = batch.keep("world");
        BOOST_TEST(a == "hello");
        BOOST_TEST(b == large);
        BOOST_TEST(d == "world");
        batch.add(chat_event::kind::text).text = a;
        batch.add(chat_event::kind::ping);
        BOOST_TEST(batch.try_next()->text == "hello");
        BOOST_TEST((batch.try_next()->what == chat_event::kind::ping));
        BOOST_TEST(batch.try_next() == nullptr);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace cancellation_unit
