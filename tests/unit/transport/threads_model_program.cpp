// SPDX-License-Identifier: BSL-1.0
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>
#include <llmx/transport/model_program.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace threads_model_program_unit {

using namespace std::chrono_literals;
using llmx::errc;

/// A program in the language of the shell: `reply` is run for each call with $id set. It answers pings.
std::string shell_program(const std::string& reply) {
    return R"sh(while read -r line; do
case "$line" in
'{"ping":'*) n=${line#*:}; echo "{\"pong\":${n%?}}";;
*'"cancel":true}') echo "cancelled" >&2;;
*) id=${line#*:}; id=${id%%,*};
)sh" + reply +
           R"sh(
;;
esac
done)sh";
}

/// What programs write for people.
struct log_lines {
    std::mutex mutex;
    std::condition_variable more;
    std::vector<std::string> lines;
    void add(std::string_view line) {
        const std::lock_guard lock(mutex);
        lines.emplace_back(line);
        more.notify_all();
    }
    [[nodiscard]] bool has(std::string_view part) {
        for (const std::string& l : lines)
            if (l.find(part) != std::string::npos) return true;
        return false;
    }
    /// Whether a line with \p part comes at all.
    [[nodiscard]] bool await(std::string_view part) {
        std::unique_lock lock(mutex);
        const bool came = more.wait_for(lock, 20s, [&] { return has(part); });
        if (!came)
            for (const std::string& l : lines) BOOST_TEST_MESSAGE(l);
        return came;
    }
};

struct fixture {
    boost::asio::io_context io{1};
    llmx::testing::scripted_transport net;
    llmx::cancellation stop;
    llmx::http_limits limits;
    std::shared_ptr<log_lines> log = std::make_shared<log_lines>();
    std::string sent = R"({"model":"m"})";
    llmx::http_request request;
    std::shared_ptr<llmx::model_program> program;

    fixture() {
        limits.connect_by = limits.deadline = llmx::clock::now() + 20s;
        request.body.append(sent);
    }
    /// One that no other test has.
    llmx::model_program_options options(const std::string& script) const {
        llmx::model_program_options o;
        o.name = "unit";
        o.command = {"/bin/sh", "-c", script};
        o.times.restart_delay = 20ms;
        o.times.health_timeout = 10s;
        o.log = [log = log](std::string_view line) { log->add(line); };
        return o;
    }
    void open(llmx::model_program_options o) {
        auto opened = llmx::model_program::open(std::move(o));
        BOOST_TEST_REQUIRE(!opened.has_error());
        program = *opened;
    }
    boost::asio::awaitable<llmx::result<llmx::http_response>> begin(bool stream = false) {
        return program->exchange(io.get_executor(), net, "chat", stream, request, limits, stop);
    }
    /// The whole answer, or the failure as text.
    std::string answer(bool stream = false) {
        auto got = llmx::testing::run(io, begin(stream));
        if (got.has_error()) return std::string(llmx::errc_name(got.error().value())) + ": " + got.error().message();
        std::string all = std::to_string(got->status) + " " + std::string(llmx::find_field(got->fields, "content-type")) + " ";
        const auto read = llmx::testing::run(io, got->body->read_all(all));
        return read.has_error() ? all + "/" + read.error().message() : all;
    }
};

BOOST_FIXTURE_TEST_SUITE(transport_model_program, fixture)

BOOST_AUTO_TEST_CASE(whole_answers_and_failures) {
    open(options(shell_program(R"(case "$line" in
        *fails*) echo "{\"id\":$id,\"error\":{\"message\":\"full\"},\"status\":429}";;
        *bare*) echo "{\"id\":\"$id\",\"error\":\"why\"}";;
        *) echo "a line for people"; echo "{\"id\":$id,\"body\":{\"got\":1}}";;
        esac)")));
    BOOST_TEST(answer() == R"(200 application/json {"got":1})");
    BOOST_TEST(log->await("unit: a line for people"));
    sent = R"({"model":"fails"})";
    request.body.assign(sent);
    BOOST_TEST(answer() == R"(429 application/json {"error":{"message":"full"}})");
    sent = R"({"model":"bare"})";
    request.body.assign(sent);
    BOOST_TEST(answer() == R"(500 application/json {"error":{"message":"why"}})");
    BOOST_TEST((program->life().now() == llmx::program_life::state::ready));
    BOOST_TEST(program->describe().starts_with(R"({"name":"unit","state":"ready","process":)"));
}

