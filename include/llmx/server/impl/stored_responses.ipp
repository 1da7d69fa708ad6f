// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/endpoints/stored_responses.hpp>

#include <llmx/server/impl/conversations.ipp>
#include <llmx/server/impl/facade.ipp>
#include <llmx/server/impl/response_keeper.ipp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL error no_such_response(std::string_view id) {
    return error(errc::not_found, std::string("Response with id '").append(id).append("' not found.")).with_param("id");
}

LLMX_DECL endpoint_match match_responses(std::string_view method, std::string_view path) noexcept {
    const auto form = [](responses_path p) { return static_cast<std::uint8_t>(p); };
    // Azure's API without dated versions. What is not here is OpenAI's own path there.
    const bool azure = path.starts_with("/openai/v1/");
    if (azure) path.remove_prefix(7);
    if (path.starts_with("/v1/")) path.remove_prefix(3);
    constexpr std::string_view responses = "/responses", conversations = "/conversations";
    if (!azure && path.starts_with(conversations) && (path.size() == conversations.size() || path[conversations.size()] == '/'))
        return match_conversations(method, path.substr(conversations.size()), form(responses_path::conversations));
    if (!path.starts_with(responses)) return endpoint_match();
    path.remove_prefix(responses.size());
    if (path.empty()) return endpoint_match::of(method, "POST");
    if (path.front() != '/' || path.size() == 1) return endpoint_match();
    path.remove_prefix(1);
    const std::size_t slash = path.find('/');
    const std::string_view id = path.substr(0, slash), what = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (slash == std::string_view::npos) {
        // Another endpoint's.
        if (id == "input_tokens" || (azure && id == "compact")) return endpoint_match();
        if (id == "compact") return endpoint_match::of(method, "POST", std::string_view(), form(responses_path::compact));
        return endpoint_match::of(method, "GET, DELETE", id, form(responses_path::one));
    }
    if (what == "cancel") return endpoint_match::of(method, "POST", id, form(responses_path::cancel));
    if (what == "input_items") return endpoint_match::of(method, "GET", id, form(responses_path::input_items));
    return endpoint_match();
}

LLMX_DECL std::vector<responses_listed_item> items_before(const response_history& history) {
    std::vector<responses_listed_item> items;
    for (std::size_t i = 0; i < history.turns.size(); ++i) {
        const response_record& r = history.turns[i];
        list_response_input(r.input, response_member(r.response, "id"), items);
        if (i + 1 != history.turns.size()) list_response_output(r.response, items);
    }
    return items;
}

/// A number of a query's parameter; nothing when it is none, \p otherwise when it is not there.
LLMX_DECL [[nodiscard]] std::optional<std::size_t> query_number(std::string_view query, std::string_view name,
                                                                std::size_t otherwise) noexcept {
    const std::string_view text = query_value(query, name);
    if (text.empty()) return otherwise;
    std::size_t n = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), n);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
    return n;
}

/// That the parameter \p name of a query is wrong.
LLMX_DECL [[nodiscard]] error wrong_parameter(std::string_view name, std::string_view expected) {
    error e(errc::invalid_request, std::string(name).append(": expected ").append(expected));
    return e.with_param(std::string(name));
}

LLMX_DECL result<std::string> page_of_items(const std::vector<responses_listed_item>& items, std::string_view query) {
    const std::optional<std::size_t> limit = query_number(query, "limit", 20);
    if (!limit || *limit == 0 || *limit > 100) return wrong_parameter("limit", "a number from 1 to 100");
    const std::string_view order = query_value(query, "order");
    if (!order.empty() && order != "asc" && order != "desc") return wrong_parameter("order", "asc or desc");
    const bool ascending = order == "asc";
    std::string after;
    if (!decode_name(query_value(query, "after"), after)) return wrong_parameter("after", "the id of an item");
    const std::size_t n = items.size();
    const auto at = [&](std::size_t i) -> const responses_listed_item& { return items[ascending ? i : n - 1 - i]; };
    std::size_t from = 0;
    if (!after.empty()) {
        while (from < n && at(from).id != after) ++from;
        if (from++ == n) return wrong_parameter("after", "the id of an item of this list");
    }
    const std::size_t end = std::min(n, from + *limit);
    std::string out;
    json_writer w(out);
    w.object().member("object", "list").key("data").array();
    for (std::size_t i = from; i < end; ++i) w.raw(at(i).json);
    w.end_array();
    w.member("first_id", from < end ? std::string_view(at(from).id) : std::string_view());
    w.member("last_id", from < end ? std::string_view(at(end - 1).id) : std::string_view()).member("has_more", end < n).end_object();
    return out;
}

