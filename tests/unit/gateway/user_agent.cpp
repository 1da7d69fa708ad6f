// SPDX-License-Identifier: BSL-1.0
// Requests to providers name their client, unless the caller or the provider names another.
#include <unit/gateway/fixture.hpp>

#include <boost/test/unit_test.hpp>

namespace gateway_test::user_agent_unit {
namespace {

struct named_vendor {
    static constexpr std::string_view name = "named";
    using codecs = codec_list<openai_chat>;
    static constexpr provider_facts facts = {
        .default_base = "http://127.0.0.1:9", .key_env = {}, .base_env = {}, .needs_key = false, .traits = {}};
    result<void> prepare(const deployment&, const outgoing&, http_request& out) const {
        out.target = "/chat";
        out.add_field("User-Agent", "acme-sdk/7");
        return success();
    }
    error classify(int status, std::span<const http_field> fields, std::string_view body) const {
        return classify_http(name, status, fields, openai_chat::decode_error(body));
    }
};

template <class P> std::string agent_of(world& w, deployment d, std::optional<http_field> forwarded = std::nullopt) {
    gateway<registry<P>, weighted> gw(std::vector<deployment>(1, d));
    w.network.reply(200, openai_reply);
    call c(w.runtime, w.context);
    const chat_request question("m", "hi");
    c.in.canonical = any_message::borrow(question);
    c.model = question.model;
    if (forwarded) {
        c.in.codec = &codec_of<openai_chat>;
        c.in.forwarded[0] = *forwarded;
        c.in.forwarded_count = 1;
    }
    BOOST_TEST(testing::run(gw.execute(c)).has_value());
    // Each line of the fields that is one.
    const std::string& fields = w.network.requests().back().fields;
    std::string agents;
    for (const std::string_view name : {"user-agent: ", "User-Agent: "})
        for (std::size_t at = fields.find(name); at != std::string::npos; at = fields.find(name, at + 1))
            agents += fields.substr(at + name.size(), fields.find('\r', at) - at - name.size()) + ";";
    return agents;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_user_agent)

BOOST_FIXTURE_TEST_CASE(is_llmx_by_default, world) {
    BOOST_TEST(agent_of<openai>(*this, make("a", "m", "openai", "x")) == "llmx/" LLMX_VERSION_STRING ";");
}

BOOST_FIXTURE_TEST_CASE(is_the_providers_own, world) {
    BOOST_TEST(agent_of<named_vendor>(*this, make("a", "m", "named", "x")) == "acme-sdk/7;");
}

BOOST_FIXTURE_TEST_CASE(is_the_callers_where_its_fields_go_on, world) {
    http_field f;
    f.name = "user-agent";
    f.value = "sdk/1";
    BOOST_TEST(agent_of<openai>(*this, make("a", "m", "openai", "x"), f) == "sdk/1;");
}

BOOST_FIXTURE_TEST_CASE(what_a_client_has_to_go_on_reaches_each_provider_and_replaces_nothing_of_it, world) {
    const auto sent = [this](auto provider, const codec_ops* codec, const char* vendor) {
        using P = decltype(provider);
        gateway<registry<P>, weighted> gw(std::vector<deployment>(1, make("a", "m", vendor, "x")));
        network.reply(200, openai_reply);
        call c(runtime, context);
        const chat_request question("m", "hi");
        c.in.canonical = any_message::borrow(question);
        c.in.codec = codec;
        c.model = question.model;
        const std::pair<std::string_view, std::string_view> fields[] = {
            {"traceparent", "00-a-b-01"}, {"tracestate", "a=b"}, {"TraceState", "c=d"}, {"user-agent", "mine/1"}};
        for (const auto& [name, value] : fields) {
            http_field& f = c.in.relayed[c.in.relayed_count++];
            f.name = name;
            f.value = value;
        }
        BOOST_TEST(testing::run(gw.execute(c)).has_value());
        return network.requests().back().fields;
    };
    for (const codec_ops* codec : {&codec_of<openai_chat>, &codec_of<anthropic_messages>}) {
        const std::string fields = sent(openai(), codec, "openai");
        for (const char* line : {"traceparent: 00-a-b-01\r\n", "tracestate: a=b\r\n", "TraceState: c=d\r\n", "user-agent: mine/1\r\n"})
            BOOST_TEST(fields.find(line) != std::string::npos, line);
        BOOST_TEST(fields.find("llmx/") == std::string::npos);
    }
    const std::string own = sent(named_vendor(), &codec_of<openai_chat>, "named");
    BOOST_TEST(own.find("User-Agent: acme-sdk/7\r\n") != std::string::npos);
    BOOST_TEST(own.find("mine/1") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace gateway_test::user_agent_unit
