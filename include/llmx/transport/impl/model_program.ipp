// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/detail/program_core.hpp>
#include <llmx/transport/model_program.hpp>

#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/program_line.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The end of the time for the next part, and what has passed then.
struct program_limit {
    program_limit(const http_limits& limits, time_point by, time_point now) noexcept : until(limits.deadline) {
        const time_point idle = limits.idle == duration::max() ? time_point::max() : now + limits.idle;
        if (idle < until) until = idle, late = errc::idle_timeout;
        if (by < until) until = by, late = errc::first_token_timeout;
    }
    time_point until;
    errc late = errc::deadline_exceeded;
};

/// What a failed call of a program reports as JSON, in OpenAI's form.
LLMX_DECL [[nodiscard]] std::string program_error_body(std::string_view json) {
    std::string text;
    json_writer w(text);
    w.object().key("error");
    if (json.starts_with('{')) w.raw(json);
    else if (json.starts_with('"')) w.object().raw_member("message", json).end_object();
    else w.object().member("message", "the local program reported an error without a message").end_object();
    w.end_object();
    return text;
}

/// The answer of a program that reads lines.
LLMX_DECL class basic_program_body final : public http_body {
public:
    basic_program_body(std::shared_ptr<program_answer> call, const http_limits& limits, cancellation& stop, program_part first)
        : call_(std::move(call)), limits_(limits), stop_(&stop), by_(limits.first_byte_by), next_(std::move(first)) {
        streams_ = next_->what == program_part::kind::event || next_->what == program_part::kind::done;
        field_.name = "content-type";
        field_.value = streams_ ? "text/event-stream" : "application/json";
    }

    boost::asio::awaitable<result<std::string_view>> read_some() override;
    boost::asio::awaitable<result<void>> read_all(std::string& out) override;
    void read_by(time_point when) noexcept override { by_ = when; }
    [[nodiscard]] std::span<const http_field> fields() const noexcept { return std::span<const http_field>(&field_, 1); }

private:
    std::shared_ptr<program_answer> call_;
    http_limits limits_;
    cancellation* stop_;
    time_point by_;
    std::optional<program_part> next_;
    http_field field_;
    std::string bytes_;
    bool streams_ = false, over_ = false;
};

LLMX_DECL boost::asio::awaitable<result<std::string_view>> LLMX_OF(program_body)::read_some() {
    if (stop_->cancelled()) co_return error(errc::cancelled);
    if (over_) co_return std::string_view();
    if (!next_) {
        const program_limit limit(limits_, by_, clock::now());
        const result<void> there = co_await call_->until_part(limit.until, limit.late, *stop_);
        if (!there) co_return there.error();
        next_ = call_->take();
    }
    if (!next_) {
        error why = call_->failure().value_or(error(errc::truncated));
        const bool begun = why.value() == errc::connection_lost;
        if (begun) co_return error(errc::truncated, why.message());
        co_return why;
    }
    program_part part = std::move(*next_);
    next_.reset();
    over_ = part.what != program_part::kind::event;
    bytes_.clear();
    if (part.what == program_part::kind::error) part.json = program_error_body(part.json);
    if (!streams_) {
        bytes_ = std::move(part.json);
        co_return std::string_view(bytes_);
    }
    if (part.what == program_part::kind::done) part.json = "[DONE]";
    bytes_.append("data: ").append(part.json).append("\n\n");
    // An event is one line, and to readers of events this byte ends one.
    std::replace(bytes_.begin(), bytes_.end(), '\r', ' ');
    co_return std::string_view(bytes_);
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(program_body)::read_all(std::string& out) {
    for (std::size_t left = limits_.max_body;;) {
        const result<std::string_view> more = co_await read_some();
        if (!more) co_return more.error();
        if (more->empty()) co_return success();
        if (more->size() > left)
            co_return error(errc::bad_response, "the answer of the local program is larger than the limit; raise max_response_size_mb "
                                                "(http_limits::max_body) if such answers are expected");
        left -= more->size();
        if (append_within(limits_.memory, out, *more)) continue;
        error e(errc::shed, "the gateway has no memory for the provider's answer now; try again later");
        co_return e.with_retry_after(std::chrono::seconds(1));
    }
}

/// The answer of a program with a port, with the request that it belongs to.
LLMX_DECL class basic_port_body final : public http_body {
public:
    basic_port_body(const http_request& request, std::uint16_t port) : request_(request) {
        to_.host = "127.0.0.1";
        to_.port = port;
        to_.authority = "127.0.0.1:" + std::to_string(port);
        request_.to = &to_;
    }
    [[nodiscard]] const http_request& request() const noexcept { return request_; }
    /// \p call counts as under way until the body is released.
    void holds(http_body_ptr inner, std::shared_ptr<program_answer> call) noexcept {
        inner_ = std::move(inner);
        call_ = std::move(call);
    }

    boost::asio::awaitable<result<std::string_view>> read_some() override { return inner_->read_some(); }
    result<bool> take_rest(std::string& out) override { return inner_->take_rest(out); }
    boost::asio::awaitable<result<void>> read_all(std::string& out) override { return inner_->read_all(out); }
    void read_by(time_point when) noexcept override { inner_->read_by(when); }

private:
    origin to_;
    http_request request_;
    std::shared_ptr<program_answer> call_;
    http_body_ptr inner_;
};

/// The call once the program has it, which is cancelled when the last owner releases it; fails when the program does not take calls now.
LLMX_DECL boost::asio::awaitable<result<std::shared_ptr<program_answer>>> begin_program_call(std::shared_ptr<program_core> core,
                                                                                             boost::asio::any_io_executor where, std::uint64_t id,
                                                                                             std::string line, const http_limits& limits,
                                                                                             cancellation& stop) {
    const auto answer = std::make_shared<program_answer>(std::move(where), id, std::move(line));
    std::shared_ptr<program_answer> call(answer.get(), [core, answer](program_answer* a) {
        if (!a->close()) return;
        try {
            boost::asio::post(core->context(), [core, id = a->id] { core->cancel(id); });
        } catch (...) {
            // Without memory for it the program answers a call that nothing reads.
        }
    });
    boost::asio::post(core->context(), [core, answer] { core->add(answer); });
    const bool by_deadline = limits.deadline < limits.connect_by;
    const time_point until = by_deadline ? limits.deadline : limits.connect_by;
    const errc late = by_deadline ? errc::deadline_exceeded : errc::connect_failed;
    const result<void> sent = co_await call->until_sent(until, late, stop);
    if (!sent && sent.error().value() == errc::connect_failed)
        co_return error(errc::connect_failed, core->sentence() + "; try again later, or raise the connect timeout");
    if (!sent) co_return sent.error();
    if (const std::optional<error> why = call->failure()) co_return *why;
    co_return std::move(call);
}

} // namespace detail

