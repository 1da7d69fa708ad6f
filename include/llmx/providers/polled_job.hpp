// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/core/origin.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/settings_keys.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// How often a job's vendor is asked, and how long that goes on. The call's own deadline bounds all of it.
struct polled_job_options {
    polled_job_options() = default;
    /// Before the first poll: fast models take about a second.
    duration first_wait = std::chrono::milliseconds(500);
    /// Each wait is so many times the one before, up to `longest_wait`: vendors limit polls per minute.
    double growth = 1.5;
    duration longest_wait = std::chrono::seconds(5);
    /// One poll that takes longer has failed.
    duration poll_time = std::chrono::seconds(30);
    /// So many requests in a row may fail before the job is given up: it may run on without being seen.
    unsigned failures = 4;
    /// Bytes of all files of a result together, as they are fetched.
    std::size_t max_files = std::size_t{48} * 1024 * 1024;

    static constexpr auto keys = settings_keys(config_key("poll_interval", &polled_job_options::first_wait),
                                               config_key("max_poll_interval", &polled_job_options::longest_wait));
};

/// What one answer of a vendor states about its job. Empty URLs: as the answers before stated them. A URL that begins with "/" is a path
/// under the deployment's base URL.
struct job_report {
    job_report() = default;
    enum class state : std::uint8_t {
        running,
        stored,   ///< over; the result is at `result_url`
        finished, ///< over; this answer is the result
        failed    ///< over; `failure` is why
    };
    state now = state::running;
    std::string status_url, result_url, cancel_url, stream_url;
    error failure;
};

/// Which request an answer belongs to.
enum class job_stage : std::uint8_t { created, polled, stored };

/// A vendor's form of jobs as functions on the bytes of its answers, which do no I/O. Constant data; views of literals.
struct job_form {
    /// The provider's name.
    std::string_view vendor;
    /// Reads an answer with a status below 300. Fails with `errc::bad_response` when it is none of the vendor's.
    result<job_report> (*read)(std::string_view body, int status, job_stage stage);
    /// Hosts of this domain get the credentials of a deployment whose own host is in it ("bfl.ai"): the vendor polls elsewhere than where
    /// jobs begin. Empty: only the deployment's host.
    std::string_view domain = {};
    /// Method of the request that cancels a job; empty: the vendor has none.
    std::string_view cancel_method = {};
    /// Paths of the URLs of files in a result (`find_json_texts`).
    std::string_view files = {};
    /// Adds the header fields of the request that begins a job, which the caller awaits for \p patience, or \p streams. Null: there are none.
    void (*begin)(std::string& fields, duration patience, bool streams) = nullptr;
    /// A text that the last event of a job's stream has. Not empty where there are streams.
    std::string_view last_event = {};
    /// Writes a result as the stream that a caller has requested, where the job has none. Null: there are no streams.
    void (*write_events)(std::string_view result, std::string& out) = nullptr;
};

/// Where a request of a job goes.
struct job_address {
    job_address() = default;
    origin where;
    /// Path and query.
    std::string target;
    /// It gets the deployment's credentials.
    bool trusted = false;
};

/// Reads \p url, which a vendor's answer has, against the deployment's base URL \p own.
///
/// Fails with `errc::bad_response` unless it is https to a host that has a name, or the deployment's own host, so that an answer cannot
/// have the gateway reach into its network: addresses, names without a dot and other schemes are refused. Only the deployment's origin,
/// and with \p domain (`job_form::domain`) hosts of the vendor, are trusted with credentials.
LLMX_DECL [[nodiscard]] result<job_address> read_job_address(std::string_view url, const base_url& own, std::string_view domain);

/// The decisions of one job from the answer that began it to the bytes of its result: what is requested next, and when. No I/O: the caller
/// makes the requests and hands the answers and the time in. Not thread-safe.
class polled_job {
public:
    enum class step : std::uint8_t {
        wait,   ///< until `due`
        poll,   ///< GET `address`: `answered` or `unanswered`
        file,   ///< GET `address`: `file_answered` or `unanswered`
        stream, ///< GET `address` as an event stream, which is the result
        done,   ///< `status` and `body`
        failed  ///< `failure`
    };
    /// How the caller wants the result.
    enum class wish : std::uint8_t {
        result, ///< as the vendor's answer has it
        files,  ///< with the files in place of their URLs, as data URLs
        stream  ///< as events, where the job has them
    };

    /// \p form, \p own and \p held, which accounts for the body and may be null, must outlive the job.
    polled_job(const job_form& form, const base_url& own, const polled_job_options& options, wish wanted, memory_lease* held = nullptr) noexcept
        : form_(&form), own_(&own), options_(options), wish_(wanted), held_(held), wait_(options.first_wait) {}

    /// Call it after the answer that began the job.
    [[nodiscard]] step next(time_point now) const noexcept {
        if (phase_ == phase::over) return over_;
        if (now < due_) return step::wait;
        return phase_ == phase::asking ? step::poll : step::file;
    }
    [[nodiscard]] time_point due() const noexcept { return due_; }
    [[nodiscard]] const job_address& address() const noexcept { return address_; }
    /// The vendor may still work on it; a request to `cancel_address` stops it.
    [[nodiscard]] bool may_cancel() const noexcept { return running_ && !cancel_.where.host.empty() && !form_->cancel_method.empty(); }
    [[nodiscard]] const job_address& cancel_address() const noexcept { return cancel_; }

    /// Takes the answer to the request that began the job, or to a poll. \p retry_after is what it demands; zero: nothing.
    LLMX_DECL void answered(int status, std::string body, duration retry_after, time_point now);
    /// Takes a file, or a redirect to \p location.
    LLMX_DECL void file_answered(int status, std::string_view octets, std::string_view content_type, std::string_view location, time_point now);
    /// The request failed with \p why.
    LLMX_DECL void unanswered(error why, time_point now);

    /// Of the result: 200, or the error status of the vendor.
    [[nodiscard]] int status() const noexcept { return status_; }
    [[nodiscard]] std::string& body() noexcept { return body_; }
    [[nodiscard]] const error& failure() const noexcept { return failure_; }

private:
    enum class phase : std::uint8_t { asking, fetching, over };
    /// The text of a URL in `body_`, quotes included.
    struct place {
        std::size_t begin, end;
    };
    LLMX_DECL void take(job_report report, std::string body, time_point now);
    LLMX_DECL void finish(std::string body, time_point now);
    LLMX_DECL void fetch_next(time_point now);
    LLMX_DECL void fail(error why);
    /// Takes \p bytes of the result's memory; fails the job when there are none.
    LLMX_DECL [[nodiscard]] bool hold(std::size_t bytes);
    LLMX_DECL [[nodiscard]] bool go_to(std::string_view url, job_address& to);
    LLMX_DECL void ask_again(time_point now, duration at_least);
    void end(step how) noexcept {
        phase_ = phase::over;
        over_ = how;
    }

    const job_form* form_;
    const base_url* own_;
    polled_job_options options_;
    wish wish_;
    memory_lease* held_;
    phase phase_ = phase::asking;
    job_stage stage_ = job_stage::created;
    step over_ = step::failed;
    bool running_ = true;
    duration wait_;
    time_point due_{};
    unsigned failed_ = 0, redirects_ = 0;
    int status_ = 200;
    job_address address_, cancel_;
    std::string result_url_, body_, with_files_;
    std::vector<place> places_;
    std::size_t next_place_ = 0, copied_ = 0, fetched_ = 0;
    error failure_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/polled_job.ipp>
#endif
