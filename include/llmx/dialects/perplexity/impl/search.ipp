// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/perplexity/search.hpp>

#include <llmx/dialects/detail/answer_scan.hpp>
#include <llmx/dialects/detail/scanned_fields.hpp>
#include <llmx/dialects/detail/wire_names.hpp>
#include <llmx/dialects/field_table.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::string_view search_query_text = "a text to search for";
inline constexpr std::string_view search_tool_text = "the name of a search tool";

inline constexpr auto perplexity_search_fields = fields_of<search_request>(
    by_hand<&search_request::model>("search_tool_name"), // the URL of the provider is the tool
    by_hand<&search_request::queries>("query"),          // a text or a list
    mapped<&search_request::max_results>("max_results").count(), mapped<&search_request::domains>("search_domain_filter"),
    mapped<&search_request::country>("country"), mapped<&search_request::max_tokens_per_page>("max_tokens_per_page").count(),
    by_hand<&search_request::extra>(""));
static_assert(accounts_for_all<search_request>(perplexity_search_fields));

inline constexpr auto perplexity_result_fields = fields_of<search_result>(
    mapped<&search_result::title>("title").always(), mapped<&search_result::url>("url").always(),
    mapped<&search_result::snippet>("snippet").always(), mapped<&search_result::date>("date"),
    mapped<&search_result::last_updated>("last_updated"), by_hand<&search_result::extra>(""));
static_assert(accounts_for_all<search_result>(perplexity_result_fields));

/// Whether \p m is a member that names the tool.
LLMX_DECL [[nodiscard]] bool names_search_tool(const json_member& m) { return m.named("search_tool_name") || m.named("model"); }

LLMX_DECL void perplexity_read_query(const json_cursor& query, std::vector<std::string>& to) {
    if (query.is_string()) query.read(to.emplace_back());
    else query.read(to);
    if (to.size() > max_search_queries) query.expected("at most " + std::to_string(max_search_queries) + " queries");
    if (to.empty() || std::any_of(to.begin(), to.end(), [](const std::string& q) { return q.empty(); })) query.expected(search_query_text);
}

LLMX_DECL [[nodiscard]] result<void> perplexity_read_results(std::string_view list, std::vector<search_result>& to,
                                                          bool of_one_query = false) {
    return scan_json_elements(list, [&to, of_one_query](const json_member& e) -> result<void> {
        // The results of one of several queries.
        if (e.value.starts_with('[') && !of_one_query) return perplexity_read_results(e.value, to, true);
        search_result& one = to.emplace_back();
        return scan_json_members(e.value, [&one](const json_member& m) -> result<void> {
            if (take_scanned_field(m, &one, perplexity_result_fields.view())) return success();
            return add_scanned_extra(m, perplexity_search::name, one.extra);
        });
    });
}

} // namespace detail

LLMX_DECL result<request_head> perplexity_search::scan_request(std::string_view body, const request_target& target) {
    using namespace std::string_view_literals;
    static constexpr detail::routed_members routed("model"sv, "search_tool_name"sv, "query"sv);
    request_head head;
    head.model = target.model;
    bool has_query = false;
    std::size_t named = 0;
    detail::members_seen seen;
    const auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        const std::size_t which = routed.find(m);
        if (which == 3) return routed.check(m);
        if (seen.again(static_cast<unsigned>(which))) return detail::member_given_twice(m);
        if (which == 2) {
            has_query = (is_json_string(m.value) && m.value != "\"\"") || m.value.starts_with('[');
            return has_query ? result<void>(success()) : detail::member_expected("query", detail::search_query_text);
        }
        ++named;
        if (is_json_null(m.value)) return success();
        if (!is_json_string(m.value) || m.value == "\"\"") return detail::member_expected(routed.name(which), detail::search_tool_text);
        // The tool's own name wins over that of a model.
        if (!target.model.empty() || (head.model_end != 0 && which == 0)) return success();
        head.model = plain_json_string(m.value).value_or(std::string_view());
        head.model_begin = m.begin;
        head.model_end = m.end;
        return success();
    });
    if (done.has_error()) return done.error();
    if (!has_query) return detail::member_expected("query", detail::search_query_text);
    if (head.model.empty() && head.model_end == 0) return detail::member_expected("search_tool_name", detail::search_tool_text);
    // Perplexity takes no member that it does not know.
    head.must_translate = named != 0;
    return head;
}

