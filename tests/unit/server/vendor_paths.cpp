// SPDX-License-Identifier: BSL-1.0
// Vendors' own paths: what goes on as it came, whose credentials it has, and who may do what.
#include "support.hpp"

#include <llmx/gateway/gateway.hpp>
#include <llmx/gateway/pass_through.hpp>
#include <llmx/gateway/stock_gateway.hpp>
#include <llmx/policies/model_access.hpp>
#include <llmx/policies/rate_limit.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/service/asio_runtime.hpp>
#include <llmx/testing/scripted_transport.hpp>

#if defined(LLMX_WITH_ZLIB)
#include <support/deflated.hpp>
#endif

namespace vendor_paths_unit {

using namespace llmx;
using server_test::answer;
using server_test::client;
using server_test::get;
using server_test::memory_sink;
using server_test::post;

namespace {

namespace asio = boost::asio;
using vendors = stock_registry;
using tested = gateway<vendors, weighted, model_access, rate_limit, retry, timeout>;
using front = server<tested, openai_chat_endpoint, models_endpoint, health_endpoint, own_paths_endpoint<vendors>, vendor_paths_endpoint<vendors>>;

/// Its transport follows the script of the test.
struct scripted_runtime final : runtime {
    scripted_runtime(asio::io_context& io, http_transport& network) : world(io, network) {}
    time_point now() const noexcept override { return world.now(); }
    std::int64_t unix_seconds() const noexcept override { return world.unix_seconds(); }
    std::uint64_t random() noexcept override { return world.random(); }
    asio::awaitable<result<void>> sleep_until(time_point when, cancellation& stop) override { return world.sleep_until(when, stop); }
    http_transport& transport() noexcept override { return world.transport(); }
    asio::any_io_executor executor() noexcept override { return world.executor(); }
    asio::awaitable<result<void>> offload(offloaded_work& work, cancellation& stop) override { return world.offload(work, stop); }
    asio_runtime world;
};

deployment at(const std::string& provider, const std::string& base, const std::string& model = "*", const std::string& group = std::string()) {
    deployment d;
    d.provider = provider;
    d.model = model;
    d.model_group = group.empty() ? provider + "/*" : group;
    d.id = d.model_group + "-" + model;
    d.key = secret("sk-vendor-" + provider);
    d.api_base = *parse_base_url(base);
    return d;
}

std::vector<deployment> all_deployments() {
    std::vector<deployment> all = {at("openai", "https://api.openai.test/v1"), at("anthropic", "https://api.anthropic.test"),
                                   at("gemini", "https://google.test"), at("cohere", "https://api.cohere.test/compatibility/v1"),
                                   at("groq", "https://api.groq.test/openai/v1"), at("mistral", "https://api.mistral.test/v1"),
                                   at("openai", "https://other.test/v1", "gpt-4o", "chat-for-all")};
    std::vector<deployment> own = pass_through_deployments(all);
    all.insert(all.end(), own.begin(), own.end());
    return all;
}

access_key key(const std::string& text, std::vector<std::string> models = std::vector<std::string>()) {
    auto who = std::make_shared<principal>();
    who->id = who->alias = text + "-alias";
    who->models = std::move(models);
    return access_key(secret(text), std::move(who));
}

std::vector<deployment> with_own(std::vector<deployment> all, const std::vector<own_path>& own) {
    for (const own_path& p : own) all.push_back(own_path_deployment(p));
    return all;
}

/// A server over a scripted network.
struct passing {
    explicit passing(std::vector<deployment> all = all_deployments(), tested::policies_type policies = tested::policies_type(),
                     std::vector<own_path> own = std::vector<own_path>())
        : sink(std::make_shared<memory_sink>()), made(vendors::make_topology(with_own(std::move(all), own)).value(), std::move(policies)) {
        server_options o;
        o.port = 0;
        o.threads = 1;
        o.handle_signals = false;
        o.log.sink = sink;
        o.log.level = log_level::debug;
        o.key = secret("sk-caller");
        o.keys = {key("sk-limited", {"openai/gpt-4o", "chat-for-all"}), key("sk-google", {"gemini/*"})};
        served = std::make_unique<front>(made, std::move(o), [this](asio::io_context& io) -> std::unique_ptr<runtime> {
            return std::make_unique<scripted_runtime>(io, network);
        }, own_paths_endpoint<vendors>(std::make_shared<const std::vector<own_path>>(std::move(own))));
        const auto bound = served->listen();
        BOOST_REQUIRE_MESSAGE(bound, bound.error().message());
        thread = std::thread([this] { (void)served->run(); });
    }
    ~passing() { finish(); }
    void finish() {
        if (!thread.joinable()) return;
        served->stop();
        thread.join();
    }
    answer ask(const std::string& request) {
        client c(served->port());
        c.send(request);
        return c.read();
    }
    /// The last request that reached the network.
    const testing::recorded_request& sent() {
        finish();
        BOOST_REQUIRE(!network.requests().empty());
        return network.requests().back();
    }
    testing::scripted_transport network;
    std::shared_ptr<memory_sink> sink;
    tested made;
    std::unique_ptr<front> served;
    std::thread thread;
};

const std::string bearer = "Authorization: Bearer sk-caller\r\n";
bool has(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

} // namespace

BOOST_AUTO_TEST_SUITE(server_vendor_paths)

BOOST_AUTO_TEST_CASE(method_path_query_fields_and_body_go_on_and_the_answer_comes_back_as_it_is) {
    passing p;
    testing::scripted_reply& r = p.network.reply(201, "{\"ok\": true}  ");
    r.field("content-type", "application/json; odd=1").field("x-ratelimit-remaining", "7").field("content-length", "14");
    r.field("Set-Cookie", "a=b").field("Connection", "x-hop").field("x-hop", "1").field("x-request-id", "req_v");
    const std::string body = "{ \"model\" : \"gpt-4o\", \"input\":[1] }";
    const answer a = p.ask(post("/openai/v1/responses?include=a%20b&key=sk-caller&x=1", body,
                                bearer + "X-Custom: yes\r\nOpenAI-Beta: assistants=v2\r\nX-Forwarded-For: 10.0.0.9\r\n"
                                         "Cookie: s=1\r\nOpenAI-Project: mine\r\n"));
    BOOST_TEST(a.status == 201);
    BOOST_TEST(a.body == "{\"ok\": true}  ");
    BOOST_TEST(a.field("content-type") == "application/json; odd=1");
    BOOST_TEST(a.field("content-length") == "14");
    BOOST_TEST(a.field("x-ratelimit-remaining") == "7");
    BOOST_TEST(a.field("x-request-id") == "req_v");
    BOOST_TEST(a.field("x-llmx-provider") == "openai");
    BOOST_TEST(a.field("Set-Cookie").empty());
    BOOST_TEST(a.field("x-hop").empty());
    const auto& sent = p.sent();
    BOOST_TEST(sent.method == "POST");
    BOOST_TEST(sent.to.host == "api.openai.test");
    BOOST_TEST(sent.target == "/v1/responses?include=a%20b&x=1");
    BOOST_TEST(sent.body == body);
    BOOST_TEST(has(sent.fields, "authorization: Bearer sk-vendor-openai\r\n"));
    BOOST_TEST(has(sent.fields, "X-Custom: yes\r\n"));
    BOOST_TEST(has(sent.fields, "OpenAI-Beta: assistants=v2\r\n"));
    for (const char* const gone : {"sk-caller", "10.0.0.9", "Cookie", "OpenAI-Project", "Host:"}) BOOST_TEST(!has(sent.fields, gone), gone);
    const auto lines = p.sink->calls();
    BOOST_TEST_REQUIRE(lines.size() == 1u);
    BOOST_TEST(lines[0].at("endpoint").as_string() == "pass_through");
    BOOST_TEST(lines[0].at("model").as_string() == "gpt-4o");
    BOOST_TEST(lines[0].at("provider").as_string() == "openai");
    BOOST_TEST(lines[0].at("caller").as_string() == "master");
}

BOOST_AUTO_TEST_CASE(each_vendors_paths_go_below_its_base_with_its_own_credentials) {
    struct one {
        const char *path, *host, *target, *credentials;
    };
    const one cases[] = {
        {"/openai/v1/files", "api.openai.test", "/v1/files", "authorization: Bearer sk-vendor-openai"},
        {"/openai/files", "api.openai.test", "/v1/files", "authorization: Bearer sk-vendor-openai"},
        {"/openai_passthrough/v1/files", "api.openai.test", "/v1/files", "authorization: Bearer sk-vendor-openai"},
        {"/anthropic/v1/models", "api.anthropic.test", "/v1/models", "x-api-key: sk-vendor-anthropic"},
        {"/gemini/v1beta/models", "google.test", "/v1beta/models", "x-goog-api-key: sk-vendor-gemini"},
        {"/cohere/v2/models", "api.cohere.test", "/v2/models", "authorization: Bearer sk-vendor-cohere"},
        {"/cohere/compatibility/v1/models", "api.cohere.test", "/compatibility/v1/models", "authorization: Bearer sk-vendor-cohere"},
        {"/groq/openai/v1/models", "api.groq.test", "/openai/v1/models", "authorization: Bearer sk-vendor-groq"},
        {"/groq/v1/models", "api.groq.test", "/openai/v1/models", "authorization: Bearer sk-vendor-groq"},
        {"/mistral/v1/models/", "api.mistral.test", "/v1/models/", "authorization: Bearer sk-vendor-mistral"},
    };
    for (const one& c : cases) {
        passing p;
        p.network.reply(200, "x");
        BOOST_TEST(p.ask(get(c.path, bearer)).status == 200, c.path);
        BOOST_TEST(p.sent().target == c.target);
        BOOST_TEST(p.sent().to.host == c.host);
        BOOST_TEST(p.sent().method == "GET");
        BOOST_TEST(has(p.sent().fields, c.credentials), c.path);
        BOOST_TEST(!has(p.sent().fields, "sk-caller"), c.path);
    }
}

BOOST_AUTO_TEST_CASE(a_path_that_could_leave_the_vendors_is_refused_before_anything_is_sent) {
    passing p;
    p.network.reply_always(200, "{}");
    for (const char* const path :
         {"/openai/../admin", "/openai/v1/../../x", "/openai/v1/..", "/openai/./x", "/openai//evil.test/x", "/openai/v1//x", "/openai/%2e%2e/x",
          "/openai/.%2E/x", "/openai/%252e%252e/x", "/openai/%25252e%25252e/x", "/openai/..%2fx", "/openai/x%2f..%2f..%2fy", "/openai/..;/x",
          "/openai/..;a=b/x", "/openai/%5c..%5cx", "/openai/a%5cb", "/openai/http://evil.test/x", "/openai/x%0d%0aHost:%20evil", "/openai/%2f%2fevil.test/x",
          "/openai/x%09y", "/openai/%2525252525x/y"}) {
        const answer a = p.ask(get(path, bearer));
        BOOST_TEST(a.status == 400, path);
    }
    // The form for proxies names a host, which counts for nothing.
    BOOST_TEST(p.ask("GET http://evil.test/openai/v1/files HTTP/1.1\r\nHost: evil.test\r\n" + bearer + "\r\n").status == 200);
    BOOST_TEST(p.sent().to.host == "api.openai.test");
    BOOST_TEST(p.network.calls() == 1u);
}

BOOST_AUTO_TEST_CASE(an_encoded_name_passes_as_it_is_written) {
    passing p;
    p.network.reply(200, "{}");
    BOOST_TEST(p.ask(get("/openai/v1/x/arn%3Aaws%3Ab%2Fname:0/y%20z", bearer)).status == 200);
    BOOST_TEST(p.sent().target == "/v1/x/arn%3Aaws%3Ab%2Fname:0/y%20z");
}

BOOST_AUTO_TEST_CASE(a_caller_needs_a_key_and_a_vendor_credentials) {
    passing p;
    BOOST_TEST(p.ask(get("/openai/v1/files")).status == 401);
    const answer none = p.ask(get("/deepseek/v1/models", bearer));
    BOOST_TEST(none.status == 404);
    BOOST_TEST(has(none.body, "'deepseek' are not served"));
    BOOST_TEST(p.ask(get("/nobody/v1/models", bearer)).status == 404);
    BOOST_TEST(p.network.calls() == 0u);
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_json_is_pulled_while_it_is_sent) {
    passing p;
    p.network.reply(200, "{\"id\":\"file-1\"}").field("content-type", "application/json");
    const std::string form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n" + std::string(3 << 20, 'x') + "\r\n--b--\r\n";
    const answer a = p.ask("POST /openai/v1/files HTTP/1.1\r\nHost: x\r\n" + bearer + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " +
                           std::to_string(form.size()) + "\r\n\r\n" + form);
    BOOST_TEST(a.status == 200);
    BOOST_TEST((p.sent().body == form));
    BOOST_TEST(p.sent().pulls > 10u);
    BOOST_TEST(p.sent().length.value() == form.size());
    BOOST_TEST(has(p.sent().fields, "Content-Type: multipart/form-data; boundary=b\r\n"));
}

BOOST_AUTO_TEST_CASE(an_error_of_the_vendor_comes_back_in_its_own_bytes_once_and_without_its_key) {
    passing p;
    p.network.reply(429, "{\"error\":{\"message\":\"slow, sk-vendor-openai\"}}").field("content-type", "application/json").field("retry-after", "9");
    const answer a = p.ask(post("/openai/v1/chat/completions", server_test::chat_body, bearer));
    BOOST_TEST(a.status == 429);
    BOOST_TEST(a.body == "{\"error\":{\"message\":\"slow, ***\"}}");
    BOOST_TEST(a.field("retry-after") == "9");
    (void)p.sent();
    BOOST_TEST(p.network.calls() == 1u);
    BOOST_TEST(p.sink->calls()[0].at("status").to_number<int>() == 429);
}

BOOST_AUTO_TEST_CASE(tokens_are_read_where_the_language_is_known) {
    struct one {
        const char *path, *type, *body;
        int input, output;
    };
    const one cases[] = {
        {"/openai/v1/chat/completions", "application/json", server_test::openai_reply.data(), 3, 1},
        {"/openai/v1/chat/completions", "text/event-stream",
         "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"index\":0}]}\n\n"
         "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}\n\ndata: [DONE]\n\n",
         5, 2},
        {"/anthropic/v1/messages", "application/json",
         "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"x\"}],\"usage\":{\"input_tokens\":8,\"output_tokens\":4}}", 8, 4},
        {"/gemini/v1beta/models/gemini-2.5-pro:generateContent", "application/json",
         "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"x\"}]}}],\"usageMetadata\":{\"promptTokenCount\":6,\"candidatesTokenCount\":3}}", 6, 3},
        {"/gemini/v1beta/models/gemini-2.5-pro:streamGenerateContent", "application/json",
         "[{\"candidates\":[]},{\"candidates\":[],\"usageMetadata\":{\"promptTokenCount\":7,\"candidatesTokenCount\":2}}]", 7, 2},
    };
    for (const one& c : cases) {
        passing p;
        p.network.reply(200).split(c.body, 7).field("content-type", c.type);
        const answer a = p.ask(post(c.path, server_test::chat_body, bearer + "Accept-Encoding: gzip\r\n"));
        BOOST_TEST(a.body == c.body);
        BOOST_TEST(has(p.sent().fields, "accept-encoding: identity\r\n"));
        const auto line = p.sink->calls().at(0);
        BOOST_TEST_REQUIRE(line.contains("tokens_in"), c.path);
        BOOST_TEST(line.at("tokens_in").to_number<int>() == c.input);
        BOOST_TEST(line.at("tokens_out").to_number<int>() == c.output);
    }
}

BOOST_AUTO_TEST_CASE(a_content_coding_of_an_unknown_path_stays_as_it_is) {
    passing p;
    p.network.reply(200, "\x1f\x8b\x08zip").field("content-encoding", "gzip").field("content-type", "application/json");
    const answer a = p.ask(get("/openai/v1/files", bearer + "Accept-Encoding: gzip, br\r\n"));
    BOOST_TEST(a.body == "\x1f\x8b\x08zip");
    BOOST_TEST(a.field("content-encoding") == "gzip");
    BOOST_TEST(has(p.sent().fields, "accept-encoding: gzip, br\r\n"));
}

BOOST_AUTO_TEST_CASE(a_body_with_an_unknown_coding_goes_on_as_it_came) {
    for (const std::string& type : {std::string("application/json"), std::string("application/x-ndjson")}) {
        passing p;
        p.network.reply(200, "{}");
        const answer a = p.ask("POST /openai/v1/x HTTP/1.1\r\nHost: test\r\n" + bearer + "Content-Type: " + type +
                               "\r\nContent-Encoding: zstd\r\nContent-Length: 4\r\n\r\n\x28\xb5\x2f\xfd");
        BOOST_TEST(a.status == 200);
        BOOST_TEST(p.sent().body == "\x28\xb5\x2f\xfd");
        BOOST_TEST(has(p.sent().fields, "Content-Encoding: zstd\r\n"));
    }
    // What a caller may use cannot be checked.
    passing p;
    const answer a = p.ask(post("/openai/v1/x", "\x28\xb5\x2f\xfd", "Authorization: Bearer sk-limited\r\nContent-Encoding: zstd\r\n"));
    BOOST_TEST(a.status == 415);
}

#if defined(LLMX_WITH_ZLIB)
BOOST_AUTO_TEST_CASE(coded_json_is_read_and_goes_on_as_it_came) {
    passing p;
    p.network.reply(200, R"({"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}})").field("content-type", "application/json");
    const std::string coded = llmx_test::deflated(R"({"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]})", 31);
    BOOST_TEST(p.ask(post("/openai/v1/chat/completions", coded, bearer + "Content-Encoding: gzip\r\n")).status == 200);
    BOOST_TEST((p.sent().body == coded));
    BOOST_TEST(has(p.sent().fields, "Content-Encoding: gzip\r\n"));
    BOOST_TEST(p.sink->calls().at(0).at("model").as_string() == "gpt-4o");
}

