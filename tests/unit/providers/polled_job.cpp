// SPDX-License-Identifier: BSL-1.0
// Jobs of vendors: where their URLs may lead, when they are asked for again, and what is left when the caller leaves. No time passes.
#include <llmx/providers/black_forest_labs.hpp>
#include <llmx/providers/fal_ai.hpp>
#include <llmx/providers/polled_job.hpp>
#include <llmx/providers/replicate.hpp>
#include <llmx/providers/stability.hpp>
#include <llmx/service/background.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>
#include <llmx/wire/url.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace polled_job_unit {
namespace {

using namespace llmx;
using namespace std::chrono_literals;
using step = polled_job::step;
using wish = polled_job::wish;

const base_url at_bfl = parse_base_url("https://api.bfl.ai").value();
const base_url at_home = parse_base_url("http://127.0.0.1:4000/bfl").value();

constexpr std::string_view waiting = R"({"id":"1","status":"starting","urls":{"get":"https://api.replicate.com/v1/predictions/1",)"
                                     R"("cancel":"https://api.replicate.com/v1/predictions/1/cancel"}})";

/// A core without a network.
struct core {
    boost::asio::io_context io{1};
    testing::scripted_transport network;
    testing::manual_runtime on{network, io.get_executor()};
    cancellation stop;
    deployment d;
    http_request request;
    std::string body = "{}";

    explicit core(std::string_view base) {
        network.use_clock(on.clock());
        d.api_base = parse_base_url(base).value();
        d.key = secret("sk-upstream");
        request.to = &d.api_base.where;
        request.body.assign(body);
    }
    template <class P> result<http_response> run(std::string url_end, bool streams = false, http_limits limits = http_limits()) {
        request.fields.clear();
        outgoing what(codec_of<replicate_images>);
        what.url_end = url_end;
        what.stream = streams;
        const P provider;
        BOOST_REQUIRE(provider.prepare(d, what, request).has_value());
        request.fields += "x-team: art\r\n";
        return testing::run(io, provider.exchange(on, d, request, limits, stop));
    }
    /// Runs what can go on without time.
    void settle() {
        io.restart();
        io.poll();
    }
    [[nodiscard]] std::string text(http_response& r) {
        std::string out;
        BOOST_REQUIRE(testing::run(io, r.body->read_all(out)).has_value());
        return out;
    }
};

[[nodiscard]] bool has_key(const testing::recorded_request& r) { return r.fields.find("sk-upstream") != std::string::npos; }

} // namespace

BOOST_AUTO_TEST_SUITE(providers_polled_job)

BOOST_AUTO_TEST_CASE(urls_of_answers_lead_nowhere_but_to_public_hosts_and_the_deployments_own) {
    struct row {
        std::string_view url;
        bool follows, trusted;
    };
    const row from_bfl[] = {{"https://api.bfl.ai/v1/get_result?id=1", true, true},
                            {"https://api.eu1.bfl.ai/v1/get_result?id=1", true, true},
                            {"https://delivery.example.com/a.png?se=1&sig=a%2Bb", true, false},
                            {"https://evilbfl.ai/a", true, false},
                            {"/v1/get_result?id=1", true, true},
                            {"http://api.bfl.ai/v1/get_result", false, false},
                            {"http://example.com/a.png", false, false},
                            {"https://127.0.0.1/a", false, false},
                            {"https://2130706433/a", false, false},
                            {"https://0x7f.1/a", false, false},
                            {"https://[::1]/a", false, false},
                            {"https://localhost/a", false, false},
                            {"https://metadata/a", false, false},
                            {"https://metadata.google.internal/a", false, false},
                            {"https://user:pass@example.com/a", false, false},
                            {"//example.com/a", false, false},
                            {"file:///etc/passwd", false, false},
                            {"https://example.com/a\r\nhost: b", false, false},
                            {"", false, false}};
    for (const row& one : from_bfl) {
        const result<job_address> at = read_job_address(one.url, at_bfl, "bfl.ai");
        BOOST_TEST(at.has_value() == one.follows, one.url);
        if (at) BOOST_TEST(at->trusted == one.trusted, one.url);
        else BOOST_TEST((at.error().value() == errc::bad_response), one.url);
    }
    // A server of the operator's own without TLS.
    const result<job_address> own = read_job_address("http://127.0.0.1:4000/v1/x?y=1#z", at_home, "bfl.ai");
    BOOST_TEST((own.has_value() && own->trusted));
    BOOST_TEST(own.value().target == "/v1/x?y=1");
    BOOST_TEST(!read_job_address("http://127.0.0.1:4001/v1/x", at_home, "bfl.ai").has_value());
    BOOST_TEST(read_job_address("/v1/x", at_home, "").value().target == "/bfl/v1/x");
    // The vendor's host is a foreign one for a key that is for another.
    BOOST_TEST(!read_job_address("https://api.bfl.ai/v1/x", at_home, "bfl.ai").value().trusted);
    BOOST_TEST(read_job_address("https://cdn.example.com", at_bfl, "").value().target == "/");
}

