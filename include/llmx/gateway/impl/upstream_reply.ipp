// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/credentials.hpp>
#include <llmx/core/header_fields.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/service/usage_estimate.hpp>
#include <llmx/transport/http_exchange.hpp>
#include <llmx/wire/content_coding.hpp>
#include <llmx/wire/hide_secret.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/utf8.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

// Whether an attempt's answer is a failure, or a reply that may be given to the caller.

namespace llmx::inline LLMX_ABI::detail {

/// Error bodies are explanations: more than this is not one.
inline constexpr std::size_t max_error_body = 256 * 1024;

LLMX_DECL [[nodiscard]] error no_memory_to(std::string_view what) {
    error e(errc::shed, "the gateway has no memory to " + std::string(what) + " now; try again later");
    return e.with_retry_after(std::chrono::seconds(1));
}

/// \p e as it leaves an attempt: with the provider's name and without the deployment's
/// credentials. Every failure that the provider, its adapter or the network caused goes through
/// here.
LLMX_DECL [[nodiscard]] error leaving(const provider_ops& ops, const deployment& d, error e) {
    e.with_provider(ops.name);
    hide_credentials(d, e);
    return e;
}

/// Replaces in \p text the credentials of the attempt: those of its deployment, and what `authorize` has added. Whether there were any.
LLMX_DECL bool hide_sent(const call& c, std::string& text) {
    bool found = hide_credentials(c.now.place(), text);
    for (const secret& s : c.now.sent) found = hide_secret(text, s.reveal()) || found;
    return found;
}
/// The same in every text of \p e.
LLMX_DECL bool hide_sent(const call& c, error& e) {
    bool found = hide_credentials(c.now.place(), e);
    if (c.now.sent.empty()) return found;
    const auto hide = [&](std::string text, error& (error::*set)(std::string)) {
        if (!hide_sent(c, text)) return;
        found = true;
        (e.*set)(std::move(text));
    };
    hide(e.message(), &error::with_message);
    hide(e.provider_message(), &error::with_provider_message);
    hide(e.provider_code(), &error::with_provider_code);
    hide(e.param(), &error::with_param);
    hide(e.request_id(), &error::with_request_id);
    return found;
}

/// The same for the attempt of \p c.
LLMX_DECL [[nodiscard]] error leaving(const provider_ops& ops, const call& c, error e) {
    e.with_provider(ops.name);
    hide_sent(c, e);
    return e;
}

/// The failure that the provider's error body describes.
LLMX_DECL [[nodiscard]] error explain(const provider_ops& ops, const void* self, const call& c,
                                      const http_response& response, std::string_view body) {
    return leaving(ops, c, ops.classify(self, response.status, response.fields, body));
}

/// Keeps what `authorize` has added to \p request: the values of fields with credentials, without their scheme.
LLMX_DECL void note_sent(call& c, const http_request& request) {
    for (std::string_view rest = request.fields; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(rest.size(), line.size() + 2));
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos || !is_credential_field(line.substr(0, colon))) continue;
        const std::string_view name = line.substr(0, colon), value = line.substr(colon + 2);
        // A signature, its time and its hash are no secrets.
        if (iequals(name, "x-amz-date") || iequals(name, "x-amz-content-sha256") || value.starts_with("AWS4-")) continue;
        c.now.sent.emplace_back(std::string(value.substr(value.rfind(' ') + 1)));
    }
}

/// Whether the JSON object \p body is an error, whatever its HTTP status.
LLMX_DECL [[nodiscard]] result<bool> reports_failure(std::string_view body) {
    bool failed = false;
    const auto seen = [&failed](const json_member& m) { failed |= m.named("error") && !is_json_null(m.value); };
    if (const auto read = scan_json_members(body, seen); read.has_error()) return read.error();
    return failed;
}

/// Adds the time between its making and \p stop to the call's upstream time.
class upstream_stopwatch {
public:
    explicit upstream_stopwatch(call& c) noexcept : call_(&c), began_(c.on->now()) {}
    time_point stop() noexcept {
        const time_point now = call_->on->now();
        call_->report.upstream_time += now - began_;
        return now;
    }

private:
    call* call_;
    time_point began_;
};

/// Result of a step of an attempt. Small, with the error beside it, because it is in the frame of
/// every attempt.
enum class attempt_step : std::uint8_t { done, failed, later };

/// An HTTP success without an answer in it, in the form \p codec.
LLMX_DECL [[nodiscard]] error no_answer_in(const codec_ops& codec) {
    return error(errc::bad_response, "the provider reported success and sent no answer: the reply has nothing that a reply of " +
                                         std::string(codec.name) + " must have; try again, or at another deployment");
}

