// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/gateway/detail/attempt_buffers.hpp>
// Before the bodies, which it includes in their order.
#include <llmx/gateway/upstream.hpp>

#include <llmx/gateway/impl/upstream_reply.ipp>
#include <llmx/gateway/impl/upstream_request.ipp>
#include <llmx/gateway/impl/upstream_session.ipp>
#include <llmx/gateway/own_path.hpp>
#include <llmx/gateway/pass_through.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/wire/forwarded_path.hpp>
#include <llmx/wire/hide_secret.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

// The attempt of a request that goes to a vendor as it came.

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Whether \p field of an answer is for this gateway and not for its caller: of the connection (RFC 9110 section 7.6.1), of the other host
/// alone, or a name that the gateway's own answers use.
LLMX_DECL [[nodiscard]] bool stays_here(std::span<const http_field> all, const http_field& field) noexcept {
    static constexpr std::array<std::string_view, 6> of_host = {"set-cookie", "set-cookie2", "alt-svc", "strict-transport-security",
                                                                "public-key-pins", "clear-site-data"};
    const std::string_view name = field.name;
    if (owner_of_field(name, true) == "the connection") return true;
    if (std::any_of(of_host.begin(), of_host.end(), [name](std::string_view n) { return iequals(n, name); })) return true;
    const auto begins = [name](std::string_view with) { return name.size() >= with.size() && iequals(name.substr(0, with.size()), with); };
    if (begins("x-llmx-") || begins("access-control-")) return true;
    for (const http_field& f : all) {
        if (!iequals(f.name, "connection")) continue;
        for (std::string_view rest = f.value; !rest.empty();) {
            std::string_view token = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(rest.size(), token.size() + 1));
            while (token.starts_with(' ')) token.remove_prefix(1);
            while (token.ends_with(' ')) token.remove_suffix(1);
            if (iequals(token, name)) return true;
        }
    }
    return false;
}

LLMX_DECL void read_answer_head(const deployment& d, const http_response& response, pass_through_answer& to) {
    to.status = response.status;
    to.fields.clear();
    to.length.reset();
    for (const http_field& f : response.fields) {
        if (iequals(f.name, "content-length")) {
            std::uint64_t n = 0;
            const char* const end = f.value.data() + f.value.size();
            const auto read = std::from_chars(f.value.data(), end, n);
            if (read.ec == std::errc() && read.ptr == end) to.length = n;
        }
        if (stays_here(response.fields, f) || !safe_field_value(f.value)) continue;
        std::string value(f.value);
        hide_credentials(d, value);
        to.fields.append(f.name).append(": ").append(value).append("\r\n");
    }
}

/// Writes the request: the provider's credentials, then the caller's fields that it has not written.
LLMX_DECL [[nodiscard]] attempt_step write_passed_on(const provider_ops& ops, const void* self, call& c, const pass_through_request& asked,
                                                     attempt_buffers& a, error& why) {
    const deployment& d = *c.now.target;
    a.codec = asked.codec != nullptr ? asked.codec : ops.codecs.front();
    http_request& out = a.request;
    out.to = &d.api_base.where;
    out.rules = d.connection;
    out.method = asked.method;
    // The provider keeps a version that is there.
    for (const http_field& f : asked.fields)
        if (iequals(f.name, "anthropic-version")) out.add_field("anthropic-version", f.value);
    outgoing what(*ops.codecs.front());
    what.model = d.model;
    if (const result<void> prepared = ops.prepare(self, d, what, out); !prepared) {
        why = leaving(ops, d, prepared.error());
        return attempt_step::failed;
    }
    // What the provider wrote is the address of a call of its first operation.
    if (asked.verbatim) out.target.assign(d.api_base.path).append(asked.path);
    else out.target = join_forwarded_path(d.api_base.path, asked.path);
    if (out.target.empty()) out.target = "/";
    if (!asked.query.empty()) out.target.append("?").append(asked.query);
    const std::size_t own = out.fields.size();
    const auto written = [&](std::string_view name) {
        if (names_field(std::string_view(out.fields).substr(0, own), name)) return true;
        return std::any_of(asked.own_fields.begin(), asked.own_fields.end(), [name](const http_field& f) { return iequals(f.name, name); });
    };
    for (const http_field& f : asked.fields)
        if (!written(f.name) && !iequals(f.name, "accept-encoding")) out.add_field(f.name, f.value);
    for (const http_field& f : asked.own_fields) out.add_field(f.name, f.value);
    if (!c.upstream_fields.empty() || !c.now.upstream_fields.empty()) write_header_fields(c.upstream_fields, c.now.upstream_fields, out.fields);
    if (!names_field(out.fields, "user-agent")) out.fields += "user-agent: llmx/" LLMX_VERSION_STRING "\r\n";
    out.body.assign(c.in.body);
    out.source = c.in.source;
    return attempt_step::done;
}

