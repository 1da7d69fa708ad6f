// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/batch_job.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/server/detail/blob_source.hpp>
#include <llmx/server/detail/vendor_request.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/ndjson.hpp>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <chrono>

namespace llmx::inline LLMX_ABI {
namespace detail {

[[nodiscard]] inline bool is_final_state(std::string_view status) noexcept {
    return status == "completed" || status == "failed" || status == "expired" || status == "cancelled";
}

LLMX_DECL bool batch_job::start(runtime& on) {
    const std::string name = record.name;
    if (!all->begin(name, shared_from_this(), input)) return true;
    const bool taken = on.background().post([self = shared_from_this(), &on](cancellation& stop) { return run(self, on, stop); });
    if (!taken) all->end(name);
    return taken;
}

LLMX_DECL void batch_job::cancel(std::int64_t at) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (is_final_state(text_of(record.shown, "status")) || cancelled_.exchange(true)) return;
    record.shown["status"] = "cancelling";
    record.shown["cancelling_at"] = at;
}

LLMX_DECL void batch_job::halt_all(void* self) noexcept {
    batch_job& job = *static_cast<batch_job*>(self);
    job.interrupted_ = true;
    for (cancellation& lane : job.lanes_) lane.cancel();
}

LLMX_DECL boost::asio::awaitable<void> batch_job::run(std::shared_ptr<batch_job> self, runtime& on, cancellation& stop) {
    batch_job& job = *self;
    const std::string name = job.record.name;
    const cancellation::registration halting(stop, &batch_job::halt_all, &job);
    bool placed = job.all->take_place();
    while (!placed && !job.stops(on)) {
        const time_point later = on.now() + std::chrono::seconds(1);
        (void)co_await on.sleep_until(later, stop);
        placed = job.all->take_place();
    }
    if (placed || job.cancelled_) {
        const result<void> done = co_await job.work(on, stop);
        // What the store could not take now goes on at the next start.
        if (!done) job.interrupted_ = true;
    }
    if (placed) job.all->give_place();
    job.all->end(name);
}

LLMX_DECL boost::asio::awaitable<result<void>> batch_job::enter(runtime& on, std::string_view state, cancellation& stop) {
    std::optional<resource_record> copy;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        record.shown["status"] = state;
        record.shown[std::string(state) + "_at"] = on.unix_seconds();
        copy = record;
    }
    result<void> done = co_await save_record(*all, *copy, stop);
    co_return done;
}

LLMX_DECL void batch_job::count(bool failed) {
    const std::lock_guard<std::mutex> lock(mutex_);
    boost::json::object& counts = record.shown["request_counts"].as_object();
    const std::string_view name = failed ? "failed" : "completed";
    counts[name] = whole_of(counts, name) + 1;
}

LLMX_DECL void batch_job::take_failure(const known_ids&, std::size_t line, const batch_fault& fault) {
    constexpr std::size_t most = 100;
    if (faults_.size() >= most) return;
    boost::json::object o;
    o["code"] = fault.code;
    o["message"] = fault.message;
    o["param"] = fault.param.empty() ? boost::json::value() : boost::json::value(fault.param);
    o["line"] = line == 0 ? boost::json::value() : boost::json::value(static_cast<std::int64_t>(line));
    faults_.push_back(std::move(o));
}

/// The lines of a blob, one after another; for files larger than memory.
LLMX_DECL class basic_blob_lines {
public:
    basic_blob_lines(blob_store& all, std::string key, std::size_t most) : all_(&all), key_(std::move(key)), most_(most) {}
    /// The next line without its end; false at the end of the blob. A line without an end at the end of the blob counts.
    boost::asio::awaitable<result<bool>> next(std::string& line, std::uint64_t& offset, cancellation& stop) {
        for (;;) {
            const std::size_t end = held_.find('\n', begin_);
            if (end != std::string::npos || (ended_ && begin_ < held_.size())) {
                const std::size_t until = end == std::string::npos ? held_.size() : end;
                if (until - begin_ > most_) co_return too_long();
                whole = end != std::string::npos;
                line.assign(held_, begin_, until - begin_);
                offset = base_ + begin_;
                begin_ = whole ? until + 1 : until;
                co_return true;
            }
            if (ended_) co_return false;
            if (held_.size() - begin_ > most_) co_return too_long();
            base_ += begin_;
            held_.erase(0, begin_);
            begin_ = 0;
            const result<std::string> piece = co_await all_->read(key_, base_ + held_.size(), blob_step, stop);
            if (!piece) co_return piece.error();
            ended_ = piece->empty();
            held_ += *piece;
        }
    }
    /// The last line had an end.
    bool whole = true;

private:
    [[nodiscard]] error too_long() const { return error(errc::payload_too_large, "a line is longer than " + std::to_string(most_) + " bytes"); }
    blob_store* all_;
    std::string key_, held_;
    std::size_t most_, begin_ = 0;
    std::uint64_t base_ = 0;
    bool ended_ = false;
};
using blob_lines = LLMX_PLAIN(basic_blob_lines);