BOOST_AUTO_TEST_CASE(coded_json_of_a_limited_caller_goes_on_decoded) {
    const std::string limited = "Authorization: Bearer sk-limited\r\nContent-Encoding: gzip\r\n";
    const std::string allowed = R"({"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]})";
    passing p;
    p.network.reply_always(200, "{}");
    BOOST_TEST(p.ask(post("/openai/v1/chat/completions", llmx_test::deflated(allowed, 31), limited)).status == 200);
    BOOST_TEST(p.ask(post("/openai/v1/chat/completions", llmx_test::deflated(R"({"model":"o3","messages":[]})", 31), limited)).status == 403);
    BOOST_TEST(p.ask(post("/openai/v1/chat/completions", "\x1f\x8b broken", limited)).status == 400);
    const std::string bomb = R"({"model":"gpt-4o","x":")" + std::string(40'000'000, 'x') + "\"}";
    BOOST_TEST(p.ask(post("/openai/v1/chat/completions", llmx_test::deflated(bomb, 31), limited)).status == 413);
    BOOST_TEST(p.sent().body == allowed);
    BOOST_TEST(!has(p.sent().fields, "Content-Encoding"));
    BOOST_TEST(p.network.requests().size() == 1u);
}
#endif

BOOST_AUTO_TEST_CASE(a_stream_that_breaks_off_is_broken_for_its_caller) {
    passing p;
    p.network.reply(200, "data: {\"a\":1}\n\n").field("content-type", "text/event-stream").cut_after(9);
    const answer a = p.ask(post("/openai/v1/chat/completions", server_test::stream_body, bearer));
    BOOST_TEST(a.status == 200);
    BOOST_TEST(!a.complete);
}

