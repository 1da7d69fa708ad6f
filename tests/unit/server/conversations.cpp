// SPDX-License-Identifier: BSL-1.0
// OpenAI's conversations: what is kept of them and for whom, and responses that belong to one.
#include "storing.hpp"

#include <llmx/dialects/openai/detail/conversation.hpp>
#include <llmx/storage/memory.hpp>
#include <llmx/testing/run.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace server_conversations_unit {

using namespace llmx;
using namespace server_test;
using namespace storing_test;

namespace {

answer send(storing& s, std::string_view path, std::string_view body, std::string_view who = "sk-a") {
    return s.ask(post(path, body, "Authorization: Bearer " + std::string(who) + "\r\n"));
}
std::string create(storing& s, std::string_view body = "{}") {
    const answer a = send(s, "/v1/conversations", body);
    BOOST_REQUIRE_MESSAGE(a.status == 200, a.body);
    return id_of(a);
}
boost::json::array items(storing& s, const std::string& id, const std::string& query = "?order=asc&limit=100") {
    const answer a = s.of("/v1/conversations/" + id + "/items" + query);
    BOOST_REQUIRE_MESSAGE(a.status == 200, a.body);
    return a.json().at("data").as_array();
}
/// Answers as a provider of chats, and notes the input of the request.
fake_gateway::behaviour noting_input(boost::json::value& input, bool* anew = nullptr) {
    return [&input, anew](call& c) -> asio::awaitable<result<reply>> {
        const boost::json::value asked = boost::json::parse(boost::json::string_view(c.in.body.data(), c.in.body.size()));
        BOOST_TEST(!asked.as_object().contains("conversation"));
        input = asked.at("input");
        if (anew != nullptr) *anew = c.in.must_translate;
        co_return reply_with(codec_of<openai_chat>, std::string(openai_reply));
    };
}
/// A stream of OpenAI's whose answer is \p text.
std::vector<std::string> pieces_of(const std::string& text) {
    return {R"(data: {"id":"c2","object":"chat.completion.chunk","created":1,"model":"x","choices":[{"index":0,"delta":{"role":"assistant","content":")" +
                text + "\"},\"finish_reason\":\"stop\"}]}\n\n",
            "data: [DONE]\n\n"};
}
std::string in_conversation(const std::string& id, std::string_view more = "") {
    return R"({"model":"m","input":"and now?","conversation":")" + id + "\"" + std::string(more) + "}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(server_conversations)

BOOST_AUTO_TEST_CASE(a_conversation_is_made_changed_and_erased) {
    storing s;
    const answer made = send(s, "/v1/conversations", R"({"metadata":{"topic":"demo"},"items":[{"role":"user","content":"hi"}]})");
    BOOST_REQUIRE_MESSAGE(made.status == 200, made.body);
    const std::string id = id_of(made);
    BOOST_TEST(id.starts_with("conv_"));
    BOOST_TEST(made.json().at("object").as_string() == "conversation");
    BOOST_TEST(made.json().at("created_at").as_int64() > 0);
    BOOST_TEST(made.json().at("metadata").at("topic").as_string() == "demo");
    const std::string path = "/v1/conversations/" + id;
    BOOST_TEST(s.of(path).body == made.body);
    BOOST_TEST(s.of("/conversations/" + id).body == made.body);
    const answer changed = send(s, path, R"({"metadata":{"topic":"other"}})");
    BOOST_TEST(changed.json().at("metadata").at("topic").as_string() == "other");
    BOOST_TEST(s.of(path).body == changed.body);
    BOOST_TEST(items(s, id).size() == 1u);
    // Another caller's key finds nothing.
    BOOST_TEST(s.of(path, "sk-b").status == 404);
    BOOST_TEST(s.of(path + "/items", "sk-b").status == 404);
    BOOST_TEST(send(s, path + "/items", R"({"items":[{"role":"user","content":"x"}]})", "sk-b").status == 404);
    BOOST_TEST(s.by("DELETE", path, "sk-b").status == 404);
    const answer gone = s.by("DELETE", path);
    BOOST_TEST(gone.body == R"({"id":")" + id + R"(","object":"conversation.deleted","deleted":true})");
    BOOST_TEST(s.of(path).status == 404);
    BOOST_TEST(s.of(path + "/items").status == 404);
    BOOST_TEST(s.by("DELETE", path).status == 404);
    BOOST_TEST(s.of(path).json().at("error").at("message").as_string() == "Conversation with id '" + id + "' not found.");
}