LLMX_DECL boost::asio::awaitable<result<bool>> batch_job::validate(known_ids& ids, cancellation& stop) {
    LLMX_OF(blob_lines) reader(*all->options.blobs, file_blob(input), all->options.max_line_bytes);
    std::string line;
    std::uint64_t offset = 0;
    std::size_t number = 0;
    for (;;) {
        const result<bool> there = co_await reader.next(line, offset, stop);
        if (!there && there.error().value() == errc::payload_too_large) {
            take_failure(ids, number + 1, batch_fault("line_too_long", there.error().message()));
            break;
        }
        if (!there) {
            if (there.error().value() != errc::not_found) co_return there.error();
            take_failure(ids, 0, batch_fault("invalid_file", "The input file is no longer there.", "input_file_id"));
            break;
        }
        if (!*there) break;
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        if (lines_.size() >= all->options.max_batch_lines) {
            take_failure(ids, number, batch_fault("too_many_tasks", "The batch has more than " + std::to_string(all->options.max_batch_lines) + " requests."));
            break;
        }
        batch_line read;
        std::optional<batch_fault> fault = read_batch_line(line, endpoint, read);
        if (!fault && !ids.emplace(std::move(read.custom_id), lines_.size()).second)
            fault.emplace("duplicate_custom_id", "The custom_id of this line is that of an earlier one.", "custom_id");
        if (fault) take_failure(ids, number, *fault);
        place at;
        at.offset = offset;
        at.size = static_cast<std::uint32_t>(line.size());
        lines_.push_back(at);
    }
    if (lines_.empty() && faults_.empty()) take_failure(ids, 0, batch_fault("empty_file", "The input file is empty: a batch has at least one request."));
    co_return faults_.empty();
}

LLMX_DECL boost::asio::awaitable<result<void>> batch_job::find_done(results& of, const known_ids& ids, cancellation& stop) {
    const std::string key = file_blob(of.name);
    const result<std::optional<std::uint64_t>> size = co_await all->options.blobs->size(key, stop);
    if (!size) co_return size.error();
    of.size = size->value_or(0);
    if (of.size == 0) co_return success();
    LLMX_OF(blob_lines) reader(*all->options.blobs, key, max_resource_answer * 4);
    std::string line;
    std::uint64_t offset = 0, good = 0;
    for (;;) {
        const result<bool> there = co_await reader.next(line, offset, stop);
        if (!there) co_return there.error();
        if (!*there) break;
        // A crash may have cut the last line: its request is made again.
        if (!reader.whole) break;
        good = offset + line.size() + 1;
        std::string id;
        static_cast<void>(scan_json_members(line, [&id](const json_member& m) {
            if (m.named("custom_id") && is_json_string(m.value)) id = unescape_json_string(m.value);
        }));
        const auto at = ids.find(id);
        if (at == ids.end() || lines_[at->second].done) continue;
        lines_[at->second].done = true;
        count(&of == &errors_ || line.find("\"result\":{\"type\":\"errored\"") != std::string::npos);
    }
    if (good == of.size) co_return success();
    // The good part becomes a blob of another name, a step at a time.
    const std::string fresh = of.name + "-";
    for (std::uint64_t at = 0; at < good;) {
        result<std::string> piece = co_await all->options.blobs->read(key, at, static_cast<std::size_t>(std::min<std::uint64_t>(blob_step, good - at)), stop);
        if (!piece) co_return piece.error();
        const result<void> kept = co_await all->options.blobs->append(file_blob(fresh), at, *piece, stop);
        if (!kept) co_return kept;
        at += piece->size();
    }
    const result<bool> erased = co_await all->options.blobs->erase(key, stop);
    if (!erased) co_return erased.error();
    of.name = fresh;
    of.size = good;
    std::optional<resource_record> copy;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        record.inside[&of == &errors_ ? "errors" : "output"] = fresh;
        copy = record;
    }
    result<void> done = co_await save_record(*all, *copy, stop);
    co_return done;
}

