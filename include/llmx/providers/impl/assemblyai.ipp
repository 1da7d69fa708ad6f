// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/assemblyai.hpp>

#include <llmx/core/memory_budget.hpp>
#include <llmx/providers/classify.hpp>
#include <llmx/providers/detail/job_polling.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// An answer that is there already, with its fields.
LLMX_DECL class basic_transcript_body final : public http_body {
public:
    explicit basic_transcript_body(const http_limits& limits) noexcept : limits_(limits) {}
    boost::asio::awaitable<result<std::string_view>> read_some() override {
        if (read_) co_return std::string_view();
        read_ = true;
        co_return std::string_view(text);
    }
    boost::asio::awaitable<result<void>> read_all(std::string& out) override {
        // It was counted when it was read.
        if (!read_) out += text;
        read_ = true;
        co_return success();
    }
    void read_by(time_point) noexcept override {}
    void add(std::string_view name, std::string_view value) { owned_.push_back(std::make_unique<std::pair<std::string, std::string>>(name, value)); }
    [[nodiscard]] std::span<const http_field> fields() {
        for (const auto& one : owned_) {
            http_field f;
            f.name = one->first;
            f.value = one->second;
            fields_.push_back(f);
        }
        return fields_;
    }
    std::string text;
    int status = 200;

private:
    http_limits limits_;
    std::vector<std::unique_ptr<std::pair<std::string, std::string>>> owned_;
    std::vector<http_field> fields_;
    bool read_ = false;
};

/// Requests of one job, each with the key and limits of its own.
struct assemblyai_job {
    runtime* on = nullptr;
    const http_limits* limits = nullptr;
    cancellation* stop = nullptr;
    origin to;
    std::string base, authorization;
    /// How long a connection may take: of the call's limits, which are absolute.
    duration connecting{};
};

/// One request of \p job and its whole answer, whatever its status.
LLMX_DECL boost::asio::awaitable<result<std::unique_ptr<LLMX_OF(transcript_body)>>> ask_assemblyai(assemblyai_job& job, std::string_view method,
                                                                                         std::string target, std::string_view type,
                                                                                         body_pieces body) {
    http_request r;
    r.to = &job.to;
    r.method = method;
    r.target = job.base + target;
    if (!type.empty()) r.add_field("content-type", type);
    r.fields += job.authorization;
    r.body = std::move(body);
    http_limits limits = *job.limits;
    if (job.connecting != duration::max()) limits.connect_by = std::min(job.on->now() + job.connecting, limits.deadline);
    result<http_response> got = co_await job.on->transport().exchange(r, limits, *job.stop);
    if (got.has_error()) co_return got.error();
    const http_response answer = std::move(*got);
    auto kept = std::unique_ptr<LLMX_OF(transcript_body)>(new LLMX_OF(transcript_body)(limits));
    kept->status = answer.status;
    for (const http_field& f : answer.fields)
        if (iequals(f.name, "content-type") || iequals(f.name, "retry-after") || iequals(f.name, "x-request-id")) kept->add(f.name, f.value);
    const result<void> read = co_await answer.body->read_all(kept->text);
    if (!read) co_return read.error();
    co_return std::move(kept);
}

LLMX_DECL [[nodiscard]] http_response transcript_answer(std::unique_ptr<LLMX_OF(transcript_body)> body) {
    http_response r;
    r.status = body->status;
    r.fields = body->fields();
    r.body = http_body_ptr(body.release());
    return r;
}

/// The text of the member \p name of the JSON object \p body; empty: there is none.
LLMX_DECL [[nodiscard]] std::string text_member(const std::string& body, std::string_view name) {
    json_document document(body);
    if (!document.good()) return std::string();
    const json_cursor in = document.root();
    return std::string(in[name].string_or());
}

/// The first line of \p body, and the rest as pieces.
LLMX_DECL [[nodiscard]] std::string take_first_line(const body_pieces& body, body_pieces& rest) {
    std::string line;
    bool found = false;
    for (const std::string_view piece : body) {
        if (found) {
            rest.append(piece);
            continue;
        }
        const std::size_t end = piece.find('\n');
        line += piece.substr(0, end);
        if (end == std::string_view::npos) continue;
        found = true;
        rest.append(piece.substr(end + 1));
    }
    return line;
}

