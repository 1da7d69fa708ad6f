// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/detail/messages_fields.hpp>
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// One content block of an answer, read leniently.
LLMX_DECL [[nodiscard]] content_part messages_read_reply_part(const json_cursor& in) {
    const std::string_view type = in["type"].string_or();
    if (type == "text") {
        text_part t{std::string(in["text"].string_or())};
        const json_cursor citations = in["citations"];
        for (std::size_t i = 0; citations.array() != nullptr && i < citations.array()->size(); ++i)
            if (const json_cursor one = citations[i]; one.object() != nullptr) t.citations.push_back(messages_read_citation(one));
        messages_keep_extra(in, {}, t.extra, {"type", "text", "citations"});
        return t;
    }
    if (type == "thinking") {
        thinking_part t{std::string(in["thinking"].string_or())};
        messages_read_signature(in["signature"].string_or(), t);
        messages_keep_extra(in, {}, t.extra, {"type", "thinking", "signature"});
        return t;
    }
    if (type == "redacted_thinking") {
        thinking_part t;
        t.redacted_data = in["data"].string_or();
        messages_keep_extra(in, {}, t.extra, {"type", "data"});
        return t;
    }
    if (type == "tool_use") {
        const json_cursor input = in["input"], caller = in["caller"], caller_type = caller["type"];
        tool_call_part c(std::string(in["id"].string_or()), std::string(in["name"].string_or()),
                         input ? input.text() : std::string("{}"));
        messages_keep_extra(in, {}, c.extra, {"type", "id", "name", "input", "caller"});
        if (caller.object() != nullptr && (caller_type.string_or() != "direct" || caller.object()->size() > 1))
            c.extra.add(anthropic_messages::name, "caller", caller.text());
        return c;
    }
    return opaque_part(anthropic_messages::name, in.text());
}

/// Turns the JSON tool's call back into the requested text.
///
/// Prose around it is left out, and so is a second such call: the caller reads the answer as
/// one JSON document.
LLMX_DECL void messages_unwrap_json_tool(chat_choice& choice) {
    const auto is_answer = [](const content_part& p) {
        const auto* call = std::get_if<tool_call_part>(&p);
        return call != nullptr && call->name == anthropic_messages::json_tool_name;
    };
    auto& parts = choice.answer.content;
    const auto answer = std::find_if(parts.begin(), parts.end(), is_answer);
    if (answer == parts.end()) return;
    text_part json(std::move(std::get<tool_call_part>(*answer).arguments));
    const auto at = answer - parts.begin();
    std::erase_if(parts, [&, i = std::ptrdiff_t{0}](const content_part& p) mutable {
        return i++ != at && (std::holds_alternative<text_part>(p) || is_answer(p));
    });
    *std::find_if(parts.begin(), parts.end(), is_answer) = std::move(json);
    const bool called = std::any_of(parts.begin(), parts.end(), [](const content_part& p) {
        return std::holds_alternative<tool_call_part>(p);
    });
    if (choice.finish == finish_reason::tool_calls && !called) choice.finish = finish_reason::stop;
}

/// Writes the content blocks of one answer.
class messages_reply_writer {
public:
    explicit messages_reply_writer(json_writer& w) : w_(w) {}

    LLMX_DECL void write(const std::vector<content_part>& parts) {
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const auto* call = std::get_if<tool_call_part>(&parts[i]);
            const auto* before = i > 0 ? std::get_if<thinking_part>(&parts[i - 1]) : nullptr;
            if (call != nullptr && !call->signature.empty() && (before == nullptr || !unsigned_thought(*before)))
                write_thinking(thinking_part(), call->signature);
            const auto* thought = std::get_if<thinking_part>(&parts[i]);
            const auto* next = i + 1 < parts.size() ? std::get_if<tool_call_part>(&parts[i + 1]) : nullptr;
            if (thought != nullptr && unsigned_thought(*thought))
                write_thinking(*thought, next != nullptr ? std::string_view(next->signature) : std::string_view());
            else write(parts[i]);
        }
    }

    bool called_tool = false, refused = false;

