// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/testing/scripted_transport.hpp>
#include <llmx/transport/body_source.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI::testing {

LLMX_DECL scripted_reply& scripted_reply::field(std::string name, std::string value) {
    http_field f;
    f.name = texts_.emplace_back(std::move(name));
    f.value = texts_.emplace_back(std::move(value));
    fields_.push_back(f);
    return *this;
}

LLMX_DECL scripted_reply& scripted_reply::split(std::string_view text, std::size_t size) {
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) piece(std::string(text.substr(0, size)));
    return *this;
}

LLMX_DECL struct LLMX_OF(scripted_transport)::body final : http_body {
    explicit body(basic_scripted_transport& t) : owner(t) {}

    boost::asio::awaitable<result<std::string_view>> read_some() override {
        if (failed) co_return *failed;
        if (stop->cancelled()) co_return fault(errc::cancelled);
        const std::size_t limit = std::min(script->cut_, script->stall_);
        const bool stalls = given >= script->stall_ && script->stall_ <= script->cut_;
        if (!stalls && given >= script->cut_) co_return fault(script->cut_error_);
        if (!stalls && next == script->pieces_.size()) {
            ended = true;
            co_return std::string_view();
        }
        const time_point now = owner.clock_->now();
        const bool pauses = limits.idle != duration::max() && now + limits.idle < by;
        const time_point phase = pauses ? now + limits.idle : by;
        const errc early = pauses ? errc::idle_timeout : errc::first_token_timeout;
        const errc late = limits.deadline <= phase ? errc::deadline_exceeded : early;
        const result<void> passed =
            co_await owner.pass(script->piece_time_, stalls, std::min(limits.deadline, phase), late, *stop);
        if (!passed) co_return fault(passed.error().value());
        const std::string_view piece = std::string_view(script->pieces_[next]).substr(offset, limit - given);
        given += piece.size();
        offset += piece.size();
        if (offset == script->pieces_[next].size()) {
            ++next;
            offset = 0;
        }
        co_return piece;
    }

    boost::asio::awaitable<result<void>> read_all(std::string& out) override {
        std::size_t room = limits.max_body;
        for (;;) {
            const result<std::string_view> piece = co_await read_some();
            if (!piece) co_return piece.error();
            if (piece->empty()) co_return success();
            if (piece->size() > room) co_return fault(errc::bad_response);
            room -= piece->size();
            out += *piece;
        }
    }

    void read_by(time_point when) noexcept override { by = when; }

    void release() noexcept override {
        --owner.open_;
        if (!ended) ++owner.closed_early_;
        owner.spare_.emplace_back(this);
    }

    void begin(const scripted_reply& reply, const http_limits& l, cancellation& s) {
        script = &reply;
        limits = l;
        stop = &s;
        by = time_point::max();
        next = offset = given = 0;
        ended = false;
        failed.reset();
    }
    error fault(errc what) {
        failed = what;
        return error(what);
    }

    basic_scripted_transport& owner;
    const scripted_reply* script = nullptr;
    http_limits limits;
    cancellation* stop = nullptr;
    time_point by = time_point::max();
    std::size_t next = 0, offset = 0, given = 0;
    bool ended = false;
    std::optional<errc> failed;
};

LLMX_DECL LLMX_OF(scripted_transport)::basic_scripted_transport(manual_clock* clock)
    : clock_(clock != nullptr ? clock : &own_clock_) {}
LLMX_DECL LLMX_OF(scripted_transport)::~basic_scripted_transport() = default;

LLMX_DECL scripted_reply& LLMX_OF(scripted_transport)::reply(int status, std::string body_text) {
    scripted_reply& r = script_.emplace_back();
    r.status_ = status;
    r.piece(std::move(body_text));
    return r;
}

LLMX_DECL scripted_reply& LLMX_OF(scripted_transport)::reply_always(int status, std::string body_text) {
    always_ = std::make_unique<scripted_reply>();
    always_->status_ = status;
    always_->piece(std::move(body_text));
    return *always_;
}

LLMX_DECL void LLMX_OF(scripted_transport)::fail_call(std::size_t n, error e) { faults_.emplace_back(calls_ + n, std::move(e)); }

