// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/attempt.hpp>
#include <llmx/gateway/detail/request_weight.hpp>
#include <llmx/gateway/detail/upstream_work.hpp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/transport/http_exchange.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline v0 {
namespace detail {

/// Error bodies are explanations: more than this is not one.
inline constexpr std::size_t max_error_body = 256 * 1024;
/// Bytes held back while waiting for the first real content of a stream.
inline constexpr std::size_t max_stream_head = 1024 * 1024;

/// Model name for the provider: the deployment's, with a "*" replaced by what the
/// caller's name has beyond the group's prefix. Lives as long as the context.
LLMX_DECL std::string_view name_upstream_model(const call& c) {
    const deployment& d = *c.target;
    c.context->upstream_model = d.model;
    if (d.model.ends_with('*') && c.group != nullptr && c.group->wildcard) {
        std::string& name = c.context->resolved_model;
        name.assign(d.model, 0, d.model.size() - 1);
        name += c.model.substr(std::min(c.group->name.size(), c.model.size()));
        c.context->upstream_model = name;
    }
    return c.context->upstream_model;
}

[[nodiscard]] LLMX_DECL result<void> write_translated(const provider_ops& ops, call& c, std::string_view model,
                                                      attempt& a) {
    if (c.canonical == nullptr) {
        request_target target;
        target.model = c.path_model;
        target.stream = c.stream;
        auto decoded = c.dialect->decode_request(c.body, target);
        if (decoded.has_error()) return decoded.error();
        c.decoded = std::make_unique<chat_request>(std::move(*decoded));
        c.decoded->stream = c.stream;
        c.canonical = c.decoded.get();
    }
    encode_options options;
    options.model = model;
    options.traits = c.target->traits.value_or(ops.facts.traits);
    options.include_usage = c.stream;
    options.stream = c.stream;
    const chat_request* said = c.canonical;
    std::optional<chat_request> fitted;
    if (!tool_names::fit(*said, ops.chat->tool_names)) {
        fitted = *said;
        c.tool_names = std::make_unique<llmx::tool_names>();
        c.tool_names->make_fit(*fitted, ops.chat->tool_names);
        a.renames_tools = !c.tool_names->empty();
        said = &*fitted;
    }
    drop_report drops;
    auto encoded = ops.chat->encode_request(*said, options, a.body, drops);
    if (encoded.has_error()) return encoded.error();
    a.answer_by_tool = drops.answered_by_tool();
    // A program that made the request itself knows the vocabulary's names.
    const auto named = [&c](const std::string& path) {
        return c.canonical == c.decoded.get() ? c.dialect->caller_path(path, *c.canonical) : path;
    };
    c.dropped.clear();
    if (const std::string* first = drops.first_lost();
        first != nullptr && !c.drop_params.value_or(c.target->drop_params.value_or(false))) {
        std::string lost = named(*first);
        error e(errc::unsupported_parameter, "'" + lost + "' cannot be said to provider '" + std::string(ops.name) +
                                                 "'; leave it out or set drop_params to have it dropped");
        e.with_param(std::move(lost));
        return e;
    }
    for (const auto& e : drops.entries()) c.dropped.push_back(named(e.parameter));
    a.request.body[0] = a.body;
    return success();
}

LLMX_DECL void write_passed_through(const call& c, std::string_view model, attempt& a) {
    if (c.model_begin == c.model_end) {
        a.request.body[0] = c.body;
        return;
    }
    append_json_string(a.model_value, model);
    if (c.body.substr(c.model_begin, c.model_end - c.model_begin) == a.model_value) {
        a.request.body[0] = c.body;
        return;
    }
    a.request.body[0] = c.body.substr(0, c.model_begin);
    a.request.body[1] = a.model_value;
    a.request.body[2] = c.body.substr(c.model_end);
}

/// What the provider's error body means, without the key that some quote in it.
[[nodiscard]] LLMX_DECL error explain(const provider_ops& ops, const void* self, const deployment& d,
                                      const http_response& response, std::string_view body) {
    error e = ops.classify(self, response.status, response.fields, body);
    const std::string_view key = d.key.reveal();
    if (key.empty() || body.find(key) == std::string_view::npos) return e;
    const auto hidden = [key](std::string text) {
        constexpr std::string_view stars = "***";
        for (auto at = text.find(key); at != std::string::npos; at = text.find(key, at + stars.size()))
            text.replace(at, key.size(), stars);
        return text;
    };
    e.with_provider_message(hidden(e.provider_message())).with_provider_code(hidden(e.provider_code()));
    e.with_param(hidden(e.param()));
    return e;
}

/// Whether the JSON object \p body is an error, whatever its HTTP status.
[[nodiscard]] LLMX_DECL result<bool> reports_failure(std::string_view body) {
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
        call_->context->upstream_time += now - began_;
        return now;
    }

private:
    call* call_;
    time_point began_;
};

