// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/detail/job_forms.hpp>

#include <llmx/wire/detail/has_words.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <chrono>

namespace llmx::inline LLMX_ABI::detail {

/// A job that failed; \p words are the vendor's.
LLMX_DECL [[nodiscard]] error job_failure(std::string_view words, std::string_view code) {
    bool refused = false;
    for (const std::string_view sign : {std::string_view("nsfw"), std::string_view("moderat"), std::string_view("safety"), std::string_view("sensitive"),
                                        std::string_view("content_filter"), std::string_view("content policy"), std::string_view("content_policy")})
        refused = refused || has_words(words, sign) || has_words(code, sign);
    error e(refused ? errc::content_policy : errc::provider_internal,
            refused ? "the provider made nothing because of its content rules" : "the provider began the job and failed at it");
    if (!words.empty()) e.with_provider_message(std::string(words.substr(0, 512)));
    if (!code.empty()) e.with_provider_code(std::string(code.substr(0, 128)));
    return e;
}

LLMX_DECL [[nodiscard]] error no_job(std::string_view why) {
    return error(errc::bad_response, "the provider's answer is no job: " + std::string(why) + "; check that api_base names its API");
}

LLMX_DECL result<job_report> read_whole_job(std::string_view, int, job_stage) {
    job_report r;
    r.now = job_report::state::finished;
    return r;
}

LLMX_DECL result<job_report> read_stability_job(std::string_view body, int status, job_stage) {
    job_report r;
    if (status == 202) return r;
    json_document document(body);
    if (const result<void> read = document.status(); !read) return no_job(read.error().message());
    const json_cursor in = document.root(), reason = in["finish_reason"], image = in["image"], whole = in["result"], id = in["id"];
    if (reason.string_or() == "CONTENT_FILTERED") {
        r.now = job_report::state::failed;
        r.failure = job_failure("content_filter", "CONTENT_FILTERED");
        r.failure.with_provider_message("the image was withheld by the vendor's filter");
    } else if (!image.string_or().empty() || !whole.string_or().empty()) {
        r.now = job_report::state::finished;
    } else if (!id.string_or().empty()) {
        r.status_url = "/v2beta/results/";
        append_percent_encoded(r.status_url, id.string_or());
    } else {
        return no_job("it has neither an image nor an id");
    }
    return r;
}

LLMX_DECL error_body read_stability_error(std::string_view body) {
    error_body found;
    json_document document(body);
    if (!document.forgive()) return found;
    const json_cursor in = document.root(), name = in["name"], errors = in["errors"], message = in["message"];
    found.code = name.string_or();
    // Their status is 403, as that of a wrong key.
    if (found.code == "content_moderation") found.type = "content_policy";
    found.message = message.string_or();
    for (std::size_t i = 0; errors.array() != nullptr && i < std::min<std::size_t>(errors.array()->size(), 8); ++i) {
        if (!found.message.empty()) found.message += "; ";
        found.message += errors[i].string_or();
    }
    return found;
}

LLMX_DECL result<job_report> read_bfl_job(std::string_view body, int, job_stage stage) {
    json_document document(body);
    if (const result<void> read = document.status(); !read) return no_job(read.error().message());
    const json_cursor in = document.root(), status = in["status"], url = in["polling_url"], id = in["id"], details = in["details"];
    job_report r;
    if (stage == job_stage::created) {
        r.status_url = url.string_or();
        if (!r.status_url.empty()) return r;
        if (id.string_or().empty()) return no_job("it has no polling_url");
        r.status_url = "/v1/get_result?id=";
        append_percent_encoded(r.status_url, id.string_or());
        return r;
    }
    const std::string_view word = status.string_or();
    if (word.empty()) return no_job("it has no status");
    if (word == "Ready") {
        r.now = job_report::state::finished;
    } else if (word == "Error" || word == "Failed" || word == "Task not found" || word.ends_with("Moderated")) {
        r.now = job_report::state::failed;
        const json_cursor message = details["message"], result = in["result"];
        r.failure = job_failure(message.string_or(details.string_or(result.string_or())), word);
    }
    return r;
}

LLMX_DECL result<job_report> read_fal_job(std::string_view body, int, job_stage stage) {
    json_document document(body);
    if (const result<void> read = document.status(); !read) return no_job(read.error().message());
    const json_cursor in = document.root(), status = in["status"], at = in["status_url"], from = in["response_url"], cancel = in["cancel_url"],
                      failure = in["error"];
    job_report r;
    r.status_url = at.string_or();
    r.result_url = from.string_or();
    r.cancel_url = cancel.string_or();
    const std::string_view word = status.string_or();
    if (stage == job_stage::stored || (stage == job_stage::created && word.empty() && r.status_url.empty())) r.now = job_report::state::finished;
    else if (word == "COMPLETED") r.now = job_report::state::stored;
    else if (word == "FAILED" || word == "ERROR") {
        r.now = job_report::state::failed;
        r.failure = job_failure(failure.string_or(), in["error_type"].string_or());
    } else if (word.empty() && stage == job_stage::polled) {
        return no_job("it has no status");
    }
    return r;
}

LLMX_DECL result<job_report> read_replicate_job(std::string_view body, int, job_stage) {
    json_document document(body);
    if (const result<void> read = document.status(); !read) return no_job(read.error().message());
    const json_cursor in = document.root(), status = in["status"], urls = in["urls"], failure = in["error"];
    job_report r;
    r.status_url = urls["get"].string_or();
    r.cancel_url = urls["cancel"].string_or();
    r.stream_url = urls["stream"].string_or();
    const std::string_view word = status.string_or();
    if (word == "succeeded") r.now = job_report::state::finished;
    else if (word == "failed" || word == "canceled" || word == "aborted") {
        r.now = job_report::state::failed;
        r.failure = job_failure(failure.string_or(), word);
    } else if (word.empty()) {
        return no_job("it has no status");
    }
    return r;
}

LLMX_DECL void begin_replicate_job(std::string& fields, duration patience, bool streams) {
    using std::chrono::seconds;
    const std::int64_t left = std::chrono::duration_cast<seconds>(std::min<duration>(patience, std::chrono::hours(24))).count();
    // A second for the way back; the vendor holds a request for 1 to 60 seconds.
    const std::int64_t hold = std::clamp<std::int64_t>(left - 1, 1, 60);
    if (!streams) fields.append("prefer: wait=").append(std::to_string(hold)).append("\r\n");
    // A stream that has begun has no such end.
    if (streams || patience == duration::max()) return;
    // The vendor's least is five seconds.
    fields.append("cancel-after: ").append(std::to_string(std::max<std::int64_t>(left + 1, 5))).append("s\r\n");
}

LLMX_DECL void place_replicate_model(std::string_view model, std::string& to) {
    if (model.find(':') != std::string_view::npos || model.find('/') == std::string_view::npos) {
        to += "/v1/predictions";
        return;
    }
    to += model.starts_with("deployments/") ? "/v1/" : "/v1/models/";
    append_percent_encoded_path(to, model);
    to += "/predictions";
}

} // namespace llmx::inline LLMX_ABI::detail
