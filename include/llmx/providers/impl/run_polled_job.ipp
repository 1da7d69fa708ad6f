// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/detail/run_polled_job.hpp>

#include <llmx/service/background.hpp>
#include <llmx/wire/retry_after.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Bytes of an error's body that are kept: more than `max_error_body`.
inline constexpr std::size_t max_job_error = std::size_t{64} * 1024;
/// For the cancellation of a job.
inline constexpr duration job_cancel_time = std::chrono::seconds(10);

/// The header lines of \p fields that later requests of the job carry too: credentials and the operator's own. \p typed: the answer is of the
/// type that the first request accepts.
LLMX_DECL [[nodiscard]] std::string job_fields(std::string_view fields, bool typed) {
    std::string kept;
    while (!fields.empty()) {
        const std::string_view line = fields.substr(0, fields.find("\r\n"));
        fields.remove_prefix(std::min(fields.size(), line.size() + 2));
        const std::string_view name = line.substr(0, line.find(':'));
        bool own = !name.empty();
        for (const std::string_view once : {std::string_view("content-type"), std::string_view("prefer"), std::string_view("cancel-after"),
                                            std::string_view("idempotency-key")})
            own = own && !iequals(name, once);
        own = own && (typed || !iequals(name, "accept"));
        if (own) kept.append(line).append("\r\n");
    }
    return kept;
}

/// The task that cancels a job whose caller has left. It owns what it needs.
LLMX_DECL class basic_job_cancel {
public:
    basic_job_cancel(runtime& on, const job_address& at, std::string_view method, std::string fields) : on_(&on), to_(at.where), method_(method) {
        request_.target = at.target;
        request_.fields = std::move(fields);
    }
    basic_job_cancel(basic_job_cancel&& other) noexcept
        : on_(other.on_), to_(std::move(other.to_)), method_(other.method_), request_(std::move(other.request_)) {}
    basic_job_cancel& operator=(basic_job_cancel&&) = delete;

    boost::asio::awaitable<void> operator()(cancellation& stop) {
        request_.to = &to_;
        request_.method = method_;
        http_limits limits;
        limits.deadline = on_->now() + job_cancel_time;
        limits.max_body = std::size_t{1} << 20;
        result<http_response> got = co_await on_->transport().exchange(request_, limits, stop);
        if (!got) co_return;
        // Read to its end, so that the connection is kept.
        std::string text;
        const result<void> read = co_await got->body->read_all(text);
        static_cast<void>(read);
    }

private:
    runtime* on_;
    origin to_;
    std::string_view method_;
    http_request request_;
};
using job_cancel = LLMX_PLAIN(basic_job_cancel);

/// Begins the cancellation of the job at \p at. Without room for the task, or memory, the job runs to its end.
LLMX_DECL void cancel_job(runtime& on, const job_form& form, const job_address& at, const std::string& fields) noexcept {
    try {
        on.background().post(LLMX_OF(job_cancel)(on, at, form.cancel_method, fields));
    } catch (...) { // a destructor calls this
    }
}

/// An answer that is in memory.
LLMX_DECL class basic_job_body final : public http_body {
public:
    explicit basic_job_body(std::string text) : text_(std::move(text)) {}

    boost::asio::awaitable<result<std::string_view>> read_some() override {
        const std::string_view rest = std::string_view(text_).substr(read_);
        read_ = text_.size();
        co_return rest;
    }
    result<bool> take_rest(std::string& out) override {
        // The caller of this function has counted its bytes on its lease.
        if (out.empty() && read_ == 0) out = std::move(text_);
        else out.append(text_, read_, std::string::npos);
        text_.clear();
        read_ = 0;
        return true;
    }
    boost::asio::awaitable<result<void>> read_all(std::string& out) override {
        const result<bool> all = take_rest(out);
        static_cast<void>(all);
        co_return success();
    }
    void read_by(time_point) noexcept override {}

    /// Adds a header field of the answer.
    void add(std::string_view name, std::string_view value) {
        if (value.empty()) return;
        http_field f;
        f.name = name;
        f.value = texts_.emplace_back(value);
        fields.push_back(f);
    }
    std::vector<http_field> fields;

private:
    std::deque<std::string> texts_;
    std::string text_;
    std::size_t read_ = 0;
};
using job_body = LLMX_PLAIN(basic_job_body);

