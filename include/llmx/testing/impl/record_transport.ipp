// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/sort_stably.hpp>
#include <llmx/testing/record_transport.hpp>
#include <llmx/transport/body_source.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

namespace llmx::inline LLMX_ABI::testing {

LLMX_DECL result<std::shared_ptr<recording_file>> recording_file::create(const std::string& path, recording_options options) {
    auto made = std::make_shared<recording_file>(std::move(options));
    made->out_.open(path, std::ios::binary | std::ios::trunc);
    if (!made->out_) return error(errc::bad_configuration, path + " cannot be written; name a file in a folder that exists");
    made->to_file_ = true;
    return made;
}

LLMX_DECL std::size_t recording_file::next_number() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return ++begun_;
}

LLMX_DECL void recording_file::add(recorded_exchange e, std::size_t number) noexcept try {
    options_.clean(e);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (to_file_) {
        out_ << recording::line(e, number) << std::flush;
        broken_ = broken_ || !out_;
        return;
    }
    all_.emplace_back(number, std::move(e));
} catch (...) {
    const std::lock_guard<std::mutex> lock(mutex_);
    broken_ = true;
}

LLMX_DECL recording recording_file::exchanges() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::vector<std::pair<std::size_t, recorded_exchange>> sorted = all_;
    llmx::detail::sort_stably(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<recorded_exchange> out;
    for (auto& [number, e] : sorted) out.push_back(std::move(e));
    return recording(std::move(out));
}

LLMX_DECL result<void> recording_file::status() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (broken_) return error(errc::bad_configuration, "the recording lacks an exchange: it could not be written; free some space and record again");
    return success();
}

namespace detail {

/// Head and body of \p request, without the part that its source still has.
LLMX_DECL [[nodiscard]] recorded_exchange begin_recorded(const http_request& request) {
    recorded_exchange e;
    e.method = request.method;
    e.host = request.to->authority;
    e.target = request.target;
    for (std::string_view rest = request.fields; !rest.empty();) {
        const std::string_view one = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(rest.size(), one.size() + 2));
        const std::size_t colon = one.find(": ");
        if (colon != std::string_view::npos) e.fields.emplace_back(std::string(one.substr(0, colon)), std::string(one.substr(colon + 2)));
    }
    for (const std::string_view piece : request.body) e.body += piece;
    return e;
}

[[nodiscard]] inline error too_long_to_record() {
    return error(errc::bad_configuration, "the body has more than 64 MiB, which is more than a recording keeps; send it over the transport itself");
}

/// Exchange under way. Adds itself to the file when it is destroyed.
class recorded_entry {
public:
    recorded_entry(std::shared_ptr<recording_file> file, time_point (*now)(), recorded_exchange e)
        : file_(std::move(file)), now_(now), began_(now()), number_(file_->next_number()), what(std::move(e)) {}
    recorded_entry(const recorded_entry&) = delete;
    recorded_entry& operator=(const recorded_entry&) = delete;
    ~recorded_entry() {
        // Its reader has released it before its end.
        if (!over_ && !what.failure) what.failure = errc::cancelled;
        file_->add(std::move(what), number_);
    }
    [[nodiscard]] bool keep(std::string_view bytes) {
        kept_ += bytes.size();
        if (kept_ > record_transport::most) return false;
        what.pieces.emplace_back(std::chrono::duration_cast<std::chrono::milliseconds>(now_() - began_), std::string(bytes));
        return true;
    }
    void end() noexcept { over_ = true; }
    void fail(const error& e) {
        over_ = true;
        what.failure = e.value();
        what.failure_message = e.message();
    }

private:
    std::shared_ptr<recording_file> file_;
    time_point (*now_)();
    time_point began_;
    std::size_t number_, kept_ = 0;
    bool over_ = false;

public:
    recorded_exchange what;
};

/// The source of a request, whose bytes are kept as they pass.
LLMX_DECL class basic_recorded_source final : public body_source {
public:
    basic_recorded_source(body_source& from, std::string& to) noexcept : from_(&from), to_(&to) {}
    boost::asio::awaitable<result<std::string_view>> read_some() override {
        result<std::string_view> piece = co_await from_->read_some();
        if (piece) {
            if (to_->size() + piece->size() > record_transport::most) co_return too_long_to_record();
            *to_ += *piece;
        }
        co_return piece;
    }
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override { return from_->size(); }

private:
    body_source* from_;
    std::string* to_;
};
using recorded_source = LLMX_PLAIN(basic_recorded_source);

/// The body of an answer, with all that its request needs.
LLMX_DECL class basic_recorded_body final : public http_body {
public:
    basic_recorded_body(std::unique_ptr<recorded_entry> e, std::unique_ptr<http_request> r, std::unique_ptr<body_source> source, http_body_ptr from,
                        const http_limits& limits)
        : entry_(std::move(e)), request_(std::move(r)), source_(std::move(source)), from_(std::move(from)), most_(limits.max_body),
          memory_(limits.memory) {}

    boost::asio::awaitable<result<std::string_view>> read_some() override {
        result<std::string_view> piece = co_await from_->read_some();
        if (!piece) entry_->fail(piece.error());
        else if (piece->empty()) entry_->end();
        else if (!entry_->keep(*piece)) co_return too_long_to_record();
        co_return piece;
    }
    boost::asio::awaitable<result<void>> read_all(std::string& out) override {
        for (std::size_t room = most_;;) {
            const result<std::string_view> piece = co_await read_some();
            if (!piece) co_return piece.error();
            if (piece->empty()) co_return success();
            if (piece->size() > room) co_return error(errc::bad_response, "the answer is larger than its limit");
            room -= piece->size();
            if (!append_within(memory_, out, *piece)) {
                error e(errc::shed, "the gateway has no memory to read the answer now; try again later");
                co_return e.with_retry_after(std::chrono::seconds(1));
            }
        }
    }
    void read_by(time_point when) noexcept override { from_->read_by(when); }

private:
    // The body below uses the request and its source to its end: it is released first.
    std::unique_ptr<recorded_entry> entry_;
    std::unique_ptr<http_request> request_;
    std::unique_ptr<body_source> source_;
    http_body_ptr from_;
    std::size_t most_;
    memory_lease* memory_;
};
using recorded_body = LLMX_PLAIN(basic_recorded_body);

} // namespace detail

LLMX_DECL boost::asio::awaitable<result<http_response>> LLMX_OF(record_transport)::exchange(const http_request& request,
                                                                                           const http_limits& limits, cancellation& stop) {
    auto entry = std::make_unique<detail::recorded_entry>(file_, now_, detail::begin_recorded(request));
    auto own = std::make_unique<http_request>(request);
    std::unique_ptr<body_source> source;
    if (request.source != nullptr) {
        source = std::make_unique<detail::LLMX_OF(recorded_source)>(*request.source, entry->what.body);
        own->source = source.get();
    }
    result<http_response> got = co_await to_->exchange(*own, limits, stop);
    if (!got) {
        entry->fail(got.error());
        co_return got.error();
    }
    http_response response = std::move(*got);
    entry->what.status = response.status;
    for (const http_field& f : response.fields) entry->what.answer_fields.emplace_back(std::string(f.name), std::string(f.value));
    response.body.reset(new detail::LLMX_OF(recorded_body)(std::move(entry), std::move(own), std::move(source), std::move(response.body), limits));
    co_return response;
}

} // namespace llmx::inline LLMX_ABI::testing
