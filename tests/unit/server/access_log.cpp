// SPDX-License-Identifier: BSL-1.0
#include "support.hpp"

#include <llmx/catalog/call_cost.hpp>
#include <llmx/server/response_head.hpp>
#include <llmx/telemetry/access_log.hpp>

#include <cstdio>

#include <unistd.h>

namespace access_log_unit {

using namespace llmx;
using namespace server_test;

BOOST_AUTO_TEST_SUITE(server_access_log)

BOOST_AUTO_TEST_CASE(a_line_says_what_happened) {
    call_context context;
    context.request_id = "id-1";
    context.caller = "master";
    context.report.provider = "openai";
    context.report.deployment_id = "dep";
    context.report.upstream_model = "gpt";
    context.report.retries = 1;
    context.report.fallbacks = 2;
    context.started = time_point(std::chrono::seconds(5));
    context.report.first_token = context.started + std::chrono::microseconds(1500);
    context.report.tokens.input_tokens = 10;
    context.report.tokens.output_tokens = 20;
    context.report.tokens.cached_tokens = 3;
    context.report.tokens.reasoning_tokens = 4;
    context.report.trail.emplace_back("other", errc::overloaded, 529);
    error failed(errc::truncated, "it broke off");
    failed.with_provider_message("SECRET PROMPT").with_provider_status(200).with_provider_code("cut");
    access_record r;
    r.when = std::chrono::system_clock::time_point(std::chrono::milliseconds(1700000000123));
    r.level = log_level::error;
    r.method = "POST";
    r.path = "/v1/messages";
    r.status = 200;
    r.dialect = "anthropic_messages";
    r.model = "m\"\n";
    r.stream = true;
    r.client = "127.0.0.1";
    r.took = std::chrono::microseconds(12345);
    r.overhead = std::chrono::microseconds(77);
    r.bytes_in = 100;
    r.bytes_out = 200;
    r.failure = &failed;
    r.context = &context;
    std::string line;
    rfc3339_text memory;
    append_access_line(line, r, memory);
    BOOST_TEST(line ==
               R"({"time":"2023-11-14T22:13:20.123Z","level":"error","request_id":"id-1","client":"127.0.0.1",)"
               R"("caller":"master","method":"POST","path":"/v1/messages","status":200,"dialect":"anthropic_messages",)"
               R"("model":"m\"\n","stream":true,"provider":"openai","deployment":"dep","upstream_model":"gpt",)"
               R"("retries":1,"fallbacks":2,"tokens_in":10,"tokens_out":20,"tokens_cached":3,"tokens_reasoning":4,)"
               R"("bytes_in":100,"bytes_out":200,"duration_ms":12.345,"ttft_ms":1.5,"overhead_us":77,)"
               R"("error":"truncated","error_message":"it broke off","provider_status":200,"provider_code":"cut",)"
               R"("attempts":[{"error":"overloaded","deployment":"other","status":529}]})"
               "\n");
}

