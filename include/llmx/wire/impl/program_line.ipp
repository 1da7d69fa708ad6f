// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/wire/program_line.hpp>

#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A whole number, or a string that is one: programs in languages without 64-bit numbers repeat an id as text.
LLMX_DECL [[nodiscard]] std::optional<std::uint64_t> program_number(std::string_view json) noexcept {
    if (json.size() > 2 && json.front() == '"' && json.back() == '"') json = json.substr(1, json.size() - 2);
    std::uint64_t n = 0;
    const auto read = std::from_chars(json.data(), json.data() + json.size(), n);
    if (read.ec != std::errc() || read.ptr != json.data() + json.size()) return std::nullopt;
    return n;
}

} // namespace detail

LLMX_DECL result<program_line> read_program_line(std::string_view line) {
    program_line found;
    std::optional<std::uint64_t> id;
    bool numbered = true;
    const result<void> read = scan_json_members(line, [&](const json_member& m) {
        if (m.named("id")) {
            id = detail::program_number(m.value);
            numbered = numbered && id.has_value();
        } else if (m.named("pong")) {
            found.what = program_line::kind::pong;
            id = detail::program_number(m.value);
            numbered = numbered && id.has_value();
        } else if (m.named("body")) {
            found.what = program_line::kind::body;
            found.json = m.value;
        } else if (m.named("event")) {
            found.what = program_line::kind::event;
            found.json = m.value;
        } else if (m.named("error")) {
            found.what = program_line::kind::error;
            found.json = m.value;
        } else if (m.named("done")) {
            if (m.value == "true") found.what = program_line::kind::done;
        } else if (m.named("status")) {
            const auto n = detail::program_number(m.value);
            if (n && *n >= 400 && *n <= 599) found.status = static_cast<int>(*n);
        }
    });
    if (read.has_error()) return read.error();
    if (found.what == program_line::kind::other) return found;
    if (!id || !numbered) return error(errc::bad_response, "the line has no id; a program repeats the id of the call that it answers");
    const bool object = found.what == program_line::kind::body || found.what == program_line::kind::event;
    if (object && !found.json.starts_with('{')) return error(errc::bad_response, "body and event of a line are JSON objects");
    found.id = *id;
    return found;
}

LLMX_DECL void write_program_call(std::string& out, std::uint64_t id, std::string_view operation, bool stream, const body_pieces& body) {
    out.reserve(out.size() + body.bytes() + operation.size() + 64);
    json_writer w(out);
    w.object().member("id", id).member("operation", operation).member("stream", stream).key("body").raw("");
    const std::size_t begin = out.size();
    for (const std::string_view piece : body) out += piece;
    // Inside of strings JSON has no line ends.
    std::replace_if(out.begin() + static_cast<std::ptrdiff_t>(begin), out.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    out += "}\n";
}

LLMX_DECL void write_program_cancel(std::string& out, std::uint64_t id) {
    json_writer w(out);
    w.object().member("id", id).member("cancel", true).end_object();
    out += '\n';
}

LLMX_DECL void write_program_ping(std::string& out, std::uint64_t number) {
    json_writer w(out);
    w.object().member("ping", number).end_object();
    out += '\n';
}

} // namespace llmx::inline LLMX_ABI
