// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/errc.hpp>

#include <boost/system/error_code.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// One attempt of a call that failed, for the trail in `error::attempts`.
struct failed_attempt {
    failed_attempt() = default;
    failed_attempt(std::string where, errc what, int http) noexcept
        : deployment(std::move(where)), code(what), status(http) {}
    std::string deployment;
    errc code = errc::internal;
    int status = 0;
    friend bool operator==(const failed_attempt&, const failed_attempt&) = default;
};

/// A failure as a value: its kind, the party at fault and the remedy.
///
/// Copies share the detail and are cheap; the setters copy it first when it is
/// shared. Text of llmx (`message`) and of the provider (`provider_message`) are
/// kept apart, so a log can leave the latter out. No secret is ever put in here.
/// Distinct objects may be used from distinct threads.
class error {
public:
    error() : error(errc::internal) {}
    error(errc code) noexcept : code_(code) {} // NOLINT: an errc is an error
    error(errc code, std::string message) : code_(code) { with_message(std::move(message)); }

    [[nodiscard]] errc value() const noexcept { return code_; }
    /// The code, comparable with `condition`.
    [[nodiscard]] boost::system::error_code code() const noexcept { return make_error_code(code_); }
    [[nodiscard]] bool is(condition c) const noexcept { return code() == make_error_condition(c); }

    /// llmx's sentence; the general one of the code when none was given.
    [[nodiscard]] std::string message() const {
        return detail_ && !detail_->message.empty() ? detail_->message : code().message();
    }
    /// Request member at fault, e.g. "messages[0].content"; may be empty.
    [[nodiscard]] const std::string& param() const noexcept { return get().param; }
    /// Provider that failed; empty when the failure is the gateway's own.
    [[nodiscard]] const std::string& provider() const noexcept { return get().provider; }
    /// HTTP status the provider answered with; 0 when it did not answer.
    [[nodiscard]] int provider_status() const noexcept { return get().status; }
    /// The provider's own code or type, e.g. "insufficient_quota"; of a guardrail's refusal `guardrail_refused`.
    [[nodiscard]] const std::string& provider_code() const noexcept { return get().provider_code; }
    /// The provider's own words.
    [[nodiscard]] const std::string& provider_message() const noexcept { return get().provider_message; }
    /// The provider's id of the request, for its support.
    [[nodiscard]] const std::string& request_id() const noexcept { return get().request_id; }
    /// How long to wait before trying again, when known.
    [[nodiscard]] std::optional<std::chrono::milliseconds> retry_after() const noexcept {
        return get().retry_after;
    }
    /// Attempts that failed before this error was returned, oldest first.
    [[nodiscard]] const std::vector<failed_attempt>& attempts() const noexcept { return get().attempts; }

    /// HTTP status a façade answers with: the provider's when it blamed the request,
    /// else the code's own.
    [[nodiscard]] int http_status() const noexcept {
        const int s = get().status;
        return s >= 400 && s <= 599 ? s : http_status_of(code_);
    }

    error& with_message(std::string m) { own().message = std::move(m); return *this; }
    error& with_param(std::string p) { own().param = std::move(p); return *this; }
    error& with_provider(std::string_view p) { own().provider = p; return *this; }
    error& with_provider_status(int s) { own().status = s; return *this; }
    error& with_provider_code(std::string c) { own().provider_code = std::move(c); return *this; }
    error& with_provider_message(std::string m) { own().provider_message = std::move(m); return *this; }
    error& with_request_id(std::string id) { own().request_id = std::move(id); return *this; }
    error& with_retry_after(std::chrono::milliseconds t) { own().retry_after = t; return *this; }
    error& with_attempts(std::vector<failed_attempt> a) { own().attempts = std::move(a); return *this; }

    /// The same in every detail.
    friend bool operator==(const error& a, const error& b) noexcept {
        return a.code_ == b.code_ && (a.detail_ == b.detail_ || a.get() == b.get());
    }
    /// The code alone.
    friend bool operator==(const error& a, errc b) noexcept { return a.code_ == b; }

private:
    struct detail_data {
        std::string message, param, provider, provider_code, provider_message, request_id;
        std::optional<std::chrono::milliseconds> retry_after;
        std::vector<failed_attempt> attempts;
        int status = 0;
        friend bool operator==(const detail_data&, const detail_data&) = default;
    };
    [[nodiscard]] const detail_data& get() const noexcept {
        static const detail_data none;
        return detail_ ? *detail_ : none;
    }
    [[nodiscard]] detail_data& own() {
        if (!detail_) detail_ = std::make_shared<detail_data>();
        else if (detail_.use_count() > 1) detail_ = std::make_shared<detail_data>(*detail_);
        return *detail_;
    }

    errc code_;
    std::shared_ptr<detail_data> detail_;
};

/// Thrown by `result` when the value of a failure is accessed. `what()` is the sentence of the
/// error, `error()` all of it.
class call_failed : public std::runtime_error {
public:
    explicit call_failed(llmx::error e) : std::runtime_error(e.message()), error_(std::move(e)) {}
    [[nodiscard]] const llmx::error& error() const noexcept { return error_; }

private:
    llmx::error error_;
};

#if defined(__cpp_exceptions)
/// Found by Boost.System, for programs that keep an `error` in a `boost::system::result`.
[[noreturn]] inline void throw_exception_from_error(const error& e, const boost::source_location&) {
    throw call_failed(e);
}
#endif

} // namespace llmx::inline LLMX_ABI