/// Behind a signature, which proxies that change the field would break. An answer that is to be read for its tokens must be plain.
LLMX_DECL void append_codings(const pass_through_request& asked, http_request& out) {
    const std::string_view wanted = find_field(asked.fields, "accept-encoding");
    out.add_field("accept-encoding", asked.codec != nullptr || wanted.empty() ? std::string_view("identity") : wanted);
}

/// Finds the tokens in an answer that passes.
class passed_usage {
public:
    passed_usage(const codec_ops* form, const http_response& response) {
        if (form == nullptr || response.status < 200 || response.status > 299) return;
        const std::string_view coding = find_field(response.fields, "content-encoding");
        if (!coding.empty() && !iequals(coding, "identity")) return;
        const std::string_view type = find_field(response.fields, "content-type");
        const bool events = type.starts_with("text/event-stream") || type.starts_with("application/vnd.amazon.eventstream");
        if (events && form->streaming != nullptr) watch_ = form->make_watch(type);
        else if (type.starts_with("application/json")) form_ = form;
    }
    LLMX_DECL void feed(std::string_view piece, memory_lease& memory) {
        if (watch_ != nullptr) {
            const stream_progress& now = watch_->feed(piece);
            tokens_ = now.tokens;
            failed_ = now.failed;
            // The watch holds an event that does not end.
            if (now.pending > most) watch_.reset();
        } else if (form_ != nullptr && (text_.size() + piece.size() > most || !append_within(&memory, text_, piece))) {
            form_ = nullptr;
            std::string().swap(text_);
        }
    }
    LLMX_DECL void finish() {
        if (form_ == nullptr) return;
        if (!text_.starts_with('[')) {
            tokens_ = form_->scan_usage(text_);
            return;
        }
        // A stream as one array: the last element that counts has the sums.
        static_cast<void>(scan_json_elements(text_, [this](const json_member& m) {
            if (const usage u = form_->scan_usage(m.value); !u.empty()) tokens_ = u;
        }));
    }
    [[nodiscard]] const usage& tokens() const noexcept { return tokens_; }
    /// The stream held an error.
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    /// Bytes that are kept at most; the tokens of a larger answer are not known.
    static constexpr std::size_t most = std::size_t{4} * 1024 * 1024;
    const codec_ops* form_ = nullptr;
    std::unique_ptr<any_stream_watch> watch_;
    std::string text_;
    usage tokens_;
    bool failed_ = false;
};

