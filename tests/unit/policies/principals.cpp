// SPDX-License-Identifier: BSL-1.0
#include <llmx/policies/model_access.hpp>
#include <llmx/policies/rate_limit.hpp>

#include "unit/policies/support.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>

namespace principals_unit {

using namespace policies_test;

namespace {

std::shared_ptr<llmx::principal> person(std::string id, std::uint64_t rpm = 0, std::uint64_t tpm = 0) {
    auto p = std::make_shared<llmx::principal>();
    p->alias = id;
    p->id = std::move(id);
    p->requests_per_minute = rpm;
    p->tokens_per_minute = tpm;
    return p;
}

template <class Policy> struct fixture : bench {
    explicit fixture(Policy p)
        : bench(world_of({make_deployment("a")})), top(std::move(p), world, scripted_service(inner)) {}
    result<reply> ask(principal_ptr w, std::string_view model = "gpt", std::uint64_t tokens = 0) {
        principal = std::move(w);
        estimate = tokens;
        return bench::ask(top, model);
    }
    int through(int n, const principal_ptr& w, std::uint64_t tokens = 0) {
        int passed = 0;
        for (int i = 0; i < n; ++i) passed += ask(w, "gpt", tokens).has_value();
        return passed;
    }
    script inner;
    typename Policy::template layer<scripted_service> top;
};

} // namespace

BOOST_AUTO_TEST_SUITE(policies_principals)

BOOST_AUTO_TEST_CASE(a_principal_is_under_its_own_limits) {
    fixture f{rate_limit().each_caller(5)};
    BOOST_TEST(f.through(20, person("few", 2)) == 2);
    BOOST_TEST(f.through(20, person("many", 12)) == 12);
    // Without limits of its own it is a caller like others, distinguished by its id.
    BOOST_TEST(f.through(20, person("usual")) == 5);
    BOOST_TEST(f.through(20, person("other")) == 5);
    const auto refused = f.ask(person("few", 2));
    BOOST_TEST(refused.error().message() == "for this caller the limit of 2 requests per minute is reached");
    BOOST_TEST((refused.error().retry_after() == seconds(30)));
}

BOOST_AUTO_TEST_CASE(limits_of_principals_need_no_limit_of_the_gateway) {
    fixture f{rate_limit()};
    BOOST_TEST(f.through(20, person("a", 3)) == 3);
    BOOST_TEST(f.through(20, nullptr) == 20);
    BOOST_TEST(f.through(20, person("b")) == 20);
}

BOOST_AUTO_TEST_CASE(tokens_settle_on_the_principals_account) {
    fixture f{rate_limit()};
    const auto who = person("a", 0, 1000);
    f.inner.tokens.input_tokens = 100;
    BOOST_TEST(f.ask(who, "gpt", 900).has_value());
    // 100 were used: 900 are left.
    BOOST_TEST(f.ask(who, "gpt", 900).has_value());
    BOOST_TEST(f.ask(who, "gpt", 900).has_error());
    BOOST_TEST(f.ask(who, "gpt", 800).has_value());
    // A new principal object with the same id, as after a reload, is the same caller.
    BOOST_TEST(f.ask(person("a", 0, 1000), "gpt", 800).has_error());
    // More than the whole bucket is never admitted.
    BOOST_TEST(f.ask(who, "gpt", 1001).error().param() == "max_tokens");
}

BOOST_AUTO_TEST_CASE(levels_of_principals_survive_a_reload) {
    fixture f{rate_limit()};
    BOOST_TEST(f.through(20, person("a", 3)) == 3);
    rate_limit::layer<scripted_service> next(rate_limit(), f.world, scripted_service(f.inner));
    next.adopt(f.top);
    f.principal = person("a", 3);
    BOOST_TEST(f.bench::ask(next).has_error());
}

BOOST_AUTO_TEST_CASE(a_model_that_is_not_allowed_is_refused_before_anything_is_asked) {
    fixture f{model_access()};
    auto who = person("a");
    who->models = {"gpt", "openai/*"};
    BOOST_TEST(f.ask(who, "gpt").has_value());
    BOOST_TEST(f.ask(who, "openai/x").has_value());
    BOOST_TEST(f.inner.seen.size() == 2u);
    const auto refused = f.ask(who, "claude");
    BOOST_TEST(int(refused.error().value()) == int(errc::permission_denied));
    BOOST_TEST(refused.error().param() == "model");
    BOOST_TEST(refused.error().message() == "the key 'a' may not use the model 'claude'; it may use: gpt, openai/*");
    BOOST_TEST(f.inner.seen.size() == 2u);
    BOOST_TEST(f.ask(person("b"), "claude").has_value());
    BOOST_TEST(f.ask(nullptr, "claude").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace principals_unit
