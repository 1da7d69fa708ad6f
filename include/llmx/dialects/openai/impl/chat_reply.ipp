// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>

#include <algorithm>

namespace llmx::inline v0 {
namespace detail {

/// A reply's `content`: a string, or Mistral's array of text and thinking.
LLMX_DECL void openai_chat_reply_content(const json_reader& r, message& to) {
    const auto* v = r.find("content");
    if (v == nullptr) return;
    if (v->is_string()) {
        if (!v->get_string().empty())
            to.content.emplace_back(text_part(std::string(std::string_view(v->get_string()))));
        return;
    }
    if (!v->is_array()) return;
    for (const auto& item : v->get_array()) {
        if (!item.is_object()) continue;
        const json_reader part(item.get_object());
        const std::string_view type = part.string_or("type");
        if (type == "text")
            to.content.emplace_back(text_part(std::string(part.string_or("text"))));
        else if (type == "refusal")
            to.content.emplace_back(refusal_part(std::string(part.string_or("refusal"))));
        else if (type == "thinking")
            to.content.emplace_back(thinking_part(openai_chat_thinking_text(part.find("thinking"))));
        else to.content.emplace_back(opaque_part(openai_chat::name, openai_chat_json(item)));
    }
}

/// Arguments: text, or the object that some compatible servers send instead.
[[nodiscard]] LLMX_DECL std::string openai_chat_arguments(const json_reader& function) {
    const auto* v = function.find("arguments");
    if (v == nullptr) return std::string();
    return v->is_string() ? std::string(std::string_view(v->get_string())) : openai_chat_json(*v);
}

LLMX_DECL void openai_chat_reply_calls(const json_reader& r, std::string_view reply_id, std::int64_t choice,
                                       message& to) {
    std::size_t ordinal = 0;
    if (const auto* list = r.array_or_null("tool_calls"); list != nullptr) {
        for (const auto& item : *list) {
            if (!item.is_object()) continue;
            const json_reader one(item.get_object());
            const auto* o = one.object_or_null("function");
            if (o == nullptr) {
                to.content.emplace_back(opaque_part(openai_chat::name, openai_chat_json(item)));
                continue;
            }
            const json_reader function(*o);
            tool_call_part call;
            call.id = one.string_or("id");
            if (call.id.empty()) call.id = openai_chat_call_id(reply_id, choice, ordinal);
            ++ordinal;
            call.name = function.string_or("name");
            call.arguments = openai_chat_arguments(function);
            call.signature = openai_chat_signature(one);
            openai_chat_collect(function, {"name", "arguments"}, "function.", call.extra);
            const std::string_view taken = call.signature.empty() ? "" : "extra_content";
            openai_chat_collect(one, {"id", "type", "function", "index", taken}, "", call.extra);
            to.content.emplace_back(std::move(call));
        }
    }
    if (const auto* o = r.object_or_null("function_call"); o != nullptr) {
        const json_reader function(*o);
        to.content.emplace_back(tool_call_part(openai_chat_call_id(reply_id, choice, ordinal),
                                               std::string(function.string_or("name")),
                                               openai_chat_arguments(function)));
    }
}

LLMX_DECL void openai_chat_reply_message(const json_reader& r, std::string_view reply_id, std::int64_t choice,
                                         message& to) {
    // What can be read of malformed thinking is kept; an answer is not lost for it.
    (void)openai_chat_read_thinking(r, to);
    openai_chat_reply_content(r, to);
    std::vector<citation> citations;
    openai_chat_read_annotations(r, citations);
    const std::string_view signature = openai_chat_signature(r);
    if (!citations.empty() || !signature.empty()) {
        auto at = std::find_if(to.content.begin(), to.content.end(),
                               [](const auto& p) { return std::holds_alternative<text_part>(p); });
        if (at == to.content.end()) at = to.content.insert(at, text_part());
        auto& text = std::get<text_part>(*at);
        text.citations = std::move(citations);
        text.signature = signature;
    }
    if (const std::string_view refusal = r.string_or("refusal"); !refusal.empty())
        to.content.emplace_back(refusal_part(std::string(refusal)));
    if (const auto* v = r.find("audio"); v != nullptr && v->is_object()) {
        std::string json = R"({"type":"audio","audio":)" + openai_chat_json(*v) + "}";
        to.content.emplace_back(opaque_part(openai_chat::name, std::move(json)));
    }
    if (const auto* list = r.array_or_null("images"); list != nullptr) {
        for (const auto& item : *list) {
            image_part image;
            if (item.is_object() && !openai_chat_read_image(json_reader(item.get_object()), image).has_error())
                to.content.emplace_back(std::move(image));
        }
    }
    openai_chat_reply_calls(r, reply_id, choice, to);
    const std::string_view taken = signature.empty() ? "" : "extra_content";
    openai_chat_collect(r,
                        {"role", "content", "name", "refusal", "audio", "images", "tool_calls",
                         "function_call", "annotations", "thinking_blocks", "reasoning_content",
                         "reasoning", taken},
                        "", to.extra);
}

[[nodiscard]] LLMX_DECL bool openai_chat_has_calls(const message& m) {
    return std::any_of(m.content.begin(), m.content.end(), [](const auto& p) {
        const auto* o = std::get_if<opaque_part>(&p);
        return std::holds_alternative<tool_call_part>(p) ||
               (o != nullptr && o->origin == openai_chat::name &&
                openai_chat_opaque_type(o->value.text) == "custom");
    });
}

LLMX_DECL void openai_chat_reply_choice(const json_reader& r, std::string_view reply_id, std::int64_t index,
                                        chat_choice& to) {
    if (const auto* m = r.object_or_null("message"); m != nullptr)
        openai_chat_reply_message(json_reader(*m), reply_id, index, to.answer);
    to.finish = openai_chat_finish(r.string_or("finish_reason"), openai_chat_has_calls(to.answer));
    // vLLM and others name the sequence that stopped them.
    if (const std::string_view s = r.string_or("stop_reason");
        !s.empty() && to.finish == finish_reason::stop && s != "stop" && s != "end_turn") {
        to.stop_sequence = s;
        to.finish = finish_reason::stop_sequence;
    }
    if (const auto* v = r.find("logprobs"); v != nullptr && v->is_object())
        to.logprobs = raw_json(openai_chat_json(*v));
    openai_chat_collect(r, {"index", "message", "finish_reason", "stop_reason", "logprobs"}, "", to.extra);
}

/// Code points, which is what OpenAI counts in annotations.
[[nodiscard]] LLMX_DECL std::int64_t openai_chat_length(std::string_view text) noexcept {
    return std::count_if(text.begin(), text.end(),
                         [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; });
}

LLMX_DECL void openai_chat_write_citation(json_writer& w, const citation& c, std::int64_t begin,
                                          std::int64_t end) {
    w.object();
    if (c.original.speaks(openai_chat::name)) {
        w.extra(c.original, openai_chat::name);
    } else {
        const bool ranged = c.start >= 0 && c.end >= c.start;
        w.member("type", "url_citation").key("url_citation").object();
        w.member("start_index", ranged ? add_counts(begin, c.start) : begin);
        w.member("end_index", ranged ? add_counts(begin, c.end) : end);
        w.member("url", c.url).member("title", c.title).end_object();
    }
    w.end_object();
}

LLMX_DECL void openai_chat_write_annotations(json_writer& w, const message& m) {
    const auto sayable = [](const citation& c) {
        return !c.url.empty() || c.original.speaks(openai_chat::name);
    };
    bool open = false;
    std::int64_t begin = 0;
    for (const auto& part : m.content) {
        const auto* text = std::get_if<text_part>(&part);
        if (text == nullptr) continue;
        const std::int64_t end = begin + openai_chat_length(text->text);
        for (const auto& c : text->citations) {
            if (!sayable(c)) continue;
            if (!open) w.key("annotations").array();
            open = true;
            openai_chat_write_citation(w, c, begin, end);
        }
        begin = end;
    }
    if (open) w.end_array();
}

LLMX_DECL void openai_chat_write_thinking(json_writer& w, const message& m) {
    std::string text;
    std::size_t blocks = 0;
    bool proven = false;
    for (const auto& part : m.content) {
        const auto* t = std::get_if<thinking_part>(&part);
        if (t == nullptr) continue;
        ++blocks;
        text += t->text;
        proven = proven || !t->signature.empty() || !t->redacted_data.empty() ||
                 (t->extra.speaks(openai_chat::name) && !t->extra.empty());
    }
    if (!text.empty()) w.member("reasoning_content", text);
    if (!proven && blocks < 2) return;
    w.key("thinking_blocks").array();
    for (const auto& part : m.content) {
        const auto* t = std::get_if<thinking_part>(&part);
        if (t == nullptr) continue;
        w.object();
        if (!t->redacted_data.empty()) {
            w.member("type", "redacted_thinking").member("data", t->redacted_data);
        } else {
            w.member("type", "thinking").member("thinking", t->text);
            if (!t->signature.empty())
                w.member("signature", signature_tag(t->signer, openai_chat::name) + t->signature);
        }
        w.extra(t->extra, openai_chat::name).end_object();
    }
    w.end_array();
}

LLMX_DECL void openai_chat_write_reply_calls(json_writer& w, const message& m) {
    bool open = false;
    for (const auto& part : m.content) {
        const auto* call = std::get_if<tool_call_part>(&part);
        const auto* opaque = std::get_if<opaque_part>(&part);
        const bool custom = opaque != nullptr && opaque->origin == openai_chat::name &&
                            openai_chat_opaque_type(opaque->value.text) == "custom";
        if (call == nullptr && !custom) continue;
        if (!open) w.key("tool_calls").array();
        open = true;
        if (custom) {
            w.raw(opaque->value.text);
            continue;
        }
        w.object().member("id", call->id).member("type", "function").key("function").object();
        w.member("name", call->name).member("arguments", call->arguments);
        openai_chat_write_inner(w, call->extra, "function.");
        w.end_object();
        if (!call->signature.empty()) openai_chat_write_signature(w, call->signature);
        openai_chat_write_outer(w, call->extra, "function.");
        w.end_object();
    }
    if (open) w.end_array();
}

/// What a message's audio takes from its reply.
struct openai_chat_reply_head {
    std::string_view id;
    std::int64_t created = 0;
};

/// Audio of another dialect. None is kept for a later turn: it has expired when it is made.
LLMX_DECL void openai_chat_write_reply_audio(json_writer& w, const audio_part& audio, const openai_chat_reply_head& of) {
    w.key("audio").object().member("id", std::string("audio_").append(of.id)).member("expires_at", of.created);
    w.member("data", audio.source.data).member("transcript", "").end_object();
}

/// What stands beside the text: images, audio, the text's signature.
LLMX_DECL void openai_chat_write_reply_media(json_writer& w, const message& m, const openai_chat_reply_head& of) {
    bool open = false;
    for (const auto& part : m.content) {
        const auto* image = std::get_if<image_part>(&part);
        if (image == nullptr || !image->source.file_id.empty()) continue;
        if (!open) w.key("images").array();
        open = true;
        openai_chat_write_image(w, *image);
    }
    if (open) w.end_array();
    bool signed_already = false, has_audio = false;
    for (const auto& part : m.content) {
        if (const auto* text = std::get_if<text_part>(&part);
            text != nullptr && !text->signature.empty() && !signed_already) {
            signed_already = true;
            openai_chat_write_signature(w, text->signature);
        }
        if (const auto* audio = std::get_if<audio_part>(&part);
            audio != nullptr && !audio->source.data.empty() && !has_audio) {
            has_audio = true;
            openai_chat_write_reply_audio(w, *audio, of);
        }
        const auto* opaque = std::get_if<opaque_part>(&part);
        if (opaque == nullptr || opaque->origin != openai_chat::name || has_audio) continue;
        const auto parsed = parse_json_object(opaque->value.text);
        if (parsed.has_error() || json_reader(*parsed).string_or("type") != "audio") continue;
        if (const auto* audio = json_reader(*parsed).find("audio"); audio != nullptr) {
            has_audio = true;
            w.raw_member("audio", openai_chat_json(*audio));
        }
    }
}

LLMX_DECL void openai_chat_write_reply_message(json_writer& w, const message& m, const openai_chat_reply_head& of) {
    std::string refusal;
    bool has_text = false, has_refusal = false;
    for (const auto& part : m.content) {
        has_text = has_text || std::holds_alternative<text_part>(part);
        if (const auto* r = std::get_if<refusal_part>(&part); r != nullptr) {
            has_refusal = true;
            refusal += r->text;
        }
    }
    w.object().member("role", "assistant").key("content");
    if (has_text) w.value(m.text());
    else w.null();
    w.key("refusal");
    if (has_refusal) w.value(refusal);
    else w.null();
    openai_chat_write_thinking(w, m);
    openai_chat_write_annotations(w, m);
    openai_chat_write_reply_media(w, m, of);
    openai_chat_write_reply_calls(w, m);
    w.extra(m.extra, openai_chat::name).end_object();
}

} // namespace detail

LLMX_DECL result<chat_reply> openai_chat::decode_reply(std::string_view body) {
    auto parsed = parse_json_object(body);
    if (parsed.has_error()) return error(errc::bad_response, parsed.error().message());
    const json_reader r(*parsed);
    if (const auto* e = r.find("error"); e != nullptr) return detail::openai_chat_failure(*e);
    const auto* choices = r.array_or_null("choices");
    if (choices == nullptr) return error(errc::bad_response, "the answer has no choices");
    chat_reply to;
    to.id = r.string_or("id");
    to.model = r.string_or("model");
    to.created = r.count_or("created");
    detail::openai_chat_read_tier(r.string_or("service_tier"), to.service_tier, to.extra);
    std::vector<std::pair<std::int64_t, const boost::json::object*>> order;
    for (std::size_t i = 0; i < choices->size(); ++i) {
        const auto* o = (*choices)[i].if_object();
        if (o == nullptr) return error(errc::bad_response, "a choice of the answer is not an object");
        order.emplace_back(json_reader(*o).count_or("index", static_cast<std::int64_t>(i)), o);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [index, o] : order)
        detail::openai_chat_reply_choice(json_reader(*o), to.id, index, to.choices.emplace_back());
    if (const auto* u = r.object_or_null("usage"); u != nullptr) to.usage = detail::openai_chat_read_usage(*u);
    detail::openai_chat_collect(
        r, {"id", "object", "created", "model", "choices", "usage", "service_tier", "error"}, "", to.extra);
    return to;
}

LLMX_DECL void openai_chat::encode_reply(const chat_reply& reply, const reply_options& options, std::string& out) {
    detail::openai_chat_reply_head head;
    head.id = reply.id.empty() ? options.id : std::string_view(reply.id);
    head.created = reply.created != 0 ? reply.created : options.created;
    json_writer w(out);
    w.object().member("id", head.id).member("object", "chat.completion");
    w.member("created", head.created);
    w.member("model", reply.model.empty() ? options.model : std::string_view(reply.model));
    w.key("choices").array();
    std::int64_t index = 0;
    for (const auto& choice : reply.choices) {
        w.object().member("index", index++).key("message");
        detail::openai_chat_write_reply_message(w, choice.answer, head);
        w.key("logprobs").value(choice.logprobs);
        const bool calls = detail::openai_chat_has_calls(choice.answer);
        w.member("finish_reason", detail::openai_chat_finish_word(choice.finish, calls));
        w.extra(choice.extra, name).end_object();
    }
    w.end_array();
    if (!reply.usage.empty()) {
        w.key("usage");
        detail::openai_chat_write_usage(w, reply.usage);
    }
    if (reply.service_tier)
        if (const auto tier = detail::enum_name(detail::openai_chat_tiers, *reply.service_tier); !tier.empty())
            w.member("service_tier", tier);
    w.extra(reply.extra, name).end_object();
}

} // namespace llmx::inline v0