BOOST_AUTO_TEST_CASE(head_and_answers_without_a_body_keep_their_head) {
    passing p;
    p.network.reply(200).field("content-length", "123").field("etag", "e");
    client c(p.served->port());
    c.send("HEAD /openai/v1/files/x HTTP/1.1\r\nHost: x\r\n" + bearer + "\r\n");
    const answer a = c.read(true);
    BOOST_TEST(a.field("content-length") == "123");
    BOOST_TEST(a.field("etag") == "e");
    p.network.reply(204);
    c.send("DELETE /openai/v1/files/x HTTP/1.1\r\nHost: x\r\n" + bearer + "\r\n");
    const answer gone = c.read(true);
    BOOST_TEST(gone.status == 204);
    BOOST_TEST(gone.field("transfer-encoding").empty());
    BOOST_TEST(p.sent().method == "DELETE");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_limited_to_models_reaches_these_alone) {
    struct one {
        const char *key, *path, *body;
        int status;
    };
    const one cases[] = {
        {"sk-limited", "/openai/v1/chat/completions", R"({"model":"gpt-4o","messages":[]})", 200},
        {"sk-limited", "/openai/v1/chat/completions", R"({"model":"o3","messages":[]})", 403},
        {"sk-limited", "/openai/v1/responses", R"({"model":"gpt-4o","input":"x"})", 200},
        {"sk-limited", "/openai/v1/responses", R"({"model":"gpt-4o","input":"x","tools":[{"type":"image_generation","model":"gpt-image-1"}]})", 403},
        {"sk-limited", "/openai/v1/responses", R"({"model":"gpt-4o","model":"o3"})", 403},
        {"sk-limited", "/openai/v1/responses", R"({"mod\u0065l":"o3","input":"x"})", 403},
        {"sk-limited", "/openai/v1/responses", R"({"model":"gpt-4o","models":["o3"]})", 403},
        {"sk-limited", "/openai/v1/responses", R"({"model":"gpt-4o",})", 400},
        {"sk-limited", "/openai/v1/responses", R"({"input":"x"})", 403},
        {"sk-limited", "/openai/v1/batches", R"({"input_file_id":"f"})", 403},
        {"sk-limited", "/anthropic/v1/messages", R"({"model":"gpt-4o","max_tokens":1,"messages":[]})", 403},
        {"sk-limited", "/anthropic/v1/messages/batches", R"({"requests":[{"params":{"model":"claude-x"}}]})", 403},
        {"sk-google", "/gemini/v1beta/models/gemini-2.5-pro:countTokens", R"({"contents":[]})", 200},
        {"sk-google", "/gemini/v1beta/models/gemini-2.5-pro:generateContent", R"({"contents":[]})", 200},
        {"sk-google", "/openai/v1/models/gpt-4o", "{}", 403},
        {"sk-limited", "/gemini/v1beta/models/gpt-4o:countTokens", R"({"contents":[]})", 403},
    };
    for (const one& c : cases) {
        passing p;
        p.network.reply_always(200, "{}");
        const answer a = p.ask(post(c.path, c.body, std::string("Authorization: Bearer ") + c.key + "\r\n"));
        BOOST_TEST(a.status == c.status, c.path << ' ' << c.body << ' ' << a.body);
        p.finish();
        BOOST_TEST((p.network.calls() == 1u) == (c.status == 200), c.path);
    }
    passing p;
    p.network.reply_always(200, "{}");
    const answer listing = p.ask(get("/openai/v1/models", "Authorization: Bearer sk-limited\r\n"));
    BOOST_TEST(listing.status == 403);
    BOOST_TEST(has(listing.body, "names none"));
    for (const std::string model : {"gpt-4o", "o3"}) {
        const std::string form = "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n" + model +
                                 "\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nxx\r\n--b--\r\n";
        const answer a = p.ask("POST /openai/v1/images/edits HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-limited\r\nContent-Type: "
                               "multipart/form-data; boundary=b\r\nContent-Length: " + std::to_string(form.size()) + "\r\n\r\n" + form);
        BOOST_TEST(a.status == (model == "o3" ? 403 : 200));
    }
}