LLMX_DECL boost::asio::awaitable<result<void>> batch_job::work(runtime& on, cancellation& stop) {
    known_ids ids;
    output_.name = text_of(record.inside, "output");
    errors_.name = text_of(record.inside, "errors");
    const bool resumed = status() != "validating";
    const result<bool> valid = co_await validate(ids, stop);
    if (!valid) co_return valid.error();
    if (!*valid) {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            boost::json::object errors;
            errors["object"] = "list";
            errors["data"] = faults_;
            record.shown["errors"] = std::move(errors);
        }
        // Anthropic's form has no faults of a batch: each of its requests has them.
        result<void> done = success();
        if (anthropic) done = co_await fail_all(ids, stop);
        if (done) done = co_await enter(on, "failed", stop);
        co_return done;
    }
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        boost::json::object counts;
        counts["total"] = lines_.size();
        counts["completed"] = 0;
        counts["failed"] = 0;
        record.shown["request_counts"] = std::move(counts);
    }
    result<void> good = success();
    if (resumed) {
        good = co_await find_done(output_, ids, stop);
        if (good) good = co_await find_done(errors_, ids, stop);
    } else if (!cancelled_) {
        good = co_await enter(on, "in_progress", stop);
    }
    known_ids().swap(ids);
    if (good) good = co_await run_lanes(on, stop);
    if (good && failure_) good = *failure_;
    if (!good || interrupted_) co_return good;
    if (!cancelled_ && !expired_ && on.background().draining()) {
        for (const place& p : lines_)
            if (!p.done) co_return success();
    }
    if (cancelled_ || expired_) good = co_await fill_rest(on, expired_, stop);
    if (good && !cancelled_ && !expired_) good = co_await enter(on, "finalizing", stop);
    if (good) good = co_await publish(on, output_, "output_file_id", "output", stop);
    if (good) good = co_await publish(on, errors_, "error_file_id", "errors", stop);
    const std::string_view last = cancelled_ ? "cancelled" : expired_ ? "expired" : "completed";
    if (good) good = co_await enter(on, last, stop);
    co_return good;
}

LLMX_DECL boost::asio::awaitable<result<void>> batch_job::run_lanes(runtime& on, cancellation& stop) {
    const std::size_t wanted = std::max<std::size_t>(1, std::min<std::size_t>(all->options.batch_concurrency, lines_.size()));
    cancellation over;
    over_ = &over;
    running_ = wanted;
    const boost::asio::any_io_executor executor = on.executor();
    for (std::size_t i = 0; i < wanted; ++i) {
        const auto halt = lanes_.emplace(lanes_.end());
        boost::asio::awaitable<void> one = lane(shared_from_this(), on, halt);
        boost::asio::co_spawn(LLMX_LATER(executor), std::move(one), [self = shared_from_this()](const std::exception_ptr& thrown) {
            if (thrown) self->failure_ = error(errc::internal);
            if (--self->running_ == 0 && self->over_ != nullptr) self->over_->cancel();
        });
    }
    while (running_ != 0) (void)co_await on.sleep_until(time_point::max(), over);
    over_ = nullptr;
    lanes_.clear();
    if (stop.cancelled()) interrupted_ = true;
    co_return success();
}