/// The event stream of a job. Released before its end, it cancels the job.
LLMX_DECL class basic_job_events final : public http_body {
public:
    basic_job_events(runtime& on, const job_form& form, const polled_job& job, std::string own_fields)
        : to(job.address().where), on_(&on), form_(&form), at_(job.cancel_address()), fields_(std::move(own_fields)), running_(job.may_cancel()) {}
    ~basic_job_events() override {
        // The connection first.
        inner.reset();
        if (running_) cancel_job(*on_, *form_, at_, fields_);
    }

    boost::asio::awaitable<result<std::string_view>> read_some() override {
        const result<std::string_view> piece = co_await inner->read_some();
        if (piece) look(*piece);
        co_return piece;
    }
    boost::asio::awaitable<result<void>> read_all(std::string& out) override {
        for (;;) {
            const result<std::string_view> piece = co_await read_some();
            if (!piece) co_return piece.error();
            if (piece->empty()) co_return success();
            out += *piece;
        }
    }
    void read_by(time_point when) noexcept override { inner->read_by(when); }

    /// The request and its origin, which the transport refers to.
    origin to;
    http_request request;
    http_body_ptr inner;
    /// It is the stream, and no refusal of it.
    bool good = false;

private:
    /// A reader of the last event need not read the end of the transport.
    void look(std::string_view piece) {
        if (!good || !running_) return;
        tail_ += piece;
        running_ = !piece.empty() && tail_.find(form_->last_event) == std::string::npos;
        if (tail_.size() > form_->last_event.size()) tail_.erase(0, tail_.size() - form_->last_event.size());
    }

    runtime* on_;
    const job_form* form_;
    job_address at_;
    std::string fields_, tail_;
    bool running_;
};
using job_events = LLMX_PLAIN(basic_job_events);

/// One answer of a job's vendor, read to its end.
struct job_answer {
    job_answer() = default;
    int status = 0;
    std::string body, type, location, request_id, retry_after_text;
    duration retry_after = duration::zero();
};

/// Sends \p request and reads the whole answer.
LLMX_DECL boost::asio::awaitable<result<void>> exchange_whole(runtime& on, const http_request& request, const http_limits& limits,
                                                              cancellation& stop, job_answer& to) {
    result<http_response> got = co_await on.transport().exchange(request, limits, stop);
    if (!got) co_return got.error();
    to = job_answer();
    to.status = got->status;
    to.type = find_field(got->fields, "content-type");
    to.location = find_field(got->fields, "location");
    to.retry_after_text = find_field(got->fields, "retry-after");
    to.request_id = find_field(got->fields, "x-request-id");
    if (to.request_id.empty()) to.request_id = find_field(got->fields, "x-fal-request-id");
    if (const auto wait = parse_retry_after(to.retry_after_text, std::chrono::system_clock::now())) to.retry_after = *wait;
    if (to.status < 300) co_return co_await got->body->read_all(to.body);
    // An error whose body breaks off still came with its status.
    while (to.body.size() < max_job_error) {
        const result<std::string_view> more = co_await got->body->read_some();
        if (!more || more->empty()) break;
        to.body += more->substr(0, max_job_error - to.body.size());
    }
    co_return success();
}

/// \p status and \p text as an answer of the vendor.
LLMX_DECL [[nodiscard]] http_response answer_of_job(int status, std::string text, const job_answer& last, bool events) {
    auto body = std::unique_ptr<LLMX_OF(job_body)>(new LLMX_OF(job_body)(std::move(text)));
    body->add("content-type", events ? std::string_view("text/event-stream") : std::string_view("application/json"));
    body->add("x-request-id", last.request_id);
    if (status >= 300) body->add("retry-after", last.retry_after_text);
    http_response r;
    r.status = status;
    r.fields = body->fields;
    r.body = http_body_ptr(body.release());
    return r;
}

/// Opens the event stream of \p job.
LLMX_DECL boost::asio::awaitable<result<http_response>> open_job_events(runtime& on, const job_form& form, const polled_job& job, const std::string& fields,
                                                                        const http_limits& limits, cancellation& stop) {
    auto events = std::unique_ptr<LLMX_OF(job_events)>(new LLMX_OF(job_events)(on, form, job, fields));
    events->request.to = &events->to;
    events->request.method = "GET";
    events->request.target = job.address().target;
    events->request.fields = job_fields(fields, false);
    events->request.fields += "accept: text/event-stream\r\ncache-control: no-store\r\n";
    result<http_response> got = co_await on.transport().exchange(events->request, limits, stop);
    if (!got) co_return got.error();
    http_response r;
    r.status = got->status;
    r.fields = got->fields;
    events->inner = std::move(got->body);
    events->good = r.status >= 200 && r.status <= 299;
    r.body = http_body_ptr(events.release());
    co_return r;
}

