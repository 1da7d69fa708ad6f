// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/json_object_text.hpp>
#include <llmx/dialects/detail/reason_text.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/wire/json_scan.hpp>

#include <charconv>
#include <chrono>
#include <cstdio>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void ollama_keep_extra(const json_cursor& in, const ollama_form& form, std::string_view prefix, extra_members& to,
                                 std::initializer_list<std::string_view> known) {
    const std::size_t before = to.members.size();
    keep_extra(in, {}, std::span(known.begin(), known.size()), form.name, prefix, ollama_hints, to, absent_values::flags);
    // All settings of a runner tune.
    if (!prefix.empty())
        for (std::size_t i = before; i < to.members.size(); ++i) to.members[i].hint = true;
}

LLMX_DECL std::int64_t ollama_read_time(std::string_view text) noexcept {
    // "2025-01-01T00:00:00.123456789-08:00"
    const auto number = [text](std::size_t at, std::size_t digits, int& to) {
        if (text.size() < at + digits) return false;
        const char* const end = text.data() + at + digits;
        const auto read = std::from_chars(text.data() + at, end, to);
        return read.ec == std::errc() && read.ptr == end && to >= 0;
    };
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if (!number(0, 4, year) || !number(5, 2, month) || !number(8, 2, day) || !number(11, 2, hour) || !number(14, 2, minute) ||
        !number(17, 2, second))
        return 0;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return 0;
    std::int64_t at = std::int64_t{std::chrono::sys_days(date).time_since_epoch().count()} * 86'400 + hour * 3600 + minute * 60 + second;
    const std::size_t zone = text.find_first_of("+-", 19);
    int hours = 0, minutes = 0;
    if (zone != std::string_view::npos && number(zone + 1, 2, hours) && number(zone + 4, 2, minutes))
        at -= (text[zone] == '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
    return at < 0 ? 0 : at;
}

LLMX_DECL std::string ollama_write_time(std::int64_t seconds) {
    // The year 9999 is the last one that the format has.
    seconds = seconds < 0 ? 0 : seconds > 253'402'300'799 ? 253'402'300'799 : seconds;
    const std::chrono::sys_days days{std::chrono::days(seconds / 86'400)};
    const std::chrono::year_month_day date(days);
    const int rest = static_cast<int>(seconds % 86'400);
    char text[40];
    const int n = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), rest / 3600, rest / 60 % 60,
                                    rest % 60);
    return std::string(text, n > 0 ? static_cast<std::size_t>(n) : 0);
}

LLMX_DECL finish_reason ollama_finish(std::string_view reason, bool called) noexcept {
    if (reason == "length") return finish_reason::length;
    return called ? finish_reason::tool_calls : finish_reason::stop;
}

LLMX_DECL std::string_view ollama_reason(finish_reason r) noexcept { return r == finish_reason::length ? "length" : "stop"; }

LLMX_DECL void ollama_write_counts(json_writer& w, const usage& u) {
    w.member("prompt_eval_count", u.input_tokens).member("eval_count", u.output_tokens);
}

LLMX_DECL void ollama_write_call(json_writer& w, std::string_view id, std::string_view name, std::string_view arguments) {
    std::string space;
    w.object();
    if (!id.empty()) w.member("id", id);
    w.key("function").object().member("name", name).raw_member("arguments", call_arguments_object(arguments, space));
    w.end_object().end_object();
}

LLMX_DECL std::string ollama_arguments(const json_cursor& in) {
    return in.is_string() ? std::string(in.string_or()) : in.text();
}

LLMX_DECL usage ollama_codec::scan_usage(std::string_view body) {
    usage u;
    const auto done = scan_json_members(body, [&u](const json_member& m) {
        if (m.key == "prompt_eval_count") u.input_tokens = json_count(m.value).value_or(u.input_tokens);
        else if (m.key == "eval_count") u.output_tokens = json_count(m.value).value_or(u.output_tokens);
    });
    return done.has_error() ? usage() : u;
}

LLMX_DECL error_body ollama_codec::decode_error(std::string_view body) {
    error_body e;
    json_document document(body);
    const json_cursor in = document.root(), inner = in["error"];
    // The server's routes for other languages answer with an object.
    e.message = inner.string_or(inner["message"].string_or(in["message"].string_or()));
    e.type = inner["type"].string_or();
    e.code = inner["code"].string_or();
    if (e.message.empty()) e.message = reason_text(in);
    return e;
}

LLMX_DECL void ollama_codec::encode_error(const error& failure, std::string& out) {
    json_writer w(out);
    w.object();
    w.member("error",
        failure.provider_message().empty() ? std::string_view(failure.message()) : std::string_view(failure.provider_message()));
    w.end_object();
}

} // namespace llmx::inline LLMX_ABI::detail