BOOST_AUTO_TEST_CASE(the_cost_of_a_call_is_logged_exactly) {
    model_prices prices;
    for (const price_kind kind : {price_kind::input, price_kind::output}) {
        price_rate rate;
        rate.kind = kind;
        rate.amount = money(62, 500'000'000'000'000);
        prices.rates.push_back(rate);
    }
    model_facts facts;
    facts.prices = std::make_shared<const model_prices>(prices);
    call_context context;
    context.report.facts = &facts;
    context.report.tokens.input_tokens = 10;
    context.report.tokens.output_tokens = 5;
    access_record r;
    r.context = &context;
    std::string line;
    rfc3339_text memory;
    append_access_line(line, r, memory);
    BOOST_TEST(line.find(R"("tokens_in":10,"tokens_out":5,"cost":0.0000009375,"bytes_in")") != std::string::npos, line);
    // What else was charged is in parts, which add up.
    call_context more;
    more.report.facts = &facts;
    usage& used = more.report.tokens;
    used.input_tokens = 10;
    used.output_tokens = 5;
    used.cache_write_tokens = 4;
    used.cache_write_1h_tokens = 3;
    used.output_audio_tokens = 2;
    used.input_image_tokens = 1;
    used.tier = service_tier::priority;
    r.context = &more;
    line.clear();
    append_access_line(line, r, memory);
    BOOST_TEST(line.find(R"("tokens_cache_write":4,"tokens_cache_write_1h":3,"tokens_audio_out":2,"tokens_image_in":1,"service_tier":"priority",)"
                         R"("cost":0.0000009375,"cost_parts":{"input":0.0000003125,"cache_write":0.00000025,"output":0.0000001875,)"
                         R"("audio_output":0.000000125,"images":0.0000000625},"bytes_in")") != std::string::npos, line);
    r.context = &context;
    // A cost that the head states is not computed again.
    context.report.cost = money(7);
    line.clear();
    append_access_line(line, r, memory);
    BOOST_TEST(line.find(R"("cost":0.000000007,"bytes_in")") != std::string::npos, line);
    context.report.cost.reset();
    // Without a price nothing is written: zero would be taken for one.
    context.report.facts = nullptr;
    line.clear();
    append_access_line(line, r, memory);
    BOOST_TEST(line.find("cost") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_code_that_is_no_word_may_be_a_prompt) {
    error failed(errc::invalid_request);
    failed.with_provider_code("code [{\"role\": \"user\"}]");
    access_record r;
    r.failure = &failed;
    std::string line;
    rfc3339_text memory;
    append_access_line(line, r, memory);
    BOOST_TEST(line.find("provider_code") == std::string::npos);
    BOOST_TEST(line.find("role") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_caller_chose_is_cut_and_cannot_break_the_line) {
    access_record r;
    const std::string long_name = std::string(255, 'a') + "\xc3\xa4" + std::string(100, 'b');
    r.model = long_name;
    r.path = "/\xff\xfe\x01";
    std::string line;
    rfc3339_text memory;
    append_access_line(line, r, memory);
    const auto parsed = boost::json::parse(line);
    BOOST_TEST(parsed.at("model").as_string() == std::string(255, 'a'));
    BOOST_TEST(parsed.at("path").as_string() == "/??\x01");
    BOOST_TEST(std::count(line.begin(), line.end(), '\n') == 1);
}

BOOST_AUTO_TEST_CASE(every_text_comes_back_as_it_was) {
    // Around the eight bytes that are looked at together.
    for (std::size_t length = 1; length < 40; ++length)
        for (std::size_t at = 0; at < length; ++at)
            for (const char odd : {'"', '\\', '\n', '\x1f', '\x7f', ' ', '!', '#', '[', ']'}) {
                std::string text(length, 'x');
                text[at] = odd;
                access_record r;
                r.model = text;
                std::string line;
                rfc3339_text memory;
                append_access_line(line, r, memory);
                BOOST_REQUIRE_MESSAGE(boost::json::parse(line).at("model").as_string() == text,
                                      length << " " << at << " " << int(odd));
            }
    for (const std::int64_t us : {0, 1, 10, 100, 999, 1000, 1001, 1010, 1100, 123456}) {
        access_record r;
        r.took = std::chrono::microseconds(us);
        std::string line;
        rfc3339_text memory;
        append_access_line(line, r, memory);
        const auto ms = boost::json::parse(line).at("duration_ms");
        BOOST_TEST(std::llround(ms.to_number<double>() * 1000) == us);
    }
}

BOOST_AUTO_TEST_CASE(levels) {
    BOOST_TEST((access_record::level_of(200, false) == log_level::info));
    BOOST_TEST((access_record::level_of(404, false) == log_level::info));
    BOOST_TEST((access_record::level_of(500, false) == log_level::error));
    BOOST_TEST((access_record::level_of(200, true) == log_level::error));
    for (const log_level l : {log_level::off, log_level::error, log_level::info, log_level::debug})
        BOOST_TEST((parse_log_level(to_string(l)) == l));
    BOOST_TEST(!parse_log_level("warn"));
    asio::io_context io;
    deadline_service deadlines(io);
    for (const log_level set : {log_level::off, log_level::error, log_level::info, log_level::debug}) {
        access_log_options o;
        o.level = set;
        auto sink = std::make_shared<memory_sink>();
        o.sink = sink;
        {
            access_log log(deadlines, o);
            for (const log_level l : {log_level::error, log_level::info, log_level::debug}) {
                access_record r;
                r.level = l;
                r.status = static_cast<int>(l);
                log.write(r);
            }
            BOOST_TEST(sink->text().empty()); // waits for company
        }
        // Nothing is lost at the end.
        BOOST_TEST(sink->calls().size() == static_cast<std::size_t>(set));
    }
}

BOOST_AUTO_TEST_CASE(lines_go_out_together_in_time_or_when_they_are_many) {
    asio::io_context io;
    deadline_service deadlines(io);
    access_log_options o;
    o.flush_at = 1000;
    o.flush_every = std::chrono::milliseconds(1);
    auto sink = std::make_shared<memory_sink>();
    const auto writer = std::make_shared<log_writer>(sink);
    access_log log(deadlines, o, writer);
    access_record r;
    r.path = "/p";
    log.write(r);
    BOOST_TEST(writer->settle(duration::zero())); // waits for company
    BOOST_TEST(sink->text().empty());
    // The log's own timer keeps nothing running; this watcher does, until after it.
    bool over = false;
    deadline_service::watcher later(
        deadlines, [](void* done) noexcept { *static_cast<bool*>(done) = true; }, &over);
    later.expires_at(clock::now() + std::chrono::milliseconds(20));
    io.run();
    BOOST_TEST(over);
    BOOST_TEST(writer->settle(std::chrono::hours(1)));
    BOOST_TEST(sink->calls().size() == 1u);
    const std::size_t line = sink->text().size();
    // All but the last of those that reach the limit wait.
    for (std::size_t waiting = line; waiting + line < 1000; waiting += line) log.write(r);
    BOOST_TEST(writer->settle(std::chrono::hours(1)));
    BOOST_TEST(sink->calls().size() == 1u);
    log.write(r);
    log.write(r);
    BOOST_TEST(writer->settle(std::chrono::hours(1)));
    BOOST_TEST(sink->text().size() >= 1000u + line);
}

BOOST_AUTO_TEST_CASE(the_server_logs_every_call_and_no_secret) {
    fake_gateway gateway;
    error e(errc::authentication, "the provider refused the key");
    e.with_provider("fake").with_provider_status(401).with_provider_message("bad key sk-provider-secret");
    gateway.act = says();
    server_options o;
    o.key = secret("sk-master-secret");
    running_server server(gateway, o);
    client c(server.port());
    const std::string key = "Authorization: Bearer sk-master-secret\r\nX-Request-Id: r-1\r\n";
    const std::string prompt = R"({"model":"m","messages":[{"role":"user","content":"PRIVATE WORDS"}]})";
    c.send(post("/v1/chat/completions?key=sk-in-query", prompt, key));
    BOOST_TEST(c.read().status == 200);
    c.send(post("/v1/chat/completions", prompt, "x-api-key: sk-wrong-secret\r\n"));
    BOOST_TEST(c.read().status == 401);
    gateway.act = fails(e);
    c.send(post("/v1/chat/completions", prompt, key));
    BOOST_TEST(c.read().status == 401);
    gateway.act = streams<openai_chat>({"data: {}\n\n"}, [](scripted_stream& s) { s.failure = error(errc::truncated); });
    c.send(post("/v1/chat/completions", stream_body, key));
    BOOST_TEST(!c.read().complete);
    client d(server.port());
    d.send(get("/health/liveliness"));
    BOOST_TEST(d.read().status == 200);
    d.send("nonsense\r\n\r\n");
    BOOST_TEST(d.read().status == 400);
    server.finish();
    const std::string all = server.sink->text();
    for (const std::string secret_text : {"sk-master", "sk-wrong", "sk-in-query", "sk-provider", "PRIVATE", "hello", "Bearer"})
        BOOST_TEST(all.find(secret_text) == std::string::npos, secret_text);
    const auto lines = server.sink->calls();
    BOOST_REQUIRE(lines.size() == 6u);
    BOOST_TEST(lines[0].at("level").as_string() == "info");
    BOOST_TEST(lines[0].at("request_id").as_string() == "r-1");
    BOOST_TEST(lines[0].at("caller").as_string() == "master");
    BOOST_TEST(lines[0].at("path").as_string() == "/v1/chat/completions");
    BOOST_TEST(lines[0].at("model").as_string() == "m");
    BOOST_TEST(lines[0].at("provider").as_string() == "fake");
    BOOST_TEST(lines[0].at("client").as_string() == "127.0.0.1");
    BOOST_TEST(lines[0].at("bytes_in").as_int64() == static_cast<std::int64_t>(prompt.size()));
    BOOST_TEST(lines[0].at("bytes_out").as_int64() == static_cast<std::int64_t>(openai_reply.size()));
    BOOST_TEST(lines[0].contains("overhead_us"));
    BOOST_TEST(lines[1].at("error").as_string() == "authentication");
    BOOST_TEST(!lines[1].contains("caller"));
    BOOST_TEST(lines[2].at("provider_status").as_int64() == 401);
    BOOST_TEST(lines[3].at("level").as_string() == "error");
    BOOST_TEST(lines[3].at("stream").as_bool());
    BOOST_TEST(lines[3].at("error").as_string() == "truncated");
    BOOST_TEST(lines[4].at("level").as_string() == "debug");
    BOOST_TEST(lines[5].at("status").as_int64() == 400);
    BOOST_TEST(all.find("listening on http://127.0.0.1:") != std::string::npos);
}

namespace {
/// Stands still until it is opened.
class closed_sink final : public log_sink {
public:
    void write(std::string_view lines) noexcept override {
        opened.wait(false);
        inner.write(lines);
    }
    void open() {
        opened = true;
        opened.notify_all();
    }
    std::atomic<bool> opened{false};
    memory_sink inner;
};
} // namespace

BOOST_AUTO_TEST_CASE(calls_go_on_while_the_sink_stands_still) {
    fake_gateway gateway;
    gateway.act = says();
    server_options o;
    const auto sink = std::make_shared<closed_sink>();
    o.log.sink = sink;
    o.log.flush_at = 200; // each line goes out at once
    running_server server(gateway, o);
    client c(server.port());
    for (int i = 0; i < 200; ++i) {
        c.send(post("/v1/chat/completions", chat_body));
        BOOST_REQUIRE(c.read().status == 200);
    }
    server.host().log_line("{\"level\":\"info\",\"message\":\"from the program\"}");
    BOOST_TEST(sink->inner.text().empty());
    sink->open();
    server.finish(); // the log is complete now
    BOOST_TEST(sink->inner.calls().size() == 200u);
    BOOST_TEST(sink->inner.text().find("from the program") != std::string::npos);
    BOOST_TEST(server.host().dropped_log_lines() == 0u);
}

BOOST_AUTO_TEST_CASE(nobody_reads_the_log_and_calls_and_the_end_do_not_wait) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    std::FILE* const log = ::fdopen(ends[1], "w");
    fake_gateway gateway;
    gateway.act = says();
    server_options o;
    o.log.sink = std::make_shared<file_log_sink>(log);
    o.log.flush_at = 200;
    o.log.max_queued = 50'000;
    o.log.close_within = std::chrono::milliseconds(1);
    {
        running_server server(gateway, o);
        client c(server.port());
        // Twice what the pipe and the queue hold.
        for (int i = 0; i < 700; ++i) {
            c.send(post("/v1/chat/completions", chat_body));
            BOOST_REQUIRE(c.read().status == 200);
        }
        BOOST_TEST(server.host().dropped_log_lines() > 0u);
        server.finish();
    }
    std::fclose(log);
    ::close(ends[0]);
}

BOOST_AUTO_TEST_CASE(calls_go_on_when_the_disk_is_full_or_the_reader_has_gone) {
    for (const bool full : {false, true}) {
        int ends[2] = {-1, -1};
        std::FILE* log = nullptr;
        if (full) {
            log = std::fopen("/dev/full", "w");
        } else {
            BOOST_REQUIRE(::pipe(ends) == 0);
            log = ::fdopen(ends[1], "w");
            ::close(ends[0]);
        }
        BOOST_REQUIRE(log != nullptr);
        fake_gateway gateway;
        gateway.act = says();
        server_options o;
        o.log.sink = std::make_shared<file_log_sink>(log);
        o.log.flush_at = 200; // each line goes out at once
        {
            running_server server(gateway, o);
            client c(server.port());
            for (int i = 0; i < 50; ++i) {
                c.send(post("/v1/chat/completions", chat_body));
                BOOST_REQUIRE(c.read().status == 200);
            }
            server.finish();
            // None of them was written, and each was counted.
            BOOST_TEST(server.host().dropped_log_lines() >= 50u, (full ? "full disk" : "closed pipe"));
        }
        std::fclose(log);
    }
}

BOOST_AUTO_TEST_CASE(heads_are_well_formed) {
    http_date date;
    BOOST_TEST(date.at(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT"); // RFC 9110, section 5.6.7
    BOOST_TEST(date.at(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
    std::string out;
    append_field(out, "a", std::string_view("x\r\ny: z"));
    append_field(out, "b", std::string_view());
    append_field(out, "c", std::uint64_t(18446744073709551615u));
    append_status_line(out, 529);
    append_status_line(out, 200);
    rfc3339_text time;
    const auto at = [&time](std::int64_t ms) {
        return std::string(time.at(std::chrono::system_clock::time_point(std::chrono::milliseconds(ms))));
    };
    BOOST_TEST(at(951782400007) == "2000-02-29T00:00:00.007Z");
    BOOST_TEST(at(951782400999) == "2000-02-29T00:00:00.999Z");
    BOOST_TEST(at(951782399999) == "2000-02-28T23:59:59.999Z");
    BOOST_TEST(out == "c: 18446744073709551615\r\nHTTP/1.1 529 Overloaded\r\nHTTP/1.1 200 OK\r\n");
}

BOOST_AUTO_TEST_CASE(loopback_hosts) {
    for (const std::string_view yes : {"localhost", "LocalHost", "127.0.0.1", "127.1.2.3", "::1", "[::1]"})
        BOOST_TEST(is_loopback_host(yes), yes);
    for (const std::string_view no : {"0.0.0.0", "::", "128.0.0.1", "127.example.org", "localhost.example", "", "10.0.0.1"})
        BOOST_TEST(!is_loopback_host(no), no);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace access_log_unit
