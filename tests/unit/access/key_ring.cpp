// SPDX-License-Identifier: BSL-1.0
#include <llmx/access/key_ring.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace key_ring_unit {

namespace {

llmx::principal_ptr person(std::string id) {
    auto p = std::make_shared<llmx::principal>();
    p->alias = id;
    p->id = std::move(id);
    return p;
}

llmx::access_key key(std::string text, llmx::principal_ptr who) {
    return llmx::access_key(llmx::secret(std::move(text)), std::move(who));
}

} // namespace

BOOST_AUTO_TEST_SUITE(access_key_ring)

BOOST_AUTO_TEST_CASE(finds_each_of_many_and_nothing_else) {
    std::vector<llmx::access_key> keys;
    for (int i = 0; i < 2000; ++i) keys.push_back(key("sk-" + std::to_string(i), person("p" + std::to_string(i))));
    const auto ring = llmx::key_ring::make(std::move(keys)).value();
    BOOST_TEST(ring->size() == 2000u);
    for (int i = 0; i < 2000; ++i) {
        const llmx::principal* const who = ring->find("sk-" + std::to_string(i));
        BOOST_TEST_REQUIRE(who != nullptr);
        BOOST_TEST(who->id == "p" + std::to_string(i));
    }
    for (const char* wrong : {"", "sk-", "sk-2000", "SK-1", "sk-1 ", "k-1", "sk-00"}) BOOST_TEST(ring->find(wrong) == nullptr, wrong);
}

BOOST_AUTO_TEST_CASE(one_principal_may_have_several_keys) {
    const auto who = person("a");
    std::vector<llmx::access_key> keys{key("old", who), key("new", who)};
    const auto ring = llmx::key_ring::make(std::move(keys)).value();
    BOOST_TEST(ring->find("old") == who.get());
    BOOST_TEST(ring->find("new") == who.get());
}

BOOST_AUTO_TEST_CASE(an_empty_ring_knows_nobody) {
    const auto ring = llmx::key_ring::make(std::vector<llmx::access_key>()).value();
    BOOST_TEST(ring->empty());
    BOOST_TEST(ring->find("") == nullptr);
    BOOST_TEST(ring->find("x") == nullptr);
}

BOOST_AUTO_TEST_CASE(what_is_ambiguous_is_refused_without_quoting_a_key) {
    const auto refused = [](std::vector<llmx::access_key> keys, const char* why) {
        const auto made = llmx::key_ring::make(std::move(keys));
        BOOST_TEST_REQUIRE(made.has_error());
        BOOST_TEST(int(made.error().value()) == int(llmx::errc::bad_configuration));
        BOOST_TEST(made.error().message().find(why) != std::string::npos, made.error().message());
        BOOST_TEST(made.error().message().find("planted") == std::string::npos);
    };
    refused({key("planted", person("a")), key("planted", person("b"))}, "have the same key");
    refused({key("planted", person("a")), key("planted2", person("a"))}, "different principals with the id 'a'");
    refused({key("", person("a"))}, "the key of 'a' is empty");
    refused({key("planted", nullptr)}, "no principal");
}

BOOST_AUTO_TEST_CASE(models_are_names_or_beginnings) {
    llmx::principal p;
    BOOST_TEST(p.may_use("anything"));
    p.models = {"chat", "openai/*"};
    BOOST_TEST(p.may_use("chat"));
    BOOST_TEST(p.may_use("openai/gpt-4o"));
    BOOST_TEST(p.may_use("openai/"));
    BOOST_TEST(!p.may_use("openai"));
    BOOST_TEST(!p.may_use("chat2"));
    BOOST_TEST(!p.may_use(""));
    p.models = {"*"};
    BOOST_TEST(p.may_use("anything"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace key_ring_unit
