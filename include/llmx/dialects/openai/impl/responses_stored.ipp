// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/responses_stored.hpp>

#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/dialects/openai/impl/responses_stream_encoder.ipp>
#include <llmx/dialects/openai/responses.hpp>
#include <llmx/dialects/detail/signature.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_text.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/sse.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::string_view response_value(std::string_view json, std::string_view name) {
    std::string_view found;
    static_cast<void>(scan_json_members(json, [&](const json_member& m) {
        if (m.named(name)) found = m.value;
    }));
    return found;
}

LLMX_DECL std::string response_member(std::string_view json, std::string_view name) {
    const std::string_view value = response_value(json, name);
    return is_json_string(value) ? unescape_json_string(value) : std::string();
}

/// The id of \p value, a text or an object with it (ConversationParam).
LLMX_DECL [[nodiscard]] std::string conversation_id(std::string_view value) {
    if (is_json_string(value)) return unescape_json_string(value);
    return value.starts_with('{') ? response_member(value, "id") : std::string();
}

LLMX_DECL result<responses_demands> responses_demands_of(std::string_view body) {
    responses_demands d;
    const result<void> read = scan_json_members(body, [&d](const json_member& m) {
        if (m.named("store")) d.store = m.value != "false";
        else if (m.named("background")) d.background = is_true(m.value);
        else if (m.named("stream")) d.stream = is_true(m.value);
        else if (m.named("previous_response_id")) d.previous = is_json_string(m.value) ? unescape_json_string(m.value) : std::string();
        else if (m.named("conversation")) d.conversation = conversation_id(m.value);
        else if (m.named("input")) d.input = m.value;
    });
    if (!read) return read.error();
    return d;
}

LLMX_DECL std::string write_response_record(const response_record& r) {
    std::string out;
    out.reserve(r.input.size() + r.response.size() + 256);
    json_writer w(out);
    w.object().member("model", r.model).member("deployment", r.deployment).member("upstream", r.upstream).member("previous", r.previous);
    w.member("background", r.background).raw_member("input", r.input.empty() ? std::string_view("null") : std::string_view(r.input));
    w.raw_member("response", r.response.empty() ? std::string_view("null") : std::string_view(r.response)).end_object();
    return out;
}

LLMX_DECL result<response_record> read_response_record(std::string_view text) {
    response_record r;
    const result<void> read = scan_json_members(text, [&r](const json_member& m) {
        const auto text_of = [&m] { return is_json_string(m.value) ? unescape_json_string(m.value) : std::string(); };
        if (m.named("model")) r.model = text_of();
        else if (m.named("deployment")) r.deployment = text_of();
        else if (m.named("upstream")) r.upstream = text_of();
        else if (m.named("previous")) r.previous = text_of();
        else if (m.named("background")) r.background = is_true(m.value);
        else if (m.named("input") && !is_json_null(m.value)) r.input = m.value;
        else if (m.named("response") && !is_json_null(m.value)) r.response = m.value;
    });
    if (!read || r.response.empty()) return error(errc::bad_response, "the store has something that is no response under this id");
    return r;
}

LLMX_DECL std::string responses_changed(std::string_view body, const responses_change& change) {
    std::string out;
    out.reserve(body.size() + change.history.size() + 128);
    json_writer w(out);
    w.object();
    bool has_input = false;
    const auto write_input = [&](std::string_view own) {
        has_input = true;
        w.key("input");
        if (change.history.empty()) {
            w.raw(own);
            return;
        }
        w.array().raw(change.history);
        if (is_json_string(own)) {
            w.object().member("role", "user").raw_member("content", own).end_object();
        } else if (own.starts_with('[')) {
            static_cast<void>(scan_json_elements(own, [&w](const json_member& e) { w.raw(e.value); }));
        }
        w.end_array();
    };
    static_cast<void>(scan_json_members(body, [&](const json_member& m) {
        if (m.named("previous_response_id") || (change.in_conversation && m.named("conversation"))) return;
        if (change.detached && (m.named("background") || m.named("stream"))) return;
        if (m.named("input")) {
            if (!has_input) write_input(m.value);
            return;
        }
        // The name as it is written, escapes included.
        w.key(m.escaped ? unescape_json_string(m.key) : std::string(m.key)).raw(m.value);
    }));
    if (!has_input && !change.history.empty()) write_input(std::string_view("[]"));
    if (!change.previous.empty()) w.member("previous_response_id", change.previous);
    if (change.detached) w.member("stream", true);
    w.end_object();
    return out;
}

/// \p item without the members that refer to the vendor's copy of it.
LLMX_DECL void append_loose_item(std::string_view item, std::string& out) {
    json_writer w(out);
    w.object();
    static_cast<void>(scan_json_members(item, [&w](const json_member& m) {
        if (m.named("id") || m.named("status")) return;
        w.key(m.escaped ? unescape_json_string(m.key) : std::string(m.key)).raw(m.value);
    }));
    w.end_object();
}