BOOST_AUTO_TEST_CASE(items_are_added_listed_found_and_erased) {
    storing s;
    const std::string id = create(s), path = "/v1/conversations/" + id + "/items";
    BOOST_TEST(items(s, id).empty());
    const answer added = send(s, path, R"({"items":[{"role":"user","content":"one"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},
                                                  {"type":"function_call_output","call_id":"c","output":"18"}]})");
    BOOST_REQUIRE_MESSAGE(added.status == 200, added.body);
    BOOST_TEST(added.json().at("data").as_array().size() == 3u);
    BOOST_TEST(!added.json().at("has_more").as_bool());
    BOOST_TEST(added.json().at("data").at(0).at("content").at(0).at("type").as_string() == "input_text");
    BOOST_TEST(send(s, path, R"({"items":[{"role":"user","content":"two"}]})").status == 200);
    const boost::json::array all = items(s, id);
    BOOST_TEST_REQUIRE(all.size() == 4u);
    BOOST_TEST(all[3].at("content").at(0).at("text").as_string() == "two");
    // The latest first, unless asked otherwise; in pages.
    BOOST_TEST(items(s, id, "").front() == all[3]);
    const answer page = s.of(path + "?limit=2&after=" + std::string(all[3].at("id").as_string()));
    BOOST_TEST(page.json().at("data").at(0) == all[2]);
    BOOST_TEST(page.json().at("has_more").as_bool());
    BOOST_TEST(page.json().at("first_id") == all[2].at("id"));
    const std::string second = path + "/" + std::string(all[1].at("id").as_string());
    BOOST_TEST(boost::json::parse(s.of(second).body) == all[1]);
    BOOST_TEST(s.by("DELETE", second).json().at("object").as_string() == "conversation");
    BOOST_TEST(s.of(second).status == 404);
    BOOST_TEST(s.by("DELETE", second).status == 404);
    const boost::json::array left = items(s, id);
    BOOST_TEST_REQUIRE(left.size() == 3u);
    BOOST_TEST(left[1] == all[2]);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
    storing s;
    const std::string id = create(s), path = "/v1/conversations/" + id;
    std::string many = R"({"items":[)", wide = R"({"metadata":{)";
    for (int i = 0; i < 21; ++i) many += std::string(i != 0 ? "," : "") + R"({"role":"user","content":"x"})";
    for (int i = 0; i < 17; ++i) wide += std::string(i != 0 ? "," : "") + "\"k" + std::to_string(i) + "\":\"v\"";
    const std::pair<std::string, std::string_view> wrong[] = {
        {many + "]}", "items"},
        {R"({"items":"x"})", "items"},
        {R"({"items":[{"role":"nobody","content":"x"}]})", "items[0].role"},
        {R"({"items":[{"type":"item_reference","id":"msg_1"}]})", "items"},
        {wide + "}}", "metadata"},
        {R"({"metadata":{"k":1}})", "metadata"},
        {R"({"metadata":[]})", "metadata"},
        {R"({"metadata":{")" + std::string(65, 'k') + R"(":"v"}})", "metadata"},
        {R"({"metadata":{"k":")" + std::string(513, 'v') + "\"}}", "metadata"},
    };
    for (const auto& [body, param] : wrong) {
        const answer a = send(s, "/v1/conversations", body);
        BOOST_TEST(a.status == 400, body);
        BOOST_TEST(a.json().at("error").at("param").as_string() == param, a.body);
    }
    for (const char* const body : {"[]", "{", "3"}) BOOST_TEST(send(s, "/v1/conversations", body).status == 400);
    BOOST_TEST(send(s, path, "{}").json().at("error").at("param").as_string() == "metadata");
    BOOST_TEST(send(s, path + "/items", "{}").json().at("error").at("param").as_string() == "items");
    BOOST_TEST(send(s, path + "/items", R"({"items":[]})").status == 400);
    BOOST_TEST(send(s, "/v1/conversations/conv_none/items", R"({"items":[{"role":"user","content":"x"}]})").status == 404);
    BOOST_TEST(s.of(path + "/items?limit=0").status == 400);
    BOOST_TEST(s.of("/v1/conversations").status == 405);
    BOOST_TEST(s.of(path + "/other").status == 404);
    BOOST_TEST(s.of(path + "/items/a/b").status == 404);
    BOOST_TEST(s.of("/v1/conversations/").status == 404);
    BOOST_TEST(s.of("/v1/conversationsx").status == 404);
    storing none(std::shared_ptr<response_store>{});
    BOOST_TEST(send(none, "/v1/conversations", "{}").status == 501);
}