private:
    [[nodiscard]] static bool unsigned_thought(const thinking_part& t) noexcept {
        return t.signature.empty() && t.redacted_data.empty();
    }

    void write_thinking(const thinking_part& t, std::string_view call_signature) {
        w_.object().member("type", "thinking").member("thinking", t.text).key("signature");
        if (call_signature.empty()) w_.value(signature_tag(t.signer, anthropic_messages::name) + t.signature);
        else w_.value(std::string(anthropic_messages::call_signature_prefix).append(call_signature));
        w_.extra(t.extra, anthropic_messages::name).end_object();
    }

    LLMX_DECL void write(const content_part& p) {
        if (const auto* t = std::get_if<text_part>(&p)) {
            write_text(*t);
        } else if (const auto* refusal = std::get_if<refusal_part>(&p)) {
            refused = true;
            write_text(text_part(refusal->text));
        } else if (const auto* thinking = std::get_if<thinking_part>(&p)) {
            if (thinking->redacted_data.empty()) {
                write_thinking(*thinking, std::string_view());
            } else {
                w_.object().member("type", "redacted_thinking").member("data", thinking->redacted_data);
                w_.extra(thinking->extra, anthropic_messages::name).end_object();
            }
        } else if (const auto* call = std::get_if<tool_call_part>(&p)) {
            write_call(*call);
        } else if (const auto* own = std::get_if<opaque_part>(&p)) {
            if (own->origin == anthropic_messages::name) w_.raw(own->value.text);
        }
        // Answers have no block for media.
    }

    LLMX_DECL void write_text(const text_part& t) {
        // The API has no empty block, and refuses one that comes back in the history.
        if (t.text.empty() && t.citations.empty()) return;
        w_.object().member("type", "text").member("text", t.text).key("citations");
        bool any = false;
        for (const auto& c : t.citations) {
            const bool own = c.original.speaks(anthropic_messages::name);
            if (!own && c.url.empty()) continue;
            if (!any) w_.array();
            any = true;
            if (own) messages_write_citation(w_, c);
            else messages_write_web_citation(w_, c.url, c.title, c.quote);
        }
        if (any) w_.end_array();
        else w_.null();
        w_.extra(t.extra, anthropic_messages::name).end_object();
    }

    LLMX_DECL void write_call(const tool_call_part& c) {
        ++calls_;
        called_tool = true;
        w_.object().member("type", "tool_use");
        w_.member("id", c.id.empty() ? "toolu_" + std::to_string(calls_) : c.id).member("name", c.name);
        w_.key("input");
        if (c.arguments.find_first_not_of(" \t\r\n") == std::string::npos) w_.raw("{}");
        else if (json_document(c.arguments).good()) w_.raw(c.arguments);
        // Must be an object; other text of the model must not look like a call without arguments.
        else w_.object().member("invalid_arguments", c.arguments).end_object();
        if (!c.extra.speaks(anthropic_messages::name) || c.extra.find("caller") == nullptr)
            w_.key("caller").object().member("type", "direct").end_object();
        w_.extra(c.extra, anthropic_messages::name).end_object();
    }

    json_writer& w_;
    std::uint32_t calls_ = 0;
};

/// The usage object of a whole message; \p more has further members of it, as an object.
LLMX_DECL void messages_write_usage(json_writer& w, const usage& u, std::optional<service_tier> tier,
                                     const raw_json* more) {
    w.object();
    const anthropic_counts counts = anthropic_counts::of(u);
    messages_write_counts(w, counts);
    // Members that are not in the vocabulary are kept as further members.
    std::vector<std::string_view> absent = {"service_tier", "cache_creation", "server_tool_use", "inference_geo", "speed"};
    const std::string_view name = tier ? enum_name(anthropic_reply_tiers, *tier) : std::string_view();
    if (!name.empty()) {
        w.member("service_tier", name);
        absent.erase(absent.begin());
    }
    if (more != nullptr)
        static_cast<void>(scan_json_members(more->text, [&](const json_member& m) {
            absent.erase(std::remove(absent.begin(), absent.end(), m.key), absent.end());
            w.raw_member(unescape_json_string(m.key), m.value);
        }));
    for (const auto none : absent) {
        if (none == "cache_creation") messages_write_cache_times(w, counts);
        else if (none == "server_tool_use") messages_write_tool_use(w, counts);
        else if (none == "speed" && counts.fast) w.member(none, "fast");
        else if (none == "inference_geo" && counts.us_only) w.member(none, "us");
        else w.key(none).null();
    }
    w.end_object();
}

} // namespace detail