/// The job after its first answer.
LLMX_DECL boost::asio::awaitable<result<http_response>> follow_job(runtime& on, const job_form& form, const polled_job_options& options,
                                                                   polled_job& job, bool streams, const std::string& fields, const http_limits& limits,
                                                                   cancellation& stop, job_answer& answer) {
    const time_point until = std::min(limits.deadline, limits.first_byte_by);
    const errc late = until == limits.deadline ? errc::deadline_exceeded : errc::first_token_timeout;
    for (;;) {
        const time_point now = on.now();
        const polled_job::step what = job.next(now);
        if (what == polled_job::step::failed) co_return job.failure();
        if (what == polled_job::step::done) co_return answer_of_job(job.status(), std::move(job.body()), answer, streams && job.status() < 300);
        if (what == polled_job::step::stream) co_return co_await open_job_events(on, form, job, fields, limits, stop);
        if (what == polled_job::step::wait) {
            const time_point wake = std::min(job.due(), until);
            const result<void> slept = co_await on.sleep_until(wake, stop);
            if (!slept) co_return slept.error();
            if (job.due() > until) co_return error(late);
            continue;
        }
        if (now >= until) co_return error(late);
        const job_address at = job.address();
        http_request ask;
        ask.to = &at.where;
        ask.method = "GET";
        ask.target = at.target;
        const bool file = what == polled_job::step::file;
        if (at.trusted) ask.fields = job_fields(fields, !file);
        else ask.fields = "accept-encoding: identity\r\n";
        memory_lease held(limits.memory != nullptr ? limits.memory->budget() : nullptr);
        http_limits each = limits;
        each.memory = &held;
        each.first_byte_by = std::min(until, now + options.poll_time);
        each.connect_by = each.first_byte_by;
        if (file) each.max_body = std::min(each.max_body, options.max_files);
        const result<void> asked = co_await exchange_whole(on, ask, each, stop, answer);
        const time_point then = on.now();
        if (!asked) {
            const errc why = asked.error().value();
            // The last two would be the same again: no memory, and an answer that is no HTTP or longer than the gateway takes.
            if (why == errc::cancelled || why == errc::deadline_exceeded || why == errc::shed || why == errc::bad_response) co_return asked.error();
            if (then >= until) co_return error(late);
            job.unanswered(asked.error(), then);
        } else if (file) {
            job.file_answered(answer.status, answer.body, answer.type, answer.location, then);
        } else {
            job.answered(answer.status, std::move(answer.body), answer.retry_after, then);
        }
    }
}

LLMX_DECL boost::asio::awaitable<result<http_response>> run_polled_job(runtime& on, const deployment& d, const job_form& form,
                                                                       const polled_job_options& options, const http_request& request,
                                                                       const http_limits& limits, cancellation& stop) {
    const std::size_t mark = request.target.find('#');
    if (mark == std::string::npos) co_return co_await on.transport().exchange(request, limits, stop);
    http_request create = request;
    create.target.resize(mark);
    const std::string_view wanted = std::string_view(request.target).substr(mark);
    const bool streams = wanted == job_stream;
    polled_job::wish wish = polled_job::wish::result;
    if (streams) wish = polled_job::wish::stream;
    else if (wanted == job_files) wish = polled_job::wish::files;
    std::string fields = job_fields(request.fields, true);
    if (form.begin != nullptr) {
        const time_point until = std::min(limits.deadline, limits.first_byte_by), now = on.now();
        form.begin(create.fields, until == time_point::max() ? duration::max() : std::max(until - now, duration::zero()), streams);
    }
    job_answer answer;
    memory_lease held(limits.memory != nullptr ? limits.memory->budget() : nullptr);
    http_limits first = limits;
    if (limits.memory != nullptr) first.memory = &held;
    const result<void> begun = co_await exchange_whole(on, create, first, stop, answer);
    if (!begun) co_return begun.error();
    if (answer.status >= 300) co_return answer_of_job(answer.status, std::move(answer.body), answer, false);
    polled_job job(form, d.api_base, options, wish, limits.memory);
    job.answered(answer.status, std::move(answer.body), duration::zero(), on.now());
    held.release();
    result<http_response> got = co_await follow_job(on, form, options, job, streams, fields, limits, stop, answer);
    // A stream cancels by itself.
    const bool left = got.has_error() || got->status >= 300;
    if (left && job.may_cancel() && job.next(on.now()) != polled_job::step::stream) cancel_job(on, form, job.cancel_address(), fields);
    co_return got;
}

} // namespace llmx::inline LLMX_ABI::detail