/// A stream on its way to the caller: watches for the end marker and tells the call's
/// listeners how it ended.
class upstream_stream final : public reply_stream {
public:
    upstream_stream(call& c, const provider_ops& ops, const void* provider, attempt_ptr a, http_response r)
        : call_(&c), ops_(&ops), provider_(provider), attempt_(std::move(a)), response_(std::move(r)), watch_(ops.chat->make_watch()) {}

    /// Reads until the first real content, so that a failure before it can be retried.
    boost::asio::awaitable<result<void>> open() {
        while (!progress_.begun && !progress_.complete) {
            auto got = co_await response_.body->read_some();
            if (got.has_error()) co_return typed(got.error());
            if (got->empty()) co_return no_stream();
            progress_ = watch_->feed(*got);
            if (progress_.failed) {
                head_ += *got;
                if (head_.size() > offload_translation_above) {
                    failure_reading work(*this);
                    const result<void> ran = co_await call_->on->offload(work, call_->context->cancellation);
                    if (!ran) co_return ran.error();
                    co_return work.failure;
                }
                co_return reported(head_);
            }
            if (progress_.begun && head_.empty()) {
                first_ = *got;
                break;
            }
            head_ += *got;
            if (head_.size() > max_stream_head)
                co_return error(errc::bad_response, "the stream brought no content within its first MiB");
        }
        response_.body->read_by(time_point::max());
        call_->context->first_token = call_->on->now();
        co_return success();
    }

    boost::asio::awaitable<result<std::string_view>> read_some() override {
        if (!head_.empty() && !head_given_) {
            head_given_ = true;
            co_return std::string_view(head_);
        }
        if (!first_.empty()) {
            const std::string_view v = first_;
            first_ = std::string_view();
            co_return v;
        }
        if (ended_) co_return std::string_view();
        if (failure_) {
            response_.body.reset();
            co_return *failure_;
        }
        auto got = co_await response_.body->read_some();
        if (got.has_error()) {
            // The dialect's own end marker counts for more than the transport's.
            if (progress_.complete) co_return end();
            co_return fail(typed(got.error()));
        }
        if (got->empty()) {
            if (progress_.complete || progress_.answered) co_return end();
            error e(errc::truncated, "the provider ended the stream without its end marker");
            e.with_provider(ops_->name);
            co_return fail(std::move(e));
        }
        if (ends_long_line(*got)) {
            line_watching work(*this, *got);
            const result<void> ran = co_await call_->on->offload(work, call_->context->cancellation);
            if (!ran) co_return fail(typed(ran.error()));
        } else {
            progress_ = watch_->feed(*got);
        }
        call_->context->tokens = progress_.tokens;
        if (progress_.failed && !failure_) {
            failure_ = reported(*got);
            told_ = true;
            // The bytes are the body's, which stays for them until the next read.
            tell(failure_->value());
            co_return *got;
        }
        co_return *got;
    }

