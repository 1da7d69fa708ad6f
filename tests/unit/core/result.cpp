// SPDX-License-Identifier: BSL-1.0
#include <llmx/core/chat_reply.hpp>
#include <llmx/core/result.hpp>

#include <boost/system/result.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace result_unit {

using namespace llmx;

namespace {

/// Each way to ask a failure for its value throws what `result::error` returns.
template <class Ask> void throws_the_sentence(Ask ask) {
    BOOST_CHECK_EXCEPTION(ask(), call_failed, [](const call_failed& f) {
        return f.what() == std::string("no key: set ONE") && f.error().value() == errc::bad_configuration;
    });
}
result<std::string> no_key() { return error(errc::bad_configuration, "no key: set ONE"); }

/// Counts what is alive, and throws when it is copied or moved, if it is configured so.
struct counted {
    static inline int alive = 0;
    static inline bool throws = false;
    explicit counted(int n) : value(n) { ++alive; }
    counted(const counted& o) : value(o.value) {
        if (throws) throw std::runtime_error("no copy");
        ++alive;
    }
    counted(counted&& o) : value(o.value) { // NOLINT: it may throw
        if (throws) throw std::runtime_error("no move");
        ++alive;
    }
    counted& operator=(const counted&) = default;
    counted& operator=(counted&&) = default;
    ~counted() { --alive; }
    int value;
    friend bool operator==(const counted&, const counted&) = default;
};

struct base {
    virtual ~base() = default;
};
struct derived : base {};

static_assert(std::is_nothrow_move_constructible_v<result<std::string>>);
static_assert(std::is_nothrow_move_assignable_v<result<std::string>>);
static_assert(!std::is_nothrow_move_constructible_v<result<counted>>);
static_assert(!std::is_copy_constructible_v<result<std::unique_ptr<int>>>);
static_assert(std::is_move_constructible_v<result<std::unique_ptr<int>>>);
static_assert(std::is_convertible_v<error, result<int>> && std::is_convertible_v<errc, result<int>>);
static_assert(std::is_convertible_v<int, result<long>> && !std::is_convertible_v<std::string, result<int>>);
static_assert(!std::is_default_constructible_v<result<counted>> && std::is_default_constructible_v<result<>>);
static_assert(!std::is_convertible_v<result<int>, bool> && std::is_constructible_v<bool, result<int>>);
// A copy of a result<bool> is a copy, not "is a success".
static_assert(!std::is_convertible_v<std::vector<int>, result<int>>);
// No larger than what it replaced.
static_assert(sizeof(result<>) <= sizeof(boost::system::result<void, error>));
static_assert(sizeof(result<int>) <= sizeof(boost::system::result<int, error>));
static_assert(sizeof(result<chat_reply>) <= sizeof(boost::system::result<chat_reply, error>));
static_assert(sizeof(result<counted>) <= sizeof(boost::system::result<counted, error>));

} // namespace

BOOST_AUTO_TEST_SUITE(core_result)

BOOST_AUTO_TEST_CASE(a_failure_never_gives_a_value) {
    result<std::string> r = no_key();
    const result<std::string> fixed = no_key();
    throws_the_sentence([&] { (void)r->size(); });
    throws_the_sentence([&] { (void)fixed->size(); });
    throws_the_sentence([&] { (void)*r; });
    throws_the_sentence([&] { (void)*fixed; });
    throws_the_sentence([&] { (void)r.value(); });
    throws_the_sentence([&] { (void)fixed.value(); });
    throws_the_sentence([] { (void)no_key()->size(); });
    throws_the_sentence([] { (void)*no_key(); });
    throws_the_sentence([] { (void)no_key().value(); });
    const result<> nothing = error(errc::bad_configuration, "no key: set ONE");
    throws_the_sentence([&] { nothing.value(); });
    throws_the_sentence([&] { *nothing; });
    result<chat_reply> reply = error(errc::bad_configuration, "no key: set ONE");
    throws_the_sentence([&] { (void)reply->text(); });
}

BOOST_AUTO_TEST_CASE(the_error_of_a_success_says_so) {
    const result<int> r = 7;
    BOOST_TEST((r.error() == errc::internal));
    BOOST_TEST(r.error().message().find("success") != std::string::npos, r.error().message());
    BOOST_TEST((success().error() == errc::internal));
    BOOST_TEST((result<int>(7).error() == r.error()));
}

