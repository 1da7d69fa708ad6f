// SPDX-License-Identifier: BSL-1.0
// Ids that name their deployment: read by their owner alone, and by no other key.
#include <llmx/gateway/resource_id.hpp>
#include <llmx/wire/base64.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#if !defined(LLMX_NO_TLS)
namespace resource_id_unit {

using namespace llmx;

BOOST_AUTO_TEST_SUITE(gateway_resource_id)

BOOST_AUTO_TEST_CASE(an_id_leads_back_to_its_deployment) {
    const resource_ids ids(secret("a key of 32 bytes, more or less."));
    const struct {
        const char *deployment, *id, *beginning;
    } rows[] = {{"d1", "file-abc", "file-llmx"},         {"d1", "batch_68ab", "batch_llmx"}, {"", "file-own", "file-llmx"},
                {"x", "ftjob-1", "ftjob-llmx"},          {"x", "0f8fad5b-d9cb", "res_llmx"}, {"x", "plain", "res_llmx"},
                {"x", "-a", "res_llmx"},                 {"x", "File-1", "res_llmx"},        {"deployment with a ''", "vs_1", "vs_llmx"},
                {"x", "averylongbeginning_1", "res_llmx"}};
    for (const auto& row : rows) {
        const resource_ref ref(row.deployment, row.id);
        const std::string id = *ids.make("team-a", ref);
        BOOST_TEST(id.starts_with(row.beginning), id);
        BOOST_TEST(id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == std::string::npos);
        BOOST_TEST(resource_ids::has_form(id));
        const auto read = ids.read("team-a", id);
        BOOST_REQUIRE(read.has_value());
        BOOST_TEST((*read == ref));
        BOOST_TEST(*ids.make("team-a", ref) == id);
    }
}

BOOST_AUTO_TEST_CASE(no_other_caller_and_no_other_key_can_read_it) {
    const resource_ids ids(secret("one")), others(secret("two"));
    const std::string id = *ids.make("team-a", resource_ref("d", "file-abc"));
    for (const char* const owner : {"team-b", "", "team-a "}) BOOST_TEST((ids.read(owner, id).error() == errc::not_found));
    BOOST_TEST((others.read("team-a", id).error() == errc::not_found));
    // Parts of one text cannot move into another.
    BOOST_TEST((ids.read("team-", *ids.make("team-a", resource_ref("d", "file-abc"))).error() == errc::not_found));
}

BOOST_AUTO_TEST_CASE(a_changed_or_made_up_id_is_none) {
    const resource_ids ids(secret("one"));
    const std::string id = *ids.make("a", resource_ref("d", "file-abc"));
    for (std::size_t i = 0; i < id.size(); ++i) {
        std::string other = id;
        other[i] = other[i] == 'A' ? 'B' : 'A';
        BOOST_TEST((ids.read("a", other).error() == errc::not_found), other);
    }
    for (std::size_t n = 0; n < id.size(); ++n) BOOST_TEST((ids.read("a", id.substr(0, n)).error() == errc::not_found));
    for (const std::string& made_up : {std::string("file-abc"), std::string("file-llmx"), std::string("file-llmx!"), std::string(), std::string(5000, 'a'),
                                       "file-llmx" + std::string(5000, 'a'), "file-llmx" + base64url_encode(std::string(40, 'x')),
                                       "batch_" + id.substr(5)})
        BOOST_TEST((ids.read("a", made_up).error() == errc::not_found), made_up.substr(0, 40));
    BOOST_TEST(!resource_ids::has_form("file-abc"));
    BOOST_TEST(!resource_ids::has_form("file-llmx"));
    BOOST_TEST(!resource_ids::has_form(""));
}

BOOST_AUTO_TEST_CASE(an_owner_has_one_name_in_a_store) {
    const resource_ids ids(secret("one")), others(secret("two"));
    BOOST_TEST(ids.owner_tag("a")->size() == 16u);
    BOOST_TEST(*ids.owner_tag("a") == *ids.owner_tag("a"));
    BOOST_TEST(*ids.owner_tag("a") != *ids.owner_tag("b"));
    BOOST_TEST(*ids.owner_tag("a") != *others.owner_tag("a"));
    BOOST_TEST(ids.owner_tag("a")->find_first_not_of("0123456789abcdef") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace resource_id_unit
#endif
