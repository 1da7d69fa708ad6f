// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>

#include <boost/json/monotonic_resource.hpp>

#include <algorithm>

namespace llmx::inline v0 {
namespace detail {

/// One content block of an answer, read leniently.
[[nodiscard]] LLMX_DECL content_part anthropic_reply_part(const boost::json::object& o) {
    const json_reader in(o);
    const auto type = in.string_or("type");
    if (type == "text") {
        text_part t{std::string(in.string_or("text"))};
        if (const auto* citations = in.array_or_null("citations"))
            for (const auto& c : *citations)
                if (c.is_object()) t.citations.push_back(anthropic_citation(c.get_object()));
        anthropic_keep_extra(o, {"type", "text", "citations"}, t.extra);
        return t;
    }
    if (type == "thinking") {
        thinking_part t{std::string(in.string_or("thinking"))};
        anthropic_read_signature(in.string_or("signature"), t);
        anthropic_keep_extra(o, {"type", "thinking", "signature"}, t.extra);
        return t;
    }
    if (type == "redacted_thinking") {
        thinking_part t;
        t.redacted_data = in.string_or("data");
        anthropic_keep_extra(o, {"type", "data"}, t.extra);
        return t;
    }
    if (type == "tool_use") {
        const auto* input = in.find("input");
        tool_call_part c(std::string(in.string_or("id")), std::string(in.string_or("name")),
                         input != nullptr ? anthropic_json_text(*input) : std::string("{}"));
        anthropic_keep_extra(o, {"type", "id", "name", "input", "caller"}, c.extra);
        const auto* caller = in.object_or_null("caller");
        if (caller != nullptr && (json_reader(*caller).string_or("type") != "direct" || caller->size() > 1))
            c.extra.add(anthropic_messages::name, "caller", anthropic_json_text(*in.find("caller")));
        return c;
    }
    std::string whole;
    json_writer w(whole);
    w.object();
    for (const auto& m : o) {
        w.key(std::string_view(m.key()));
        anthropic_write_json(w, m.value());
    }
    w.end_object();
    return opaque_part(anthropic_messages::name, std::move(whole));
}

/// Turns the JSON tool's call back into the text that was asked for.
///
/// Prose around it is left out, and so is a second such call: the caller reads the answer as
/// one JSON document.
LLMX_DECL void anthropic_unwrap_json_tool(chat_choice& choice) {
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
class anthropic_reply_writer {
public:
    explicit anthropic_reply_writer(json_writer& w) : w_(w) {}

    void write(const std::vector<content_part>& parts) {
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

    void write(const content_part& p) {
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

    void write_text(const text_part& t) {
        w_.object().member("type", "text").member("text", t.text).key("citations");
        bool any = false;
        for (const auto& c : t.citations) {
            const bool own = c.original.speaks(anthropic_messages::name);
            if (!own && c.url.empty()) continue;
            if (!any) w_.array();
            any = true;
            if (own) anthropic_write_citation(w_, c);
            else anthropic_write_web_citation(w_, c.url, c.title, c.quote);
        }
        if (any) w_.end_array();
        else w_.null();
        w_.extra(t.extra, anthropic_messages::name).end_object();
    }

    void write_call(const tool_call_part& c) {
        ++calls_;
        called_tool = true;
        w_.object().member("type", "tool_use");
        w_.member("id", c.id.empty() ? "toolu_" + std::to_string(calls_) : c.id).member("name", c.name);
        w_.key("input");
        boost::json::monotonic_resource memory;
        if (c.arguments.find_first_not_of(" \t\r\n") == std::string::npos) w_.raw("{}");
        else if (parse_json_object(c.arguments, &memory).has_value()) w_.raw(c.arguments);
        // Must be an object; what the model really wrote must not look like a call without arguments.
        else w_.object().member("invalid_arguments", c.arguments).end_object();
        if (!c.extra.speaks(anthropic_messages::name) || c.extra.find("caller") == nullptr)
            w_.key("caller").object().member("type", "direct").end_object();
        w_.extra(c.extra, anthropic_messages::name).end_object();
    }

    json_writer& w_;
    std::uint32_t calls_ = 0;
};

/// The usage object of a whole message; \p more has further members of it, as an object.
LLMX_DECL void anthropic_write_usage(json_writer& w, const usage& u, std::optional<service_tier> tier,
                                     const raw_json* more) {
    w.object();
    anthropic_write_counts(w, anthropic_counts::of(u));
    w.key("service_tier");
    const std::string_view name = tier ? enum_name(anthropic_reply_tiers, *tier) : std::string_view();
    if (!name.empty()) w.value(name);
    else w.null();
    std::vector<std::string_view> absent = {"cache_creation", "server_tool_use", "inference_geo", "speed"};
    if (more != nullptr)
        static_cast<void>(scan_json_members(more->text, [&](const json_member& m) {
            absent.erase(std::remove(absent.begin(), absent.end(), m.key), absent.end());
            w.raw_member(unescape_json_string(m.key), m.value);
        }));
    for (const auto none : absent) w.key(none).null();
    w.end_object();
}

} // namespace detail

LLMX_DECL result<chat_reply> anthropic_messages::decode_reply(std::string_view body) {
    boost::json::monotonic_resource memory;
    const auto parsed = parse_json_object(body, &memory);
    if (parsed.has_error()) return llmx::error(errc::bad_response, parsed.error().message());
    const json_reader in(*parsed);
    if (in.string_or("type") == "error") return detail::anthropic_failure(*parsed);
    const auto* content = in.array_or_null("content");
    if (content == nullptr) return llmx::error(errc::bad_response, "the answer has no content array");

    chat_reply r;
    r.id = in.string_or("id");
    r.model = in.string_or("model");
    chat_choice& choice = r.choices.emplace_back();
    for (const auto& block : *content)
        if (block.is_object()) choice.answer.content.push_back(detail::anthropic_reply_part(block.get_object()));
    detail::anthropic_restore_call_signatures(choice.answer.content);
    choice.finish = detail::anthropic_finish(in.string_or("stop_reason"));
    choice.stop_sequence = in.string_or("stop_sequence");
    detail::anthropic_unwrap_json_tool(choice);
    detail::anthropic_keep_extra(
        *parsed, {"id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"}, r.extra);
    if (const auto* usage_object = in.object_or_null("usage")) {
        detail::anthropic_counts counts;
        detail::anthropic_read_counts(*usage_object, counts);
        r.usage = counts.totals();
        const std::string_view tier = json_reader(*usage_object).string_or("service_tier");
        r.service_tier = detail::read_enum(detail::anthropic_reply_tiers, tier);
        extra_members more;
        detail::anthropic_keep_extra(*usage_object,
                                     {"input_tokens", "output_tokens", "cache_read_input_tokens",
                                      "cache_creation_input_tokens", "output_tokens_details", "service_tier"},
                                     more);
        if (!more.empty()) {
            std::string text;
            json_writer(text).object().extra(more, name).end_object();
            r.extra.add(name, "usage", std::move(text));
        }
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
    detail::anthropic_reply_writer content(w);
    const chat_choice* choice = reply.choices.empty() ? nullptr : &reply.choices.front();
    if (choice != nullptr) content.write(choice->answer.content);
    w.end_array();
    const auto reason = detail::anthropic_stop_reason(choice != nullptr ? choice->finish : finish_reason::none,
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
    detail::anthropic_write_usage(w, reply.usage, reply.service_tier, own ? reply.extra.find("usage") : nullptr);
    if (own)
        for (const auto& m : reply.extra.members)
            if (m.name != "usage") w.raw_member(m.name, m.value.text);
    w.end_object();
}

} // namespace llmx::inline v0