BOOST_AUTO_TEST_CASE(streams_are_events) {
    open(options(shell_program(R"(for i in 1 2; do echo "{\"id\":$id,\"event\":{\"n\":$i}}"; done; echo "{\"id\":$id,\"done\":true}")")));
    BOOST_TEST(answer(true) == "200 text/event-stream data: {\"n\":1}\n\ndata: {\"n\":2}\n\ndata: [DONE]\n\n");
}

BOOST_AUTO_TEST_CASE(the_end_of_a_program_is_named_and_it_is_restarted) {
    open(options(shell_program(R"(case "$line" in *ends*) echo last words >&2; exit 3;; esac; echo "{\"id\":$id,\"body\":{}}")")));
    sent = R"({"model":"ends"})";
    request.body.assign(sent);
    BOOST_TEST(answer() == "connection_lost: local program 'unit' ended with exit status 3 before it had answered; what it wrote is in the log");
    BOOST_TEST(log->await("last words"));
    BOOST_TEST(log->await("ended with exit status 3"));
    sent = R"({"model":"other"})";
    request.body.assign(sent);
    // The second start, or the message about it.
    std::string got = answer();
    while (got.starts_with("overloaded")) {
        BOOST_TEST(got.starts_with("overloaded: local program 'unit' ended with exit status 3; it is started again in "));
        got = answer();
    }
    BOOST_TEST(got == "200 application/json {}");
    BOOST_TEST(program->life().restarts() == 1u);
    BOOST_TEST(program->life().last_end() == "ended with exit status 3");
}

BOOST_AUTO_TEST_CASE(a_broken_stream_is_no_end) {
    open(options(shell_program(R"(echo "{\"id\":$id,\"event\":{}}"; exit 4)")));
    BOOST_TEST(answer(true).starts_with("200 text/event-stream data: {}\n\n/local program 'unit' ended with exit status 4 before it had answered"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_started_says_why) {
    auto o = options("");
    o.command = {"llmx-no-such-program"};
    o.times.restart_delay = 1h;
    o.times.longest_delay = 1h;
    open(std::move(o));
    BOOST_TEST(log->await("could not be started"));
    const std::string got = answer();
    BOOST_TEST(got.starts_with("overloaded: local program 'unit' could not be started: "), got);
    BOOST_TEST(program->describe().starts_with(R"({"name":"unit","state":"backing_off","restarts":0,"failures":1,"last_end":"could not be started: )"));
}

BOOST_AUTO_TEST_CASE(a_caller_that_leaves_cancels_its_call) {
    open(options(shell_program(R"(echo "{\"id\":$id,\"event\":{}}")")));
    {
        auto got = llmx::testing::run(io, begin(true));
        BOOST_TEST_REQUIRE(!got.has_error());
    }
    BOOST_TEST(log->await("cancelled"));
}

BOOST_AUTO_TEST_CASE(it_gets_its_own_variables_and_no_descriptors) {
    auto o = options(shell_program(R"(echo "{\"id\":$id,\"body\":{\"env\":\"$(env | sort | tr '\n' ' ')\",\"fds\":\"$(ls /proc/self/fd | tr '\n' ' ')\"}}")"));
    o.environment.emplace_back("MODEL_KEY", llmx::secret("sk-very-secret"));
    o.path = "/usr/bin:/bin";
    open(std::move(o));
    const std::string got = answer();
    BOOST_TEST(got.find("MODEL_KEY=sk-very-secret") != std::string::npos, got);
    BOOST_TEST(got.find("PATH=/usr/bin:/bin") != std::string::npos, got);
    BOOST_TEST(got.find("HOME=") == std::string::npos, got);
    // 3 is the directory that `ls` reads.
    BOOST_TEST(got.find("\"fds\":\"0 1 2 3 \"") != std::string::npos, got);
}

BOOST_AUTO_TEST_CASE(secrets_are_not_in_the_log) {
    auto o = options("echo key $MODEL_KEY >&2; sleep 100");
    o.environment.emplace_back("MODEL_KEY", llmx::secret("sk-very-secret"));
    open(std::move(o));
    BOOST_TEST(log->await("unit: key ***"));
}

BOOST_AUTO_TEST_CASE(the_same_description_is_the_same_program) {
    const std::string script = shell_program(R"(echo "{\"id\":$id,\"body\":{}}")");
    open(options(script));
    BOOST_TEST(answer() == "200 application/json {}");
    const auto first = program;
    const int process = program->process();
    open(options(script));
    BOOST_TEST(program == first);
    BOOST_TEST(program->process() == process);
    auto other = options(script);
    other.name = "another";
    open(std::move(other));
    BOOST_TEST(program != first);
}

BOOST_AUTO_TEST_CASE(the_last_handle_stops_it_with_its_children) {
    auto o = options("trap '' TERM; sleep 1000 & echo started >&2; while :; do sleep 0.01; done");
    o.times.stop_grace = 50ms;
    open(std::move(o));
    BOOST_TEST(log->await("unit: started"));
    program.reset();
    BOOST_TEST(log->await("gets SIGTERM"));
    BOOST_TEST(log->await("gets SIGKILL"));
    BOOST_TEST(log->await("was ended by signal 9"));
}

BOOST_AUTO_TEST_CASE(a_retired_program_ends_after_its_calls_and_starts_again_for_others) {
    open(options(shell_program(R"(echo "{\"id\":$id,\"event\":{}}")")));
    {
        auto got = llmx::testing::run(io, begin(true));
        BOOST_TEST_REQUIRE(!got.has_error());
        program->retire();
        // One more call, which comes after it: the program still runs.
        auto second = llmx::testing::run(io, begin(true));
        BOOST_TEST_REQUIRE(!second.has_error());
        BOOST_TEST(program->life().restarts() == 0u);
        BOOST_TEST((program->life().now() == llmx::program_life::state::ready));
    }
    BOOST_TEST(log->await("was ended by signal 15"));
    auto third = llmx::testing::run(io, begin(true));
    BOOST_TEST(!third.has_error());
}

BOOST_AUTO_TEST_CASE(a_program_that_closes_its_output_is_restarted) {
    open(options("exec >&-; sleep 1000"));
    BOOST_TEST(log->await("gets SIGTERM"));
    BOOST_TEST(log->await("was ended by signal 15"));
}

BOOST_AUTO_TEST_CASE(calls_wait_until_a_limit) {
    open(options("sleep 1000"));
    limits.connect_by = llmx::clock::now() + 10ms;
    const std::string got = answer();
    BOOST_TEST(got.starts_with("connect_failed: local program 'unit' is "), got);
    stop.cancel();
    BOOST_TEST(answer().starts_with("cancelled"));
}

BOOST_AUTO_TEST_CASE(a_command_is_needed) {
    BOOST_TEST(llmx::model_program::open(llmx::model_program_options()).has_error());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace threads_model_program_unit
