// SPDX-License-Identifier: BSL-1.0
// Exchanges that are recorded once and replayed.
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/record_transport.hpp>
#include <llmx/testing/replay_transport.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>
#include <llmx/transport/body_source.hpp>
#include <llmx/wire/url.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace recording_unit {

using namespace llmx;
using namespace llmx::testing;

namespace {

time_point the_time{};
time_point now() { return the_time; }

/// A request, sent and read to its end; its pieces, or the failure.
struct sent {
    int status = 0;
    std::vector<std::string> pieces;
    std::string body, type;
    std::optional<error> failure;
};

struct request_of : http_request {
    explicit request_of(std::string path, std::string text = std::string(), std::string more = "content-type: application/json\r\n")
        : where(*parse_base_url("https://api.vendor.test")), content(std::move(text)) {
        to = &where.where;
        method = content.empty() ? "GET" : "POST";
        target = std::move(path);
        fields = std::move(more);
        body.assign(content);
    }
    base_url where;
    std::string content;
};

sent send(http_transport& over, const http_request& request, std::size_t most = 100) {
    cancellation stop;
    const auto all = [&]() -> boost::asio::awaitable<sent> {
        sent s;
        const http_limits limits;
        result<http_response> got = co_await over.exchange(request, limits, stop);
        if (!got) {
            s.failure = got.error();
            co_return s;
        }
        s.status = got->status;
        s.type = std::string(find_field(got->fields, "content-type"));
        while (s.pieces.size() < most) {
            const result<std::string_view> piece = co_await got->body->read_some();
            if (!piece) s.failure = piece.error();
            if (!piece || piece->empty()) break;
            s.pieces.emplace_back(*piece);
            s.body += *piece;
        }
        co_return s;
    };
    return run(all());
}

struct recorded {
    scripted_transport network;
    std::shared_ptr<recording_file> file;
    record_transport over;
    explicit recorded(recording_options o = recording_options()) : file(std::make_shared<recording_file>(std::move(o))), over(network, file, &now) {}
    const recorded_exchange& first() { return (kept = file->exchanges()).exchanges().at(0); }
    recording kept;
};

const std::string ask_a = R"({"model":"a","messages":[{"role":"user","content":"hi"}]})";
const std::string ask_b = R"({"model":"b","messages":[{"role":"user","content":"hi"}]})";
bool has(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

} // namespace

BOOST_AUTO_TEST_SUITE(testing_recording)

BOOST_AUTO_TEST_CASE(an_exchange_passes_unchanged_and_is_kept_with_its_pieces) {
    recorded r;
    r.network.reply(200).piece("data: 1\n\n").piece("data: \xc3").piece("\xa4\n\n").field("content-type", "text/event-stream");
    const sent s = send(r.over, request_of("/v1/chat/completions", ask_a));
    BOOST_TEST(s.status == 200);
    BOOST_TEST(s.pieces.size() == 3u);
    BOOST_TEST(r.network.requests().at(0).body == ask_a);
    const recorded_exchange& e = r.first();
    BOOST_TEST(e.method == "POST");
    BOOST_TEST(e.host == "api.vendor.test");
    BOOST_TEST(e.body == ask_a);
    BOOST_TEST(e.model() == "a");
    BOOST_TEST(e.status == 200);
    BOOST_TEST_REQUIRE(e.pieces.size() == 3u);
    BOOST_TEST(e.pieces[1].bytes == "data: \xc3");
    BOOST_TEST(!e.failure.has_value());
}

BOOST_AUTO_TEST_CASE(a_recording_survives_its_text) {
    recorded r;
    r.network.reply(200).piece("data: 1\n\n").piece("data: \xc3").field("content-type", "text/event-stream");
    r.network.fail(error(errc::connect_failed, "no route"));
    (void)send(r.over, request_of("/v1/chat/completions", ask_a));
    (void)send(r.over, request_of("/v1/models"));
    const std::string text = r.file->exchanges().text();
    const auto read = recording::parse(text);
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(read->text() == text);
    BOOST_TEST_REQUIRE(read->exchanges().size() == 2u);
    BOOST_TEST(read->exchanges()[0].pieces.at(1).bytes == "data: \xc3");
    BOOST_TEST((read->exchanges()[1].failure == errc::connect_failed));
    BOOST_TEST(read->exchanges()[1].status == 0);
}

BOOST_AUTO_TEST_CASE(times_are_those_since_the_request_began) {
    recorded r;
    struct slow final : http_transport {
        explicit slow(http_transport& t) : to(&t) {}
        boost::asio::awaitable<result<http_response>> exchange(const http_request& q, const http_limits& l, cancellation& s) override {
            result<http_response> got = co_await to->exchange(q, l, s);
            the_time += std::chrono::milliseconds(250);
            co_return got;
        }
        http_transport* to;
    } late(r.network);
    record_transport over(late, r.file, &now);
    r.network.reply(200, "x");
    (void)send(over, request_of("/a"));
    BOOST_TEST((r.first().pieces.at(0).at == std::chrono::milliseconds(250)));
}

BOOST_AUTO_TEST_CASE(no_secret_is_kept_wherever_it_stands) {
    recording_options o;
    o.secrets.emplace_back("account-4711");
    o.names.emplace_back("x-own-key");
    recorded r(o);
    r.network.reply(200, R"({"access_token":"ya29.secret-token","echo":"sk-vendor-secret","of":"account-4711"})")
        .field("content-type", "application/json").field("set-cookie", "session=cookie-secret").field("x-echo", "Bearer sk-vendor-secret");
    const std::string body = R"({"model":"a","api_key":"body-secret-1","note":"sk-vendor-secret","nested":[{"client_secret":"body-secret-2"}],"key":"name"})";
    (void)send(r.over, request_of("/v1/x?key=query-secret&a=1&sig=signed-secret", body,
                                  "content-type: application/json\r\nauthorization: Bearer sk-vendor-secret\r\nx-own-key: own-secret\r\n"));
    (void)send(r.over, request_of("/token", "grant_type=x&assertion=form-secret&scope=y", "content-type: application/x-www-form-urlencoded\r\n"));
    const std::string text = r.file->exchanges().text();
    for (const char* const gone : {"sk-vendor-secret", "ya29.secret-token", "account-4711", "cookie-secret", "body-secret", "query-secret", "signed-secret",
                                   "own-secret", "form-secret"})
        BOOST_TEST(!has(text, gone), gone);
    const recorded_exchange& e = r.first();
    BOOST_TEST(e.target == "/v1/x?key=***&a=1&sig=***");
    BOOST_TEST(e.field("authorization") == "***");
    BOOST_TEST(has(e.body, R"("key":"name")"));
    BOOST_TEST(has(text, "grant_type=x&assertion=***&scope=y"));
}

BOOST_AUTO_TEST_CASE(a_secret_in_two_pieces_is_hidden_too) {
    recorded r;
    r.network.reply(200).piece("data: sk-vendor-").piece("secret\n\n").piece("data: 2\n\n").field("content-type", "text/event-stream");
    (void)send(r.over, request_of("/v1/x", "{}", "authorization: Bearer sk-vendor-secret\r\n"));
    BOOST_TEST(r.first().pieces.at(0).bytes == "data: ***\n\ndata: 2\n\n");
}

BOOST_AUTO_TEST_CASE(an_upload_and_a_broken_answer_are_kept_as_they_were) {
    recorded r;
    r.network.reply(200, "0123456789").cut_after(4);
    struct text_source final : body_source {
        boost::asio::awaitable<result<std::string_view>> read_some() override {
            co_return at < 3 ? std::string_view("abc").substr(at++, 1) : std::string_view();
        }
        std::optional<std::uint64_t> size() const noexcept override { return 3; }
        std::size_t at = 0;
    } source;
    request_of q("/v1/files");
    q.method = "POST";
    q.source = &source;
    const sent s = send(r.over, q);
    BOOST_TEST_REQUIRE(s.failure.has_value());
    BOOST_TEST(r.first().body == "abc");
    BOOST_TEST((r.first().failure == errc::truncated));
    replay_transport again(r.kept);
    text_source second;
    q.source = &second;
    const sent t = send(again, q);
    BOOST_TEST(t.body == "0123");
    BOOST_TEST((t.failure->value() == errc::truncated));
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_released_early_is_recorded_as_cancelled) {
    recorded r;
    r.network.reply(200).piece("1").piece("2");
    (void)send(r.over, request_of("/a"), 1);
    BOOST_TEST((r.first().failure == errc::cancelled));
    BOOST_TEST(r.first().pieces.size() == 1u);
}

namespace {
/// Two chats of different models.
recording two_chats() {
    recorded r;
    r.network.reply(200).piece("first").piece(" answer").field("content-type", "text/plain");
    r.network.reply(201, "second answer");
    (void)send(r.over, request_of("/v1/chat?x=1", ask_a, "content-type: application/json\r\nauthorization: Bearer sk-vendor-secret\r\n"));
    (void)send(r.over, request_of("/v1/chat", ask_b));
    return r.file->exchanges();
}
} // namespace

BOOST_AUTO_TEST_CASE(strict_replay_takes_the_same_requests_in_their_order) {
    replay_transport t(two_chats());
    // Order of members, white space and the key do not count.
    const sent s = send(t, request_of("/v1/chat?x=1", R"({ "messages":[{"content":"hi","role":"user"}], "model":"a" })",
                                      "authorization: Bearer another-key\r\n"));
    BOOST_TEST(s.status == 200);
    BOOST_TEST(s.pieces.size() == 2u);
    BOOST_TEST(s.type == "text/plain");
    BOOST_TEST(t.unused() == 1u);
    BOOST_TEST(send(t, request_of("/v1/chat", ask_b)).body == "second answer");
    const sent over = send(t, request_of("/v1/chat", ask_b));
    BOOST_TEST_REQUIRE(over.failure.has_value());
    BOOST_TEST(has(over.failure->message(), "all of its 2 exchanges have been replayed"));
    t.rewind();
    BOOST_TEST(send(t, request_of("/v1/chat?x=1", ask_a)).body == "first answer");
}

BOOST_AUTO_TEST_CASE(a_strict_miss_names_the_next_exchange_and_where_it_differs) {
    struct one {
        request_of asked;
        const char* says;
    };
    const one cases[] = {
        {request_of("/v1/chat?x=1", R"({"model":"a","messages":[{"role":"user","content":"ho"}]})"), "differs in the body at messages[0].content;"},
        {request_of("/v1/chat?x=1", R"({"model":"a","messages":[{"role":"user","content":"hi"}],"n":2})"), "differs in the body at n;"},
        {request_of("/v1/chat?x=2", ask_a), "differs in the query;"},
        {request_of("/v1/other", ask_a), "differs in the path;"},
        {request_of("/v1/chat?x=1"), "differs in the method;"},
    };
    for (const one& c : cases) {
        replay_transport t(two_chats());
        request_of asked = c.asked;
        asked.to = &asked.where.where;
        asked.body.assign(asked.content);
        const sent s = send(t, asked);
        BOOST_TEST_REQUIRE(s.failure.has_value());
        BOOST_TEST((s.failure->value() == errc::bad_configuration));
        BOOST_TEST(has(s.failure->message(), c.says), s.failure->message());
        BOOST_TEST(has(s.failure->message(), "number 1, POST /v1/chat"));
        // A miss changes nothing.
        BOOST_TEST(send(t, request_of("/v1/chat?x=1", ask_a)).status == 200);
    }
}

BOOST_AUTO_TEST_CASE(loose_replay_takes_method_path_and_model_in_any_order_for_ever) {
    replay_transport t(two_chats(), replay_options(replay_matching::loose));
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(send(t, request_of("/v1/chat", R"({"model":"b","other":1})")).body == "second answer");
        BOOST_TEST(send(t, request_of("/v1/chat?y=2", R"({"model":"a"})")).body == "first answer");
    }
    BOOST_TEST(t.unused() == 0u);
    const sent s = send(t, request_of("/v1/chat", R"({"model":"c"})"));
    BOOST_TEST_REQUIRE(s.failure.has_value());
    BOOST_TEST(has(s.failure->message(), "with the model 'c'; the nearest is number 1, POST /v1/chat, which differs in the model, 'a'"));
    BOOST_TEST(has(send(t, request_of("/v1/chats", ask_a)).failure->message(), "which differs in the path"));
}