BOOST_AUTO_TEST_CASE(a_rate_limit_holds_for_these_paths_too) {
    rate_limit limits;
    limits.each_caller(1);
    passing p(all_deployments(), tested::policies_type(weighted(), model_access(), limits, retry(), timeout()));
    p.network.reply_always(200, "{}");
    BOOST_TEST(p.ask(get("/openai/v1/files", bearer)).status == 200);
    BOOST_TEST(p.ask(get("/openai/v1/files", bearer)).status == 429);
}

BOOST_AUTO_TEST_CASE(the_deployments_of_these_paths_are_in_no_list) {
    passing p;
    BOOST_TEST(!has(p.ask(get("/v1/models", bearer)).body, "pass-through"));
    BOOST_TEST(!has(p.ask(get("/health", bearer)).body, "pass-through"));
}

BOOST_AUTO_TEST_CASE(a_client_that_leaves_ends_the_request_of_the_vendor) {
    passing p;
    p.network.reply(200, "data: x\n\n").field("content-type", "text/event-stream").stall_after(9);
    {
        client c(p.served->port());
        c.send(post("/openai/v1/chat/completions", server_test::stream_body, bearer));
        BOOST_TEST(c.read_until("data: x"));
    }
    server_test::wait_until([&] { return !p.sink->calls().empty(); });
    p.finish();
    BOOST_TEST(p.network.open_bodies() == 0u);
    BOOST_TEST(p.network.closed_early() == 1u);
}

