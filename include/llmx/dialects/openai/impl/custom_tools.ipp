// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/custom_tools.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>

#include <llmx/wire/json_scan.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI::detail {

[[nodiscard]] inline const raw_json* custom_tool_member(const extra_members& extra, std::string_view name) noexcept {
    // The codecs' own headers need this one.
    return extra.speaks("openai_chat") || extra.speaks("openai_responses") ? extra.find(name) : nullptr;
}

LLMX_DECL bool is_custom_tool(const extra_members& extra) noexcept {
    const raw_json* const type = custom_tool_member(extra, custom_tool_mark);
    return type != nullptr && type->text == "\"custom\"";
}

LLMX_DECL void mark_custom_tool(extra_members& extra, std::string_view codec) {
    extra_members::member& m = extra.add(codec, std::string(custom_tool_mark), "\"custom\"");
    m.hint = m.is_absent = true; // the function that it becomes elsewhere has the same use
}

LLMX_DECL void mark_custom_format(extra_members& extra, const json_cursor& format) {
    for (extra_members::member& m : extra.members) {
        if (m.name != custom_tool_format) continue;
        m.hint = true;
        m.is_absent = format["type"].string_or() == "text";
    }
}

LLMX_DECL std::string custom_tool_schema(const json_cursor& format) {
    const json_cursor nested = format["grammar"];
    const json_cursor& grammar = nested.object() != nullptr ? nested : format;
    const std::string_view definition = grammar["definition"].string_or();
    std::string json;
    json_writer w(json);
    w.object().member("type", "object").key("properties").object().key("input").object().member("type", "string");
    if (!definition.empty()) {
        const bool lark = grammar["syntax"].string_or() != "regex";
        w.member("description", std::string(lark ? "A text of this Lark grammar:\n" : "A text that this regular expression matches:\n").append(definition));
    }
    w.end_object().end_object().key("required").array().value("input").end_array().member("additionalProperties", false).end_object();
    return json;
}

LLMX_DECL void write_custom_format(json_writer& w, const tool& t, bool nested) {
    const raw_json* const kept = custom_tool_member(t.extra, custom_tool_format);
    if (kept == nullptr) return;
    w.key("format");
    json_document document(kept->text);
    const json_cursor format = document.root(), inner = format["grammar"];
    const bool is_nested = inner.object() != nullptr;
    // Texts have no grammar, and are the same in both.
    if (is_nested == nested || format["type"].string_or() != "grammar") {
        w.raw(kept->text);
        return;
    }
    const json_cursor& grammar = is_nested ? inner : format;
    w.object().member("type", "grammar");
    if (nested) w.key("grammar").object();
    w.member("syntax", grammar["syntax"].string_or()).member("definition", grammar["definition"].string_or());
    if (nested) w.end_object();
    w.end_object();
}

LLMX_DECL void report_custom_tool(const tool& t, std::string_view codec, bool as_function, const request_place& at, drop_report& drops) {
    const bool own = t.extra.speaks(codec);
    for (const extra_members::member& m : t.extra.members) {
        if (m.is_absent) continue;
        const bool is_format = m.name == custom_tool_format;
        if (is_format ? !as_function : own && !as_function) continue;
        const request_place place = at.other(std::string(extra_members::wire_name(m.name)));
        if (is_format || m.hint) drops.hint(place); // the model reads the grammar
        else drops.lost(place);
    }
}

LLMX_DECL std::string custom_tool_input(std::string_view arguments) {
    json_document document(arguments);
    const json_cursor root = document.root(), input = root["input"];
    if (input.is_string()) return std::string(input.string_or());
    if (root.object() != nullptr && root.object()->empty()) return std::string();
    return std::string(arguments);
}

LLMX_DECL std::string custom_tool_arguments(std::string_view input) {
    std::string json;
    json_writer(json).object().member("input", input).end_object();
    return json;
}

LLMX_DECL std::set<std::string, std::less<>> custom_tool_names(std::string_view request) {
    std::set<std::string, std::less<>> names;
    // Nearly every request has none, and is not parsed for it.
    if (request.find("\"custom\"") == std::string_view::npos) return names;
    json_document document(request);
    const json_cursor root = document.root(), tools = root["tools"];
    tools.each_object_or_skip([&names](const json_cursor& one, std::size_t) {
        const std::string_view type = one["type"].string_or();
        const json_cursor nested = one["custom"], inner = one["tools"];
        const std::string_view name = one["name"].string_or(nested["name"].string_or());
        if (type == "custom" && !one["input_schema"]) names.emplace(name);
        if (type != "namespace") return;
        inner.each_object_or_skip([&names, name](const json_cursor& tool, std::size_t) {
            if (tool["type"].string_or() != "custom") return;
            names.insert(std::string(name).append(name.empty() ? "" : ".").append(tool["name"].string_or()));
        });
    });
    return names;
}

LLMX_DECL std::string custom_input_reader::feed(std::string_view piece) {
    std::string out;
    if (state_ == state::other) held_ += piece;
    else
        for (const char c : piece) take(c, out);
    return out;
}

/// Whether the escape \p text, of a code, is half of a pair: its second digit is one of \p digits.
[[nodiscard]] constexpr bool is_surrogate(std::string_view text, std::string_view digits) noexcept {
    return text.size() > 3 && (text[2] == 'd' || text[2] == 'D') && digits.find(text[3]) != std::string_view::npos;
}

LLMX_DECL void custom_input_reader::take(char c, std::string& out) {
    constexpr std::string_view beginning = R"({"input":")";
    switch (state_) {
    case state::begin: {
        held_ += c;
        const bool between = matched_ < 2 || matched_ == 8 || matched_ == 9;
        if (between && (c == ' ' || c == '\n' || c == '\r' || c == '\t')) return;
        if (c != beginning[matched_]) state_ = state::other;
        else if (++matched_ == beginning.size()) {
            state_ = state::text;
            held_.clear();
        }
        return;
    }
    case state::text:
        if (!held_.empty()) {
            // The first half of a pair of escapes, without a second one.
            if (held_.size() == 6 && c != '\\') escape(out);
            else if (held_.size() == 7 && c != 'u') {
                held_.pop_back();
                escape(out);
                held_ = "\\";
            }
        }
        if (!held_.empty() || c == '\\') {
            held_ += c;
            const bool is_code = held_.size() > 1 && held_[1] == 'u';
            if (is_code && held_.size() == 6 && is_surrogate(held_, "89abAB")) return; // its second half may follow
            if (held_.size() == 12 && !is_surrogate(std::string_view(held_).substr(6), "cdefCDEF")) {
                const std::string second = held_.substr(6);
                held_.resize(6);
                escape(out);
                held_ = second;
                if (is_surrogate(held_, "89abAB")) return;
                escape(out);
            } else if (held_.size() == 12 || (held_.size() == 6 && is_code) || (held_.size() == 2 && !is_code)) {
                escape(out);
            }
        } else if (c == '"') {
            state_ = state::end;
        } else {
            out += c;
        }
        return;
    case state::end: return;
    case state::other: held_ += c; return;
    }
}

LLMX_DECL void custom_input_reader::escape(std::string& out) {
    out += unescape_json_string(held_);
    held_.clear();
}

LLMX_DECL std::string custom_input_reader::finish() {
    std::string out;
    if (state_ == state::text && held_.size() > 5) escape(out);
    else if (state_ == state::begin || state_ == state::other) out = custom_tool_input(held_);
    state_ = state::end;
    held_.clear();
    return out;
}

} // namespace llmx::inline LLMX_ABI::detail
