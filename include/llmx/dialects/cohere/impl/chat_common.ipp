// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_text.hpp>

#include <cmath>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL finish_reason cohere_finish(std::string_view reason) noexcept {
    return read_enum(cohere_finishes, reason).value_or(finish_reason::stop);
}

LLMX_DECL std::string_view cohere_reason(finish_reason r, bool called) noexcept {
    if (r == finish_reason::none) r = finish_reason::stop;
    // A client of this API would never run the tool otherwise.
    if (r == finish_reason::stop && called) r = finish_reason::tool_calls;
    return enum_name(cohere_finishes, r);
}

LLMX_DECL void cohere_scan_counts(std::string_view json, cohere_counts& to) {
    // A damaged usage object costs the figures after the damage, never the reply.
    static_cast<void>(scan_json_members(json, [&to](const json_member& m) {
        if (m.key == "cached_tokens") to.cached = json_count(m.value).value_or(to.cached);
        const bool billed = m.key == "billed_units";
        if ((!billed && m.key != "tokens") || !m.value.starts_with('{')) return;
        static_cast<void>(scan_json_members(m.value, [&to, billed](const json_member& one) {
            const auto read = [&one](std::string_view name, std::int64_t& into) {
                if (one.key == name) into = json_count(one.value).value_or(into);
            };
            read("input_tokens", billed ? to.billed_input : to.input);
            read("output_tokens", billed ? to.billed_output : to.output);
            if (billed) read("search_units", to.searches);
        }));
    }));
}

LLMX_DECL void cohere_write_usage(json_writer& w, const usage& u) {
    w.object();
    for (const std::string_view name : {"billed_units", "tokens"}) {
        w.key(name).object().member("input_tokens", u.input_tokens).member("output_tokens", u.output_tokens);
        if (name == "billed_units" && u.search_units != 0) w.member("search_units", u.search_units);
        w.end_object();
    }
    w.member("cached_tokens", u.cached_tokens).end_object();
}

LLMX_DECL void cohere_keep_extra(const json_cursor& in, std::span<const field_rule> rules, extra_members& to,
                                 std::initializer_list<std::string_view> known) {
    keep_extra(in, rules, std::span(known.begin(), known.size()), cohere_chat::name, std::string_view(), cohere_hints, to,
               absent_values::flags);
}

LLMX_DECL const raw_json* cohere_own(const extra_members& extra, std::string_view name) noexcept {
    return extra.speaks(cohere_chat::name) ? extra.find(name) : nullptr;
}

LLMX_DECL std::string cohere_document_text(const json_cursor& document) {
    if (document.is_string()) return std::string(document.string_or());
    const json_cursor data = document["data"];
    if (data.is_string()) return std::string(data.string_or());
    for (const std::string_view name : {"text", "snippet", "content"})
        if (const json_cursor text = data[name]; text.is_string() && data.object()->size() == 1) return std::string(text.string_or());
    return data ? data.text() : document.text();
}

LLMX_DECL citation cohere_read_citation(const json_cursor& in) {
    citation c;
    const json_cursor sources = in["sources"], first = sources[std::size_t{0}], document = first["document"], output = first["tool_output"];
    const json_cursor& source = document ? document : output;
    c.url = source["url"].string_or();
    c.title = source["title"].string_or();
    c.quote = source["snippet"].string_or(source["text"].string_or());
    c.start = in["start"].count_or(-1);
    c.end = in["end"].count_or(-1);
    if (const boost::json::object* const members = in.object())
        for (const auto& m : *members)
            c.original.add(cohere_chat::name, extra_members::kept_name(std::string(std::string_view(m.key()))), json_text(m.value()));
    return c;
}

/// The characters of \p text from \p begin to \p end.
LLMX_DECL [[nodiscard]] std::string_view cohere_characters(std::string_view text, std::int64_t begin, std::int64_t end) noexcept {
    std::int64_t at = 0;
    std::size_t first = text.size(), last = text.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continue;
        if (at == begin) first = i;
        if (at == end) {
            last = i;
            break;
        }
        ++at;
    }
    return first < last ? text.substr(first, last - first) : std::string_view();
}

LLMX_DECL void cohere_write_citation(json_writer& w, const citation& c, std::string_view text, std::size_t block) {
    w.object();
    if (c.original.speaks(cohere_chat::name)) {
        w.extra(c.original, cohere_chat::name).end_object();
        return;
    }
    if (c.start >= 0 && c.end >= c.start) {
        w.member("start", c.start).member("end", c.end);
        // Each citation looks for its words from the beginning, and may be of all of them: of a long answer they are left out.
        constexpr std::size_t longest_text = 16 * 1024, longest_words = 512;
        const std::string_view words = text.size() <= longest_text ? cohere_characters(text, c.start, c.end) : std::string_view();
        if (!words.empty() && words.size() <= longest_words) w.member("text", words);
    }
    w.key("sources").array().object().member("type", "document").member("id", c.url).key("document").object();
    w.member("url", c.url);
    if (!c.title.empty()) w.member("title", c.title);
    if (!c.quote.empty()) w.member("snippet", c.quote);
    w.end_object().end_object().end_array();
    w.member("content_index", block).member("type", "TEXT_CONTENT").end_object();
}

LLMX_DECL void cohere_read_logprob(const json_cursor& in, json_writer& to) {
    // One item is one piece of text, however many tokens it has: their probabilities are multiplied.
    double sum = 0;
    const json_cursor all = in["logprobs"], single = in["logprob"];
    const json_cursor& values = all ? all : single;
    const auto add = [&sum](const boost::json::value& v) {
        boost::system::error_code ec;
        const double one = v.to_number<double>(ec);
        if (!ec) sum += one;
    };
    if (const boost::json::array* const list = values.array()) for (const auto& v : *list) add(v);
    else if (values.value() != nullptr) add(*values.value());
    to.object().member("token", in["text"].string_or(in["token"].string_or())).member("logprob", std::isfinite(sum) ? sum : 0.0);
    to.key("bytes").null().key("top_logprobs").array().end_array().end_object();
}

LLMX_DECL void cohere_write_logprob(json_writer& w, const json_cursor& openai) {
    const json_cursor probability = openai["logprob"];
    w.object().member("text", openai["token"].string_or()).key("token_ids").array().end_array().key("logprobs").array();
    if (probability) w.raw(probability.text());
    w.end_array().end_object();
}

} // namespace llmx::inline LLMX_ABI::detail
