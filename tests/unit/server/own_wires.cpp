// SPDX-License-Identifier: BSL-1.0
// The façades with wires of their own: Cohere's chat and Ollama's, over providers of their language and of others.
#include "support.hpp"

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/server/endpoints/cohere_chat.hpp>
#include <llmx/server/endpoints/ollama.hpp>
#include <llmx/wire/detail/line_boundary.hpp>

#include <string>
#include <string_view>
#include <thread>

namespace own_wires_unit {

using namespace llmx;
using namespace server_test;

namespace {

using wires_server = server<fake_gateway, cohere_chat_endpoint, ollama_chat_endpoint, ollama_generate_endpoint, ollama_embed_endpoint,
                            ollama_embeddings_endpoint, ollama_models_endpoint>;

class running {
public:
    explicit running(fake_gateway& gateway, server_options o = server_options()) : server_(gateway, prepared(std::move(o))) {
        BOOST_REQUIRE(server_.listen().has_value());
        thread_ = std::thread([this] { (void)server_.run(); });
    }
    ~running() {
        server_.stop();
        thread_.join();
    }
    /// The answer to \p request.
    answer ask(const std::string& request) {
        client c(server_.port());
        c.send(request);
        return c.read();
    }

private:
    static server_options prepared(server_options o) {
        o.port = 0;
        o.threads = 1;
        o.handle_signals = false;
        o.log.sink = std::make_shared<memory_sink>();
        return o;
    }
    wires_server server_;
    std::thread thread_;
};

constexpr std::string_view openai_chunks[] = {"data: {\"id\":\"c\",\"model\":\"gpt\",\"created\":1691164339,\"choices\":[{\"index\":0,"
    "\"delta\":{\"content\":\"Hi\"}}]}\n\n",
                                              "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
                                                  "data: [DONE]\n\n"};
fake_gateway::behaviour openai_stream() { return streams<openai_chat>({std::string(openai_chunks[0]), std::string(openai_chunks[1]),
    std::string(openai_chunks[2])}); }
fake_gateway::behaviour openai_whole() {
    return says();
}

constexpr std::string_view cohere_body = R"({"model":"m","messages":[{"role":"user","content":"hi"}])";
constexpr std::string_view ollama_body = R"({"model":"m","messages":[{"role":"user","content":"hi"}])";

} // namespace

BOOST_AUTO_TEST_SUITE(server_own_wires)

BOOST_AUTO_TEST_CASE(lines_end_where_another_may_begin) {
    detail::line_boundary seam;
    BOOST_TEST(seam.between_events());
    seam.feed("{\"a\":");
    BOOST_TEST(!seam.between_events());
    seam.feed("1}\n");
    seam.feed("");
    BOOST_TEST(seam.between_events());
}

BOOST_AUTO_TEST_CASE(coheres_chat_over_another_vendor) {
    fake_gateway gateway;
    gateway.act = openai_whole();
    running server(gateway);
    const answer whole = server.ask(post("/v2/chat", std::string(cohere_body) + "}"));
    BOOST_TEST(whole.status == 200);
    BOOST_TEST(whole.json().at_pointer("/message/role") == "assistant");
    BOOST_TEST(whole.json().at("finish_reason") == "COMPLETE");
    gateway.act = openai_stream();
    const answer stream = server.ask(post("/v2/chat", std::string(cohere_body) + R"(,"stream":true})"));
    BOOST_TEST(stream.field("content-type") == "text/event-stream; charset=utf-8");
    BOOST_TEST(stream.complete);
    BOOST_TEST(stream.body.starts_with("event: message-start\ndata: {\"type\":\"message-start\",\"id\":\"c\""), stream.body);
    BOOST_TEST(stream.body.find(R"("content":{"text":"Hi"})") != std::string::npos);
    BOOST_TEST(stream.body.find("event: message-end\n") != std::string::npos);
    const answer wrong = server.ask(post("/v2/chat", R"({"model":"m"})"));
    BOOST_TEST(wrong.status == 400);
    BOOST_TEST(wrong.json().at("message") == "messages: field required");
}

BOOST_AUTO_TEST_CASE(a_stream_of_coheres_passes_as_it_came) {
    const std::string bytes = "event: message-start\ndata: {\"type\":\"message-start\", \"id\":\"x\"}\n\nevent: message-end\ndata: "
        "{\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"COMPLETE\"}}\n\n";
    fake_gateway gateway;
    gateway.act = streams<cohere_chat>({bytes});
    running server(gateway);
    BOOST_TEST(server.ask(post("/v2/chat", std::string(cohere_body) + R"(,"stream":true})")).body == bytes);
}

BOOST_AUTO_TEST_CASE(ollamas_chat_streams_lines_unless_it_is_asked_not_to) {
    fake_gateway gateway;
    gateway.act = openai_stream();
    running server(gateway);
    const answer stream = server.ask(post("/api/chat", std::string(ollama_body) + "}"));
    BOOST_TEST(stream.field("content-type") == "application/x-ndjson");
    BOOST_TEST(stream.body ==
               "{\"model\":\"gpt\",\"created_at\":\"2023-08-04T15:52:19Z\",\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"done\":false}\n"
               "{\"model\":\"gpt\",\"created_at\":\"2023-08-04T15:52:19Z\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,"
               "\"done_reason\":\"stop\",\"prompt_eval_count\":0,\"eval_count\":0}\n");
    const answer generated = server.ask(post("/api/generate", R"({"model":"m","prompt":"hi"})"));
    BOOST_TEST(generated.body.find(R"("response":"Hi","done":false})") != std::string::npos);
    gateway.act = openai_whole();
    const answer whole = server.ask(post("/api/chat", std::string(ollama_body) + R"(,"stream":false})"));
    BOOST_TEST(whole.field("content-type") == "application/json");
    BOOST_TEST(whole.json().at("done") == true);
    BOOST_TEST(whole.json().at_pointer("/message/role") == "assistant");
    const answer wrong = server.ask(post("/api/chat", R"({"model":"m","stream":false})"));
    BOOST_TEST(wrong.status == 400);
    BOOST_TEST(wrong.body == R"({"error":"messages: field required"})");
}

BOOST_AUTO_TEST_CASE(a_broken_stream_of_lines_ends_with_its_error_where_a_line_may_begin) {
    const auto broken = [](const std::string& piece) {
        return streams<ollama_chat>({piece}, [](scripted_stream& s) { s.failure = error(errc::truncated, "it broke off"); });
    };
    fake_gateway gateway;
    running server(gateway);
    const std::string line = "{\"message\":{\"content\":\"a\"},\"done\":false}\n";
    gateway.act = broken(line);
    const answer after = server.ask(post("/api/chat", std::string(ollama_body) + "}"));
    BOOST_TEST(!after.complete);
    BOOST_TEST(after.body.starts_with(line + "{\"error\":"), after.body);
    gateway.act = broken(line + "{\"mess");
    const answer inside = server.ask(post("/api/chat", std::string(ollama_body) + "}"));
    BOOST_TEST(!inside.complete);
    BOOST_TEST(inside.body == line + "{\"mess");
}

BOOST_AUTO_TEST_CASE(vectors_in_both_forms) {
    fake_gateway gateway;
    gateway.act = [](call&) -> asio::awaitable<result<reply>> {
        co_return reply_with(codec_of<openai_embeddings>, R"({"object":"list","model":"e","data":[{"object":"embedding","index":0,)"
            R"("embedding":[0.5,-1]}],"usage":{"prompt_tokens":3,"total_tokens":3}})");
    };
    running server(gateway);
    BOOST_TEST(server.ask(post("/api/embed", R"({"model":"m","input":["a"]})")).body == R"({"model":"e","embeddings":[[0.5,-1]],)"
        R"("prompt_eval_count":3})");
    BOOST_TEST(server.ask(post("/api/embeddings", R"({"model":"m","prompt":"a"})")).body == R"({"embedding":[0.5,-1]})");
}

BOOST_AUTO_TEST_CASE(what_clients_of_ollama_ask_first) {
    fake_gateway gateway;
    server_options keyed;
    keyed.key = secret("sk-1");
    running server(gateway), closed(gateway, keyed);
    const answer tags = server.ask(get("/api/tags"));
    BOOST_TEST(tags.status == 200);
    const boost::json::value list = tags.json();
    const boost::json::array& models = list.at("models").as_array();
    BOOST_TEST(models.size() == 2u);
    BOOST_TEST(models[0].at("model") == "m");
    BOOST_TEST(models[0].at_pointer("/details/family") == "fake");
    BOOST_TEST(models[0].at("digest").as_string().size() == 64u);
    BOOST_TEST((models[0].at("digest") != models[1].at("digest")));
    const answer shown = server.ask(post("/api/show", R"({"model":"m"})"));
    BOOST_TEST(shown.json().at_pointer("/capabilities/1") == "tools");
    BOOST_TEST(shown.json().at_pointer("/model_info/general.architecture") == "fake");
    BOOST_TEST(server.ask(post("/api/show", R"({"name":"m"})")).status == 200);
    const answer none = server.ask(post("/api/show", R"({"model":"x"})"));
    BOOST_TEST(none.status == 404);
    BOOST_TEST(none.body == R"({"error":"model 'x' not found"})");
    BOOST_TEST(server.ask(post("/api/show", "{}")).status == 400);
    BOOST_TEST(server.ask(get("/api/ps")).body == R"({"models":[]})");
    // The version alone needs no key.
    BOOST_TEST(std::string_view(closed.ask(get("/api/version")).json().at("version").as_string()) == ollama_models_endpoint::version);
    const answer refused = closed.ask(get("/api/tags"));
    BOOST_TEST(refused.status == 401);
    BOOST_TEST(refused.json().at("error").is_string());
}

BOOST_AUTO_TEST_CASE(a_model_shows_what_the_catalogue_knows) {
    const auto known = std::make_shared<model_catalog>();
    BOOST_REQUIRE(known->merge(R"({"schema":"llmx-models-1","models":{"openai/gpt-a":{"mode":"chat","context":128000},)"
        R"("openai/vec":{"mode":"embedding"}}})", "test").has_value());
    std::vector<deployment> all;
    for (const char* name : {"gpt-a", "vec"}) {
        deployment& d = all.emplace_back();
        d.id = d.model_group = d.model = name;
        d.provider = "openai";
        BOOST_REQUIRE(attach_facts(d, known).has_value());
    }
    const auto served = topology::make(std::move(all)).value();
    std::string text;
    BOOST_REQUIRE(detail::append_ollama_model(text, *served, nullptr, R"({"model":"vec"})", "t").has_value());
    BOOST_TEST(text.find(R"("capabilities":["embedding"])") != std::string::npos, text);
    text.clear();
    BOOST_REQUIRE(detail::append_ollama_model(text, *served, nullptr, R"({"model":"gpt-a"})", "t").has_value());
    BOOST_TEST(text.find(R"("openai.context_length":128000)") != std::string::npos, text);
    principal narrow;
    narrow.models.emplace_back("vec");
    BOOST_TEST((detail::append_ollama_model(text, *served, &narrow, R"({"model":"gpt-a"})", "t").error().value() == errc::not_found));
    text.clear();
    detail::append_ollama_tags(text, *served, &narrow, "t");
    BOOST_TEST(text.find("gpt-a") == std::string::npos, text);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace own_wires_unit