BOOST_AUTO_TEST_CASE(every_vendor_of_the_registry_is_sent_its_credentials_for_its_own_paths) {
    for (std::size_t i = 0; i < vendors::size; ++i) {
        const provider_ops& ops = vendors::ops(i);
        if (ops.authorize != nullptr || ops.exchange != nullptr) continue;
        std::vector<deployment> all = {at(std::string(ops.name), "https://vendor.test/v1")};
        if (ops.name == "google_pse") {
            search_settings engine;
            engine.engine = "cx";
            all[0].settings = any_settings::of(std::move(engine));
        }
        std::vector<deployment> own = pass_through_deployments(all);
        all.insert(all.end(), own.begin(), own.end());
        passing p(std::move(all));
        p.network.reply(200, "{}");
        BOOST_TEST(p.ask(get("/" + std::string(ops.name) + "/v1/anything?a=1", bearer)).status == 200, ops.name);
        BOOST_TEST(p.sent().target == "/v1/anything?a=1", ops.name);
        BOOST_TEST(has(p.sent().fields, "sk-vendor-" + std::string(ops.name)), ops.name);
        BOOST_TEST(!has(p.sent().fields, "sk-caller"), ops.name);
    }
}

BOOST_AUTO_TEST_CASE(a_request_to_aws_is_signed_anew_and_its_token_is_not_shown) {
    deployment d = at("bedrock", "https://bedrock-runtime.us-east-1.amazonaws.com");
    bedrock::settings own;
    own.region = "us-east-1";
    own.access_key_id = secret("AKIDEXAMPLE");
    own.secret_access_key = secret("wJalrXUtnFEMI-planted");
    own.session_token = secret("session-token-planted");
    d.key = secret();
    d.settings = any_settings::of(own);
    std::vector<deployment> all = {d};
    for (deployment& one : pass_through_deployments(all)) all.push_back(one);
    passing p(std::move(all));
    p.network.reply(403, R"({"message":"The Canonical String was x-amz-security-token:session-token-planted"})").field("content-type", "application/json");
    const answer a = p.ask(post("/bedrock/model/anthropic.claude-3-5-sonnet-20240620-v1:0/converse", R"({"messages":[]})",
                                bearer + "X-Amz-Date: 20200101T000000Z\r\nX-Amz-Security-Token: callers\r\n"));
    BOOST_TEST(a.status == 403);
    BOOST_TEST(a.body == R"({"message":"The Canonical String was x-amz-security-token:***"})");
    BOOST_TEST(p.sent().target == "/model/anthropic.claude-3-5-sonnet-20240620-v1:0/converse");
    BOOST_TEST(has(p.sent().fields, "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"));
    BOOST_TEST(!has(p.sent().fields, "callers"));
    BOOST_TEST(!has(p.sent().fields, "20200101T000000Z"));
    BOOST_TEST(p.sent().body == R"({"messages":[]})");
    BOOST_TEST(!has(p.sink->text(), "planted"));
    BOOST_TEST(p.sink->calls()[0].at("model").as_string() == "anthropic.claude-3-5-sonnet-20240620-v1:0");
}