LLMX_DECL boost::asio::awaitable<result<http_response>> run_assemblyai(assemblyai_job& job, const http_request& request) {
    body_pieces octets;
    std::string parameters = take_first_line(request.body, octets);
    if (!octets.empty()) {
        auto uploaded = co_await ask_assemblyai(job, "POST", "/v2/upload", "application/octet-stream", std::move(octets));
        if (!uploaded) co_return uploaded.error();
        if ((*uploaded)->status > 299) co_return transcript_answer(std::move(*uploaded));
        const std::string url = text_member((*uploaded)->text, "upload_url");
        if (url.empty()) co_return error(errc::bad_response, "AssemblyAI's answer to the upload has no upload_url");
        parameters.pop_back();
        parameters += parameters.size() > 1 ? ",\"audio_url\":" : "\"audio_url\":";
        append_json_string(parameters, url);
        parameters += '}';
    }
    body_pieces asked;
    asked.append(parameters);
    auto made = co_await ask_assemblyai(job, "POST", "/v2/transcript", "application/json", std::move(asked));
    if (!made) co_return made.error();
    if ((*made)->status > 299) co_return transcript_answer(std::move(*made));
    const std::string id = text_member((*made)->text, "id");
    if (id.empty()) co_return error(errc::bad_response, "AssemblyAI's answer to the request of a transcript has no id");
    std::string place = "/v2/transcript/";
    append_percent_encoded(place, id);

    job_polling polling;
    time_point next = polling.pending(job.on->now());
    std::unique_ptr<LLMX_OF(transcript_body)> last = std::move(*made);
    for (;;) {
        if (next >= job.limits->deadline)
            co_return error(errc::deadline_exceeded, "the transcript " + id + " was not ready before the deadline; raise the timeout for long recordings");
        const result<void> waited = co_await job.on->sleep_until(next, *job.stop);
        if (!waited) co_return waited.error();
        body_pieces nothing;
        auto state = co_await ask_assemblyai(job, "GET", place, std::string_view(), std::move(nothing));
        const bool lost = !state || (*state)->status >= 500 || (*state)->status == 429;
        if (lost) {
            if (!state && (state.error().value() == errc::cancelled || state.error().value() == errc::deadline_exceeded)) co_return state.error();
            const auto again = polling.failed(job.on->now());
            if (!again && !state) co_return state.error();
            if (!again) co_return transcript_answer(std::move(*state));
            next = *again;
            continue;
        }
        last = std::move(*state);
        if (last->status > 299) co_return transcript_answer(std::move(last));
        const std::string status = text_member(last->text, "status");
        if (status == "completed") break;
        if (status == "error") {
            // The error of a recording that cannot be read, in a 200.
            last->status = 422;
            co_return transcript_answer(std::move(last));
        }
        if (status != "queued" && status != "processing")
            co_return error(errc::bad_response, "AssemblyAI reports an unknown state of the transcript " + id);
        next = polling.pending(job.on->now());
    }
    if (!request.target.ends_with("/srt") && !request.target.ends_with("/vtt")) co_return transcript_answer(std::move(last));
    body_pieces none;
    place += request.target.substr(request.target.size() - 4);
    auto subtitles = co_await ask_assemblyai(job, "GET", place, std::string_view(), std::move(none));
    if (!subtitles) co_return subtitles.error();
    if ((*subtitles)->status > 299) co_return transcript_answer(std::move(*subtitles));
    const std::size_t end = last->text.rfind('}');
    if (end == std::string::npos) co_return error(errc::bad_response, "AssemblyAI's transcript is not a JSON object");
    last->text.resize(end);
    last->text += ",\"subtitles\":";
    append_json_string(last->text, (*subtitles)->text);
    last->text += '}';
    co_return transcript_answer(std::move(last));
}

} // namespace detail

LLMX_DECL result<void> assemblyai::prepare(const deployment& d, const outgoing& what, http_request& out) const {
    if (what.codec->operation != &transcription::info) return vendor<rows::assemblyai>::prepare(d, what, out);
    out.target = what.path();
    out.target += what.url_end;
    return success();
}

LLMX_DECL error assemblyai::classify(int status, std::span<const http_field> fields, std::string_view body) const {
    json_document document(body);
    if (document.good()) {
        const json_cursor in = document.root(), plain = in["error"];
        if (plain.is_string()) {
            error_body found;
            found.message = plain.string_or();
            return classify_http(name, status, fields, found);
        }
    }
    return vendor<rows::assemblyai>::classify(status, fields, body);
}

LLMX_DECL boost::asio::awaitable<result<http_response>> assemblyai::exchange(runtime& on, const deployment& d, const http_request& request,
                                                                             const http_limits& limits, cancellation& stop) const {
    if (!request.target.starts_with(assemblyai_transcription::path)) co_return co_await on.transport().exchange(request, limits, stop);
    detail::assemblyai_job job;
    job.on = &on;
    job.limits = &limits;
    job.stop = &stop;
    base_url base = d.api_base;
    constexpr std::string_view chats = "llm-gateway.";
    if (base.where.host.starts_with(chats)) {
        base.where.host = "api." + base.where.host.substr(chats.size());
        base.where.authority = "api." + base.where.authority.substr(chats.size());
        base.path.clear();
    }
    if (base.path.ends_with("/v2")) base.path.resize(base.path.size() - 3);
    job.to = base.where;
    job.base = base.path;
    if (!d.key.empty()) job.authorization.append("authorization: ").append(d.key.reveal()).append("\r\n");
    job.connecting = limits.connect_by == time_point::max() ? duration::max() : std::max(limits.connect_by - on.now(), duration::zero());
    co_return co_await detail::run_assemblyai(job, request);
}

} // namespace llmx::inline LLMX_ABI
