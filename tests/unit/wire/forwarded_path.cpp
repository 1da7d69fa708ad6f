// SPDX-License-Identifier: BSL-1.0
#include <llmx/wire/forwarded_path.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace forwarded_path_unit {

using namespace llmx;

BOOST_AUTO_TEST_SUITE(wire_forwarded_path)

BOOST_AUTO_TEST_CASE(a_path_that_stays_below_its_base_passes) {
    for (const std::string_view path :
         {"/", "/v1/files", "/v1/files/", "/a.b/..c/c..", "/a/...", "/%61", "/model/arn%3Aaws%3Abedrock%2Fname:0/converse", "/a;b=c/d", "/100%25", "/100%2525",
          "/x/%C3%A4", "/a~b!$&'()*+,;=:@"})
        BOOST_TEST(check_forwarded_path(path).has_value(), path);
}

BOOST_AUTO_TEST_CASE(a_path_that_could_leave_its_base_does_not) {
    for (const std::string_view path :
         {"", "v1", "/.", "/..", "/a/../b", "/a/./b", "/a/..", "//a", "/a//b", "/a///", "/%2e", "/%2E%2e/a", "/.%2e", "/%252e%252e/a", "/%25252e%25252e",
          "/a%2f..%2fb", "/a%2F%2e%2e", "/..;x/a", "/.;/a", "/..%3b/a", "/a\\b", "/a%5cb", "/a%255cb", "/%2f%2fhost", "/a%2f%2fb", "/a%0d%0ab", "/a%00",
          "/a%09b", "/a%7f", "/a b", "/a\tb", "/a?b", "/a#b", "/\xc3\xa4", "/a%", "/a%4", "/a%zz", "/%25252525"})
        BOOST_TEST(check_forwarded_path(path).has_error(), path);
    BOOST_TEST((check_forwarded_path("/a/../b").error() == errc::invalid_request));
}

BOOST_AUTO_TEST_CASE(a_path_goes_behind_its_base_without_being_repeated) {
    struct one {
        std::string_view base, path, joined;
    };
    const one cases[] = {
        {"", "/v1/files", "/v1/files"},
        {"/v1", "/v1/files", "/v1/files"},
        {"/v1", "/files", "/v1/files"},
        {"/v1", "/v1", "/v1"},
        {"/v1", "/v10/files", "/v10/files"},
        {"/v1", "/v2/files", "/v2/files"},
        {"/v1beta", "/v1alpha/models", "/v1alpha/models"},
        {"/v1", "/v1beta1/x", "/v1beta1/x"},
        {"/v1", "/version/x", "/v1/version/x"},
        {"/openai/v1", "/v1/models", "/openai/v1/models"},
        {"/openai/v1", "/openai/v1/models", "/openai/v1/models"},
        {"/openai/v1", "/openai/v2/models", "/openai/v1/openai/v2/models"},
        {"/proxy/v1", "/v2/models", "/proxy/v2/models"},
        {"/proxy", "/v2/models", "/proxy/v2/models"},
        {"/myv1", "/v1/x", "/myv1/v1/x"},
        {"/compatibility/v1", "/v2/chat", "/v2/chat"},
        {"/compatibility/v1", "/v1/chat", "/v1/chat"},
        {"/compatibility/v1", "/compatibility/v1/chat/completions", "/compatibility/v1/chat/completions"},
        {"/v1", "/v1/", "/v1/"},
    };
    for (const one& c : cases) BOOST_TEST(join_forwarded_path(c.base, c.path) == c.joined, c.base << " + " << c.path);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace forwarded_path_unit