BOOST_AUTO_TEST_CASE(alike_exchanges_are_replayed_one_after_the_other) {
    recorded r;
    r.network.reply(200, "1");
    r.network.reply(200, "2");
    for (int i = 0; i < 2; ++i) (void)send(r.over, request_of("/poll"));
    replay_transport t(r.file->exchanges(), replay_options(replay_matching::loose));
    for (const char* const expected : {"1", "2", "2"}) BOOST_TEST(send(t, request_of("/poll")).body == expected);
}

BOOST_AUTO_TEST_CASE(a_form_may_have_another_boundary) {
    recorded r;
    r.network.reply(200, "ok");
    const auto form = [](const std::string& b) {
        return request_of("/v1/files", "--" + b + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--" + b + "--\r\n",
                          "content-type: multipart/form-data; boundary=" + b + "\r\n");
    };
    (void)send(r.over, form("aaa"));
    replay_transport t(r.file->exchanges());
    BOOST_TEST(send(t, form("bbbb")).body == "ok");
}

BOOST_AUTO_TEST_CASE(what_is_no_recording_is_refused_with_its_line) {
    for (const char* const text : {"nonsense", "{}", R"({"request":{"method":"GET"}})", R"({"request":{"method":"GET","target":"/"}})",
                                   R"({"request":{"method":"GET","target":"/"},"response":{"status":7}})",
                                   R"({"request":{"method":"GET","target":"/"},"failure":{"code":"odd"}})"}) {
        const auto read = recording::parse(std::string("\n") + text + "\n", "a.jsonl");
        BOOST_TEST_REQUIRE(read.has_error());
        BOOST_TEST(has(read.error().message(), "a.jsonl:2: "), read.error().message());
    }
    BOOST_TEST(has(recording::load("/nowhere/x.jsonl").error().message(), "/nowhere/x.jsonl cannot be read"));
    BOOST_TEST(recording_file::create("/nowhere/x.jsonl").has_error());
}