LLMX_DECL result<search_request> perplexity_search::decode_request(std::string_view body, const request_target& target) {
    json_document document(body);
    const json_cursor in = document.root();
    search_request to;
    const json_cursor model = in["model"], tool = in["search_tool_name"], query = in["query"], domains = in["search_domain_filter"];
    model.read(to.model);
    tool.read(to.model);
    if (!target.model.empty()) to.model = target.model;
    if (to.model.empty()) tool.expected(detail::search_tool_text);
    detail::read_fields(in, &to, detail::perplexity_search_fields.view());
    detail::perplexity_read_query(query, to.queries);
    if (to.domains.size() > max_search_domains) domains.expected("at most " + std::to_string(max_search_domains) + " domains");
    static constexpr std::string_view known[] = {"model"};
    detail::keep_extra(in, detail::perplexity_search_fields.view(), known, name, {}, {}, to.extra);
    if (const auto status = document.status(); status.has_error()) return status.error();
    return to;
}

LLMX_DECL result<void> perplexity_search::encode_request(const search_request& request, const encode_options&, std::string& out,
                                                         drop_report& drops) {
    const request_place at;
    if (request.queries.empty() || request.queries.front().empty())
        return drops.refuse(at.of<&search_request::queries>(), std::string("expected ").append(detail::search_query_text));
    json_writer w(out);
    w.object().key("query");
    if (request.queries.size() == 1) {
        w.value(request.queries.front());
    } else {
        w.array();
        for (const std::string& q : request.queries) w.value(q);
        w.end_array();
    }
    detail::write_fields(w, &request, detail::perplexity_search_fields.view(), at, drops);
    w.extra(request.extra, name).end_object();
    drops.foreign(request.extra, name, at);
    return success();
}

LLMX_DECL std::string perplexity_search::caller_path(const request_place& at, const search_request&) {
    static constexpr std::array<std::span<const field_rule>, 1> tables = {detail::perplexity_search_fields.view()};
    return detail::wire_path(at, tables);
}

LLMX_DECL result<search_reply> perplexity_search::decode_reply(std::string_view body) {
    search_reply to;
    std::string_view list, failure;
    const auto done = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("results")) list = m.value;
        else if (m.named("error")) failure = is_json_null(m.value) ? std::string_view() : m.value;
        else if (m.named("id")) to.id = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
        else if (!m.named("object")) return detail::add_scanned_extra(m, name, to.extra);
        return success();
    });
    if (done.has_error()) return error(errc::bad_response, done.error().message());
    if (!failure.empty()) return detail::openai_flat_failure(failure);
    if (!list.starts_with('[')) return error(errc::bad_response, "the answer has no list of results");
    const auto read = detail::perplexity_read_results(list, to.results);
    if (read.has_error()) return error(errc::bad_response, read.error().message());
    to.usage.search_units = 1;
    return to;
}

LLMX_DECL void perplexity_search::encode_reply(const search_reply& reply, const reply_options& options, std::string& out) {
    drop_report none;
    json_writer w(out);
    w.object().member("object", "search").member("id", reply.id.empty() ? options.id : std::string_view(reply.id)).key("results").array();
    for (const search_result& r : reply.results) {
        w.object();
        detail::write_fields(w, &r, detail::perplexity_result_fields.view(), request_place(), none);
        w.extra(r.extra, name).end_object();
    }
    w.end_array().extra(reply.extra, name).end_object();
}

LLMX_DECL usage perplexity_search::scan_usage(std::string_view body) {
    usage found;
    if (holds_answer(body)) found.search_units = 1;
    return found;
}

LLMX_DECL bool perplexity_search::holds_answer(std::string_view body) noexcept {
    return detail::any_json_member(body, "results", [body](std::size_t at) { return body[at] == '['; });
}

} // namespace llmx::inline LLMX_ABI
