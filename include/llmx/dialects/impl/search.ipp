// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/search.hpp>

#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/openai/detail/flat.hpp>
#include <llmx/wire/detail/ascii.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Calls \p f with each of the parts of \p text between \p separator.
template <class F> void each_part(std::string_view text, char separator, F f) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (end != 0) f(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

/// The parameters of a request: members of a JSON object, or the query of a URL.
class search_writer {
public:
    search_writer(std::string& out, bool in_url) : out_(&out), json_(out), url_(in_url) {
        if (!url_) json_.object();
    }
    void text(std::string_view name, std::string_view value) {
        if (!url_) json_.member(name, value);
        else add(name, value);
    }
    void number(std::string_view name, std::int64_t value) {
        if (!url_) json_.member(name, value);
        else add(name, std::to_string(value));
    }
    void texts(std::string_view name, std::span<const std::string_view> values) {
        if (url_) {
            for (const std::string_view v : values) add(name, v);
            return;
        }
        json_.key(name).array();
        for (const std::string_view v : values) json_.value(v);
        json_.end_array();
    }
    /// A value as JSON; false when a URL cannot have it.
    [[nodiscard]] bool raw(std::string_view name, std::string_view json) {
        if (!url_) {
            json_.raw_member(name, json);
            return true;
        }
        if (json.starts_with('{') || json.starts_with('[')) return false;
        if (is_json_string(json)) add(name, unescape_json_string(json));
        else add(name, json);
        return true;
    }
    [[nodiscard]] json_writer& json() noexcept { return json_; }
    [[nodiscard]] bool in_url() const noexcept { return url_; }
    void finish() {
        if (!url_) json_.end_object();
    }

private:
    void add(std::string_view name, std::string_view value) {
        *out_ += out_->empty() ? '?' : '&';
        append_percent_encoded(*out_, name);
        *out_ += '=';
        append_percent_encoded(*out_, value);
    }
    std::string* out_;
    json_writer json_;
    bool url_;
};

/// The query with the domains as words.
LLMX_DECL [[nodiscard]] std::string search_with_sites(std::string query, std::span<const std::string_view> wanted,
                                                      std::span<const std::string_view> unwanted) {
    if (!wanted.empty()) {
        query += wanted.size() > 1 ? " (" : " ";
        for (std::size_t i = 0; i < wanted.size(); ++i) query.append(i == 0 ? "site:" : " OR site:").append(wanted[i]);
        if (wanted.size() > 1) query += ')';
    }
    for (const std::string_view d : unwanted) query.append(" -site:").append(d);
    return query;
}

LLMX_DECL void search_write_domains(search_writer& w, const search_form& form, std::span<const std::string_view> wanted,
                                    std::span<const std::string_view> unwanted, drop_report& drops) {
    if (form.site_words || (wanted.empty() && unwanted.empty())) return;
    const bool can = (wanted.empty() || !form.include.empty()) && (unwanted.empty() || !form.exclude.empty());
    if (!can) return drops.lost(request_place().of<&search_request::domains>());
    if (!form.domains_in.empty()) w.json().key(form.domains_in).object();
    if (!wanted.empty()) w.texts(form.include, wanted);
    if (!unwanted.empty()) w.texts(form.exclude, unwanted);
    if (!form.domains_in.empty()) w.json().end_object();
}

/// The constant members that \p request does not state itself.
LLMX_DECL void search_write_constant(search_writer& w, const search_form& form, const search_request& request) {
    each_part(form.constant, w.in_url() ? '&' : ';', [&](std::string_view one) {
        const std::size_t split = one.find(w.in_url() ? '=' : ':');
        std::string_view name = one.substr(0, split);
        const std::string_view value = one.substr(split + 1);
        if (!w.in_url()) name = name.substr(1, name.size() - 2);
        if (request.extra.find(name) != nullptr) return;
        if (w.in_url()) w.text(name, value);
        else static_cast<void>(w.raw(name, value));
    });
}

/// Perplexity's own words, which no other vendor reads.
[[nodiscard]] inline bool is_perplexity_word(std::string_view name) noexcept {
    constexpr std::string_view words[] = {"max_tokens", "search_type", "search_mode", "search_language_filter", "search_recency_filter",
                                          "search_after_date_filter", "search_before_date_filter", "last_updated_after_filter",
                                          "last_updated_before_filter"};
    return std::find(std::begin(words), std::end(words), name) != std::end(words);
}

LLMX_DECL result<void> search_encode(const search_request& request, encoded_request& out, drop_report& drops, const search_form& form) {
    const request_place at, queries = at.of<&search_request::queries>();
    if (request.queries.empty() || request.queries.front().empty()) return drops.refuse(queries, "expected a text to search for");
    if (request.queries.size() > 1 && !form.query_list)
        return drops.refuse(queries.item(1), "expected one query, since this provider takes no others", errc::unsupported_parameter);
    std::vector<std::string_view> wanted, unwanted;
    for (const std::string& d : request.domains) {
        const std::string_view domain(d);
        if (domain.starts_with('-')) unwanted.push_back(domain.substr(1));
        else wanted.push_back(domain);
    }
    search_writer w(form.in_url ? out.url_end : out.body, form.in_url);
    std::vector<std::string> texts;
    for (const std::string& q : request.queries) texts.push_back(form.site_words ? search_with_sites(q, wanted, unwanted) : q);
    if (form.query_list) {
        const std::vector<std::string_view> views(texts.begin(), texts.end());
        w.texts(form.query, views);
    } else {
        w.text(form.query, texts.front());
    }
    if (request.max_results && form.count.empty()) out.how = std::make_unique<search_rendering>(*request.max_results);
    else if (request.max_results && (form.most == 0 || *request.max_results <= form.most)) w.number(form.count, *request.max_results);
    else if (request.max_results) drops.lost(at.of<&search_request::max_results>());
    if (!request.country.empty()) {
        std::string country = request.country;
        if (form.lower_country) std::transform(country.begin(), country.end(), country.begin(), [](char c) { return ascii_lower(c); });
        if (form.country.empty()) drops.lost(at.of<&search_request::country>());
        else w.text(form.country, country);
    }
    search_write_domains(w, form, wanted, unwanted, drops);
    if (request.max_tokens_per_page) drops.lost(at.of<&search_request::max_tokens_per_page>());
    search_write_constant(w, form, request);
    for (const extra_members::member& m : request.extra.members) {
        const std::string_view name = extra_members::wire_name(m.name);
        if (m.is_absent || (!is_perplexity_word(name) && w.raw(name, m.value.text))) continue;
        drops.lost(at.other(std::string(name)));
    }
    w.finish();
    return success();
}

/// The text of the first of \p names that has one.
LLMX_DECL [[nodiscard]] std::string search_text(const json_cursor& in, std::string_view names) {
    std::string found;
    each_part(names, ' ', [&](std::string_view name) {
        if (!found.empty()) return;
        const json_cursor value = in[name];
        if (value.array() == nullptr) {
            found = value.string_or();
            return;
        }
        for (std::size_t i = 0; i < value.array()->size(); ++i) {
            const json_cursor line = value[i];
            if (line.string_or().empty()) continue;
            if (!found.empty()) found += '\n';
            found += line.string_or();
        }
    });
    return found;
}

LLMX_DECL void search_read_list(const json_cursor& list, const search_form& form, std::vector<search_result>& to) {
    list.each_object_or_skip([&](const json_cursor& one, std::size_t) {
        search_result r;
        r.title = search_text(one, form.title);
        r.url = search_text(one, form.url);
        r.snippet = search_text(one, form.snippet);
        r.date = search_text(one, form.date);
        if (!r.url.empty()) to.push_back(std::move(r));
    });
}

LLMX_DECL result<search_reply> search_read(std::string_view body, const rendering* how, const search_form& form) {
    json_document document(body);
    if (const auto status = document.status(); status.has_error()) return error(errc::bad_response, "the provider's answer is " + status.error().message());
    const json_cursor in = document.root(), failure = in["error"];
    if (failure.object() != nullptr) return openai_flat_failure(failure.text());
    search_reply to;
    const std::size_t dot = std::min(form.results.find('.'), form.results.size());
    const json_cursor outer = in[form.results.substr(0, dot)];
    if (dot == form.results.size()) {
        search_read_list(outer, form, to.results);
    } else {
        const json_cursor inner = outer[form.results.substr(dot + 1)];
        search_read_list(inner, form, to.results);
    }
    to.usage.search_units = 1;
    if (how == nullptr) return to;
    const std::int64_t most = std::max<std::int64_t>(static_cast<const search_rendering&>(*how).max_results, 0);
    if (to.results.size() > static_cast<std::size_t>(most)) to.results.resize(static_cast<std::size_t>(most));
    return to;
}

LLMX_DECL usage search_usage(std::string_view body) {
    usage found;
    bool failed = false;
    const auto read = scan_json_members(body, [&failed](const json_member& m) { failed |= m.named("error") && m.value.starts_with('{'); });
    if (read && !failed) found.search_units = 1;
    return found;
}

} // namespace llmx::inline LLMX_ABI::detail
