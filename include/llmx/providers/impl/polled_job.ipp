// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/polled_job.hpp>

#include <llmx/dialects/detail/json_texts.hpp>
#include <llmx/dialects/detail/media_type.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/data_url.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/forwarded_path.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Files of one result.
inline constexpr std::size_t max_job_files = 64;
/// Redirects of one file.
inline constexpr unsigned max_job_redirects = 3;

/// Whether \p host is \p domain or below it.
LLMX_DECL [[nodiscard]] bool is_host_of(std::string_view host, std::string_view domain) noexcept {
    if (domain.empty() || host.size() < domain.size()) return false;
    if (!iequals(host.substr(host.size() - domain.size()), domain)) return false;
    return host.size() == domain.size() || host[host.size() - domain.size() - 1] == '.';
}

/// Whether \p host is a name with a dot whose last label has a letter: no address, also none in the forms that resolvers take ("0x7f.1").
LLMX_DECL [[nodiscard]] bool is_public_name(std::string_view host) noexcept {
    if (host.ends_with('.')) host.remove_suffix(1);
    const std::size_t dot = host.rfind('.');
    if (dot == std::string_view::npos || host.find(':') != std::string_view::npos) return false;
    const std::string_view last = host.substr(dot + 1);
    for (const std::string_view local : {std::string_view("localhost"), std::string_view("local"), std::string_view("internal")})
        if (iequals(last, local)) return false;
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !last.empty() && letter(last.front());
}

LLMX_DECL [[nodiscard]] bool is_same_origin(const origin& a, const origin& b) noexcept {
    return a.tls == b.tls && a.port == b.port && iequals(a.host, b.host);
}

/// A status that the same request may not have a moment later.
LLMX_DECL [[nodiscard]] bool is_passing_status(int status) noexcept { return status == 408 || status == 425 || status == 429 || status >= 500; }

} // namespace detail

LLMX_DECL result<job_address> read_job_address(std::string_view url, const base_url& own, std::string_view domain) {
    job_address to;
    const std::string_view place = url.substr(0, url.find('#'));
    const auto unsafe = [](char c) { return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 0x7f || c == '\\'; };
    if (place.size() > 8192 || std::any_of(place.begin(), place.end(), unsafe))
        return error(errc::bad_response, "the provider's answer has a URL that is malformed");
    if (place.starts_with('/') && !place.starts_with("//")) {
        to.where = own.where;
        to.target = join_forwarded_path(own.path, place);
        to.trusted = true;
        return to;
    }
    const std::string_view whole = place.substr(0, place.find('?'));
    const result<base_url> parsed = parse_base_url(whole);
    if (!parsed) return error(errc::bad_response, "the provider's answer has a URL that is not https://host/path");
    to.where = parsed->where;
    const bool mine = detail::is_same_origin(to.where, own.where);
    if (!mine && (!to.where.tls || !detail::is_public_name(to.where.host)))
        return error(errc::bad_response, "the provider's answer has a URL at '" + to.where.authority +
                                             "', which is neither the deployment's host nor a public one behind https; set api_base to the host that it names");
    const std::size_t path = whole.find('/', whole.find("://") + 3);
    to.target = path == std::string_view::npos ? std::string_view("/") : whole.substr(path);
    to.target += place.substr(whole.size());
    to.trusted = mine || (own.where.tls && detail::is_host_of(own.where.host, domain) && detail::is_host_of(to.where.host, domain));
    return to;
}

LLMX_DECL void polled_job::fail(error why) {
    failure_ = std::move(why);
    end(step::failed);
}

LLMX_DECL bool polled_job::hold(std::size_t bytes) {
    if (held_ == nullptr || held_->grow(bytes)) return true;
    error e(errc::shed, "the gateway has no memory for the result of the provider's job; try again later");
    e.with_retry_after(std::chrono::seconds(1));
    fail(std::move(e));
    return false;
}

LLMX_DECL bool polled_job::go_to(std::string_view url, job_address& to) {
    if (url.empty()) return true;
    result<job_address> read = read_job_address(url, *own_, form_->domain);
    if (read && !read->trusted)
        read = error(errc::bad_response, "the provider's job is at '" + read->where.authority +
                                             "', which the deployment's key is not for; set api_base to the host that it names");
    if (read) to = std::move(*read);
    else fail(read.error());
    return read.has_value();
}

LLMX_DECL void polled_job::ask_again(time_point now, duration at_least) {
    due_ = now + std::max(wait_, at_least);
    const duration longer = std::chrono::duration_cast<duration>(wait_ * options_.growth);
    wait_ = std::min(std::max(longer, wait_), options_.longest_wait);
}

LLMX_DECL void polled_job::answered(int status, std::string body, duration retry_after, time_point now) {
    if (stage_ != job_stage::created && detail::is_passing_status(status) && failed_ < options_.failures) {
        ++failed_;
        return ask_again(now, std::min<duration>(retry_after, std::chrono::minutes(1)));
    }
    failed_ = 0;
    if (status >= 300) {
        // The vendor's own error of a job that is over; that of a poll leaves open what the job does.
        running_ = running_ && stage_ == job_stage::polled && detail::is_passing_status(status);
        status_ = status;
        body_ = std::move(body);
        return end(step::done);
    }
    result<job_report> report = form_->read(body, status, stage_);
    if (!report) return fail(report.error());
    take(std::move(*report), std::move(body), now);
}

