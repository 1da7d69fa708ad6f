// SPDX-License-Identifier: BSL-1.0
// A log whose reader is slow, gone or stuck: those who log never wait, nothing is lost
// without being counted, and no line is cut.
#include "support.hpp"

#include <llmx/telemetry/detail/descriptor_write.hpp>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include <sys/resource.h>

namespace log_writer_unit {

using namespace llmx;
using namespace telemetry_test;

namespace {

constexpr int records = 10'000;

access_record record_of(const std::string& path) {
    access_record r;
    r.path = path;
    r.status = 200;
    r.model = "a model's name";
    return r;
}

void fill(access_log& log) {
    for (int i = 0; i < records; ++i) {
        const std::string path = "/" + std::to_string(i);
        log.write(record_of(path));
    }
    log.flush();
}

/// Ten bytes with the newline.
std::string line_of(int i) {
    const std::string number = std::to_string(1'000'000 + i);
    return "l " + number + "\n";
}
void push(log_writer& w, int i) {
    std::string one = line_of(i);
    w.push(one);
    BOOST_REQUIRE(one.empty());
}

std::size_t threads_of_this_process() {
    std::size_t n = 0;
    for ([[maybe_unused]] const auto& each : std::filesystem::directory_iterator("/proc/self/task")) ++n;
    return n;
}

/// An open file that begins empty and has no name.
struct scratch_file {
    scratch_file() : file(std::tmpfile()) { BOOST_REQUIRE(file != nullptr); }
    ~scratch_file() { std::fclose(file); }
    std::string text() const {
        std::string all(65536, '\0');
        const auto n = ::pread(::fileno(file), all.data(), all.size(), 0);
        all.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return all;
    }
    std::FILE* file;
};

} // namespace

BOOST_AUTO_TEST_SUITE(telemetry_log_writer)

BOOST_DATA_TEST_CASE(who_logs_never_waits_for_the_reader, boost::unit_test::data::make({false, true}), sockets) {
    channel c(sockets);
    const int mode = ::fcntl(::fileno(c.file()), F_GETFL);
    boost::asio::io_context io;
    deadline_service deadlines(io);
    access_log_options o;
    o.sink = std::make_shared<file_log_sink>(c.file());
    o.max_queued = 256 * 1024;
    access_log log(deadlines, o);
    fill(log); // the file's own buffer and the queue hold a part of it; there is no reader
    BOOST_TEST(log.dropped() > 0u);
    BOOST_TEST(log.dropped() < static_cast<unsigned>(records));
    BOOST_TEST(::fcntl(::fileno(c.file()), F_GETFL) == mode); // other processes may share it

    // The reader comes back: lines are whole and in order, and what is missing is reported.
    std::uint64_t seen = 0, missing = 0;
    int next = 0;
    for (std::string line; seen + missing < records && c.read_line(line);) {
        if (const auto n = reported(line); n != 0) {
            missing += n;
            next += static_cast<int>(n);
            continue;
        }
        BOOST_REQUIRE(boost::json::parse(line).at("path").as_string() == "/" + std::to_string(next));
        ++next;
        ++seen;
    }
    BOOST_TEST(missing == log.dropped());
    BOOST_TEST(seen + missing == static_cast<unsigned>(records));
    // And it goes on as before.
    log.write(record_of("/again"));
    log.flush();
    std::string line;
    BOOST_REQUIRE(c.read_line(line));
    BOOST_TEST(boost::json::parse(line).at("path").as_string() == "/again");
    BOOST_TEST(log.dropped() == missing);
}

BOOST_DATA_TEST_CASE(the_end_does_not_wait_for_a_reader_who_never_reads, boost::unit_test::data::make({false, true}),
                     sockets) {
    channel c(sockets);
    boost::asio::io_context io;
    deadline_service deadlines(io);
    access_log_options o;
    o.sink = std::make_shared<file_log_sink>(c.file());
    o.close_within = std::chrono::milliseconds(1);
    const auto writer = std::make_shared<log_writer>(o.sink, o.max_queued, o.close_within);
    {
        access_log log(deadlines, o, writer);
        fill(log);
    }
    c.wait_for_bytes();
    BOOST_TEST(!writer->settle(duration::zero()));
    writer->close();
    writer->close();
    o.sink.reset();
    std::string late = "too late\n";
    writer->push(late);
    c.close_writer();
    std::uint64_t whole = 0;
    for (std::string line; c.read_line(line); ++whole) (void)boost::json::parse(line);
    const bool cut = !c.tail().empty();
    if (!sockets) BOOST_TEST(!cut); // a pipe takes whole lines
    BOOST_TEST(whole > 0u);
    BOOST_TEST(whole + cut + writer->dropped() == static_cast<unsigned>(records) + 1u);
}

BOOST_AUTO_TEST_CASE(a_sink_of_the_user_stops_only_itself) {
    const auto sink = std::make_shared<gated_sink>();
    boost::asio::io_context io;
    deadline_service deadlines(io);
    access_log_options o;
    o.sink = sink;
    o.flush_every = duration::zero();
    {
        access_log log(deadlines, o);
        // The loop goes on while the sink stands: each turn logs and lets the log's timer run.
        for (int i = 0; i < 20; ++i) {
            const std::string path = "/" + std::to_string(i);
            log.write(record_of(path));
            io.restart();
            io.run();
            if (i == 10) {
                log.flush();
                sink->wait_for_writer();
            }
        }
        BOOST_TEST(sink->text().empty());
        sink->open();
    }
    const auto lines = lines_of(sink->text());
    BOOST_REQUIRE(lines.size() == 20u);
    for (std::size_t i = 0; i < lines.size(); ++i)
        BOOST_TEST(boost::json::parse(lines[i]).at("path").as_string() == "/" + std::to_string(i));
}

BOOST_AUTO_TEST_CASE(a_sink_that_does_not_return_is_left_behind) {
    auto sink = std::make_shared<gated_sink>();
    const std::weak_ptr<gated_sink> alive = sink;
    {
        log_writer w(sink, log_writer::default_max_queued, duration::zero());
        push(w, 0);
        sink->wait_for_writer();
        push(w, 1);
        w.close();
        BOOST_TEST(w.dropped() == 0u); // its thread has them still
        sink->let(1);
        sink->wait_for_writes(1);
        while (w.dropped() == 0) std::this_thread::yield();
        BOOST_TEST(w.dropped() == 1u);
        BOOST_TEST(sink->text() == line_of(0));
    }
    sink.reset();
    while (!alive.expired()) std::this_thread::yield(); // the thread has ended
}

BOOST_AUTO_TEST_CASE(the_queue_has_a_limit_and_what_is_dropped_is_counted_where_it_is_missing) {
    const auto sink = std::make_shared<gated_sink>();
    log_writer w(sink, 1000);
    push(w, 0);
    sink->wait_for_writer();
    for (int i = 1; i < 105; ++i) push(w, i);
    BOOST_TEST(w.dropped() == 5u); // those being written count too
    sink->let(1);
    sink->wait_for_writes(1);
    // There is room for one again, or soon will be.
    for (std::uint64_t before = 0; w.dropped() != before;) {
        before = w.dropped();
        push(w, 105);
    }
    const std::uint64_t dropped = w.dropped();
    sink->open();
    BOOST_TEST(w.settle(std::chrono::hours(1)));
    auto lines = lines_of(sink->text());
    BOOST_REQUIRE(lines.size() == 102u);
    for (int i = 0; i < 100; ++i) BOOST_TEST(lines[static_cast<std::size_t>(i)] + "\n" == line_of(i));
    BOOST_TEST(reported(lines[100]) == dropped);
    BOOST_TEST(lines[100].find("were dropped: the log's reader is too slow") != std::string::npos);
    BOOST_TEST(lines[101] + "\n" == line_of(105));
    BOOST_TEST(w.dropped() == dropped);
}

BOOST_AUTO_TEST_CASE(drops_are_reported_also_when_nothing_follows) {
    const auto sink = std::make_shared<gated_sink>();
    log_writer w(sink, 20);
    push(w, 0);
    sink->wait_for_writer();
    for (int i = 1; i < 9; ++i) push(w, i);
    sink->open();
    BOOST_TEST(w.settle(std::chrono::hours(1)));
    const auto lines = lines_of(sink->text());
    BOOST_REQUIRE(lines.size() == 3u);
    BOOST_TEST(reported(lines[2]) == 7u);
}

BOOST_AUTO_TEST_CASE(an_empty_queue_takes_any_buffer) {
    const auto sink = std::make_shared<gated_sink>();
    sink->open();
    log_writer w(sink, 1);
    const std::string one(100'000, 'x');
    for (int i = 0; i < 3; ++i) {
        w.line(one);
        BOOST_TEST(w.settle(std::chrono::hours(1)));
    }
    BOOST_TEST(sink->text().size() == 3 * (one.size() + 1));
    BOOST_TEST(w.dropped() == 0u);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_counted_and_reported_when_it_is_over) {
    scratch_file good;
    std::FILE* const file = std::fopen("/dev/full", "w");
    BOOST_REQUIRE(file != nullptr);
    {
        log_writer w(std::make_shared<file_log_sink>(file));
        for (int i = 0; i < 3; ++i) push(w, i);
        BOOST_TEST(w.settle(std::chrono::hours(1)));
        BOOST_TEST(w.dropped() == 3u);
        BOOST_REQUIRE(::dup2(::fileno(good.file), ::fileno(file)) >= 0);
        push(w, 3);
    }
    std::fclose(file);
    const auto lines = lines_of(good.text());
    BOOST_REQUIRE(lines.size() == 2u);
    BOOST_TEST(reported(lines[0]) == 3u);
    BOOST_TEST(lines[0].find("could not be written: No space left on device") != std::string::npos, lines[0]);
    BOOST_TEST(lines[1] + "\n" == line_of(3));
}

BOOST_AUTO_TEST_CASE(a_line_of_which_a_part_was_written_is_completed_first) {
    scratch_file f;
    file_log_sink sink(f.file);
    auto* const before = std::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    BOOST_REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
    rlimit small = old;
    const auto limit = [&](rlim_t bytes) {
        small.rlim_cur = bytes;
        BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    };
    std::string five;
    for (int i = 0; i < 5; ++i) five += line_of(i);
    limit(25);
    sink.write(five); // two lines and a half
    BOOST_TEST(sink.lost() == 2u);
    limit(28);
    sink.write(line_of(5)); // the half line is not yet complete
    BOOST_TEST(sink.lost() == 3u);
    BOOST_REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
    std::signal(SIGXFSZ, before);
    sink.write(line_of(6));
    sink.write(line_of(7));
    const auto lines = lines_of(f.text());
    BOOST_REQUIRE(lines.size() == 6u);
    for (int i = 0; i < 3; ++i) BOOST_TEST(lines[static_cast<std::size_t>(i)] + "\n" == line_of(i));
    BOOST_TEST(reported(lines[3]) == 3u);
    BOOST_TEST(lines[4] + "\n" == line_of(6));
    BOOST_TEST(lines[5] + "\n" == line_of(7));
    BOOST_TEST(sink.lost() == 3u);
}

BOOST_AUTO_TEST_CASE(a_reader_that_went_away_ends_no_process) {
    for (const bool sockets : {false, true}) {
        channel c(sockets);
        c.close_reader();
        log_writer w(std::make_shared<file_log_sink>(c.file()));
        for (int i = 0; i < 3; ++i) push(w, i);
        BOOST_TEST(w.settle(std::chrono::hours(1)));
        BOOST_TEST(w.dropped() == 3u);
    }
}

BOOST_AUTO_TEST_CASE(a_stream_in_memory_is_written_too) {
    char* text = nullptr;
    std::size_t size = 0;
    std::FILE* const f = ::open_memstream(&text, &size);
    BOOST_REQUIRE(f != nullptr);
    {
        log_writer w(std::make_shared<file_log_sink>(f));
        push(w, 1);
    }
    std::fclose(f);
    BOOST_TEST(std::string(text, size) == line_of(1));
    std::free(text);
}

BOOST_AUTO_TEST_CASE(a_log_of_which_nothing_is_written_has_no_thread) {
    const std::size_t before = threads_of_this_process();
    boost::asio::io_context io;
    deadline_service deadlines(io);
    access_log_options o;
    o.level = log_level::off;
    access_log silent(deadlines, o);
    silent.write(record_of("/"));
    silent.note(log_level::error, "nothing");
    silent.warn("nothing");
    silent.flush();
    o.level = log_level::error;
    const auto sink = std::make_shared<gated_sink>();
    sink->open();
    o.sink = sink;
    access_log quiet(deadlines, o);
    quiet.write(record_of("/")); // of level info
    quiet.flush();
    BOOST_TEST(threads_of_this_process() == before);
    quiet.warn("something");
    quiet.flush();
    BOOST_TEST(threads_of_this_process() == before + 1);
    sink->wait_for_writes(1);
    BOOST_TEST(boost::json::parse(sink->text()).at("level").as_string() == "warn");
}

BOOST_AUTO_TEST_CASE(pieces_end_where_lines_end) {
    BOOST_TEST(detail::whole_lines("ab\ncd\n", 6) == "ab\ncd\n");
    BOOST_TEST(detail::whole_lines("ab\ncd\n", 5) == "ab\n");
    BOOST_TEST(detail::whole_lines("ab\ncd\n", 3) == "ab\n");
    BOOST_TEST(detail::whole_lines("ab\ncd\n", 2) == "ab");
    BOOST_TEST(detail::whole_lines("", 2) == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace log_writer_unit
