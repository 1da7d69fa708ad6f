// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/attempt.hpp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/transport/http_exchange.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <chrono>
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

[[nodiscard]] LLMX_DECL error no_memory_to(std::string_view what) {
    error e(errc::shed, "the gateway has no memory to " + std::string(what) + " now; try again later");
    return e.with_retry_after(std::chrono::seconds(1));
}

/// Makes \p c's lease what an attempt begins with: what earlier ones left behind is the request as
/// it was decoded.
LLMX_DECL void forget_buffers(call& c) noexcept {
    c.memory.shrink(c.memory.size());
    // Less than was held before.
    if (c.decoded) (void)c.memory.grow(c.body.size());
}

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
    // What is kept are the decoded request and the new body; while the one is made out of the
    // JSON's tree there is that too, and while the other grows there are two of it.
    const bool decoded_before = c.canonical != nullptr;
    const std::size_t meanwhile = (decoded_before ? 2 : 3) * c.body.size();
    if (!c.memory.grow(meanwhile)) return no_memory_to("translate the request");
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
        a.tool_names.make_fit(*fitted, ops.chat->tool_names);
        said = &*fitted;
    }
    drop_report drops;
    auto encoded = ops.chat->encode_request(*said, options, a.body, drops);
    if (encoded.has_error()) return encoded.error();
    c.memory.shrink(meanwhile);
    if (!c.memory.grow(a.body.capacity() + (decoded_before ? 0 : c.body.size())))
        return no_memory_to("send the translated request");
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
            if (!holds(*got)) co_return no_memory_to("read the stream's beginning");
            progress_ = watch_->feed(*got);
            if (progress_.failed) {
                head_ += *got;
                co_return reported(head_);
            }
            if (progress_.begun && head_.empty()) {
                first_ = *got;
                break;
            }
            if (!append_within(&call_->memory, head_, *got)) co_return no_memory_to("read the stream's beginning");
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
        if (!head_.empty()) forget_head();
        if (ended_) co_return std::string_view();
        if (failure_) co_return *failure_;
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
        if (!holds(*got)) co_return fail(no_memory_to("read the stream"));
        progress_ = watch_->feed(*got);
        call_->context->tokens = progress_.tokens;
        if (progress_.failed && !failure_) {
            const std::string_view bytes = *got;
            failure_ = reported(bytes);
            told_ = true;
            fail(*failure_);
            co_return bytes;
        }
        co_return *got;
    }

    [[nodiscard]] bool provider_said_so() const noexcept override { return told_; }
    [[nodiscard]] const usage& tokens() const noexcept override { return progress_.tokens; }