LLMX_DECL void polled_job::take(job_report report, std::string body, time_point now) {
    using state = job_report::state;
    // An address for the cancellation that is no address is no reason to lose the result.
    if (!report.cancel_url.empty())
        if (result<job_address> at = read_job_address(report.cancel_url, *own_, form_->domain); at && at->trusted) cancel_ = std::move(*at);
    if (!report.result_url.empty()) result_url_ = std::move(report.result_url);
    if (report.now != state::running) running_ = false;
    if (report.now == state::failed) return fail(std::move(report.failure));
    if (report.now == state::finished) return finish(std::move(body), now);
    if (report.now == state::stored) {
        if (result_url_.empty()) return fail(error(errc::bad_response, "the provider's job is over, and no answer names the place of its result"));
        if (!go_to(result_url_, address_)) return;
        phase_ = phase::asking;
        stage_ = job_stage::stored;
        due_ = now;
        return;
    }
    if (wish_ == wish::stream && !report.stream_url.empty()) {
        if (go_to(report.stream_url, address_)) end(step::stream);
        return;
    }
    if (!go_to(report.status_url, address_)) return;
    if (address_.where.host.empty()) return fail(error(errc::bad_response, "the provider began a job, and its answer names no place to ask for it"));
    phase_ = phase::asking;
    stage_ = job_stage::polled;
    ask_again(now, duration::zero());
}

LLMX_DECL void polled_job::finish(std::string body, time_point now) {
    if (wish_ == wish::stream && form_->write_events != nullptr) {
        form_->write_events(body, body_);
        if (hold(body_.size())) end(step::done);
        return;
    }
    body_ = std::move(body);
    if (!hold(body_.size())) return;
    if (wish_ != wish::files || form_->files.empty()) return end(step::done);
    for (const std::string_view text : detail::find_json_texts(body_, form_->files, detail::max_job_files)) {
        const std::size_t begin = static_cast<std::size_t>(text.data() - body_.data());
        if (!is_data_url(text.substr(1))) places_.push_back(place{begin, begin + text.size()});
    }
    std::sort(places_.begin(), places_.end(), [](const place& a, const place& b) { return a.begin < b.begin; });
    phase_ = phase::fetching;
    fetch_next(now);
}

LLMX_DECL void polled_job::fetch_next(time_point now) {
    if (next_place_ == places_.size()) {
        if (!places_.empty()) {
            with_files_.append(body_, copied_, std::string::npos);
            body_.swap(with_files_);
            std::string().swap(with_files_);
        }
        return end(step::done);
    }
    const place& at = places_[next_place_];
    result<job_address> to = read_job_address(unescape_json_string(std::string_view(body_).substr(at.begin, at.end - at.begin)), *own_, std::string_view());
    if (!to) return fail(to.error());
    address_ = std::move(*to);
    failed_ = redirects_ = 0;
    wait_ = options_.first_wait;
    due_ = now;
}

LLMX_DECL void polled_job::file_answered(int status, std::string_view octets, std::string_view content_type, std::string_view location, time_point now) {
    if (status >= 300 && status <= 399 && !location.empty() && redirects_ < detail::max_job_redirects) {
        ++redirects_;
        std::string whole(location);
        if (location.starts_with('/') && !location.starts_with("//"))
            whole.insert(0, (address_.where.tls ? "https://" : "http://") + address_.where.authority);
        result<job_address> to = read_job_address(whole, *own_, std::string_view());
        if (!to) return fail(to.error());
        address_ = std::move(*to);
        due_ = now;
        return;
    }
    if (detail::is_passing_status(status) && failed_ < options_.failures) {
        ++failed_;
        return ask_again(now, duration::zero());
    }
    if (status < 200 || status > 299)
        return fail(error(errc::bad_response, "the provider's file at '" + address_.where.authority + "' was answered with " + std::to_string(status)));
    fetched_ += octets.size();
    if (octets.empty() || fetched_ > options_.max_files)
        return fail(error(errc::bad_response, octets.empty() ? "a file of the provider's result is empty"
                                                             : "the files of the provider's result are larger than the gateway takes; request URLs instead"));
    const std::string_view declared = content_type.substr(0, content_type.find(';'));
    const std::string head = base64_encode(octets.substr(0, 48));
    std::string_view type = detail::type_by_bytes(declared, head);
    if (type.empty()) type = "application/octet-stream";
    if (type.starts_with("text/") || type == "application/json" || type == "application/xml" || type.find_first_of("\"\\,") != std::string_view::npos)
        return fail(error(errc::bad_response, "the provider's file at '" + address_.where.authority + "' is no image"));
    const place& at = places_[next_place_];
    const std::size_t more = at.begin - copied_ + octets.size() / 3 * 4 + 4 + type.size() + 32;
    if (!hold(more)) return;
    with_files_.append(body_, copied_, at.begin - copied_);
    with_files_.append("\"data:").append(type).append(";base64,");
    append_base64(with_files_, octets);
    with_files_ += '"';
    copied_ = at.end;
    ++next_place_;
    fetch_next(now);
}

LLMX_DECL void polled_job::unanswered(error why, time_point now) {
    if (failed_ >= options_.failures) return fail(std::move(why));
    ++failed_;
    ask_again(now, duration::zero());
}

} // namespace llmx::inline LLMX_ABI
