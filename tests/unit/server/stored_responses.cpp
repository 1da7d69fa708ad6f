// SPDX-License-Identifier: BSL-1.0
// The Responses API with its state: what is kept and for whom, conversations over each kind of provider, responses in the background.
#include "storing.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <chrono>

namespace server_stored_responses_unit {

using namespace llmx;
using namespace server_test;
using namespace storing_test;

namespace {

constexpr std::string_view native_reply =
    R"({"id":"resp_up1","object":"response","created_at":1,"status":"completed","model":"fake-large","output":[{"id":"msg_1","type":"message",)"
    R"("status":"completed","role":"assistant","content":[{"type":"output_text","text":"hello","annotations":[]}]}],"usage":{"input_tokens":3,)"
    R"("output_tokens":1,"total_tokens":4},"store":true})";
/// Answers in OpenAI's own words.
fake_gateway::behaviour native(std::string* body = nullptr) {
    return [body](call& c) -> asio::awaitable<result<reply>> {
        if (body != nullptr) *body = std::string(c.in.body);
        c.report.deployment_id = "dep-1";
        co_return reply_with(codec_of<openai_responses>, std::string(native_reply));
    };
}
fake_gateway::behaviour noting(std::string& body, bool* anew = nullptr) {
    return [&body, anew](call& c) -> asio::awaitable<result<reply>> {
        body = std::string(c.in.body);
        if (anew != nullptr) *anew = c.in.must_translate;
        co_return reply_with(codec_of<openai_chat>, std::string(openai_reply));
    };
}
const std::vector<std::string> chat_pieces = {
    R"(data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"x","choices":[{"index":0,"delta":{"role":"assistant",)"
    R"("content":"hel"},"finish_reason":null}]})"
    "\n\n",
    R"(data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"x","choices":[{"index":0,"delta":{"content":"lo"},)"
    R"("finish_reason":"stop"}]})"
    "\n\n",
    "data: [DONE]\n\n"};
constexpr std::string_view hi = R"({"model":"m","input":"hi"})";
constexpr std::string_view hi_in_background = R"({"model":"m","input":"hi","background":true})";

struct numbered {
    std::string type;
    std::int64_t number;
};
std::vector<numbered> events_of(const std::string& stream) {
    std::vector<numbered> all;
    sse_parser parser;
    BOOST_REQUIRE(parser.feed(stream, [&all](const sse_event& e) {
        numbered n;
        n.type = e.event;
        n.number = boost::json::parse(e.data).at("sequence_number").as_int64();
        all.push_back(n);
    }));
    return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_stored_responses)

BOOST_AUTO_TEST_CASE(a_response_of_any_provider_is_kept_listed_and_erased) {
    storing s;
    s.gateway.act = says();
    const answer made = s.create(hi);
    BOOST_REQUIRE(made.status == 200);
    const std::string id = id_of(made);
    BOOST_TEST(id.size() == 53u);
    BOOST_TEST(made.json().at("store").as_bool());
    const answer again = s.of("/v1/responses/" + id);
    BOOST_TEST(again.status == 200);
    BOOST_TEST(again.body == made.body);
    BOOST_TEST(s.of("/openai/v1/responses/" + id).body == made.body);
    const auto items = s.of("/v1/responses/" + id + "/input_items").json().as_object();
    BOOST_TEST(items.at("object").as_string() == "list");
    BOOST_TEST(!items.at("has_more").as_bool());
    BOOST_TEST(items.at("data").at(0).at("content").at(0).at("text").as_string() == "hi");
    BOOST_TEST(items.at("first_id").as_string() == items.at("data").at(0).at("id").as_string());
    // Only a response in the background can be cancelled, or streamed again.
    BOOST_TEST(s.by("POST", "/v1/responses/" + id + "/cancel").status == 400);
    BOOST_TEST(s.of("/v1/responses/" + id + "?stream=true").status == 400);
    const answer gone = s.by("DELETE", "/v1/responses/" + id);
    BOOST_TEST(gone.body == "{\"id\":\"" + id + "\",\"object\":\"response\",\"deleted\":true}");
    const answer none = s.of("/v1/responses/" + id);
    BOOST_TEST(none.status == 404);
    BOOST_TEST(none.json().at("error").at("code").is_null());
    BOOST_TEST(s.by("DELETE", "/v1/responses/" + id).status == 404);
    BOOST_TEST(s.gateway.executed == 1);
}

BOOST_AUTO_TEST_CASE(another_caller_finds_nothing) {
    storing s;
    s.gateway.act = says();
    const std::string id = id_of(s.create(hi)), path = "/v1/responses/" + id;
    for (const answer& a : {s.of(path, "sk-b"), s.by("DELETE", path, "sk-b"), s.by("POST", path + "/cancel", "sk-b"), s.of(path + "/input_items", "sk-b")})
        BOOST_TEST(a.status == 404);
    std::string body;
    s.gateway.act = noting(body);
    // To the other caller the id is unknown: it goes on as it is, and no conversation with it.
    BOOST_TEST(s.create(R"({"model":"m","input":"and?","previous_response_id":")" + id + "\"}", "sk-b").status == 200);
    BOOST_TEST(body == R"({"model":"m","input":"and?","previous_response_id":")" + id + "\"}");
    BOOST_TEST(s.of(path).status == 200);
}

