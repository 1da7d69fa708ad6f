// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/detail/conversation.hpp>

#include <llmx/dialects/openai/impl/responses_stored.ipp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/responses.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI::detail {

[[nodiscard]] inline error no_conversation_record() {
    return error(errc::bad_response, "the store has something that is no conversation under this id");
}

LLMX_DECL std::string write_conversation_head(const conversation_head& h) {
    std::string out;
    json_writer(out).object().member("created", h.created).raw_member("metadata", h.metadata).end_object();
    return out;
}

LLMX_DECL result<conversation_head> read_conversation_head(std::string_view text) {
    conversation_head h;
    bool complete = false;
    const result<void> read = scan_json_members(text, [&](const json_member& m) {
        if (m.named("created")) h.created = json_integer(m.value).value_or(0);
        else if (m.named("metadata") && m.value.starts_with('{')) {
            h.metadata = m.value;
            complete = true;
        }
    });
    if (!read || !complete) return no_conversation_record();
    return h;
}

LLMX_DECL void write_conversation(std::string_view id, const conversation_head& h, std::string& out) {
    json_writer w(out);
    w.object().member("id", id).member("object", "conversation").member("created_at", h.created).raw_member("metadata", h.metadata).end_object();
}

LLMX_DECL std::string write_conversation_turn(const conversation_turn& t) {
    std::string out;
    json_writer w(out);
    w.object().member("native", t.native).key("items").array();
    for (const responses_listed_item& one : t.items) w.raw(one.json);
    w.end_array().end_object();
    return out;
}

LLMX_DECL result<conversation_turn> read_conversation_turn(std::string_view text) {
    conversation_turn t;
    bool complete = false;
    const result<void> read = scan_json_members(text, [&](const json_member& m) -> result<void> {
        if (m.named("native")) t.native = is_true(m.value);
        if (!m.named("items") || !m.value.starts_with('[')) return success();
        complete = true;
        return scan_json_elements(m.value, [&t](const json_member& e) {
            responses_listed_item& item = t.items.emplace_back();
            item.json = e.value;
            item.id = response_member(e.value, "id");
        });
    });
    if (!read || !complete) return no_conversation_record();
    return t;
}

LLMX_DECL conversation_turn turn_of_response(std::string_view input, std::string_view response, bool native) {
    conversation_turn t;
    t.native = native;
    list_response_input(input, response_member(response, "id"), t.items);
    list_response_output(response, t.items);
    return t;
}

LLMX_DECL result<response_record> record_of_turn(std::string_view text) {
    response_record r;
    bool native = false;
    const result<void> read = scan_json_members(text, [&](const json_member& m) {
        if (m.named("native")) native = is_true(m.value);
        else if (m.named("items")) r.input = m.value;
    });
    if (!read || !r.input.starts_with('[')) return no_conversation_record();
    r.response = "{}";
    if (native) r.deployment = "native";
    return r;
}

/// `metadata`, checked.
LLMX_DECL [[nodiscard]] result<std::string> read_conversation_metadata(std::string_view value) {
    const auto wrong = [](std::string_view what) {
        return error(errc::invalid_request, std::string("metadata: expected ").append(what)).with_param("metadata");
    };
    if (is_json_null(value)) return std::string("{}");
    if (!value.starts_with('{')) return wrong("an object with texts");
    std::size_t entries = 0;
    const result<void> read = scan_json_members(value, [&](const json_member& m) -> result<void> {
        if (++entries > most_conversation_metadata) return wrong("at most 16 entries");
        if (!is_json_string(m.value)) return wrong("an object with texts");
        // Characters are counted, and none has more bytes than it has in the text.
        const auto characters = [](std::string_view text) { return static_cast<std::size_t>(openai_chat_length(text)); };
        if (characters(unescape_json_string(m.key)) > longest_conversation_key) return wrong("keys of at most 64 characters");
        if (characters(unescape_json_string(m.value)) > longest_conversation_value) return wrong("values of at most 512 characters");
        return success();
    });
    if (!read) return read.error();
    return std::string(value);
}

/// Whether \p items are items of a conversation, as the façade reads an input.
LLMX_DECL [[nodiscard]] result<void> check_conversation_items(std::string_view items) {
    const auto wrong = [](std::string_view what) {
        return error(errc::invalid_request, std::string("items: expected ").append(what)).with_param("items");
    };
    if (!items.starts_with('[')) return wrong("an array of items");
    std::size_t n = 0;
    const result<void> counted = scan_json_elements(items, [&n](const json_member&) { ++n; });
    if (!counted) return counted.error();
    if (n > most_added_items) return wrong("at most 20 items at a time");
    if (n == 0) return success();
    std::string body;
    json_writer(body).object().member("model", "m").raw_member("input", items).end_object();
    const result<chat_request> read = openai_responses::decode_request(body, request_target());
    if (!read) {
        static constexpr std::string_view input = "input";
        const auto renamed = [](std::string_view text) {
            return text.starts_with(input) ? std::string("items").append(text.substr(input.size())) : std::string(text);
        };
        return error(errc::invalid_request, renamed(read.error().message())).with_param(renamed(read.error().param()));
    }
    if (read->extra.find("input.reference") != nullptr) return wrong("items themselves, not references to items");
    return success();
}

LLMX_DECL result<conversation_change> read_conversation_change(std::string_view body, std::string_view salt) {
    conversation_change c;
    if (body.empty()) return c;
    std::string_view items;
    const result<void> read = scan_json_members(body, [&](const json_member& m) -> result<void> {
        if (m.named("metadata")) {
            result<std::string> metadata = read_conversation_metadata(m.value);
            if (!metadata) return metadata.error();
            c.metadata = std::move(*metadata);
        } else if (m.named("items") && !is_json_null(m.value)) {
            items = m.value;
        }
        return success();
    });
    if (!read) return read.error();
    if (items.empty()) return c;
    if (const result<void> good = check_conversation_items(items); !good) return good.error();
    list_response_input(items, salt, c.added.items);
    return c;
}

} // namespace llmx::inline LLMX_ABI::detail