LLMX_DECL result<std::size_t> first_event(std::string_view query) {
    const std::string_view text = query_value(query, "starting_after");
    if (text.empty()) return std::size_t{0};
    const std::optional<std::size_t> n = query_number(query, "starting_after", 0);
    if (!n || *n >= static_cast<std::size_t>(-1) / 2) return wrong_parameter("starting_after", "the number of an event");
    return *n + 1;
}

LLMX_DECL std::string_view events_from(std::string_view events, std::size_t first) noexcept {
    while (first != 0 && !events.empty()) {
        const std::size_t end = events.find("\n\n");
        events.remove_prefix(end == std::string_view::npos ? events.size() : end + 2);
        --first;
    }
    return events;
}

LLMX_DECL void pass_on_cancellation(void* stop) noexcept { static_cast<cancellation*>(stop)->cancel(); }

LLMX_DECL boost::asio::awaitable<void> follow_job(server_connection& peer, std::shared_ptr<response_job> job, std::size_t first) {
    static constexpr std::string_view type = "text/event-stream; charset=utf-8";
    peer.ping_while_silent(type, ": ping\n\n");
    std::string out;
    for (;;) {
        bool ended = false;
        out.clear();
        first = job->read(first, out, ended);
        if (!out.empty()) {
            if (!peer.stream_begun()) peer.begin_stream(type);
            const bool written = co_await peer.write(out);
            if (!written) {
                co_await peer.cut_stream(std::string_view(), error(errc::cancelled));
                co_return;
            }
            continue;
        }
        if (ended) break;
        const auto wake = std::make_shared<cancellation>();
        void (*const pass_on)(void*) noexcept = &pass_on_cancellation;
        const cancellation::registration link(peer.context().cancellation, pass_on, wake.get());
        if (!job->wait(first, wake, peer.on().executor())) continue;
        if (!peer.context().cancellation.cancelled()) (void)co_await peer.on().sleep_until(time_point::max(), *wake);
        if (peer.context().cancellation.cancelled()) {
            co_await peer.cut_stream(std::string_view(), error(errc::cancelled));
            co_return;
        }
    }
    if (!peer.stream_begun()) peer.begin_stream(type);
    (void)co_await peer.end_stream();
}

LLMX_DECL std::shared_ptr<response_job> make_response_job(server_connection& peer, response_keeper& keeper) {
    std::string id = new_response_id(peer.on());
    std::string begun = begun_response(peer.body(), id, response_member(peer.body(), "model"), peer.on().unix_seconds(), "queued");
    auto job = std::make_shared<response_job>(response_owner(peer), std::move(id), peer.on().executor(), std::move(begun), peer.memory());
    keeper.move_to(*job);
    const call_context& from = peer.context();
    job->context.request_id = from.request_id;
    job->context.caller = from.caller;
    job->context.principal = from.principal;
    job->context.started = peer.on().now();
    inbound fields;
    note_relayed_fields(fields, peer);
    for (std::size_t i = 0; i < fields.relayed_count; ++i) job->fields.emplace_back(fields.relayed[i].name, fields.relayed[i].value);
    return job;
}

LLMX_DECL std::string response_target(const deployment& d, std::string_view id) {
    // Azure's is that of its API without dated versions.
    std::string path = d.provider == "azure" && !d.api_base.path.ends_with("/v1") ? "/openai/v1/responses/" : "/responses/";
    append_percent_encoded(path, id);
    return path;
}

} // namespace llmx::inline LLMX_ABI::detail