    [[nodiscard]] bool provider_said_so() const noexcept override { return told_; }
    [[nodiscard]] const usage& tokens() const noexcept override { return progress_.tokens; }

private:
    /// `reported`, of a long head.
    struct failure_reading final : offloaded_work {
        explicit failure_reading(const upstream_stream& s) noexcept : stream(&s) {}
        std::size_t bytes() const noexcept override { return stream->head_.size(); }
        void run() override { failure = stream->reported(stream->head_); }
        const upstream_stream* stream;
        error failure;
    };
    /// A piece that may complete an event so long that looking at it takes long.
    struct line_watching final : offloaded_work {
        line_watching(upstream_stream& s, std::string_view p) noexcept : stream(&s), piece(p) {}
        std::size_t bytes() const noexcept override { return stream->line_; }
        void run() override { stream->progress_ = stream->watch_->feed(piece); }
        upstream_stream* stream;
        std::string_view piece;
    };
    /// Events end with a line; a watch holds at most the bytes since the last line's end.
    [[nodiscard]] bool ends_long_line(std::string_view piece) noexcept {
        const std::size_t before = line_;
        const auto end = piece.rfind('\n');
        line_ = end == std::string_view::npos ? before + piece.size() : piece.size() - end - 1;
        return before > offload_scan_above;
    }
    /// Why an answer had no content: it may have been no stream.
    [[nodiscard]] error no_stream() const {
        if (const auto at = head_.find_first_not_of(" \t\r\n"); at != std::string::npos && head_[at] == '{')
            return explain(*ops_, provider_, *call_->target, response_,
                           std::string_view(head_).substr(0, max_error_body));
        const std::string_view type = find_field(response_.fields, "content-type");
        if (type.starts_with("text/html"))
            return typed(error(errc::bad_response, "the provider answered with a page of HTML instead of a stream"));
        return typed(error(errc::truncated, "the stream ended before it began"));
    }
    [[nodiscard]] error typed(error e) const {
        e.with_provider(ops_->name);
        return e;
    }
    /// The provider's own words about a failure inside the stream.
    [[nodiscard]] error reported(std::string_view bytes) const {
        event_batch ignored;
        const auto decoder = ops_->chat->make_decoder(decode_options());
        auto r = decoder->feed(bytes, ignored);
        error e = r.has_error() ? r.error() : error(errc::provider_internal, "the provider reported a failure");
        e.with_provider(ops_->name);
        return e;
    }
    void tell(std::optional<errc> failure) noexcept {
        outcome o;
        o.failure = failure;
        o.tokens = progress_.tokens;
        o.first_token = call_->context->first_token;
        o.began = call_->context->started;
        o.ended = call_->on->now();
        call_->context->tokens = progress_.tokens;
        call_->finish(o);
    }
    std::string_view end() noexcept {
        ended_ = true;
        response_.body.reset();
        tell(std::nullopt);
        return std::string_view();
    }
    error fail(error e) noexcept {
        failure_ = e;
        response_.body.reset();
        tell(e.value());
        return e;
    }

    call* call_;
    const provider_ops* ops_;
    const void* provider_;
    attempt_ptr attempt_;
    http_response response_;
    std::unique_ptr<any_stream_watch> watch_;
    stream_progress progress_;
    std::string head_;
    std::string_view first_;
    std::size_t line_ = 0; // bytes since the last end of a line
    std::optional<error> failure_;
    bool head_given_ = false;
    bool ended_ = false;
    bool told_ = false;
};

/// Writes the request of an attempt: as it came when \p same, else translated. Is false, and has
/// not, when that would keep the event loop from other calls for too long; \p same then says
/// whether the bytes may still pass.
[[nodiscard]] LLMX_DECL result<bool> try_write(const provider_ops& ops, call& c, std::string_view model, attempt& a,
                                               bool& same) {
    const bool long_scan = c.body.size() > offload_scan_above;
    if (same && !long_scan) same = !ops.chat->has_foreign_signature(c.body);
    bool too_long = same ? long_scan : c.body.size() > offload_translation_above;
    if (!same && c.canonical != nullptr && c.canonical != c.decoded.get())
        too_long = outweighs(*c.canonical, offload_translation_above); // made by the program
    if (too_long) return false;
    if (same) {
        write_passed_through(c, model, a);
    } else if (const result<void> written = write_translated(ops, c, model, a); !written) {
        return written.error();
    }
    return true;
}