BOOST_AUTO_TEST_CASE(a_response_goes_on_with_its_conversation_and_adds_to_it) {
    storing s;
    const std::string id = create(s, R"({"items":[{"role":"user","content":"hi"}]})");
    boost::json::value input;
    bool anew = true;
    s.gateway.act = noting_input(input, &anew);
    const answer first = s.create(in_conversation(id));
    BOOST_REQUIRE_MESSAGE(first.status == 200, first.body);
    BOOST_TEST(first.json().at("conversation").at("id").as_string() == id);
    BOOST_TEST_REQUIRE(input.as_array().size() == 2u);
    BOOST_TEST(input.at(0).at("content").at(0).at("text").as_string() == "hi");
    BOOST_TEST(!input.at(0).as_object().contains("id"));
    BOOST_TEST(input.at(1).at("content").as_string() == "and now?");
    BOOST_TEST(!anew);
    boost::json::array all = items(s, id);
    BOOST_TEST_REQUIRE(all.size() == 3u);
    BOOST_TEST(all[2].at("role").as_string() == "assistant");
    BOOST_TEST(all[2].at("content").at(0).at("text").as_string() == "hello");
    BOOST_TEST(s.of("/v1/conversations/" + id + "/items/" + std::string(all[2].at("id").as_string())).status == 200);
    // Not stored itself, named by an object, streamed.
    s.gateway.act = [&input](call& c) -> asio::awaitable<result<reply>> {
        input = boost::json::parse(boost::json::string_view(c.in.body.data(), c.in.body.size())).at("input");
        reply r;
        r.codec = &codec_of<openai_chat>;
        r.stream = std::make_unique<scripted_stream>(c, pieces_of("again"));
        co_return r;
    };
    const answer second = s.create(R"({"model":"m","input":"more","conversation":{"id":")" + id + R"("},"store":false,"stream":true})");
    BOOST_TEST(second.status == 200);
    BOOST_TEST(second.body.find(R"("conversation":{"id":")" + id) != std::string::npos);
    BOOST_TEST(input.as_array().size() == 4u);
    all = items(s, id);
    BOOST_TEST_REQUIRE(all.size() == 5u);
    BOOST_TEST(all[4].at("content").at(0).at("text").as_string() == "again");
    // By the first response, which had the conversation before it.
    s.gateway.act = noting_input(input);
    BOOST_TEST(s.create(R"({"model":"m","input":"x","previous_response_id":")" + id_of(first) + "\"}").status == 200);
    BOOST_TEST(input.as_array().size() == 4u);
    BOOST_TEST(items(s, id).size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_response_in_the_background_adds_too) {
    storing s;
    const std::string id = create(s);
    s.gateway.act = streams<openai_chat>(pieces_of("later"));
    const answer begun = s.create(in_conversation(id, R"(,"background":true)"));
    BOOST_REQUIRE_MESSAGE(begun.status == 200, begun.body);
    BOOST_TEST(begun.json().at("conversation").at("id").as_string() == id);
    BOOST_TEST((s.ended(id_of(begun)).at("status").as_string() == "completed"));
    while (items(s, id).empty()) std::this_thread::yield();
    const boost::json::array all = items(s, id);
    BOOST_TEST_REQUIRE(all.size() == 2u);
    BOOST_TEST(all[1].at("content").at(0).at("text").as_string() == "later");
}

BOOST_AUTO_TEST_CASE(failures_add_nothing) {
    storing s;
    const std::string id = create(s);
    s.gateway.act = [](call&) -> asio::awaitable<result<reply>> { co_return error(errc::overloaded, "no"); };
    BOOST_TEST(s.create(in_conversation(id)).status >= 400);
    BOOST_TEST(items(s, id).empty());
    const answer both = s.create(in_conversation(id, R"(,"previous_response_id":"resp_1")"));
    BOOST_TEST(both.status == 400);
    BOOST_TEST(both.json().at("error").at("param").as_string() == "conversation");
    // One that is not kept here goes on as it is: its vendor may have it.
    std::string body;
    s.gateway.act = [&body](call& c) -> asio::awaitable<result<reply>> {
        body = std::string(c.in.body);
        co_return reply_with(codec_of<openai_chat>, std::string(openai_reply));
    };
    BOOST_TEST(s.create(in_conversation("conv_of_vendor")).status == 200);
    BOOST_TEST(body == in_conversation("conv_of_vendor"));
    // Another caller's is none.
    BOOST_TEST(s.create(in_conversation(id), "sk-b").status == 200);
    BOOST_TEST(body == in_conversation(id));
    BOOST_TEST(items(s, id).empty());
}

BOOST_AUTO_TEST_CASE(requests_at_a_time_lose_no_turn) {
    storing s;
    const std::string id = create(s);
    s.gateway.act = says();
    std::vector<std::thread> callers;
    for (int k = 0; k < 4; ++k)
        callers.emplace_back([&s, &id] {
            for (int i = 0; i < 5; ++i) static_cast<void>(s.create(in_conversation(id)));
        });
    for (std::thread& t : callers) t.join();
    BOOST_TEST(items(s, id).size() == 40u);
}

BOOST_AUTO_TEST_CASE(a_conversation_with_a_hole_is_refused) {
    const auto memory = std::make_shared<memory_store>();
    response_store_options o;
    o.values = std::shared_ptr<kv_store>(memory, &memory->values());
    storing s(o);
    const std::string id = create(s, R"({"items":[{"role":"user","content":"hi"}]})");
    BOOST_TEST(send(s, "/v1/conversations/" + id + "/items", R"({"items":[{"role":"user","content":"2"}]})").status == 200);
    cancellation stop;
    const std::string key = "conversation-turn:team-a\n" + id + "\n0";
    const auto gone = testing::run(memory->values().erase(key, stop));
    BOOST_TEST_REQUIRE(gone.has_value());
    BOOST_TEST(*gone);
    BOOST_TEST(s.of("/v1/conversations/" + id + "/items").status == 400);
    s.gateway.act = says();
    BOOST_TEST(s.create(in_conversation(id)).json().at("error").at("param").as_string() == "conversation");
}

BOOST_AUTO_TEST_CASE(records_read_back) {
    detail::conversation_head h;
    h.created = 7;
    h.metadata = R"({"a":"b"})";
    const auto back = detail::read_conversation_head(detail::write_conversation_head(h));
    BOOST_TEST_REQUIRE(back.has_value());
    BOOST_TEST(back->created == 7);
    BOOST_TEST(back->metadata == h.metadata);
    for (const char* const text : {"", "{}", "[]", R"({"metadata":3})", R"({"items":3})"}) {
        BOOST_TEST(detail::read_conversation_head(text).has_error());
        BOOST_TEST(detail::read_conversation_turn(text).has_error());
        BOOST_TEST(detail::record_of_turn(text).has_error());
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace server_conversations_unit