BOOST_AUTO_TEST_CASE(a_conversation_goes_on_over_a_provider_that_keeps_none) {
    storing s;
    s.gateway.act = [](call&) -> asio::awaitable<result<reply>> {
        co_return reply_with(codec_of<openai_chat>,
                             R"({"id":"c1","object":"chat.completion","created":1,"model":"x","choices":[{"index":0,)"
                             R"("message":{"role":"assistant","content":null,)"
                             R"("tool_calls":[{"id":"call_1","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]})");
    };
    const std::string first = id_of(s.create(R"({"model":"m","input":"weather?","tools":[{"type":"function","name":"f","parameters":{}}]})"));
    std::string body;
    bool anew = false;
    s.gateway.act = noting(body, &anew);
    const answer second =
        s.create(R"({"model":"m","previous_response_id":")" + first + R"(","input":[{"type":"function_call_output","call_id":"call_1","output":"18"}]})");
    BOOST_TEST(second.status == 200);
    BOOST_TEST(second.json().at("previous_response_id").as_string() == first);
    BOOST_TEST(anew);
    BOOST_TEST(boost::json::parse(body) ==
               boost::json::parse(R"({"model":"m","input":[{"role":"user","content":"weather?"},)"
                                  R"({"type":"function_call","call_id":"call_1","name":"f","arguments":"{}"},)"
                                  R"({"type":"function_call_output","call_id":"call_1","output":"18"}]})"));
    // A third turn that is not kept itself, and the whole conversation in order.
    BOOST_TEST(s.create(R"({"model":"m","store":false,"input":"thanks","previous_response_id":")" + id_of(second) + "\"}").status == 200);
    const auto items = boost::json::parse(body).at("input").as_array();
    BOOST_TEST(items.size() == 5u);
    BOOST_TEST(items.back().at("content").as_string() == "thanks");
    const auto listed = s.of("/v1/responses/" + id_of(second) + "/input_items?order=asc&limit=2").json().as_object();
    BOOST_TEST(listed.at("data").as_array().size() == 2u);
    BOOST_TEST(listed.at("has_more").as_bool());
    const std::string last(listed.at("last_id").as_string());
    const auto rest = s.of("/v1/responses/" + id_of(second) + "/input_items?order=asc&after=" + last).json().as_object();
    BOOST_TEST(rest.at("data").as_array().size() == 1u);
    BOOST_TEST(rest.at("data").at(0).at("type").as_string() == "function_call_output");
    // What came before a response that has been erased is not known any more.
    BOOST_TEST(s.by("DELETE", "/v1/responses/" + first).status == 200);
    const answer broken = s.create(R"({"model":"m","input":"x","previous_response_id":")" + id_of(second) + "\"}");
    BOOST_TEST(broken.status == 400);
    BOOST_TEST(broken.json().at("error").at("param").as_string() == "previous_response_id");
}

BOOST_AUTO_TEST_CASE(queries_of_lists_are_checked) {
    storing s;
    s.gateway.act = says();
    const std::string path = "/v1/responses/" + id_of(s.create(hi));
    for (const std::string_view query : {"limit=0", "limit=101", "limit=x", "order=up", "after=msg_0"})
        BOOST_TEST(s.of(path + "/input_items?" + std::string(query)).status == 400, query);
    BOOST_TEST(s.of(path + "?stream=true&starting_after=x").status == 400);
}