LLMX_DECL void LLMX_OF(scripted_transport)::clear() {
    script_.clear();
    always_.reset();
    requests_.clear();
    faults_.clear();
    calls_ = closed_early_ = 0;
}

LLMX_DECL std::size_t LLMX_OF(scripted_transport)::unused() const noexcept {
    std::size_t n = 0;
    for (const scripted_reply& r : script_) n += r.left_;
    return n;
}

LLMX_DECL scripted_reply* LLMX_OF(scripted_transport)::find(const http_request& request) {
    for (scripted_reply& r : script_) {
        if (r.left_ == 0 || (r.fits_ && !r.fits_(request))) continue;
        --r.left_;
        return &r;
    }
    return always_.get();
}

LLMX_DECL boost::asio::awaitable<result<void>>
LLMX_OF(scripted_transport)::pass(duration takes, bool forever, time_point until, errc late, cancellation& stop) {
    if (forever || takes >= until - clock_->now()) {
        // Scripted time passes by itself up to the limit; a stall waits for the test to move it.
        if (!forever) clock_->advance_to(until);
        const result<void> waited = co_await clock_->wait_until(until, stop);
        if (!waited) co_return waited.error();
        co_return error(late);
    }
    if (takes > duration::zero()) clock_->advance(takes);
    co_return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(scripted_transport)::pull(const http_request& request,
                                                                        const scripted_reply& script,
                                                                        std::size_t record, cancellation& stop) {
    const std::optional<std::uint64_t> size = request.source->size();
    std::uint64_t got = 0;
    while (got < script.pull_) {
        if (stop.cancelled()) co_return error(errc::cancelled);
        const result<std::string_view> block = co_await request.source->read_some();
        if (record_) ++requests_[record - 1].pulls;
        if (!block) co_return block.error();
        const bool end = block->empty();
        got += block->size();
        if (size && (got > *size || (end && got < *size)))
            co_return error(errc::internal, "the source of the request body produced another length than it had announced");
        if (end) break;
        if (record_) requests_[record - 1].body += *block;
    }
    co_return success();
}

LLMX_DECL boost::asio::awaitable<result<http_response>>
LLMX_OF(scripted_transport)::exchange(const http_request& request, const http_limits& limits, cancellation& stop) {
    ++calls_;
    if (record_) {
        recorded_request& r = requests_.emplace_back();
        r.to = *request.to;
        r.method = request.method;
        r.target = request.target;
        r.fields = request.fields;
        for (const std::string_view piece : request.body) r.body += piece;
        r.limits = limits;
        r.length = request.body_size();
        if (request.source != nullptr) {
            r.length = request.source->size();
            if (r.length) *r.length += request.body_size();
        }
    }
    const std::size_t record = requests_.size();
    if (stop.cancelled()) co_return error(errc::cancelled);
    for (const auto& [call, e] : faults_)
        if (call == calls_) co_return e;
    const scripted_reply* const script = find(request);
    if (script == nullptr) {
        std::string message = "the script has no reply for ";
        message += request.method;
        message += ' ';
        message += request.target;
        co_return error(errc::connect_failed, std::move(message));
    }
    if (request.source != nullptr) {
        const result<void> pulled = co_await pull(request, *script, record, stop);
        if (!pulled) co_return pulled.error();
    }
    const time_point until = std::min(limits.deadline, limits.first_byte_by);
    const errc late = limits.deadline <= limits.first_byte_by ? errc::deadline_exceeded : errc::first_token_timeout;
    const result<void> passed = co_await pass(script->head_time_, script->stall_head_, until, late, stop);
    if (!passed) {
        if (passed.error().value() == errc::cancelled) ++cancelled_;
        co_return passed.error();
    }
    if (script->failure_) co_return *script->failure_;

    if (spare_.empty()) spare_.push_back(std::make_unique<body>(*this));
    spare_.back()->begin(*script, limits, stop);
    http_response r;
    r.status = script->status_;
    r.fields = script->fields_;
    r.body.reset(spare_.back().release());
    spare_.pop_back();
    ++open_;
    co_return r;
}

} // namespace llmx::inline LLMX_ABI::testing
