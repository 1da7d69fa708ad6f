// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/testing/impl/record_transport.ipp>
#include <llmx/testing/replay_transport.hpp>
#include <llmx/transport/body_source.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <tuple>

namespace llmx::inline LLMX_ABI::testing {
namespace detail {

LLMX_DECL [[nodiscard]] std::string replay_key(const recorded_exchange& e, replay_matching how) {
    std::string key = e.method;
    if (how == replay_matching::strict) return key.append(" ").append(e.target).append("\n").append(comparable_body(e));
    return key.append(" ").append(e.path()).append("\n").append(e.model());
}

inline void end_recorded_wait(void* timer) noexcept {
    boost::system::error_code ignored;
    static_cast<boost::asio::steady_timer*>(timer)->cancel(ignored);
}

/// Waits until \p when, \p limit or the cancellation \p stop.
LLMX_DECL boost::asio::awaitable<result<void>> wait_recorded(time_point when, time_point limit, errc late, cancellation& stop) {
    if (stop.cancelled()) co_return error(errc::cancelled);
    const auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer timer(executor, std::min(when, limit));
    const cancellation::registration link(stop, &end_recorded_wait, &timer);
    (void)co_await timer.async_wait(boost::asio::as_tuple(boost::asio::deferred));
    if (stop.cancelled()) co_return error(errc::cancelled);
    if (limit < when) co_return error(late);
    co_return success();
}

/// The body of a recorded answer.
LLMX_DECL class basic_replayed_body final : public http_body {
public:
    basic_replayed_body(const recorded_exchange& e, const http_limits& limits, cancellation& stop, bool timed)
        : exchange_(&e), limits_(limits), stop_(&stop), began_(clock::now()), timed_(timed) {}

    boost::asio::awaitable<result<std::string_view>> read_some() override {
        if (stop_->cancelled()) co_return error(errc::cancelled);
        if (at_ == exchange_->pieces.size()) {
            if (exchange_->failure) co_return error(*exchange_->failure, exchange_->failure_message);
            co_return std::string_view();
        }
        const recorded_piece& piece = exchange_->pieces[at_];
        if (timed_) {
            const time_point by = std::min(by_, limits_.deadline);
            const errc late = by_ < limits_.deadline ? errc::first_token_timeout : errc::deadline_exceeded;
            const result<void> waited = co_await wait_recorded(began_ + piece.at, by, late, *stop_);
            if (!waited) co_return waited.error();
        }
        ++at_;
        co_return std::string_view(piece.bytes);
    }
    boost::asio::awaitable<result<void>> read_all(std::string& out) override {
        for (std::size_t room = limits_.max_body;;) {
            const result<std::string_view> piece = co_await read_some();
            if (!piece) co_return piece.error();
            if (piece->empty()) co_return success();
            if (piece->size() > room) co_return error(errc::bad_response, "the recorded answer is larger than its limit");
            room -= piece->size();
            if (!append_within(limits_.memory, out, *piece)) {
                error e(errc::shed, "the gateway has no memory to read the answer now; try again later");
                co_return e.with_retry_after(std::chrono::seconds(1));
            }
        }
    }
    void read_by(time_point when) noexcept override { by_ = when; }
    std::vector<http_field> fields;

private:
    const recorded_exchange* exchange_;
    http_limits limits_;
    cancellation* stop_;
    time_point began_, by_ = time_point::max();
    std::size_t at_ = 0;
    bool timed_;
};
using replayed_body = LLMX_PLAIN(basic_replayed_body);

} // namespace detail

LLMX_DECL LLMX_OF(replay_transport)::basic_replay_transport(recording what, replay_options options)
    : what_(std::move(what)), options_(std::move(options)), used_(what_.exchanges().size()) {
    for (const recorded_exchange& e : what_.exchanges()) keys_.push_back(detail::replay_key(e, options_.matching));
}

LLMX_DECL void LLMX_OF(replay_transport)::rewind() noexcept {
    next_ = 0;
    std::fill(used_.begin(), used_.end(), false);
}

LLMX_DECL std::size_t LLMX_OF(replay_transport)::unused() const noexcept {
    return static_cast<std::size_t>(std::count(used_.begin(), used_.end(), false));
}

LLMX_DECL error LLMX_OF(replay_transport)::miss(const recorded_exchange& asked) const {
    std::string text = "the recording has no exchange for " + asked.method + " " + std::string(asked.path());
    if (const std::string model = asked.model(); !model.empty()) text += " with the model '" + model + "'";
    const std::vector<recorded_exchange>& all = what_.exchanges();
    if (all.empty()) return error(errc::bad_configuration, text + ": it is empty; record it first");
    const bool strict = options_.matching == replay_matching::strict;
    std::size_t nearest = 0;
    if (strict && next_ == all.size())
        return error(errc::bad_configuration, text + ": all of its " + std::to_string(all.size()) + " exchanges have been replayed; rewind it or record again");
    if (strict) {
        nearest = next_;
    } else {
        int best = -1;
        for (std::size_t i = 0; i != all.size(); ++i) {
            const recorded_exchange& e = all[i];
            const auto same = std::mismatch(e.target.begin(), e.target.end(), asked.target.begin(), asked.target.end());
            const int score = (e.path() == asked.path() ? 1000 : static_cast<int>(std::min<std::ptrdiff_t>(same.first - e.target.begin(), 500))) +
                              (e.method == asked.method ? 400 : 0) + (e.model() == asked.model() ? 200 : 0);
            if (score > best) {
                best = score;
                nearest = i;
            }
        }
    }
    const recorded_exchange& e = all[nearest];
    std::string differs = detail::first_difference(e, asked);
    if (!strict && e.method == asked.method && e.path() == asked.path()) differs = "the model, '" + e.model() + "'";
    text += (strict ? "; its next exchange, number " : "; the nearest is number ") + std::to_string(nearest + 1) + ", " + e.method + " " +
            std::string(e.path()) + ", which differs in " + differs + "; record it again";
    if (strict) text += ", or match loosely";
    return error(errc::bad_configuration, std::move(text));
}

LLMX_DECL result<const recorded_exchange*> LLMX_OF(replay_transport)::find(const recorded_exchange& asked) {
    const std::string key = detail::replay_key(asked, options_.matching);
    const std::vector<recorded_exchange>& all = what_.exchanges();
    std::size_t found = all.size();
    if (options_.matching == replay_matching::strict) {
        if (next_ != all.size() && keys_[next_] == key) found = next_++;
    } else {
        for (std::size_t i = 0; i != all.size(); ++i) {
            if (keys_[i] != key) continue;
            found = i;
            if (!used_[i]) break;
        }
    }
    if (found == all.size()) return miss(asked);
    used_[found] = true;
    return &all[found];
}

LLMX_DECL boost::asio::awaitable<result<http_response>> LLMX_OF(replay_transport)::exchange(const http_request& request,
                                                                                           const http_limits& limits, cancellation& stop) {
    if (stop.cancelled()) co_return error(errc::cancelled);
    recorded_exchange asked = detail::begin_recorded(request);
    while (request.source != nullptr) {
        const result<std::string_view> piece = co_await request.source->read_some();
        if (!piece) co_return piece.error();
        if (piece->empty()) break;
        if (asked.body.size() + piece->size() > record_transport::most) co_return detail::too_long_to_record();
        asked.body += *piece;
    }
    options_.cleaning.clean(asked);
    const result<const recorded_exchange*> found = find(asked);
    if (!found) co_return found.error();
    const recorded_exchange& e = **found;
    if (e.status == 0) co_return error(*e.failure, e.failure_message);
    auto body = std::make_unique<detail::LLMX_OF(replayed_body)>(e, limits, stop, options_.timed);
    for (const auto& [name, value] : e.answer_fields) {
        http_field f;
        f.name = name;
        f.value = value;
        body->fields.push_back(f);
    }
    http_response response;
    response.status = e.status;
    response.fields = body->fields;
    response.body.reset(body.release());
    co_return response;
}

} // namespace llmx::inline LLMX_ABI::testing