BOOST_AUTO_TEST_CASE(a_gateway_over_a_replay_answers_as_over_the_network) {
    const std::string path = (std::filesystem::temp_directory_path() / "llmx_recording_unit.jsonl").string();
    using tested = gateway<registry<openai>, weighted>;
    deployment d;
    d.id = "a";
    d.model_group = "m";
    d.provider = "openai";
    d.model = "gpt-4o";
    d.key = secret("sk-vendor-secret");
    tested gw(std::vector<deployment>{d});
    const auto chat = [&gw](http_transport& over) {
        manual_runtime runtime(over);
        call_context context;
        const chat_request request("m", "Hello");
        return run(gw.chat(runtime, context, request));
    };
    {
        scripted_transport network;
        network.reply_always(200, R"({"id":"1","choices":[{"message":{"role":"assistant","content":"Hi!"},"finish_reason":"stop"}]})");
        auto file = recording_file::create(path);
        BOOST_TEST_REQUIRE(file.has_value());
        record_transport over(network, *file, &now);
        BOOST_TEST(chat(over)->text() == "Hi!");
        BOOST_TEST((*file)->status().has_value());
    }
    const auto read = recording::load(path);
    std::filesystem::remove(path);
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(!has(read->text(), "sk-vendor-secret"));
    replay_transport replay(*read);
    BOOST_TEST(chat(replay)->text() == "Hi!");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace recording_unit