LLMX_DECL void append_history_item(std::string_view item, bool of_vendor, std::string& out) {
    const std::string type = response_member(item, "type");
    const bool reasoning = type == "reasoning";
    if (reasoning && of_vendor && response_member(item, "encrypted_content").empty()) return;
    if (!out.empty()) out += ',';
    const bool loose = type.empty() || type == "message" || reasoning || type == "function_call" || type == "function_call_output" ||
                       type == "custom_tool_call" || type == "custom_tool_call_output";
    // Others, records of the vendor's tools, need their ids.
    if (loose && item.starts_with('{')) append_loose_item(item, out);
    else out += item;
}

LLMX_DECL void append_response_history(const response_record& r, std::string& out) {
    const bool of_vendor = !r.deployment.empty();
    const auto add = [&](const json_member& e) { append_history_item(e.value, of_vendor, out); };
    if (is_json_string(r.input)) {
        std::string item;
        json_writer(item).object().member("role", "user").raw_member("content", r.input).end_object();
        append_history_item(item, of_vendor, out);
    } else if (r.input.starts_with('[')) {
        static_cast<void>(scan_json_elements(r.input, add));
    }
    const std::string_view output = response_value(r.response, "output");
    if (output.starts_with('[')) static_cast<void>(scan_json_elements(output, add));
}

/// Writes the content of a message as a list.
LLMX_DECL void write_listed_content(json_writer& w, const json_cursor& content, bool of_model) {
    w.key("content").array();
    const std::string_view kind = of_model ? "output_text" : "input_text";
    const auto text = [&](std::string_view words) {
        w.object().member("type", kind).member("text", words);
        if (of_model) w.key("annotations").array().end_array();
        w.end_object();
    };
    if (content.is_string()) text(content.string_or());
    content.each_object_or_skip([&](const json_cursor& one, std::size_t) {
        const std::string_view type = one["type"].string_or();
        if (type == "text") return text(one["text"].string_or());
        const boost::json::object* const members = one.object();
        w.object();
        for (const auto& m : *members) {
            const std::string_view key = m.key();
            w.raw_member(key, json_text(m.value()));
        }
        // The list states it, a request need not.
        if (type == "input_image" && !members->contains("detail")) w.member("detail", "auto");
        if (type == "output_text" && !members->contains("annotations")) w.key("annotations").array().end_array();
        w.end_object();
    });
    w.end_array();
}

LLMX_DECL void list_response_item(const json_cursor& item, std::string_view response, std::vector<responses_listed_item>& to) {
    std::string type(item["type"].string_or());
    if (type.empty()) type = item["role"] ? "message" : "item_reference";
    responses_listed_item& made = to.emplace_back();
    made.id = item["id"].string_or();
    if (made.id.empty()) {
        const bool custom = type.starts_with("custom");
        const std::string_view prefix = type == "message" ? "msg_in_" : type == "reasoning" ? "rs_in_" : custom ? "ctc_in_" : "fc_in_";
        made.id = responses_item_id(prefix, response, to.size() - 1);
    }
    const boost::json::object* const members = item.object();
    const bool message = type == "message";
    const bool has_status = message || type == "function_call" || type == "function_call_output";
    json_writer w(made.json);
    w.object().member("id", made.id).member("type", type);
    for (const auto& m : *members) {
        const std::string_view key = m.key();
        if (key == "id" || key == "type" || (message && key == "content")) continue;
        if (has_status && key == "status" && !m.value().is_string()) continue;
        w.raw_member(key, json_text(m.value()));
    }
    if (has_status && !item["status"].is_string()) w.member("status", "completed");
    if (message) write_listed_content(w, item["content"], item["role"].string_or() == "assistant");
    w.end_object();
}

LLMX_DECL void list_response_input(std::string_view input, std::string_view response, std::vector<responses_listed_item>& to) {
    if (input.empty()) return;
    std::string text("{\"input\":");
    if (is_json_string(input)) text.append("[{\"role\":\"user\",\"content\":").append(input).append("}]");
    else text.append(input);
    json_document document(text.append("}"));
    const json_cursor root = document.root(), items = root["input"];
    items.each_object_or_skip([&](const json_cursor& one, std::size_t) { list_response_item(one, response, to); });
}

LLMX_DECL void list_response_output(std::string_view response, std::vector<responses_listed_item>& to) {
    json_document document(response);
    const json_cursor root = document.root(), items = root["output"];
    const std::string id(root["id"].string_or());
    items.each_object_or_skip([&](const json_cursor& one, std::size_t) { list_response_item(one, id, to); });
}