BOOST_AUTO_TEST_CASE(bytes_that_pass_keep_the_vendors_id_and_its_deployment) {
    storing s;
    std::string body;
    s.gateway.act = native(&body);
    const answer made = s.create(hi);
    BOOST_TEST(made.body == native_reply);
    BOOST_TEST(s.of("/v1/responses/resp_up1").body == native_reply);
    // The vendor itself goes on with it.
    const std::string next = R"({"model":"m","previous_response_id":"resp_up1","input":"more"})";
    s.gateway.act = [&body](call& c) -> asio::awaitable<result<reply>> {
        body = std::string(c.in.body);
        c.report.deployment_id = "dep-1";
        std::string other(native_reply);
        other.replace(other.find("resp_up1"), 8, "resp_up2");
        co_return reply_with(codec_of<openai_responses>, std::move(other));
    };
    BOOST_TEST(s.create(next).status == 200);
    BOOST_TEST(body == next);
    // Over a model without this deployment the conversation is sent.
    BOOST_TEST(s.create(R"({"model":"any/x","previous_response_id":"resp_up1","input":"more"})").status == 200);
    BOOST_TEST(boost::json::parse(body).at("input").as_array().size() == 3u);
    // The vendor's copy is erased too, and one that it does not have is no failure.
    std::string asked;
    s.gateway.act = [&asked](call& c) -> asio::awaitable<result<reply>> {
        const auto* const own = static_cast<const pass_through_request*>(c.in.canonical.get<detail::own_attempt>());
        asked = std::string(own->method) + " " + std::string(own->path);
        own->answer->status = 404;
        own->answer->refused = true;
        co_return error(errc::not_found);
    };
    BOOST_TEST(s.by("DELETE", "/v1/responses/resp_up1").status == 200);
    BOOST_TEST(asked == "DELETE /responses/resp_up1");
    BOOST_TEST(s.of("/v1/responses/resp_up1").status == 404);
    // One that it refuses to erase stays.
    s.gateway.act = native();
    BOOST_TEST(s.create(hi).status == 200);
    s.gateway.act = fails(error(errc::rate_limited, "slow down"));
    BOOST_TEST(s.by("DELETE", "/v1/responses/resp_up1").status == 429);
    BOOST_TEST(s.of("/v1/responses/resp_up1").status == 200);
}