/// The body of an answer, as it comes; notifies the listeners of the call of its end.
LLMX_DECL class basic_passed_stream final : public reply_stream {
public:
    basic_passed_stream(call& c, const provider_ops& ops, const codec_ops* form, attempt_ptr a, http_response r, std::string first)
        : call_(&c), ops_(&ops), attempt_(std::move(a)), response_(std::move(r)), usage_(form, response_), first_(std::move(first)) {}

    boost::asio::awaitable<result<std::string_view>> read_some() override {
        if (!first_.empty()) {
            piece_ = std::exchange(first_, std::string());
            co_return std::string_view(piece_);
        }
        if (failure_) co_return *failure_;
        if (ended_) co_return std::string_view();
        result<std::string_view> got = co_await response_.body->read_some();
        if (got.has_error()) {
            failure_ = call_->in.source_failed ? got.error() : leaving(*ops_, *call_->now.target, got.error());
            response_.body.reset();
            end(failure_->value());
            co_return *failure_;
        }
        if (!got->empty()) {
            usage_.feed(*got, call_->memory);
            call_->report.tokens = usage_.tokens();
            co_return *got;
        }
        usage_.finish();
        ended_ = true;
        response_.body.reset();
        if (usage_.failed()) end(errc::provider_internal);
        else end(std::nullopt);
        co_return std::string_view();
    }
    [[nodiscard]] bool provider_reported() const noexcept override { return false; }
    [[nodiscard]] const usage& tokens() const noexcept override { return usage_.tokens(); }

private:
    void end(std::optional<errc> failure) noexcept {
        outcome o;
        o.failure = failure;
        o.tokens = usage_.tokens();
        o.first_token = call_->report.first_token;
        o.began = call_->context->started;
        o.ended = call_->on->now();
        call_->report.tokens = usage_.tokens();
        call_->end(o);
    }

    call* call_;
    const provider_ops* ops_;
    attempt_ptr attempt_;
    http_response response_;
    passed_usage usage_;
    std::string first_, piece_;
    std::optional<error> failure_;
    bool ended_ = false;
};
using passed_stream = LLMX_PLAIN(basic_passed_stream);

/// Reads the body of an answer with an error's status into \p text; false when it is longer than an explanation.
LLMX_DECL boost::asio::awaitable<result<bool>> read_explanation(http_response& response, std::string& text) {
    while (text.size() <= max_error_body) {
        const result<std::string_view> piece = co_await response.body->read_some();
        if (!piece) co_return piece.error();
        if (piece->empty()) co_return true;
        text += *piece;
    }
    co_return false;
}

/// Replaces in \p text what the request \p sent had as credentials, and what the operator has set for the target, as `hide_credentials` does
/// with a deployment's key: AWS quotes the session token in the string that should have been signed.
LLMX_DECL void hide_sent(const pass_through_request& asked, const http_request& sent, std::string& text) {
    const auto hide = [&text](std::string_view value) {
        // Behind the scheme too.
        hide_secret(text, value.substr(value.find(' ') + 1));
        hide_secret(text, value);
    };
    for (const http_field& f : asked.own_fields) hide(f.value);
    for (std::string_view rest = sent.fields; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(rest.size(), line.size() + 2));
        const std::size_t colon = line.find(": ");
        if (colon == std::string_view::npos || owner_of_field(line.substr(0, colon), true) != "the provider's credentials") continue;
        // The time and the hash of a signature are no secrets.
        if (!iequals(line.substr(0, colon), "x-amz-date") && !iequals(line.substr(0, colon), "x-amz-content-sha256")) hide(line.substr(colon + 2));
    }
}
LLMX_DECL void hide_sent(const pass_through_request& asked, const http_request& sent, error& e) {
    std::string message = e.message(), told(e.provider_message());
    hide_sent(asked, sent, message);
    hide_sent(asked, sent, told);
    e.with_message(std::move(message));
    e.with_provider_message(std::move(told));
}