[[nodiscard]] LLMX_DECL result<bool> judge(const provider_ops& ops, const void* self, const deployment& d,
                                           const http_response& response, reply& r) {
    r.tokens = ops.chat->scan_usage(r.body);
    // Where usage was found, it is an answer.
    if (!r.tokens.empty()) return true;
    const result<bool> failed = reports_failure(r.body);
    if (!failed) {
        error e(errc::bad_response, "the provider answered with something that is not a JSON object");
        e.with_provider(ops.name);
        return e;
    }
    if (*failed) return explain(ops, self, d, response, std::string_view(r.body).substr(0, max_error_body));
    return true;
}

/// Reads the body of a reply whose status is a failure; fails with what it says.
LLMX_DECL boost::asio::awaitable<result<bool>> read_refusal(const provider_ops& ops, const void* self, call& c,
                                                            const http_response& response, upstream_stopwatch& watch) {
    std::string said;
    const result<void> read = co_await response.body->read_all(said);
    watch.stop();
    if (said.size() > max_error_body) said.resize(max_error_body);
    // An error body that broke off still came with its status.
    (void)read;
    co_return explain(ops, self, *c.target, response, said);
}

/// Has the provider write the head of the request.
[[nodiscard]] LLMX_DECL result<bool> prepare(const provider_ops& ops, const void* self, const call& c,
                                             std::string_view model, attempt& a) {
    outgoing what;
    what.op = c.op;
    what.stream = c.stream;
    what.model = model;
    if (const result<void> prepared = ops.prepare(self, *c.target, what, a.request); !prepared) return prepared.error();
    return true;
}

[[nodiscard]] LLMX_DECL error of_provider(error e, const provider_ops& ops) {
    e.with_provider(ops.name);
    return e;
}

LLMX_DECL boost::asio::awaitable<result<reply>> perform(const provider_ops& ops, const void* self, call& c) {
    attempt_ptr a = attempt_shelf::take();
    const std::string_view model = name_upstream_model(c);
    c.context->provider = ops.name;
    a->request.to = &c.target->api_base.where;
    a->request.fields += "content-type: application/json\r\n";

    bool same = c.dialect == ops.chat && !c.body.empty();
    for (std::size_t i = 0; same && i < c.forwarded_count; ++i)
        a->request.add_field(c.forwarded[i].name, c.forwarded[i].value);
    // One variable for how each step went: the frame must stay small.
    result<bool> step = try_write(ops, c, model, *a, same);
    if (step && !*step) step = co_await write_offloaded(ops, c, model, *a, same);
    if (step) step = prepare(ops, self, c, model, *a);
    if (!step) co_return step.error();

    upstream_stopwatch watch(c);
    boost::asio::awaitable<result<http_response>> exchange =
        ops.exchange != nullptr ? ops.exchange(self, *c.on, *c.target, a->request, c.limits, c.context->cancellation)
                                : c.on->transport().exchange(a->request, c.limits, c.context->cancellation);
    result<http_response> got = co_await std::move(exchange);
    if (got.has_error()) {
        watch.stop();
        co_return of_provider(got.error(), ops);
    }
    http_response response = std::move(*got);
    if (response.status < 200 || response.status > 299) {
        step = co_await read_refusal(ops, self, c, response, watch);
        co_return step.error();
    }

    reply r;
    r.dialect = ops.chat;
    r.request_id = std::string(provider_request_id(response.fields));
    r.answer_by_tool = a->answer_by_tool;
    if (a->renames_tools) r.tool_names = std::move(c.tool_names);
    if (c.stream) {
        response.body->read_by(c.limits.first_byte_by);
        auto stream = std::make_unique<upstream_stream>(c, ops, self, std::move(a), std::move(response));
        auto opened = co_await stream->open();
        watch.stop();
        if (opened.has_error()) co_return opened.error();
        r.stream = std::move(stream);
        co_return r;
    }

    step = response.body->take_rest(r.body);
    if (step && !*step) {
        const result<void> read = co_await response.body->read_all(r.body);
        if (!read) step = read.error();
    }
    c.context->first_token = watch.stop();
    if (!step) co_return of_provider(step.error(), ops);
    if (r.body.size() > offload_scan_above) step = co_await judge_offloaded(ops, self, c, response, r);
    else step = judge(ops, self, *c.target, response, r);
    if (!step) co_return step.error();
    c.context->tokens = r.tokens;
    co_return r;
}

} // namespace detail
} // namespace llmx::inline v0