BOOST_AUTO_TEST_CASE(a_stream_is_kept_before_its_last_event_is_sent) {
    storing s;
    s.gateway.act = streams<openai_chat>(chat_pieces);
    const answer made = s.create(R"({"model":"m","input":"hi","stream":true})");
    const std::size_t at = made.body.find("\"id\":\"resp_");
    BOOST_REQUIRE(at != std::string::npos);
    const std::string id = made.body.substr(at + 6, 53);
    const answer kept = s.of("/v1/responses/" + id);
    BOOST_TEST(kept.status == 200);
    BOOST_TEST(kept.json().at("output").at(0).at("content").at(0).at("text").as_string() == "hello");
    BOOST_TEST(made.body.find("data: {\"type\":\"response.completed\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_not_stored_is_not_found) {
    storing s;
    s.gateway.act = says();
    const answer made = s.create(R"({"model":"m","input":"hi","store":false})");
    BOOST_TEST(!made.json().at("store").as_bool());
    BOOST_TEST(s.of("/v1/responses/" + id_of(made)).status == 404);
    BOOST_TEST(s.create(R"({"model":"m","input":"hi","store":false,"background":true})").status == 400);
    BOOST_TEST(s.create("{").status == 400);
    BOOST_TEST(s.by("POST", "/openai/v1/conversations").status == 404);
    BOOST_TEST(s.by("POST", "/v1/responses/resp_1").status == 405);
    BOOST_TEST(s.of("/v1/responses/resp_1/other").status == 404);
    BOOST_TEST(s.of("/v1/responses/%ff").status == 400);
    // Another endpoint's.
    s.gateway.act = [](call&) -> asio::awaitable<result<reply>> { co_return reply_with(codec_of<openai_input_tokens>, R"({"input_tokens":7})"); };
    BOOST_TEST(s.ask(post("/v1/responses/input_tokens", hi, "Authorization: Bearer sk-a\r\n")).body == R"({"input_tokens":7})");
}

BOOST_AUTO_TEST_CASE(a_gateway_without_a_store_answers_as_before) {
    storing s(std::shared_ptr<response_store>{});
    s.gateway.act = says();
    const answer made = s.create(hi);
    BOOST_TEST(made.status == 200);
    BOOST_TEST(!made.json().at("store").as_bool());
    BOOST_TEST(s.of("/v1/responses/" + id_of(made)).status == 404);
}

BOOST_AUTO_TEST_CASE(a_response_in_the_background_is_queued_made_and_streamed_again) {
    storing s;
    std::atomic<int> allowed{0};
    std::string body;
    s.gateway.act = [&](call& c) -> asio::awaitable<result<reply>> {
        body = std::string(c.in.body);
        BOOST_TEST(c.in.stream);
        BOOST_TEST(c.context->principal->id == "team-a");
        auto stream = std::make_unique<scripted_stream>(c, chat_pieces);
        stream->allowed = &allowed;
        reply r;
        r.codec = &codec_of<openai_chat>;
        r.stream = std::move(stream);
        co_return r;
    };
    const answer queued = s.create(hi_in_background);
    BOOST_TEST(queued.status == 200);
    BOOST_TEST(queued.json().at("status").as_string() == "queued");
    BOOST_TEST(queued.json().at("background").as_bool());
    const std::string id = id_of(queued), path = "/v1/responses/" + id;
    wait_until([&] { return s.of(path).json().at("status").as_string() == "in_progress"; });
    BOOST_TEST(body == R"({"model":"m","input":"hi","stream":true})");
    BOOST_TEST(s.of(path, "sk-b").status == 404);
    BOOST_TEST(s.of(path + "/input_items").json().at("data").as_array().size() == 1u);
    // A reader that comes while it is made follows it to its end.
    client reader(s.front->port());
    reader.send(get(path + "?stream=true&starting_after=1", "Authorization: Bearer sk-a\r\n"));
    BOOST_TEST(reader.read_until("response.output_text.delta"));
    allowed = 9;
    const answer followed = reader.read();
    BOOST_TEST(followed.complete);
    const boost::json::object done = s.ended(id);
    BOOST_TEST(done.at("status").as_string() == "completed");
    BOOST_TEST(done.at("id").as_string() == id);
    BOOST_TEST(done.at("background").as_bool());
    BOOST_TEST(done.at("output").at(0).at("content").at(0).at("text").as_string() == "hello");
    const answer replayed = s.of(path + "?stream=true");
    const auto all = events_of(replayed.body);
    BOOST_REQUIRE(all.size() > 5u);
    BOOST_TEST(all[0].type == "response.created");
    BOOST_TEST(all[1].type == "response.queued");
    BOOST_TEST(all[2].type == "response.in_progress");
    BOOST_TEST(all.back().type == "response.completed");
    for (std::size_t i = 0; i < all.size(); ++i) BOOST_TEST(all[i].number == static_cast<std::int64_t>(i));
    const std::size_t second = replayed.body.find("\n\n", replayed.body.find("\n\n") + 2) + 2;
    BOOST_TEST(followed.body == replayed.body.substr(second));
    BOOST_TEST(s.of(path + "?stream=true&starting_after=1").body == replayed.body.substr(second));
    BOOST_TEST(s.of(path + "?stream=true&starting_after=999").body.empty());
    // It has ended: cancelling it changes nothing.
    BOOST_TEST(s.by("POST", path + "/cancel").json().at("status").as_string() == "completed");
    std::string next;
    s.gateway.act = noting(next);
    BOOST_TEST(s.create(R"({"model":"m","input":"more","previous_response_id":")" + id + "\"}").status == 200);
    BOOST_TEST(boost::json::parse(next).at("input").as_array().size() == 3u);
}

BOOST_AUTO_TEST_CASE(a_response_in_the_background_is_cancelled) {
    storing s;
    s.gateway.act = waits();
    const std::string id = id_of(s.create(hi_in_background)), path = "/v1/responses/" + id;
    wait_until([&] { return s.gateway.running == 1; });
    client reader(s.front->port());
    reader.send(get(path + "?stream=true", "Authorization: Bearer sk-a\r\n"));
    BOOST_TEST(reader.read_until("response.queued"));
    BOOST_TEST(s.by("POST", path + "/cancel", "sk-b").status == 404);
    BOOST_TEST(s.by("POST", path + "/cancel").json().at("status").as_string() == "cancelled");
    wait_until([&] { return s.gateway.cancelled == 1; });
    BOOST_TEST(reader.read().complete);
    BOOST_TEST(s.ended(id).at("status").as_string() == "cancelled");
    BOOST_TEST(s.by("POST", path + "/cancel").json().at("status").as_string() == "cancelled");
    // One that is erased while it is made leaves nothing.
    const std::string other = id_of(s.create(hi_in_background));
    wait_until([&] { return s.gateway.running == 1; });
    BOOST_TEST(s.by("DELETE", "/v1/responses/" + other).status == 200);
    wait_until([&] { return s.gateway.cancelled == 2; });
    wait_until([&] { return s.of("/v1/responses/" + other).status == 404; });
}

BOOST_AUTO_TEST_CASE(a_response_in_the_background_that_fails_states_why) {
    storing s;
    s.gateway.act = fails(error(errc::context_window_exceeded, "too long"));
    const answer streamed = s.create(R"({"model":"m","input":"hi","background":true,"stream":true})");
    const auto all = events_of(streamed.body);
    BOOST_REQUIRE(all.size() == 3u);
    BOOST_TEST(all[2].type == "response.failed");
    const std::size_t at = streamed.body.find("\"id\":\"resp_");
    const auto failed = s.ended(streamed.body.substr(at + 6, 53));
    BOOST_TEST(failed.at("status").as_string() == "failed");
    BOOST_TEST(failed.at("error").at("code").as_string() == "context_length_exceeded");
    // A stream that breaks off is a failure too.
    s.gateway.act = streams<openai_chat>({chat_pieces[0]}, [](scripted_stream& st) { st.failure = error(errc::truncated); });
    BOOST_TEST(s.ended(id_of(s.create(hi_in_background))).at("status").as_string() == "failed");
}

BOOST_AUTO_TEST_CASE(a_vendors_response_in_the_background_has_the_gateways_id_and_goes_on_at_the_vendor) {
    storing s;
    const std::string response(native_reply);
    s.gateway.act = streams<openai_responses>(
        {R"(data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_up1","status":"in_progress"}})"
         "\n\n",
         R"(data: {"type":"response.in_progress","sequence_number":1,"response":{"id":"resp_up1","status":"in_progress"}})"
         "\n\n",
         "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":2,\"response\":" + response + "}\n\n"});
    const std::string id = id_of(s.create(hi_in_background));
    const auto done = s.ended(id);
    BOOST_TEST(done.at("id").as_string() == id);
    BOOST_TEST(done.at("output").at(0).at("id").as_string() == "msg_1");
    const auto all = events_of(s.of("/v1/responses/" + id + "?stream=true").body);
    BOOST_TEST(all.size() == 4u);
    std::string body;
    s.gateway.act = native(&body);
    BOOST_TEST(s.create(R"({"model":"m","input":"more","previous_response_id":")" + id + "\"}").status == 200);
    BOOST_TEST(body == R"({"model":"m","input":"more","previous_response_id":"resp_up1"})");
}