BOOST_AUTO_TEST_CASE(polls_back_off_and_bear_some_failures) {
    polled_job_options options;
    options.first_wait = 1s;
    options.growth = 2;
    options.longest_wait = 5s;
    options.failures = 2;
    time_point now{};
    polled_job job(detail::bfl_jobs, at_bfl, options, wish::result);
    job.answered(200, R"({"id":"1","polling_url":"https://api.bfl.ai/v1/get_result?id=1"})", 0s, now);
    std::vector<long> waits;
    for (int i = 0; i < 4; ++i) {
        BOOST_TEST((job.next(now) == step::wait));
        waits.push_back(static_cast<long>((job.due() - now) / 1s));
        now = job.due();
        BOOST_TEST((job.next(now) == step::poll));
        job.answered(200, R"({"status":"Pending"})", 0s, now);
    }
    const std::vector<long> expected = {1, 2, 4, 5};
    BOOST_TEST(waits == expected, boost::test_tools::per_element());
    // A demand for more time counts; two failures pass, and a success forgets them.
    now = job.due();
    job.answered(429, "{}", 20s, now);
    BOOST_TEST((job.due() - now >= 20s));
    now = job.due();
    job.unanswered(error(errc::connection_lost), now);
    now = job.due();
    job.answered(200, R"({"status":"Pending"})", 0s, now);
    for (int i = 0; i < 2; ++i) job.answered(500, "{}", 0s, now = job.due());
    BOOST_TEST((job.next(job.due()) == step::poll));
    job.answered(500, R"({"detail":"down"})", 0s, job.due());
    BOOST_TEST((job.next(now) == step::done));
    BOOST_TEST(job.status() == 500);
    BOOST_TEST(job.body() == R"({"detail":"down"})");
}

BOOST_AUTO_TEST_CASE(each_vendors_words_are_read) {
    using state = job_report::state;
    struct row {
        result<job_report> (*read)(std::string_view, int, job_stage);
        std::string_view body;
        int status;
        job_stage stage;
        std::optional<state> is;
        std::optional<errc> why;
    };
    const auto created = job_stage::created, polled = job_stage::polled, stored = job_stage::stored;
    const row rows[] = {
        {&detail::read_bfl_job, R"({"id":"a b"})", 200, created, state::running, {}},
        {&detail::read_bfl_job, R"({"status":"Queued"})", 200, polled, state::running, {}},
        {&detail::read_bfl_job, R"({"status":"Ready","result":{"sample":"u"}})", 200, polled, state::finished, {}},
        {&detail::read_bfl_job, R"({"status":"Content Moderated"})", 200, polled, state::failed, errc::content_policy},
        {&detail::read_bfl_job, R"({"status":"Error","result":null})", 200, polled, state::failed, errc::provider_internal},
        {&detail::read_bfl_job, R"({"status":"Task not found"})", 200, polled, state::failed, errc::provider_internal},
        {&detail::read_bfl_job, R"({"x":1})", 200, created, {}, errc::bad_response},
        {&detail::read_bfl_job, "<html>", 200, polled, {}, errc::bad_response},
        {&detail::read_fal_job, R"({"status":"IN_QUEUE","status_url":"https://queue.fal.run/s",)"
                                R"("response_url":"https://queue.fal.run/r"})", 200, created, state::running, {}},
        {&detail::read_fal_job, R"({"images":[]})", 200, created, state::finished, {}},
        {&detail::read_fal_job, R"({"status":"COMPLETED"})", 200, polled, state::stored, {}},
        {&detail::read_fal_job, R"({"images":[]})", 200, stored, state::finished, {}},
        {&detail::read_replicate_job, waiting, 201, created, state::running, {}},
        {&detail::read_replicate_job, R"({"status":"succeeded","output":"u"})", 200, polled, state::finished, {}},
        {&detail::read_replicate_job, R"({"status":"failed",)"
                                      R"("error":"NSFW content detected. Try another prompt."})", 200, polled, state::failed, errc::content_policy},
        {&detail::read_replicate_job, R"({"status":"failed","error":"CUDA out of memory"})", 200, polled, state::failed, errc::provider_internal},
        {&detail::read_replicate_job, R"({"status":"canceled"})", 200, polled, state::failed, errc::provider_internal},
        {&detail::read_replicate_job, R"([])", 200, polled, {}, errc::bad_response},
        {&detail::read_stability_job, R"({"image":"AAEC","finish_reason":"SUCCESS"})", 200, created, state::finished, {}},
        {&detail::read_stability_job, R"({"image":"AAEC","finish_reason":"CONTENT_FILTERED"})", 200, created, state::failed, errc::content_policy},
        {&detail::read_stability_job, R"({"id":"x/y"})", 200, created, state::running, {}},
        {&detail::read_stability_job, R"({"status":"in-progress"})", 202, polled, state::running, {}},
        {&detail::read_stability_job, R"({"result":"AAEC","finish_reason":"SUCCESS"})", 200, polled, state::finished, {}},
    };
    for (const row& one : rows) {
        const result<job_report> r = one.read(one.body, one.status, one.stage);
        BOOST_TEST(r.has_value() == one.is.has_value(), one.body);
        if (r && one.is) BOOST_TEST((r->now == *one.is), one.body);
        const std::optional<errc> why = r.has_error() ? std::optional<errc>(r.error().value())
                                        : r->now == state::failed ? std::optional<errc>(r->failure.value()) : std::nullopt;
        BOOST_TEST((why == one.why), one.body);
    }
    BOOST_TEST(detail::read_stability_job(R"({"id":"x/y"})", 200, created).value().status_url == "/v2beta/results/x%2Fy");
}

BOOST_AUTO_TEST_CASE(a_job_is_begun_polled_and_its_files_are_fetched) {
    core c("https://api.bfl.ai");
    c.network.reply(200, R"({"id":"1","polling_url":"https://api.us1.bfl.ai/v1/get_result?id=1"})");
    c.network.reply(200, R"({"id":"1","status":"Pending","result":null})");
    c.network.reply(503, "{}");
    c.network.reply(200, R"({"id":"1","status":"Ready","result":{"seed":7,"sample":"https:\/\/cdn.example.com\/a.png?sig=1\u0026x=2"}})");
    c.network.reply(302, "").field("location", "https://other.example.com/b.png");
    c.network.reply(200, std::string("\x89PNG\r\n\x1a\n", 8)).field("content-type", "binary/octet-stream");
    result<http_response> r = c.run<black_forest_labs>("/v1/flux-pro-1.1#job-files");
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    BOOST_TEST(r->status == 200);
    BOOST_TEST(c.text(*r) == R"({"id":"1","status":"Ready","result":{"seed":7,"sample":"data:image/png;base64,iVBORw0KGgo="}})");
    const auto& sent = c.network.requests();
    BOOST_REQUIRE(sent.size() == 6u);
    BOOST_TEST(sent[0].target == "/v1/flux-pro-1.1");
    BOOST_TEST(sent[0].method == "POST");
    BOOST_TEST(sent[1].method == "GET");
    BOOST_TEST(sent[1].to.host == "api.us1.bfl.ai");
    BOOST_TEST(sent[1].target == "/v1/get_result?id=1");
    BOOST_TEST(sent[1].body.empty());
    // The operator's own fields too.
    BOOST_TEST(sent[1].fields == "accept: application/json\r\nx-key: sk-upstream\r\nx-team: art\r\n");
    BOOST_TEST(sent[4].target == "/a.png?sig=1&x=2");
    BOOST_TEST(sent[5].to.host == "other.example.com");
    for (std::size_t i = 0; i < sent.size(); ++i) BOOST_TEST(has_key(sent[i]) == (i < 4), i);
    BOOST_TEST(sent[4].fields.find("x-team") == std::string::npos);
    BOOST_TEST(c.on.sleeps().size() == 3u);
    BOOST_TEST(c.network.open_bodies() == 0u);
}

BOOST_AUTO_TEST_CASE(no_file_is_fetched_where_urls_are_wanted_and_none_from_the_own_network) {
    core c("https://api.bfl.ai");
    const std::string begun = R"({"id":"1","polling_url":"https://api.bfl.ai/v1/get_result?id=1"})";
    const std::string ready = R"({"status":"Ready","result":{"sample":"https://169.254.169.254/latest"}})";
    c.network.reply(200, begun);
    c.network.reply(200, ready);
    result<http_response> r = c.run<black_forest_labs>("/v1/flux-dev");
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(c.text(*r) == ready);
    c.network.reply(200, begun);
    c.network.reply(200, ready);
    const std::size_t before = c.network.calls();
    r = c.run<black_forest_labs>("/v1/flux-dev#job-files");
    BOOST_TEST((r.has_error() && r.error().value() == errc::bad_response));
    BOOST_TEST(c.network.calls() == before + 2);
    // Polls carry the key, and so go to no foreign host.
    c.network.reply(200, R"({"id":"1","polling_url":"https://evil.example.com/v1/get_result?id=1"})");
    r = c.run<black_forest_labs>("/v1/flux-dev");
    BOOST_TEST((r.has_error() && r.error().value() == errc::bad_response));
    BOOST_TEST(c.network.calls() == before + 3);
    // A page is no image, and a large one is not read to its end.
    c.network.reply(200, begun);
    c.network.reply(200, R"({"status":"Ready","result":{"sample":"https://cdn.example.com/a"}})");
    c.network.reply(200, "<html>").field("content-type", "text/html; charset=utf-8");
    r = c.run<black_forest_labs>("/v1/flux-dev#job-files");
    BOOST_TEST((r.has_error() && r.error().value() == errc::bad_response));
}

BOOST_AUTO_TEST_CASE(a_refusal_is_the_vendors_answer) {
    core c("https://queue.fal.run");
    c.network.reply(422, R"({"detail":[{"msg":"bad","type":"content_policy_violation"}]})").field("x-fal-request-id", "r9");
    result<http_response> r = c.run<fal_ai>("/fal-ai/flux/dev");
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->status == 422);
    const error e = fal_ai().classify(422, r->fields, c.text(*r));
    BOOST_TEST((e.value() == errc::content_policy));
    BOOST_TEST(e.request_id() == "r9");
    // The result of a job may be one as well.
    c.network.reply(200, R"({"status":"IN_QUEUE","request_id":"1","response_url":"https://queue.fal.run/r","status_url":"https://queue.fal.run/s"})");
    c.network.reply(200, R"({"status":"COMPLETED"})");
    c.network.reply(422, R"({"detail":"no"})");
    r = c.run<fal_ai>("/fal-ai/flux/dev");
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->status == 422);
    BOOST_TEST(c.network.requests().back().target == "/r");
    BOOST_TEST(c.on.in_background() == 0u);
}

BOOST_AUTO_TEST_CASE(the_deadline_ends_the_wait_and_the_job) {
    core c("https://api.replicate.com");
    c.network.reply(201, std::string(waiting));
    c.network.reply_always(200, std::string(waiting));
    http_limits limits;
    limits.deadline = c.on.now() + 20s;
    const result<http_response> r = c.run<replicate>("/v1/models/a/b/predictions", false, limits);
    BOOST_REQUIRE(r.has_error());
    BOOST_TEST((r.error().value() == errc::deadline_exceeded));
    BOOST_TEST((c.on.now() == limits.deadline));
    const auto& sent = c.network.requests();
    BOOST_TEST(sent[0].fields.find("prefer: wait=19\r\ncancel-after: 21s\r\n") != std::string::npos);
    BOOST_TEST(sent[1].fields.find("prefer") == std::string::npos);
    c.settle();
    BOOST_TEST(sent.back().method == "POST");
    BOOST_TEST(sent.back().target == "/v1/predictions/1/cancel");
    BOOST_TEST(has_key(sent.back()));
}

BOOST_AUTO_TEST_CASE(a_caller_who_leaves_cancels_the_job_at_its_vendor) {
    core c("https://queue.fal.run");
    c.network.reply(200, R"({"status":"IN_QUEUE","request_id":"1","response_url":"https://queue.fal.run/r","status_url":"https://queue.fal.run/s",)"
                         R"("cancel_url":"https://queue.fal.run/c"})");
    c.network.reply(200, "{}").when_path("/c");
    c.on.hold_sleeps(true);
    outgoing what(codec_of<fal_images>);
    what.url_end = "/fal-ai/flux/dev";
    const fal_ai provider;
    BOOST_REQUIRE(provider.prepare(c.d, what, c.request).has_value());
    const http_limits limits;
    std::optional<result<http_response>> got;
    boost::asio::co_spawn(c.io, provider.exchange(c.on, c.d, c.request, limits, c.stop),
                          [&got](const std::exception_ptr&, result<http_response> r) { got.emplace(std::move(r)); });
    c.settle();
    BOOST_TEST(!got.has_value());
    BOOST_TEST(c.network.calls() == 1u);
    c.stop.cancel();
    c.settle();
    BOOST_REQUIRE(got.has_value());
    BOOST_TEST((got->has_error() && got->error().value() == errc::cancelled));
    BOOST_REQUIRE(c.network.requests().size() == 2u);
    BOOST_TEST(c.network.requests()[1].method == "PUT");
    BOOST_TEST(c.network.requests()[1].target == "/c");
    BOOST_TEST(has_key(c.network.requests()[1]));
}

BOOST_AUTO_TEST_CASE(a_job_that_is_over_is_not_cancelled_and_memory_is_bounded) {
    core c("https://api.replicate.com");
    c.network.reply(201, R"({"status":"failed","error":"boom","urls":{"get":"https://api.replicate.com/v1/predictions/1",)"
                         R"("cancel":"https://api.replicate.com/v1/predictions/1/cancel"}})");
    result<http_response> r = c.run<replicate>("/v1/models/a/b/predictions");
    BOOST_TEST((r.has_error() && r.error().value() == errc::provider_internal));
    BOOST_TEST(c.on.in_background() == 0u);
    memory_budget budget(256 * 1024);
    memory_lease held(&budget);
    http_limits limits;
    limits.memory = &held;
    c.network.reply(201, R"({"status":"succeeded","output":["https://replicate.delivery/a"]})");
    c.network.reply(200, std::string(100 * 1024, 'x')).field("content-type", "image/webp");
    r = c.run<replicate>("/v1/models/a/b/predictions#job-files", false, limits);
    BOOST_REQUIRE_MESSAGE(r.has_value(), (r.has_error() ? r.error().message() : std::string()));
    BOOST_TEST(held.size() > 130u * 1024);
    BOOST_TEST(budget.in_use() >= 130u * 1024);
    held.release();
    BOOST_TEST(budget.in_use() == 0u);
    c.network.reply(201, R"({"status":"succeeded","output":["https://replicate.delivery/a"]})");
    c.network.reply(200, std::string(200 * 1024, 'x')).field("content-type", "image/webp");
    r = c.run<replicate>("/v1/models/a/b/predictions#job-files", false, limits);
    BOOST_TEST((r.has_error() && r.error().value() == errc::shed));
    held.release();
    BOOST_TEST(budget.in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_passed_on_is_no_job) {
    core c("https://api.replicate.com");
    c.network.reply(201, std::string(waiting));
    c.request.target = "/v1/predictions";
    result<http_response> r = testing::run(c.io, replicate().exchange(c.on, c.d, c.request, http_limits(), c.stop));
    BOOST_REQUIRE(r.has_value());
    BOOST_TEST(r->status == 201);
    BOOST_TEST(c.text(*r) == waiting);
    BOOST_TEST(c.network.calls() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace polled_job_unit