LLMX_DECL result<std::shared_ptr<model_program>> model_program::open(model_program_options options) {
    return detail::program_host::instance().open(std::move(options));
}

LLMX_DECL void model_program::retire() {
    boost::asio::post(core_->context(), [core = core_] { core->retire(); });
}

LLMX_DECL program_life model_program::life() const { return core_->life(); }
LLMX_DECL int model_program::process() const { return core_->process(); }

LLMX_DECL std::string model_program::describe() const {
    const program_life now = life();
    std::string text;
    json_writer w(text);
    w.object().member("name", options_->name).member("state", program_state_name(now.now()));
    if (const int id = process(); id >= 0) w.member("process", id);
    w.member("restarts", now.restarts()).member("failures", now.failures());
    if (!now.last_end().empty()) w.member("last_end", now.last_end());
    if (now.now() == program_life::state::backing_off)
        w.member("starts_in_ms", std::max<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(now.start_at() - clock::now()).count(), 0));
    w.end_object();
    return text;
}

LLMX_DECL boost::asio::awaitable<result<http_response>>
model_program::exchange(boost::asio::any_io_executor where, http_transport& network, std::string_view operation, bool stream,
                        const http_request& request, const http_limits& limits, cancellation& stop) {
    const std::shared_ptr<detail::program_core> core = core_;
    const std::uint64_t id = core->next_id();
    std::string line;
    if (!options_->http) write_program_call(line, id, operation, stream, request.body);
    result<std::shared_ptr<detail::program_answer>> begun = co_await detail::begin_program_call(core, std::move(where), id, std::move(line), limits, stop);
    if (!begun) co_return begun.error();
    http_response answer;
    if (options_->http) {
        auto body = std::unique_ptr<detail::LLMX_OF(port_body)>(new detail::LLMX_OF(port_body)(request, (*begun)->port()));
        result<http_response> got = co_await network.exchange(body->request(), limits, stop);
        if (got.has_error()) {
            error why = got.error();
            if (why.value() == errc::connect_failed || why.value() == errc::connection_lost)
                why.with_message(core->sentence("did not answer: " + why.message()));
            co_return why;
        }
        answer.status = got->status;
        answer.fields = got->fields;
        body->holds(std::move(got->body), std::move(*begun));
        answer.body = http_body_ptr(body.release());
        co_return answer;
    }

    const detail::program_limit limit(limits, limits.first_byte_by, clock::now());
    const result<void> there = co_await (*begun)->until_part(limit.until, limit.late, stop);
    if (!there) co_return there.error();
    std::optional<detail::program_part> first = (*begun)->take();
    if (!first) co_return (*begun)->failure().value_or(error(errc::connection_lost));
    answer.status = 200;
    if (first->what == detail::program_part::kind::error) answer.status = first->status != 0 ? first->status : 500;
    auto body = std::unique_ptr<detail::LLMX_OF(program_body)>(
        new detail::LLMX_OF(program_body)(std::move(*begun), limits, stop, std::move(*first)));
    answer.fields = body->fields();
    answer.body = http_body_ptr(body.release());
    co_return answer;
}

} // namespace llmx::inline LLMX_ABI