/// Why \p body, which is not a JSON object, is no answer.
LLMX_DECL [[nodiscard]] error no_json(std::string_view body) {
    const std::size_t first = body.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos)
        return error(errc::bad_response, "the provider reported success and sent an empty body; try again, or at another deployment");
    if (body[first] == '<')
        return error(errc::bad_response, "the provider answered with a page of HTML or XML instead of JSON; check that api_base names its API");
    return error(errc::bad_response, "the provider answered with something that is not a JSON object");
}

/// Finds the tokens of a whole reply, or estimates them. Fails when it is not an answer: a body that passes through unparsed
/// must still be one.
LLMX_DECL [[nodiscard]] attempt_step judge(const provider_ops& ops, const void* self, call& c, const http_response& response, reply& r,
                                           error& why) {
    bool answered = false;
    if (r.codec->scan_reply != nullptr) {
        r.tokens = r.codec->scan_reply(r.body, answered);
    } else {
        r.tokens = r.codec->scan_usage(r.body);
        answered = r.codec->holds_answer == nullptr || r.codec->holds_answer(r.body);
    }
    // Usage is found in a JSON object alone, and an error has none.
    if (answered && !r.tokens.empty()) return attempt_step::done;
    const result<bool> failed = reports_failure(r.body);
    if (answered && failed && !*failed) {
        if (c.in.operation != &chat::info) return attempt_step::done;
        c.report.estimate = usage();
        if (!reports_usage(r.body)) estimate_usage(c, r.body);
        c.report.usage_judged = true;
        return attempt_step::done;
    }
    if (failed && *failed) why = explain(ops, self, c, response, std::string_view(r.body).substr(0, max_error_body));
    else why = leaving(ops, c, failed ? no_answer_in(*r.codec) : no_json(r.body));
    return attempt_step::failed;
}

/// `judge` of a long reply, for another thread.
LLMX_DECL class basic_reply_judging final : public offloaded_work {
public:
    basic_reply_judging(const provider_ops& ops, const void* self, call& c, const http_response& response, reply& r,
                        error& why) noexcept
        : ops_(&ops), self_(self), call_(&c), response_(&response), reply_(&r), why_(&why) {}
    attempt_step verdict = attempt_step::failed;
    std::size_t bytes() const noexcept override { return reply_->body.size(); }
    void run() override { verdict = judge(*ops_, self_, *call_, *response_, *reply_, *why_); }

private:
    const provider_ops* ops_;
    const void* self_;
    call* call_;
    const http_response* response_;
    reply* reply_;
    error* why_;
};
using reply_judging = LLMX_PLAIN(basic_reply_judging);

LLMX_DECL boost::asio::awaitable<attempt_step> judge_offloaded(const provider_ops& ops, const void* self, call& c,
                                                               const http_response& response, reply& r, error& why) {
    LLMX_OF(reply_judging) work(ops, self, c, response, r, why);
    const result<void> ran = co_await c.on->offload(work, c.stop);
    if (ran) co_return work.verdict;
    why = ran.error();
    co_return attempt_step::failed;
}

/// Has the provider add the credentials that the finished \p request needs.
LLMX_DECL boost::asio::awaitable<attempt_step> authorize_attempt(const provider_ops& ops, const void* self, call& c,
                                                                 http_request& request, error& why) {
    const result<void> authorized = co_await ops.authorize(self, *c.on, c.now.place(), request, c.now.limits, c.stop);
    if (authorized) {
        note_sent(c, request);
        co_return attempt_step::done;
    }
    why = leaving(ops, c, authorized.error());
    co_return attempt_step::failed;
}

/// Reads the body of a reply whose status is a failure, and \p why it is one.
LLMX_DECL boost::asio::awaitable<void> read_refusal(const provider_ops& ops, const void* self, call& c,
                                                    const http_response& response, upstream_stopwatch& watch,
                                                    error& why) {
    std::string text;
    // An error body that breaks off still came with its status. What is longer is not read, nor decoded: a piece can expand a
    // thousandfold.
    while (text.size() < max_error_body) {
        const result<std::string_view> more = co_await response.body->read_some();
        if (!more || more->empty()) break;
        text += more->substr(0, max_error_body - text.size());
    }
    watch.stop();
    // One in a coding that cannot be read explains nothing.
    if (content_coding_of(find_field(response.fields, "content-encoding")) != content_coding::identity && !valid_utf8(text)) text.clear();
    why = explain(ops, self, c, response, text);
}

} // namespace llmx::inline LLMX_ABI::detail
