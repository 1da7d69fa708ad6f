// SPDX-License-Identifier: BSL-1.0
// A provider that keeps something for its deployments is notified of what a reload has replaced, and the report of a provider is found.
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/local_process.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/registry/registry.hpp>

#include <boost/test/unit_test.hpp>

#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace replaced_unit {

using namespace llmx;

struct keeper : mock {
    static constexpr std::string_view name = "keeper";
    static inline std::vector<std::pair<std::size_t, std::size_t>> seen;
    static void replaced(std::span<const deployment> before, std::span<const deployment> now) { seen.emplace_back(before.size(), now.size()); }
    static std::string report(const deployment& d) { return "{\"kept\":\"" + d.id + "\"}"; }
};

using all = registry<keeper, mock, local_process>;
using stack = gateway<all, weighted>;

inline deployment make(std::string id, std::string provider, std::string model = "echo") {
    deployment d;
    d.id = id;
    d.model_group = std::move(id);
    d.provider = std::move(provider);
    d.model = std::move(model);
    return d;
}

BOOST_AUTO_TEST_SUITE(gateway_replaced)

BOOST_AUTO_TEST_CASE(a_reload_notifies_the_providers_that_ask) {
    keeper::seen.clear();
    stack gw(all::make_topology({make("a", "keeper"), make("b", "mock")}).value());
    BOOST_TEST(keeper::seen.empty());
    BOOST_TEST(gw.reload(std::vector<deployment>{make("a", "keeper")}, stack::policies_type()).has_value());
    // One that is refused replaces nothing.
    BOOST_TEST(gw.reload(std::shared_ptr<const topology>(), stack::policies_type()).has_error());
    BOOST_TEST_REQUIRE(keeper::seen.size() == 1u);
    BOOST_TEST(keeper::seen[0].first == 2u);
    BOOST_TEST(keeper::seen[0].second == 1u);
    BOOST_TEST(gw.report(gw.world()->deployments()[0]) == "{\"kept\":\"a\"}");
}

BOOST_AUTO_TEST_CASE(a_program_that_no_deployment_has_is_retired) {
    const auto program = [](std::string id) {
        deployment d = make(id, "local_process", id);
        local_process::settings own;
        own.command = {"/bin/sh", "-c", "sleep 1000"};
        d.settings = any_settings::of(std::move(own));
        return d;
    };
    stack gw(all::make_topology({program("stays"), program("goes")}).value());
    // As a core without calls holds it.
    const auto before = gw.world();
    const auto of = [&before](std::size_t i) { return before->deployments()[i].settings.get<local_process::settings>().program; };
    BOOST_TEST(gw.reload(std::vector<deployment>{program("stays")}, stack::policies_type()).has_value());
    BOOST_TEST(gw.world()->deployments()[0].settings.get<local_process::settings>().program == of(0));
    while (of(1)->life().now() != program_life::state::stopped) std::this_thread::yield();
    BOOST_TEST((of(0)->life().now() != program_life::state::stopped));
    BOOST_TEST(gw.report(before->deployments()[1]).find("\"state\":\"stopped\"") != std::string::npos);
    // A configuration that names it again has it running again.
    BOOST_TEST(gw.reload(std::vector<deployment>{program("stays"), program("goes")}, stack::policies_type()).has_value());
    BOOST_TEST(gw.world()->deployments()[1].settings.get<local_process::settings>().program == of(1));
    while (of(1)->life().now() != program_life::state::starting) std::this_thread::yield();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace replaced_unit