private:
    /// Why an answer had no content: it may have been no stream.
    [[nodiscard]] error no_stream() const {
        if (const auto at = head_.find_first_not_of(" \t\r\n"); at != std::string::npos && head_[at] == '{')
            return explain(*ops_, provider_, *call_->target, response_, head_);
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
    /// Accounts for an event that \p piece does not end: whoever reads events (the watch, and a
    /// decoder when the stream is translated) keeps what has come of it, in memory that doubles
    /// and stays. False when there is no memory for more of it.
    [[nodiscard]] bool holds(std::string_view piece) noexcept {
        const std::size_t total = unfinished_ + piece.size();
        // Of small events only the ends of pieces are looked at.
        if (total * 2 <= std::max(event_memory_, memory_lease::allowance)) {
            unfinished_ = piece.ends_with("\n\n") || piece.ends_with("\n\r\n") ? 0 : total;
            return true;
        }
        const auto end = std::max({after_last(piece, "\n\n"), after_last(piece, "\n\r\n"), after_last(piece, "}\n"),
                                   after_last(piece, "},")});
        unfinished_ = end == 0 ? total : piece.size() - end;
        while (unfinished_ * 2 > event_memory_) {
            const std::size_t more = event_memory_ == 0 ? memory_lease::allowance : event_memory_;
            if (!call_->memory.grow(more)) return false;
            event_memory_ += more;
        }
        return true;
    }
    [[nodiscard]] static std::size_t after_last(std::string_view piece, std::string_view mark) noexcept {
        const auto at = piece.rfind(mark);
        return at == std::string_view::npos ? 0 : at + mark.size();
    }
    void forget_head() noexcept {
        call_->memory.shrink(head_.capacity());
        std::string().swap(head_);
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
    /// Of the event being read, and what is accounted for in those who keep it.
    std::size_t unfinished_ = 0, event_memory_ = 0;
    std::optional<error> failure_;
    bool head_given_ = false;
    bool ended_ = false;
    bool told_ = false;
};

LLMX_DECL boost::asio::awaitable<result<reply>> perform(const provider_ops& ops, const void* self, call& c) {
    attempt_ptr a = attempt_shelf::take();
    const deployment& d = *c.target;
    const std::string_view model = name_upstream_model(c);
    c.context->provider = ops.name;
    if (c.memory.size() != 0) forget_buffers(c);
    a->request.to = &d.api_base.where;
    a->request.fields += "content-type: application/json\r\n";

    const bool same = c.dialect == ops.chat && !c.body.empty();
    for (std::size_t i = 0; same && i < c.forwarded_count; ++i)
        a->request.add_field(c.forwarded[i].name, c.forwarded[i].value);
    if (same && !ops.chat->has_foreign_signature(c.body)) {
        write_passed_through(c, model, *a);
    } else {
        auto written = write_translated(ops, c, model, *a);
        if (written.has_error()) co_return written.error();
    }
    outgoing what;
    what.op = c.op;
    what.stream = c.stream;
    what.model = model;
    auto prepared = ops.prepare(self, d, what, a->request);
    if (prepared.has_error()) co_return prepared.error();

    upstream_stopwatch watch(c);
    boost::asio::awaitable<result<http_response>> exchange =
        ops.exchange != nullptr ? ops.exchange(self, *c.on, d, a->request, c.limits, c.context->cancellation)
                                : c.on->transport().exchange(a->request, c.limits, c.context->cancellation);
    result<http_response> got = co_await std::move(exchange);
    if (got.has_error()) {
        watch.stop();
        error e = got.error();
        e.with_provider(ops.name);
        co_return e;
    }
    http_response response = std::move(*got);

    if (response.status < 200 || response.status > 299) {
        std::string said;
        auto read = co_await response.body->read_all(said);
        watch.stop();
        if (said.size() > max_error_body) said.resize(max_error_body);
        // An error body that broke off still came with its status.
        (void)read;
        co_return explain(ops, self, d, response, said);
    }

    reply r;
    r.dialect = ops.chat;
    r.request_id = std::string(provider_request_id(response.fields));
    r.answer_by_tool = a->answer_by_tool;
    if (!a->tool_names.empty()) r.tool_names = std::make_unique<tool_names>(std::move(a->tool_names));
    if (c.stream) {
        response.body->read_by(c.limits.first_byte_by);
        auto stream = std::make_unique<upstream_stream>(c, ops, self, std::move(a), std::move(response));
        auto opened = co_await stream->open();
        watch.stop();
        if (opened.has_error()) co_return opened.error();
        r.stream = std::move(stream);
        co_return r;
    }

    result<bool> whole = response.body->take_rest(r.body);
    if (whole && !*whole) {
        const result<void> read = co_await response.body->read_all(r.body);
        if (!read) whole = read.error();
    }
    c.context->first_token = watch.stop();
    if (!whole) {
        error e = whole.error();
        // Want of memory is ours, and no deployment's fault.
        if (e.value() != errc::shed) e.with_provider(ops.name);
        co_return e;
    }
    const bool translated = c.dialect != ops.chat || r.answer_by_tool || r.tool_names != nullptr;
    // Decoded by way of the JSON's tree, and encoded; the last only while it is being sent.
    if (translated && !c.memory.grow(3 * r.body.size())) co_return no_memory_to("translate the answer");
    r.tokens = ops.chat->scan_usage(r.body);
    // What passes through unparsed must still be an answer. Where usage was found, it is one.
    if (r.tokens.empty()) {
        const result<bool> failed = reports_failure(r.body);
        if (!failed) {
            error e(errc::bad_response, "the provider answered with something that is not a JSON object");
            e.with_provider(ops.name);
            co_return e;
        }
        if (*failed) co_return explain(ops, self, d, response, r.body);
    }
    c.context->tokens = r.tokens;
    co_return r;
}

} // namespace detail
} // namespace llmx::inline v0