LLMX_DECL boost::asio::awaitable<void> batch_job::lane(std::shared_ptr<batch_job> self, runtime& on, std::list<cancellation>::iterator halt) {
    batch_job& job = *self;
    const std::int64_t end = whole_of(job.record.shown, "expires_at");
    const unsigned per_minute = job.all->options.batch_requests_per_minute;
    while (!job.stops(on)) {
        if (end != 0 && on.unix_seconds() >= end) {
            job.expired_ = true;
            break;
        }
        while (job.next_ < job.lines_.size() && job.lines_[job.next_].done) ++job.next_;
        if (job.next_ == job.lines_.size()) break;
        const std::size_t at = job.next_++;
        if (per_minute != 0) {
            const time_point mine = std::max(job.next_start_, on.now());
            job.next_start_ = mine + std::chrono::duration_cast<duration>(std::chrono::minutes(1)) / per_minute;
            (void)co_await on.sleep_until(mine, *halt);
            if (job.stops(on)) break;
        }
        const result<void> done = co_await job.one_line(on, at, *halt);
        if (!done && done.error().value() != errc::cancelled) job.failure_ = done.error();
    }
}

/// A JSON text on one line: line ends are white space between its tokens.
LLMX_DECL void put_on_one_line(std::string& json) {
    std::replace_if(json.begin(), json.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
}

LLMX_DECL boost::asio::awaitable<result<void>> batch_job::one_line(runtime& on, std::size_t at, cancellation& halt) {
    const place where = lines_[at];
    const result<std::string> text = co_await all->options.blobs->read(file_blob(input), where.offset, where.size, halt);
    if (!text) co_return text.error();
    batch_line line;
    if (read_batch_line(*text, endpoint, line)) co_return error(errc::internal, "the input file of a batch has changed");
    const batch_url* const url = find_batch_url(endpoint);
    const std::string owner = text_of(record.inside, "owner");
    const std::string request = "batch_req_" + new_resource_name(*all, on);
    line_answer answer;
    for (unsigned tries = 0;; ++tries) {
        call_context context;
        context.request_id = request;
        context.started = on.now();
        if (!owner.empty()) {
            context.principal = all->options.find_principal ? all->options.find_principal(owner) : nullptr;
            if (context.principal == nullptr) {
                answer.status = 401;
                answer.body = R"({"error":{"message":"the key that made the batch no longer exists","type":"invalid_request_error","code":"authentication"}})";
                break;
            }
            context.caller = context.principal->alias;
        }
        const cancellation::registration linked(halt, [](void* c) noexcept { static_cast<cancellation*>(c)->cancel(); }, &context.cancellation);
        if (halt.cancelled()) co_return error(errc::cancelled);
        answer = line_answer();
        co_await url->run(on, gateway, context, all->options.observer.get(), line.body, answer);
        if (halt.cancelled()) co_return error(errc::cancelled);
        if (!answer.again || tries >= all->options.batch_retries) break;
        const time_point until = on.now() + line_retry_wait(all->options, tries, answer.wait);
        // A cancelled batch does not wait for its end.
        while (on.now() < until && !stops(on)) {
            const time_point step = std::min<time_point>(until, on.now() + std::chrono::seconds(1));
            const result<void> slept = co_await on.sleep_until(step, halt);
            if (!slept) co_return slept;
        }
        if (stops(on)) co_return error(errc::cancelled);
    }
    put_on_one_line(answer.body);
    const bool failed = answer.status != 200;
    std::string out;
    json_writer w(out);
    w.object();
    if (anthropic) {
        w.member("custom_id", line.custom_id).key("result").object().member("type", failed ? "errored" : "succeeded");
        w.raw_member(failed ? "error" : "message", answer.body).end_object();
    } else {
        w.member("id", request).member("custom_id", line.custom_id).key("response").object().member("status_code", answer.status);
        w.member("request_id", request).raw_member("body", answer.body).end_object().key("error").null();
    }
    w.end_object();
    out += '\n';
    lines_[at].done = true;
    count(failed);
    results& to = failed && !anthropic ? errors_ : output_;
    result<void> kept = co_await append(to, std::move(out), halt);
    co_return kept;
}

LLMX_DECL boost::asio::awaitable<result<void>> batch_job::append(results& to, std::string line, cancellation&) {
    to.pending += line;
    if (to.writing) co_return success();
    // The writer writes for all lanes; what was answered is kept also when the batch is interrupted.
    cancellation never;
    to.writing = true;
    result<void> good = success();
    while (good && !to.pending.empty()) {
        const std::string piece = std::exchange(to.pending, std::string());
        good = co_await all->options.blobs->append(file_blob(to.name), to.size, piece, never);
        if (good) to.size += piece.size();
    }
    to.writing = false;
    if (!good) failure_ = good.error();
    co_return good;
}

LLMX_DECL boost::asio::awaitable<result<void>> batch_job::fill_rest(runtime& on, bool expired, cancellation& stop) {
    std::int64_t rest = 0;
    for (place& p : lines_) {
        if (p.done) continue;
        p.done = true;
        ++rest;
        // OpenAI names requests that expired, and leaves out those that were cancelled.
        if (!anthropic && !expired) continue;
        const result<std::string> text = co_await all->options.blobs->read(file_blob(input), p.offset, p.size, stop);
        if (!text) co_return text.error();
        batch_line line;
        if (read_batch_line(*text, endpoint, line)) continue;
        std::string out;
        json_writer w(out);
        w.object();
        if (anthropic) {
            w.member("custom_id", line.custom_id).key("result").object().member("type", expired ? "expired" : "canceled").end_object();
        } else {
            w.member("id", "batch_req_" + new_resource_name(*all, on)).member("custom_id", line.custom_id).key("response").null();
            w.key("error").object().member("code", "batch_expired");
            w.member("message", "This request could not be executed before the completion window expired.").end_object();
        }
        w.end_object();
        out += '\n';
        results& to = anthropic ? output_ : errors_;
        const result<void> kept = co_await append(to, std::move(out), stop);
        if (!kept) co_return kept;
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    record.inside["left"] = rest;
    co_return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> batch_job::publish(runtime& on, results& of, std::string_view member, std::string_view suffix,
                                                                  cancellation& stop) {
    if (of.size == 0 || anthropic) co_return success();
    resource_record file;
    file.kind = "file";
    file.owner_tag = record.owner_tag;
    file.name = of.name;
    const std::string owner = text_of(record.inside, "owner");
    const result<std::string> id = all->ids.make(owner, resource_ref(std::string(), "file-" + of.name));
    if (!id) co_return id.error();
    file.shown["id"] = *id;
    file.shown["object"] = "file";
    file.shown["bytes"] = static_cast<std::int64_t>(of.size);
    file.shown["created_at"] = on.unix_seconds();
    file.shown["filename"] = std::string("batch_").append(suffix).append(".jsonl");
    file.shown["purpose"] = "batch_output";
    file.shown["status"] = "processed";
    file.inside["mime_type"] = "application/jsonl";
    result<void> kept = co_await save_record(*all, file, stop);
    if (!kept) co_return kept;
    const std::lock_guard<std::mutex> lock(mutex_);
    record.shown[member] = *id;
    co_return success();
}

LLMX_DECL boost::asio::awaitable<void> find_begun_batches(std::shared_ptr<resources> all, runtime& on, any_service gateway, cancellation& stop) {
    constexpr std::size_t step = 1000;
    for (const std::string_view kind : {std::string_view("batch"), std::string_view("msgbatch")}) {
        const std::string prefix = std::string("records/").append(kind).append("/");
        std::string after;
        for (bool more = true; more;) {
            const result<std::vector<std::string>> keys = co_await all->options.blobs->list(prefix, after, step, stop);
            if (!keys) co_return;
            more = keys->size() == step;
            if (more) after = keys->back();
            for (const std::string& key : *keys) {
                const std::string_view rest = std::string_view(key).substr(prefix.size());
                const std::size_t slash = rest.find('/');
                if (slash == std::string_view::npos) continue;
                result<std::optional<resource_record>> record = co_await load_record(*all, kind, rest.substr(0, slash), rest.substr(slash + 1), stop);
                if (!record || !*record || (*record)->inside.if_contains("deployment") != nullptr) continue;
                if (is_final_state(text_of((*record)->shown, "status"))) continue;
                const bool cancelling = text_of((*record)->shown, "status") == "cancelling";
                const auto job = std::make_shared<batch_job>(all, gateway, std::move(**record));
                if (cancelling) job->cancel(on.unix_seconds());
                (void)job->start(on);
            }
        }
    }
}

} // namespace detail

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