BOOST_AUTO_TEST_CASE(a_conversation_is_compacted_by_its_model) {
    storing s;
    s.gateway.act = says();
    const std::string first = id_of(s.create(hi));
    std::string body;
    s.gateway.act = noting(body);
    const std::string asked = R"({"model":"m","instructions":"Be brief.","input":"more","previous_response_id":")" + first + "\"}";
    const answer made = s.ask(post("/v1/responses/compact", asked, "Authorization: Bearer sk-a\r\n"));
    BOOST_REQUIRE(made.status == 200);
    const auto sent = boost::json::parse(body).as_object();
    BOOST_TEST(sent.at("input").as_array().size() == 4u);
    BOOST_TEST(sent.at("instructions").as_string() == "Be brief.");
    const auto compacted = made.json().as_object();
    BOOST_TEST(compacted.at("object").as_string() == "response.compaction");
    BOOST_TEST(compacted.at("usage").at("total_tokens").as_int64() == 4);
    const auto& output = compacted.at("output").as_array();
    BOOST_REQUIRE(output.size() == 3u);
    BOOST_TEST(output[1].at("content").at(0).at("text").as_string() == "more");
    BOOST_TEST(output[2].at("type").as_string() == "compaction");
    // The item is a summary for each provider.
    const auto read = openai_responses::decode_request(R"({"model":"m","input":)" + boost::json::serialize(output) + "}", request_target());
    BOOST_REQUIRE_MESSAGE(read.has_value(), read.error().message());
    BOOST_REQUIRE(read->messages.size() == 3u);
    BOOST_TEST(std::get<text_part>(read->messages[2].content.at(0)).text ==
               "Summary of the conversation so far, which it takes the place of:\n\nhello");
    const std::string_view unknown = R"({"model":"m","input":"x","previous_response_id":"resp_none"})";
    BOOST_TEST(s.ask(post("/v1/responses/compact", unknown, "Authorization: Bearer sk-a\r\n")).status == 404);
    BOOST_TEST(s.ask(post("/v1/responses/compact", R"({"input":"x"})", "Authorization: Bearer sk-a\r\n")).status == 400);
}

