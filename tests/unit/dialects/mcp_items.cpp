// SPDX-License-Identifier: BSL-1.0
#include "openai_responses_support.hpp"

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/responses.hpp>
#include <llmx/providers/anthropic.hpp>

#include <boost/test/unit_test.hpp>

namespace mcp_items_unit {

using namespace llmx;
using openai_responses_test::decode;
using openai_responses_test::json;
using openai_responses_test::text_of;

struct written {
    result<void> done = success();
    std::string body;
    std::vector<std::string> lost;
};
template <class D> written encoded(std::string_view body, bool servers = true) {
    const auto r = decode(body);
    if (!r) throw call_failed(r.error());
    encode_options options;
    options.traits.mcp_servers = servers;
    drop_report drops;
    written w;
    w.done = D::encode_request(*r, options, w.body, drops);
    for (const auto& d : drops.entries())
        if (!d.hint) w.lost.push_back(openai_responses::caller_path(d.at, *r));
    return w;
}

std::string with_tool(std::string_view members) {
    return std::string(R"({"model":"m","input":"hi","tools":[{"type":"mcp","server_label":"s","server_url":"https://s.example/mcp")")
        .append(members).append("}]}");
}

BOOST_AUTO_TEST_SUITE(mcp_items)

BOOST_AUTO_TEST_CASE(a_server_is_one_of_the_connector_of_anthropic) {
    const written w = encoded<anthropic_messages>(with_tool(R"(,"authorization":"t","require_approval":"never","allowed_tools":["a","b","a"])"));
    BOOST_TEST(w.lost.empty());
    BOOST_TEST(w.body.starts_with(R"({"mcp_servers":[{"type":"url","url":"https://s.example/mcp","name":"s","authorization_token":"t"}],)"), w.body);
    BOOST_TEST(text_of(json(w.body).at("tools")) ==
               R"([{"type":"mcp_toolset","mcp_server_name":"s","default_config":{"enabled":false},"configs":{"a":{"enabled":true},"b":{"enabled":true}}}])");
    const written all = encoded<anthropic_messages>(with_tool(R"(,"require_approval":"never")"));
    BOOST_TEST(text_of(json(all.body).at("tools")) == R"([{"type":"mcp_toolset","mcp_server_name":"s"}])");
    BOOST_TEST(all.body.find("authorization_token") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_has_no_equivalent_is_named_and_the_server_left_out) {
    const std::pair<std::string_view, std::string_view> cases[] = {
        {"", "tools[0].require_approval"}, // the API's default is to ask
        {R"(,"require_approval":"always")", "tools[0].require_approval"},
        {R"(,"require_approval":{"never":{"tool_names":["a"]}})", "tools[0].require_approval"},
        {R"(,"require_approval":"never","headers":{"x-key":"secret"})", "tools[0].headers"},
        {R"(,"require_approval":"never","connector_id":"connector_dropbox")", "tools[0].connector_id"},
        {R"(,"require_approval":"never","allowed_tools":{"read_only":true})", "tools[0].allowed_tools.read_only"},
    };
    for (const auto& [members, path] : cases) {
        const written w = encoded<anthropic_messages>(with_tool(members));
        BOOST_TEST_REQUIRE(w.lost.size() == 2u);
        BOOST_TEST(w.lost[0] == path);
        BOOST_TEST(w.lost[1] == "tools[0]");
        BOOST_TEST(w.body.find("s.example") == std::string::npos);
        BOOST_TEST(w.body.find("secret") == std::string::npos);
        BOOST_TEST(encoded<openai_responses>(with_tool(members)).lost.empty());
    }
    // A provider without the connector, and a language without one.
    BOOST_TEST(encoded<anthropic_messages>(with_tool(R"(,"require_approval":"never")"), false).lost.size() == 1u);
    const std::vector<std::string> whole = {"tools[0]"};
    BOOST_TEST(encoded<openai_chat>(with_tool(R"(,"require_approval":"never")")).lost == whole, boost::test_tools::per_element());
    const written plain = encoded<anthropic_messages>(R"({"model":"m","input":"hi","tools":[{"type":"mcp","server_label":"s",)"
                                                      R"("server_url":"http://s","require_approval":"never"}]})");
    BOOST_TEST(plain.lost.size() == 1u);
}

constexpr std::string_view history =
    R"({"type":"mcp_list_tools","id":"l","server_label":"s","tools":[]},
       {"type":"mcp_approval_request","id":"q","server_label":"s","name":"n","arguments":"{}"},
       {"type":"mcp_approval_response","approval_request_id":"q","approve":true})";

BOOST_AUTO_TEST_CASE(a_history_with_calls_of_servers_goes_on_anywhere) {
    const std::string body = std::string(R"({"model":"m","input":[{"role":"user","content":"hi"},)").append(history).append(
        R"(,{"type":"mcp_call","id":"c","server_label":"s","name":"n","arguments":"{}","output":"o"},{"role":"assistant","content":"done"},
            {"role":"user","content":"and now?"}]})");
    for (const written& w : {encoded<openai_chat>(body), encoded<anthropic_messages>(body)}) {
        BOOST_TEST(w.done.has_value());
        BOOST_TEST(w.lost.empty());
        BOOST_TEST(w.body.find("done") != std::string::npos);
        BOOST_TEST(w.body.find("mcp") == std::string::npos);
    }
    const boost::json::value own = json(encoded<openai_responses>(body).body);
    BOOST_TEST(text_of(own.at("input").at(2)) == R"({"type":"mcp_approval_request","id":"q","server_label":"s","name":"n","arguments":"{}"})");
    BOOST_TEST(text_of(own.at("input").at(3).at("type")) == "\"mcp_approval_response\"");
    BOOST_TEST(text_of(own.at("input").at(4).at("type")) == "\"mcp_call\"");
}

BOOST_AUTO_TEST_CASE(a_call_that_waits_for_its_approval_is_the_vendors_own) {
    const std::string body = std::string(R"({"model":"m","input":[{"role":"user","content":"hi"},)").append(history).append("]}");
    const written chat = encoded<openai_chat>(body);
    BOOST_TEST_REQUIRE(chat.done.has_error());
    BOOST_TEST(chat.done.error().param() == "input.mcp_approval_response");
    BOOST_TEST(encoded<openai_responses>(body).done.has_value());
    BOOST_TEST(encoded<openai_responses>(body).body.find("input.mcp") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_connector_is_asked_for_by_a_field) {
    const anthropic provider;
    deployment d;
    const auto fields = [&](std::string_view body, bool translated) {
        http_request out;
        out.body.assign(body);
        outgoing what(codec_of<anthropic_messages>);
        what.translated = translated;
        BOOST_TEST(provider.prepare(d, what, out).has_value());
        return out.fields;
    };
    BOOST_TEST(fields(R"({"mcp_servers":[]})", true).find("anthropic-beta: mcp-client-2025-11-20\r\n") != std::string::npos);
    BOOST_TEST(fields(R"({"mcp_servers":[]})", false).find("anthropic-beta") == std::string::npos);
    BOOST_TEST(fields(R"({"model":"m"})", true).find("anthropic-beta") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace mcp_items_unit