/// The last message of a request for a summary.
inline constexpr std::string_view responses_compaction_task =
    "Summarise this conversation so that another model can continue it without having seen it. State the user's goals and constraints, "
    "the decisions and facts established so far with exact names, numbers, paths and identifiers, the results of tools that still matter, "
    "what has been done, and what remains to be done. Do not answer the conversation and do not call tools; write only the summary.";

LLMX_DECL std::string compaction_request(std::string_view body, std::string_view history) {
    std::string items(history), out;
    const std::string_view input = response_value(body, "input"), instructions = response_value(body, "instructions");
    const auto add = [&items](std::string_view item) {
        if (!items.empty()) items += ',';
        items += item;
    };
    const auto say = [&add](std::string_view json) {
        std::string item;
        json_writer(item).object().member("role", "user").raw_member("content", json).end_object();
        add(item);
    };
    if (is_json_string(input)) say(input);
    else if (input.starts_with('[')) static_cast<void>(scan_json_elements(input, [&add](const json_member& e) { add(e.value); }));
    std::string task;
    append_json_string(task, responses_compaction_task);
    say(task);
    json_writer w(out);
    w.object();
    if (const std::string_view model = response_value(body, "model"); !model.empty()) w.raw_member("model", model);
    if (is_json_string(instructions)) w.raw_member("instructions", instructions);
    w.key("input").array().raw(items).end_array().member("store", false).end_object();
    return out;
}

LLMX_DECL void write_compaction(std::string_view id, std::int64_t created, const std::vector<responses_listed_item>& items,
                                std::string_view summary, const usage& tokens, std::string& out) {
    json_writer w(out);
    w.object().member("id", id).member("object", "response.compaction").member("created_at", created).key("output").array();
    for (const responses_listed_item& item : items)
        if (response_member(item.json, "type") == "message" && response_member(item.json, "role") == "user") w.raw(item.json);
    w.object().member("id", responses_item_id("cmp_", id, 0)).member("type", "compaction");
    w.member("encrypted_content", signature_tag(responses_compacted, openai_responses::name).append(base64_encode(summary))).end_object();
    w.end_array().key("usage");
    responses_write_usage(w, tokens);
    w.end_object();
}

LLMX_DECL void override_response(std::string_view response, const responses_override& change, std::string& out) {
    json_writer w(out);
    w.object();
    bool has_background = false, has_store = false, has_previous = false;
    static_cast<void>(scan_json_members(response, [&](const json_member& m) {
        w.key(m.escaped ? unescape_json_string(m.key) : std::string(m.key));
        if (m.named("id") && !change.id.empty()) {
            w.value(change.id);
        } else if (m.named("status") && !change.status.empty()) {
            w.value(change.status);
        } else if (m.named("error") && !change.failure.empty()) {
            w.raw(change.failure);
        } else if (m.named("previous_response_id") && !change.previous.empty()) {
            has_previous = true;
            w.value(change.previous);
        } else if (m.named("background") && change.background) {
            has_background = true;
            w.value(true);
        } else if (m.named("store")) {
            has_store = true;
            w.value(true);
        } else {
            w.raw(m.value);
        }
    }));
    if (change.background && !has_background) w.member("background", true);
    if (!change.previous.empty() && !has_previous) w.member("previous_response_id", change.previous);
    if (!has_store) w.member("store", true);
    w.end_object();
}

LLMX_DECL std::string begun_response(std::string_view request, std::string_view id, std::string_view model, std::int64_t created,
                                     std::string_view status) {
    const std::string echo = responses_echo(request);
    responses_state s;
    s.id = id;
    s.model = model;
    s.status = status;
    s.echo = echo;
    s.created = created;
    std::string plain, out;
    responses_write(s, nullptr, std::string_view(), plain);
    override_response(plain, responses_override(), out);
    return out;
}

LLMX_DECL std::string response_failure(const error& why) {
    std::string body, out;
    openai_responses::encode_error(why, body);
    const std::string words = response_member(response_value(body, "error"), "message");
    json_writer(out).object().member("code", responses_failure_code(why)).member("message", words).end_object();
    return out;
}

LLMX_DECL void append_response_event(std::string_view type, std::string_view data, std::int64_t sequence, const responses_override& change,
                                     std::string& out) {
    std::string json;
    json_writer w(json);
    w.object().member("type", type).member("sequence_number", sequence);
    static_cast<void>(scan_json_members(data, [&](const json_member& m) {
        if (m.named("type") || m.named("sequence_number")) return;
        w.key(m.escaped ? unescape_json_string(m.key) : std::string(m.key));
        if (!m.named("response") || !m.value.starts_with('{')) {
            w.raw(m.value);
            return;
        }
        std::string response;
        override_response(m.value, change, response);
        w.raw(response);
    }));
    w.end_object();
    append_sse_event(out, type, json);
}

} // namespace llmx::inline LLMX_ABI::detail
