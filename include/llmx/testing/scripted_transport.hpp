// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/origin.hpp>
#include <llmx/testing/manual_clock.hpp>
#include <llmx/transport/http_exchange.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::testing {

/// A request as a `scripted_transport` received it, its body joined with the pieces pulled from its
/// source.
struct recorded_request {
    recorded_request() = default;
    origin to;
    std::string method;
    std::string target;
    std::string fields;
    std::string body;
    /// Length of the whole body that the request announced; nothing when it was sent in chunks.
    std::optional<std::uint64_t> length;
    /// Calls of the source's `read_some`, the one that found the end included.
    std::size_t pulls = 0;
    http_limits limits;
};

LLMX_DECL class basic_scripted_transport;
using scripted_transport = LLMX_PLAIN(basic_scripted_transport);

/// One exchange of a script: the request that it matches, and the answer.
class scripted_reply {
public:
    scripted_reply() = default;
    scripted_reply(const scripted_reply&) = delete;
    scripted_reply& operator=(const scripted_reply&) = delete;

    /// Only for requests that \p fits accepts; the script's next such reply is used.
    scripted_reply& when(std::function<bool(const http_request&)> fits) { fits_ = std::move(fits); return *this; }
    /// Only for requests whose target begins with \p path.
    scripted_reply& when_path(std::string path) {
        return when([p = std::move(path)](const http_request& r) { return std::string_view(r.target).starts_with(p); });
    }
    /// Serves \p n requests instead of one.
    scripted_reply& times(std::size_t n) { left_ = n; return *this; }

    LLMX_DECL scripted_reply& field(std::string name, std::string value);
    /// The body's next piece: the result of one `read_some`. An empty one is none.
    scripted_reply& piece(std::string bytes) {
        if (!bytes.empty()) pieces_.push_back(std::move(bytes));
        return *this;
    }
    /// The body as pieces of \p size bytes.
    LLMX_DECL scripted_reply& split(std::string_view body, std::size_t size);

    /// Answers as soon as \p n bytes of the source have been pulled, instead of at its end.
    scripted_reply& pull_at_most(std::size_t n) { pull_ = n; return *this; }

    /// The exchange fails instead.
    scripted_reply& fail(error e) { failure_ = std::move(e); return *this; }
    /// The connection breaks (\p what) when \p n bytes of the body have been read.
    scripted_reply& cut_after(std::size_t n, errc what = errc::truncated) { cut_ = n; cut_error_ = what; return *this; }
    /// Nothing more comes, ever: before the reply's head, or after \p n bytes of the body.
    scripted_reply& stall() { stall_head_ = true; return *this; }
    scripted_reply& stall_after(std::size_t n) { stall_ = n; return *this; }
    /// Time the head, and each piece of the body, takes on the manual clock.
    scripted_reply& takes(duration d) { head_time_ = d; return *this; }
    scripted_reply& piece_takes(duration d) { piece_time_ = d; return *this; }

private:
    friend scripted_transport;
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    int status_ = 200;
    std::function<bool(const http_request&)> fits_;
    std::size_t left_ = 1;
    std::deque<std::string> texts_;
    std::vector<http_field> fields_;
    std::vector<std::string> pieces_;
    std::optional<error> failure_;
    std::size_t cut_ = none;
    errc cut_error_ = errc::truncated;
    std::size_t stall_ = none;
    std::size_t pull_ = none;
    bool stall_head_ = false;
    duration head_time_{};
    duration piece_time_{};
};

/// A network that follows a test's script, without sockets.
///
/// Each request takes the first reply of the script that fits it and is not used up;
/// a request without one fails with `connect_failed`. The source of a request is pulled before the
/// answer begins, for as long as it takes: the limits do not bound it. A stalled exchange ends by
/// cancellation or when the manual clock reaches one of its limits. Must outlive its
/// bodies. Not thread-safe.
LLMX_DECL class basic_scripted_transport final : public http_transport {
public:
    /// With \p clock null, a clock of its own that never advances.
    explicit basic_scripted_transport(manual_clock* clock = nullptr);
    ~basic_scripted_transport() override;

    /// For a `manual_runtime`, which is made after its transport.
    void use_clock(manual_clock& clock) noexcept { clock_ = &clock; }

    /// Adds a reply to the script; complete it through the reference (valid until `clear`).
    scripted_reply& reply(int status = 200, std::string body = std::string());
    /// Adds an exchange that fails.
    scripted_reply& fail(error e) { return reply().fail(std::move(e)); }
    /// Answers every request that the script has nothing for.
    scripted_reply& reply_always(int status, std::string body);
    /// The \p n-th exchange from now (1 is the next) fails, whatever its script.
    void fail_call(std::size_t n, error e);
    /// Recording copies each request: off for measurements, then nothing is allocated.
    void record(bool on) noexcept { record_ = on; }
    /// Discards script and records. No body may be open.
    void clear();

    [[nodiscard]] const std::vector<recorded_request>& requests() const noexcept { return requests_; }
    [[nodiscard]] std::size_t calls() const noexcept { return calls_; }
    /// Exchanges that were cancelled before their reply: sockets closed.
    [[nodiscard]] std::size_t cancelled() const noexcept { return cancelled_; }
    /// Bodies returned and not released.
    [[nodiscard]] std::size_t open_bodies() const noexcept { return open_; }
    /// Bodies released before their end: closed connections.
    [[nodiscard]] std::size_t closed_early() const noexcept { return closed_early_; }
    /// Replies of the script not used up.
    [[nodiscard]] std::size_t unused() const noexcept;

    boost::asio::awaitable<result<http_response>>
    exchange(const http_request& request, const http_limits& limits, cancellation& stop) override;

private:
    struct body;
    [[nodiscard]] scripted_reply* find(const http_request& request);
    /// Pulls the source of \p request as far as \p script states.
    boost::asio::awaitable<result<void>> pull(const http_request& request, const scripted_reply& script,
                                                        std::size_t record, cancellation& stop);
    /// Advances the time by \p takes; returns nothing when it does so before \p until.
    boost::asio::awaitable<result<void>> pass(duration takes, bool forever, time_point until, errc late,
                                                        cancellation& stop);

    manual_clock own_clock_;
    manual_clock* clock_;
    std::deque<scripted_reply> script_;
    std::unique_ptr<scripted_reply> always_;
    std::vector<recorded_request> requests_;
    std::vector<std::pair<std::size_t, error>> faults_;
    std::vector<std::unique_ptr<body>> spare_;
    std::size_t calls_ = 0;
    std::size_t cancelled_ = 0;
    std::size_t open_ = 0;
    std::size_t closed_early_ = 0;
    bool record_ = true;
};
using scripted_transport = LLMX_PLAIN(basic_scripted_transport);

} // namespace llmx::inline LLMX_ABI::testing

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/testing/impl/scripted_transport.ipp>
#endif