BOOST_AUTO_TEST_CASE(it_is_made_from_what_it_may_hold) {
    const auto twice = [](int n) -> result<long> {
        if (n < 0) return errc::invalid_request;
        if (n == 0) return error(errc::shed, "zero");
        return 2 * n;
    };
    BOOST_TEST(*twice(4) == 8);
    BOOST_TEST((twice(-1).error() == errc::invalid_request));
    BOOST_TEST(twice(0).error().message() == "zero");
    BOOST_TEST(result<std::string>()->empty());
    BOOST_TEST(*result<std::string>("text") == "text");
    BOOST_TEST(*result<std::string>(std::size_t(3), 'x') == "xxx");
    BOOST_TEST(result<int>(errc::shed, "full").error().message() == "full");
    BOOST_TEST(result<>(errc::shed, "full").error().message() == "full");
    BOOST_TEST(*result<std::string>(in_place_value, "v") == "v");
    BOOST_TEST(result<std::string>(in_place_error, errc::shed, "e").error().message() == "e");
    result<std::unique_ptr<base>> up = std::make_unique<derived>();
    BOOST_TEST((*up != nullptr));
    result<std::shared_ptr<base>> shared = result<std::shared_ptr<derived>>(std::make_shared<derived>());
    BOOST_TEST((*shared != nullptr));
    const result<const char*> literal = "x";
    result<std::string> wide = literal;
    BOOST_TEST(*wide == "x");
    wide = result<const char*>(errc::shed);
    BOOST_TEST((wide.error() == errc::shed));
    // Copied as what it is, though a bool could be made of any result.
    result<bool> no = false;
    const result<bool> copy(no); // NOLINT
    BOOST_TEST(!*copy);
}

BOOST_AUTO_TEST_CASE(a_value_is_moved_out_of_a_temporary) {
    auto owned = result<std::unique_ptr<int>>(std::make_unique<int>(5)).value();
    BOOST_TEST(*owned == 5);
    result<std::unique_ptr<int>> r = std::move(owned);
    const std::unique_ptr<int> again = *std::move(r);
    BOOST_TEST(*again == 5);
    BOOST_TEST(r.has_value()); // NOLINT: moved-from keeps its state
    for (const char c : result<std::string>("ab").value()) BOOST_TEST((c == 'a' || c == 'b'));
}

BOOST_AUTO_TEST_CASE(each_state_is_assigned_to_each) {
    for (const bool from : {true, false})
        for (const bool to : {true, false}) {
            const auto make = [](bool good, int n) {
                return good ? result<counted>(counted(n)) : result<counted>(error(errc::shed, std::to_string(n)));
            };
            const result<counted> source = make(from, 1);
            result<counted> copied = make(to, 2), moved = make(to, 3), swapped = make(to, 4);
            copied = source;
            BOOST_TEST((copied == source));
            moved = make(from, 1);
            BOOST_TEST((moved == source));
            result<counted> other = source;
            swap(swapped, other);
            BOOST_TEST((swapped == source));
            BOOST_TEST((other == make(to, 4)));
            result<counted>& self = copied;
            copied = self;
            BOOST_TEST((copied == source));
            result<> a = from ? success() : result<>(errc::shed), b = to ? success() : result<>(errc::cancelled);
            b = a;
            BOOST_TEST((a == b));
            b = result<>(errc::internal);
            b = std::move(a);
            BOOST_TEST(b.has_value() == from);
        }
    BOOST_TEST(counted::alive == 0);
}

BOOST_AUTO_TEST_CASE(what_throws_in_an_assignment_changes_nothing) {
    {
        result<counted> r = error(errc::shed, "was here");
        const result<counted> value = counted(1);
        counted::throws = true;
        BOOST_CHECK_THROW(r = value, std::runtime_error);
        counted::throws = false;
        BOOST_REQUIRE(r.has_error());
        BOOST_TEST(r.error().message() == "was here");
        r.emplace(4);
        BOOST_TEST(r->value == 4);
    }
    BOOST_TEST(counted::alive == 0);
}

BOOST_AUTO_TEST_CASE(errors_compare) {
    error a(errc::shed, "full"), b = a;
    BOOST_TEST((a == b));
    BOOST_TEST((a == errc::shed));
    BOOST_TEST((a == error(errc::shed, "full")));
    BOOST_TEST((a != error(errc::shed, "other")));
    b.with_provider("p");
    BOOST_TEST((a != b));
    BOOST_TEST((result<int>(1) == result<int>(1)));
    BOOST_TEST((result<int>(1) != result<int>(2)));
    BOOST_TEST((result<int>(1) != result<int>(errc::shed)));
}

// A program may keep an llmx::error in Boost's result, beside llmx's own.
BOOST_AUTO_TEST_CASE(boosts_own_result_goes_on_working) {
    const boost::system::result<int, error> theirs = error(errc::shed, "full");
    BOOST_CHECK_EXCEPTION((void)theirs.value(), call_failed, [](const call_failed& f) { return f.error() == errc::shed; });
    const result<int> ours = theirs.error();
    BOOST_TEST((ours.error() == errc::shed));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace result_unit