namespace {
own_path route(const std::string& path, const std::string& target) {
    own_path p;
    p.path = path;
    p.target = *parse_base_url(target);
    p.headers.emplace_back("Authorization", secret("Bearer sk-of-the-target"));
    return p;
}
struct passing_own : passing {
    explicit passing_own(own_path p) : passing(all_deployments(), tested::policies_type(), {std::move(p)}) {}
};
} // namespace

BOOST_AUTO_TEST_CASE(an_own_path_goes_to_its_target_with_its_fields_and_query) {
    own_path p = route("/v1/rerank", "https://rerank.test/api/v2/rerank");
    p.query = "version=7&mode=fast";
    passing_own s(p);
    s.network.reply(200, "{\"results\":[]}").field("content-type", "application/json");
    const answer a = s.ask(post("/v1/rerank?mode=slow", R"({"model":"r","query":"x"})", bearer + "X-Custom: 1\r\nX-Request-Id: abc\r\n"));
    BOOST_TEST(a.status == 200);
    BOOST_TEST(a.body == "{\"results\":[]}");
    BOOST_TEST(s.sent().to.host == "rerank.test");
    BOOST_TEST(s.sent().target == "/api/v2/rerank?mode=slow&version=7");
    BOOST_TEST(has(s.sent().fields, "Authorization: Bearer sk-of-the-target\r\n"));
    BOOST_TEST(has(s.sent().fields, "Content-Type: application/json\r\n"));
    BOOST_TEST(!has(s.sent().fields, "X-Custom"));
    BOOST_TEST(!has(s.sent().fields, "sk-caller"));
    BOOST_TEST(s.sink->calls()[0].at("provider").as_string() == "pass_through");
}