LLMX_DECL result<chat_reply> anthropic_messages::decode_reply(std::string_view body) {
    json_document document(body);
    const json_cursor in = document.root(), content = in["content"], used = in["usage"];
    if (const auto parsed = document.status(); !parsed) return llmx::error(errc::bad_response, parsed.error().message());
    if (in["type"].string_or() == "error") return detail::messages_failure(in);
    if (content.array() == nullptr) return llmx::error(errc::bad_response, "the answer has no content array");

    chat_reply r;
    r.id = in["id"].string_or();
    r.model = in["model"].string_or();
    chat_choice& choice = r.choices.emplace_back();
    for (std::size_t i = 0; i < content.array()->size(); ++i)
        if (const json_cursor block = content[i]; block.object() != nullptr)
            choice.answer.content.push_back(detail::messages_read_reply_part(block));
    detail::restore_call_signatures(choice.answer.content);
    choice.finish = detail::messages_finish(in["stop_reason"].string_or());
    choice.stop_sequence = in["stop_sequence"].string_or();
    detail::messages_unwrap_json_tool(choice);
    detail::messages_keep_extra(in, detail::messages_reply_fields.view(), r.extra,
                                {"type", "role", "content", "stop_reason", "stop_sequence"});
    if (used.object() == nullptr) return r;
    detail::anthropic_counts counts;
    detail::messages_read_counts(used, counts);
    r.usage = counts.totals();
    r.service_tier = detail::read_enum(detail::anthropic_reply_tiers, used["service_tier"].string_or());
    extra_members more;
    detail::messages_keep_extra(used, {}, more,
                                {"input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens",
                                 "output_tokens_details", r.service_tier ? "service_tier" : "output_tokens"});
    if (!more.empty()) {
        std::string text;
        json_writer(text).object().extra(more, name).end_object();
        r.extra.add(name, "usage", std::move(text));
    }
    return r;
}

LLMX_DECL void anthropic_messages::encode_reply(const chat_reply& reply, const reply_options& options,
                                                std::string& out) {
    const bool own = reply.extra.speaks(name);
    json_writer w(out);
    w.object();
    w.member("id", reply.id.empty() ? options.id : std::string_view(reply.id));
    w.member("type", "message").member("role", "assistant");
    w.member("model", reply.model.empty() ? options.model : std::string_view(reply.model));
    w.key("content").array();
    detail::messages_reply_writer content(w);
    const chat_choice* choice = reply.choices.empty() ? nullptr : &reply.choices.front();
    if (choice != nullptr) content.write(choice->answer.content);
    w.end_array();
    const auto reason = detail::messages_stop_reason(choice != nullptr ? choice->finish : finish_reason::none,
                                                      content.called_tool, content.refused);
    w.key("stop_reason");
    if (reason.empty()) w.null();
    else w.value(reason);
    w.key("stop_sequence");
    if (choice == nullptr || choice->stop_sequence.empty()) w.null();
    else w.value(choice->stop_sequence);
    for (const std::string_view nullable : {"stop_details", "container", "diagnostics"})
        if (!own || reply.extra.find(nullable) == nullptr) w.key(nullable).null();
    w.key("usage");
    detail::messages_write_usage(w, reply.usage, reply.service_tier, own ? reply.extra.find("usage") : nullptr);
    if (own)
        for (const auto& m : reply.extra.members)
            if (m.name != "usage") w.raw_member(extra_members::wire_name(m.name), m.value.text);
    if (choice != nullptr) w.extra(choice->extra, name);
    w.end_object();
}

} // namespace llmx::inline LLMX_ABI
