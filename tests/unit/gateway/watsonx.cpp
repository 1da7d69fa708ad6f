// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <llmx/dialects/rerank.hpp>
#include <llmx/dialects/watsonx/embeddings.hpp>
#include <llmx/dialects/watsonx/rerank.hpp>
#include <llmx/providers/watsonx.hpp>
#include <llmx/providers/with_codecs.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <string>

namespace watsonx_unit {

#if !defined(LLMX_NO_TLS)

using namespace gateway_test;

namespace {

using own = registry<watsonx>;

/// A world whose runtime fetches tokens in the background.
struct own_world {
    testing::scripted_transport network;
    boost::asio::io_context io{1};
    testing::manual_runtime runtime{network, io.get_executor()};
    call_context context;
    own_world() {
        network.use_clock(runtime.clock());
        runtime.hold_sleeps(true);
        context.started = runtime.now();
    }
};

/// The body that a chat request becomes, after the exchange of the key.
struct sent {
    sent() = default;
    std::string target;
    boost::json::object body;
    result<void> done = success();
    std::string text;
};

boost::asio::awaitable<void> read_all(reply& r, sent& to) {
    for (;;) {
        auto some = co_await r.stream->read_some();
        if (!some) to.done = some.error();
        if (!some || some->empty()) co_return;
        to.text += *some;
    }
}

sent ask(std::string model, const std::string& members, bool stream = false, int status = 200, std::string answer = openai_reply) {
    own_world w;
    deployment d = make("a", "m", "watsonx", std::move(model));
    d.api_base = parse_base_url("https://eu-de.ml.cloud.ibm.com").value();
    watsonx::settings settings;
    settings.project_id = "proj-1";
    d.settings = any_settings::of(std::move(settings));
    gateway<own, weighted> gw(own::make_topology({d}).value());
    w.network.reply(200, R"({"access_token":"tok","expires_in":3600})");
    if (stream) w.network.reply(200).field("content-type", "text/event-stream").piece(std::move(answer));
    else w.network.reply(status, std::move(answer));
    call c(w.runtime, w.context);
    const std::string body = R"({"model":"m",)" + members + R"("messages":[{"role":"user","content":"hi"}]})";
    const auto head = openai_chat::scan_request(body, request_target());
    BOOST_REQUIRE(head.has_value());
    c.in.codec = &codec_of<openai_chat>;
    c.in.body = body;
    c.model = head->model;
    c.in.stream = head->stream;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.members = head->members;
    c.in.drop_params = true;
    sent s;
    auto r = testing::run(w.io, gw.execute(c));
    if (!r) s.done = r.error();
    if (r && stream) testing::run(w.io, read_all(*r, s));
    if (w.network.requests().size() < 2) return s;
    s.target = w.network.requests()[1].target;
    s.body = boost::json::parse(w.network.requests()[1].body).as_object();
    return s;
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_watsonx)

BOOST_AUTO_TEST_CASE(a_request_names_model_and_project_in_ibms_words) {
    const sent s = ask("ibm/granite-4-h-small", R"("max_completion_tokens":9,"tool_choice":"required","logit_bias":{"5":1},)");
    BOOST_REQUIRE_MESSAGE(s.done.has_value(), s.done.error().message());
    BOOST_TEST(s.target == "/ml/v1/text/chat?version=2024-10-08");
    BOOST_TEST(s.body == boost::json::parse(R"({"model_id":"ibm/granite-4-h-small","project_id":"proj-1","max_tokens":9,"tool_choice_option":"required",)"
                                            R"("messages":[{"role":"user","content":"hi"}]})").as_object());
}

BOOST_AUTO_TEST_CASE(a_deployment_of_ones_own_names_neither) {
    const sent s = ask("deployment/4b6a-1", "");
    BOOST_TEST(s.target == "/ml/v1/deployments/4b6a-1/text/chat?version=2024-10-08");
    BOOST_TEST(s.body == boost::json::parse(R"({"messages":[{"role":"user","content":"hi"}]})").as_object());
}

BOOST_AUTO_TEST_CASE(a_stream_is_asked_for_by_its_path) {
    const sent s = ask("m", R"("stream":true,)", true,
                       200, "id: 1\nevent: message\ndata: {\"id\":\"c\",\"model_id\":\"m\",\"choices\":[{\"index\":0,\"finish_reason\":null,\"delta\":"
                            "{\"role\":\"assistant\",\"content\":\"Hi\"}}]}\n\nid: 2\nevent: message\ndata: {\"id\":\"c\",\"choices\":[{\"index\":0,"
                            "\"finish_reason\":\"stop\",\"delta\":{\"content\":\"\"}}]}\n\nid: 3\nevent: message\ndata: {\"id\":\"c\",\"choices\":[],"
                            "\"usage\":{\"completion_tokens\":1,\"prompt_tokens\":2,\"total_tokens\":3}}\n\n");
    BOOST_TEST(s.target == "/ml/v1/text/chat_stream?version=2024-10-08");
    BOOST_TEST(!s.body.contains("stream"));
    BOOST_TEST(s.done.has_value());
    BOOST_TEST(s.text.find("\"content\":\"Hi\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(embeddings_and_reranking_name_model_and_project_too) {
    using more = registry<with_codecs<watsonx, watsonx_embeddings, watsonx_rerank>>;
    own_world w;
    deployment d = make("a", "m", "watsonx", "ibm/slate");
    d.api_base = parse_base_url("https://eu-de.ml.cloud.ibm.com").value();
    watsonx::settings settings;
    settings.space_id = "space-1";
    d.settings = any_settings::of(std::move(settings));
    deployment own_model = d;
    own_model.id = "b", own_model.model_group = "n", own_model.model = "deployment/4b6a-1";
    gateway<more, weighted> gw(more::make_topology({d, own_model}).value());
    w.network.reply(200, R"({"access_token":"tok","expires_in":3600})");
    w.network.reply(200, R"({"model_id":"ibm/slate","results":[{"embedding":[1,2]}],"input_token_count":3})");
    w.network.reply(200, R"({"model_id":"x","results":[{"index":0,"score":0.5}],"input_token_count":3})");
    const embedding_request texts("m", "hi");
    const rerank_request query("m", "q", {"a"});
    const auto vectors = testing::run(w.io, gw.call<embeddings>(w.runtime, w.context, texts));
    BOOST_REQUIRE_MESSAGE(vectors.has_value(), vectors.error().message());
    BOOST_TEST(vectors->usage.input_tokens == 3);
    const auto order = testing::run(w.io, gw.call<rerank>(w.runtime, w.context, query));
    BOOST_REQUIRE_MESSAGE(order.has_value(), order.error().message());
    BOOST_REQUIRE(w.network.requests().size() == 3u);
    BOOST_TEST(w.network.requests()[1].target == "/ml/v1/text/embeddings?version=2024-10-08");
    BOOST_TEST(boost::json::parse(w.network.requests()[1].body) ==
               boost::json::parse(R"({"model_id":"ibm/slate","space_id":"space-1","inputs":["hi"]})"));
    BOOST_TEST(w.network.requests()[2].target == "/ml/v1/text/rerank?version=2024-10-08");
    const embedding_request refused("n", "hi");
    const auto none = testing::run(w.io, gw.call<embeddings>(w.runtime, w.context, refused));
    BOOST_REQUIRE(none.has_error());
    BOOST_TEST((none.error() == errc::unsupported_operation));
}

BOOST_AUTO_TEST_CASE(ibms_list_of_failures_is_read) {
    const sent s = ask("m", "", false, 404,
                       R"({"errors":[{"code":"model_not_supported","message":"Model 'm' is not supported"}],"trace":"t","status_code":404})");
    BOOST_REQUIRE(s.done.has_error());
    BOOST_TEST(s.done.error().provider_message() == "Model 'm' is not supported");
    BOOST_TEST(s.done.error().provider_code() == "model_not_supported");
}

BOOST_AUTO_TEST_SUITE_END()

#endif

} // namespace watsonx_unit