BOOST_AUTO_TEST_CASE(what_is_made_in_the_background_is_bounded) {
    response_store_options o;
    o.max_running = 1;
    storing s(o);
    s.gateway.act = waits();
    const std::string id = id_of(s.create(hi_in_background));
    const answer full = s.create(hi_in_background);
    BOOST_TEST(full.status == 503);
    BOOST_TEST(full.field("retry-after") == "5");
    BOOST_TEST(s.by("POST", "/v1/responses/" + id + "/cancel").status == 200);
    BOOST_TEST(s.ended(id).at("status").as_string() == "cancelled");
    wait_until([&] { return s.create(hi_in_background).status == 200; });
}

BOOST_AUTO_TEST_CASE(a_long_conversation_is_put_together_elsewhere) {
    response_store_options o;
    o.max_bytes = std::size_t{256} * 1024 * 1024;
    storing s(o);
    s.gateway.act = says();
    // Above the limits of work on the event loop.
    const std::string id = id_of(s.create(R"({"model":"m","input":")" + std::string(3'000'000, 'a') + "\"}"));
    std::string body;
    s.gateway.act = noting(body);
    BOOST_TEST(s.create(R"({"model":"m","input":"and?","previous_response_id":")" + id + "\"}").status == 200);
    BOOST_TEST(body.size() > 3'000'000u);
    BOOST_TEST(s.of("/v1/responses/" + id + "/input_items").json().at("data").at(0).at("content").at(0).at("text").as_string().size() == 3'000'000u);
    const std::string compact = R"({"model":"m","input":"x","previous_response_id":")" + id + "\"}";
    BOOST_TEST(s.ask(post("/v1/responses/compact", compact, "Authorization: Bearer sk-a\r\n")).status == 200);
}

BOOST_AUTO_TEST_CASE(a_conversation_for_which_there_is_no_memory_is_refused) {
    server_options o;
    o.memory = std::make_shared<memory_budget>(std::size_t{16} * 1024 * 1024);
    storing s(std::make_shared<response_store>(), std::move(o));
    s.gateway.act = says();
    answer full = s.create(R"({"model":"m","input":")" + std::string(900'000, 'a') + "\"}");
    // A turn takes about twice its bytes, and there is as much for eight.
    int turns = 0;
    for (; full.status == 200 && turns < 20; ++turns)
        full = s.create(R"({"model":"m","input":")" + std::string(900'000, 'b') + R"(","previous_response_id":")" + id_of(full) + "\"}");
    BOOST_TEST((turns > 3 && turns < 10), turns);
    BOOST_TEST(full.status == 503);
    BOOST_TEST(full.field("retry-after") == "1");
}

BOOST_AUTO_TEST_CASE(a_response_that_is_too_large_to_keep_is_still_answered) {
    response_store_options o;
    o.max_bytes = 4096;
    storing s(o);
    s.gateway.act = says();
    const answer made = s.create(R"({"model":"m","input":")" + std::string(5000, 'a') + "\"}");
    BOOST_TEST(made.status == 200);
    BOOST_TEST(made.field("x-llmx-response-stored") == "false");
    BOOST_TEST(s.of("/v1/responses/" + id_of(made)).status == 404);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace server_stored_responses_unit