LLMX_DECL boost::asio::awaitable<result<reply>> pass_on(const provider_ops& ops, const void* self, call& c) {
    const pass_through_request& asked = static_cast<const pass_through_request&>(*c.in.canonical.get<own_attempt>());
    pass_through_answer& answered = *asked.answer;
    const deployment& d = *c.now.target;
    attempt_ptr a = attempt_shelf::take();
    error why;
    c.report.provider = asked.verbatim ? std::string_view("pass_through") : ops.name;
    // The report is read when the owner of the request has gone.
    c.report.resolved_model.assign(asked.model);
    c.report.upstream_model = c.report.resolved_model;
    c.report.facts = asked.model.empty() ? nullptr : facts_of(d, c.report.resolved_model);
    c.report.cost = asked.cost;
    c.memory.release();
    attempt_step went = write_passed_on(ops, self, c, asked, *a, why);
    if (went == attempt_step::failed) co_return why;
    c.report.limits_count_cached = a->codec->limits_count_cached;
    if (ops.authorize != nullptr) {
        went = co_await authorize_attempt(ops, self, c, a->request, why);
        if (went == attempt_step::failed) co_return why;
    }
    append_codings(asked, a->request);
    upstream_stopwatch watch(c);
    std::optional<result<http_response>> answer;
    if (asked.upgrade) {
        // A session is silent for as long as its two sides like.
        c.now.limits.idle = duration::max();
        a->request.fields += "connection: Upgrade\r\nupgrade: websocket\r\n";
        result<tunnel_response> opened = co_await c.on->transport().open_tunnel(a->request, c.now.limits, c.stop);
        if (opened && opened->tunnel != nullptr) {
            c.report.first_token = watch.stop();
            if (c.observed_by != nullptr) c.observed_by->first_content(c);
            answered.status = opened->status;
            reply r;
            r.codec = a->codec;
            r.from = c.now.target;
            r.stream = std::make_unique<upstream_session>(c, std::move(a), std::move(*opened));
            co_return r;
        }
        if (opened) answer.emplace(static_cast<http_response&&>(*opened));
        else answer.emplace(opened.error());
    } else {
        boost::asio::awaitable<result<http_response>> exchange =
            ops.exchange != nullptr ? ops.exchange(self, *c.on, d, a->request, c.now.limits, c.stop)
                                    : c.on->transport().exchange(a->request, c.now.limits, c.stop);
        result<http_response> whole = co_await std::move(exchange);
        answer.emplace(std::move(whole));
    }
    result<http_response>& got = *answer;
    c.report.first_token = watch.stop();
    if (got.has_error()) {
        c.report.first_token = time_point();
        if (c.in.source_failed) co_return got.error();
        co_return leaving(ops, d, got.error());
    }
    http_response response = std::move(*got);
    read_answer_head(d, response, answered);
    reply r;
    r.codec = a->codec;
    r.from = c.now.target;
    r.request_id = std::string(provider_request_id(response.fields));
    hide_credentials(d, r.request_id);
    std::string first;
    if (response.status >= 400) {
        const result<bool> whole = co_await read_explanation(response, first);
        if (!whole) co_return leaving(ops, d, whole.error());
        if (*whole) {
            const bool coded = content_coding_of(find_field(response.fields, "content-encoding")) != content_coding::identity;
            why = explain(ops, self, c, response, coded && !valid_utf8(first) ? std::string_view() : std::string_view(first));
            // Vendors quote a wrong key, which is the operator's.
            hide_credentials(d, first);
            hide_sent(asked, a->request, first);
            hide_sent(asked, a->request, why);
            answered.body = std::move(first);
            answered.length.reset();
            answered.refused = true;
            co_return why;
        }
    }
    if (c.observed_by != nullptr) c.observed_by->first_content(c);
    r.stream = std::make_unique<LLMX_OF(passed_stream)>(c, ops, asked.codec, std::move(a), std::move(response), std::move(first));
    co_return r;
}

} // namespace detail

LLMX_DECL pass_through_request::pass_through_request(pass_through_answer& to) noexcept : answer(&to) { make = &detail::pass_on; }

LLMX_DECL deployment own_path_deployment(const own_path& p) {
    deployment d;
    d.provider = "openai_compatible";
    d.id = d.model_group = pass_through_group(p.path);
    d.model = "*";
    d.api_base = p.target;
    return d;
}

} // namespace llmx::inline LLMX_ABI