BOOST_AUTO_TEST_CASE(an_own_path_takes_subpaths_methods_and_keys_as_it_is_configured) {
    own_path p = route("/search", "https://search.test/base");
    {
        passing_own s(p);
        s.network.reply_always(200, "x");
        BOOST_TEST(s.ask(get("/search", bearer)).status == 200);
        BOOST_TEST(s.ask(get("/search/deeper", bearer)).status == 404);
        BOOST_TEST(s.ask(get("/searching", bearer)).status == 404);
        BOOST_TEST(s.ask(get("/search")).status == 401);
        BOOST_TEST(s.sent().target == "/base");
    }
    p.include_subpath = true;
    p.forward_headers = true;
    p.methods = 1; // GET
    p.needs_key = false;
    p.cost_per_request = money(5'000'000);
    passing_own s(p);
    s.network.reply_always(200, "x");
    const answer refused = s.ask(post("/search/a", "{}", ""));
    BOOST_TEST(refused.status == 405);
    BOOST_TEST(refused.field("allow").find("GET") != std::string::npos);
    for (const char* const path : {"/search/../x", "/search/%2e%2e/x", "/search//x", "/search/..%5cx"}) BOOST_TEST(s.ask(get(path)).status == 400, path);
    BOOST_TEST(s.network.calls() == 0u);
    BOOST_TEST(s.ask(get("/search/a/b?q=1", "X-Custom: 1\r\nAuthorization: Bearer mine\r\n")).status == 200);
    BOOST_TEST(s.sent().target == "/base/a/b?q=1");
    BOOST_TEST(has(s.sent().fields, "X-Custom: 1\r\n"));
    BOOST_TEST(!has(s.sent().fields, "mine"));
    BOOST_TEST(has(s.sink->text(), "\"cost\":"));
}

BOOST_AUTO_TEST_CASE(the_target_of_an_own_path_cannot_show_the_operators_secrets) {
    passing_own s(route("/x", "https://x.test"));
    s.network.reply(401, "{\"error\":\"bad key sk-of-the-target\"}").field("content-type", "application/json");
    const answer a = s.ask(get("/x", bearer));
    BOOST_TEST(a.status == 401);
    BOOST_TEST(a.body == "{\"error\":\"bad key ***\"}");
    BOOST_TEST(s.sent().target == "/");
    BOOST_TEST(!has(s.sink->text(), "sk-of-the-target"));
}

BOOST_AUTO_TEST_CASE(a_limited_key_may_use_an_own_path_for_its_models_alone) {
    for (const auto& [body, status] : {std::pair(R"({"model":"openai/gpt-4o"})", 200), std::pair(R"({"model":"x"})", 403), std::pair("{}", 403)}) {
        passing_own s(route("/x", "https://x.test"));
        s.network.reply_always(200, "{}");
        BOOST_TEST(s.ask(post("/x", body, "Authorization: Bearer sk-limited\r\n")).status == status, body);
    }
}

BOOST_AUTO_TEST_CASE(own_paths_can_be_replaced) {
    own_paths_endpoint<vendors> all;
    BOOST_TEST((all.match("GET", "/x").what == endpoint_match::verdict::none));
    const own_paths_endpoint<vendors> copy = all;
    all.replace(std::make_shared<const std::vector<own_path>>(1, route("/x", "https://x.test")));
    BOOST_TEST((copy.match("GET", "/x").what == endpoint_match::verdict::matched));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace vendor_paths_unit
