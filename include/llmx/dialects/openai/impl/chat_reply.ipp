// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>

#include <llmx/wire/json_scan.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A reply's `content`: a string, or Mistral's array of text and thinking.
LLMX_DECL void openai_chat_reply_content(const json_cursor& from, message& to) {
    if (const std::string_view text = from.string_or(); !text.empty())
        to.content.emplace_back(text_part(std::string(text)));
    from.each_object_or_skip([&to](const json_cursor& part, std::size_t) {
        const std::string_view type = part["type"].string_or();
        if (type == "text") to.content.emplace_back(text_part(std::string(part["text"].string_or())));
        else if (type == "refusal") to.content.emplace_back(refusal_part(std::string(part["refusal"].string_or())));
        else if (type == "thinking")
            to.content.emplace_back(thinking_part(openai_chat_thinking_text(part["thinking"])));
        else to.content.emplace_back(opaque_part(openai_chat::name, part.text()));
    });
}

/// Arguments: text, or the object that some compatible servers send instead.
LLMX_DECL [[nodiscard]] std::string openai_chat_arguments(const json_cursor& from) {
    return from.is_string() ? std::string(from.string_or()) : from.text();
}

LLMX_DECL content_part openai_chat_reply_call(const json_cursor& from, std::string_view reply_id, std::int64_t choice,
                                              std::size_t& ordinal) {
    const json_cursor function = from["function"], custom = from["custom"];
    if (function.object() == nullptr && custom.object() == nullptr) return opaque_part(openai_chat::name, from.text());
    tool_call_part call;
    call.id = from["id"].string_or();
    if (call.id.empty()) call.id = openai_chat_call_id(reply_id, choice, ordinal);
    ++ordinal;
    if (function.object() == nullptr) {
        call.name = custom["name"].string_or();
        call.arguments = custom_tool_arguments(custom["input"].string_or());
        mark_custom_tool(call.extra, openai_chat::name);
        openai_chat_keep(from, {"id", "type", "custom", "index"}, "", call.extra);
        return call;
    }
    call.name = function["name"].string_or();
    call.arguments = openai_chat_arguments(function["arguments"]);
    call.signature = openai_chat_signature(from);
    openai_chat_keep(function, {"name", "arguments"}, "function.", call.extra);
    const std::string_view taken = call.signature.empty() ? "id" : "extra_content";
    openai_chat_keep(from, {"id", "type", "function", "index", taken}, "", call.extra);
    return call;
}

LLMX_DECL void openai_chat_reply_calls(const json_cursor& from, std::string_view reply_id, std::int64_t choice,
                                       message& to) {
    std::size_t ordinal = 0;
    const json_cursor calls = from["tool_calls"], function = from["function_call"];
    calls.each_object_or_skip([&](const json_cursor& one, std::size_t) {
        to.content.push_back(openai_chat_reply_call(one, reply_id, choice, ordinal));
    });
    if (function.object() != nullptr)
        to.content.emplace_back(tool_call_part(openai_chat_call_id(reply_id, choice, ordinal),
                                               std::string(function["name"].string_or()),
                                               openai_chat_arguments(function["arguments"])));
}

/// Citations and the signature belong to the first text, which is made when there is none.
LLMX_DECL void openai_chat_reply_text(const json_cursor& from, std::string_view signature, message& to) {
    std::vector<citation> citations;
    openai_chat_read_annotations(from, citations);
    if (citations.empty() && signature.empty()) return;
    auto at = std::find_if(to.content.begin(), to.content.end(),
                           [](const auto& p) { return std::holds_alternative<text_part>(p); });
    if (at == to.content.end()) at = to.content.insert(at, text_part());
    auto& text = std::get<text_part>(*at);
    text.citations = std::move(citations);
    text.signature = signature;
}

LLMX_DECL void openai_chat_reply_message(const json_cursor& from, std::string_view reply_id, std::int64_t choice,
                                         message& to) {
    json_document& document = from.document();
    openai_chat_parts parts(to);
    openai_chat_read_thinking(from, parts);
    // The readable part of malformed thinking is kept; an answer is not lost for it.
    document.forgive();
    openai_chat_reply_content(from["content"], to);
    const std::string_view signature = openai_chat_signature(from);
    openai_chat_reply_text(from, signature, to);
    if (const std::string_view refusal = from["refusal"].string_or(); !refusal.empty())
        to.content.emplace_back(refusal_part(std::string(refusal)));
    if (const json_cursor audio = from["audio"]; audio.object() != nullptr)
        to.content.emplace_back(openai_chat_audio(audio.text()));
    const json_cursor images = from["images"];
    images.each_object_or_skip([&](const json_cursor& item, std::size_t) {
        image_part image;
        openai_chat_read_image(item, image);
        if (document.good()) to.content.emplace_back(std::move(image));
        document.forgive();
    });
    openai_chat_reply_calls(from, reply_id, choice, to);
    const std::string_view taken = signature.empty() ? "role" : "extra_content";
    openai_chat_keep(from,
                     {"role", "content", "name", "refusal", "audio", "images", "tool_calls", "function_call",
                      "annotations", "thinking_blocks", "reasoning_content", "reasoning", taken},
                     "", to.extra);
}

LLMX_DECL [[nodiscard]] bool openai_chat_has_calls(const message& m) {
    return std::any_of(m.content.begin(), m.content.end(), [](const auto& p) {
        const auto* o = std::get_if<opaque_part>(&p);
        return std::holds_alternative<tool_call_part>(p) ||
               (o != nullptr && o->origin == openai_chat::name &&
                openai_chat_opaque_type(o->value.text) == "custom");
    });
}

LLMX_DECL void openai_chat_reply_choice(const json_cursor& from, std::string_view reply_id, std::int64_t index,
                                        chat_choice& to) {
    if (const json_cursor m = from["message"]; m.object() != nullptr)
        openai_chat_reply_message(m, reply_id, index, to.answer);
    to.finish = openai_chat_finish(from["finish_reason"].string_or(), openai_chat_has_calls(to.answer));
    if (to.finish == finish_reason::failed) to.stop_sequence = openai_chat_failure_words(from);
    // vLLM and others name the sequence that stopped them.
    if (const std::string_view s = from["stop_reason"].string_or();
        !s.empty() && to.finish == finish_reason::stop && s != "stop" && s != "end_turn") {
        to.stop_sequence = s;
        to.finish = finish_reason::stop_sequence;
    }
    if (const json_cursor logprobs = from["logprobs"]; logprobs.object() != nullptr)
        to.logprobs = raw_json(logprobs.text());
    openai_chat_keep(from, {"index", "message", "finish_reason", "stop_reason", "logprobs"}, "", to.extra);
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
    const auto has_equivalent = [](const citation& c) {
        return !c.url.empty() || c.original.speaks(openai_chat::name);
    };
    bool open = false;
    std::int64_t begin = 0;
    for (const auto& part : m.content) {
        const auto* text = std::get_if<text_part>(&part);
        if (text == nullptr) continue;
        const std::int64_t end = begin + openai_chat_length(text->text);
        for (const auto& c : text->citations) {
            if (!has_equivalent(c)) continue;
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

LLMX_DECL void openai_chat_write_reply_calls(json_writer& w, const message& m, const std::set<std::string, std::less<>>& custom_tools) {
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
        if (custom_tools.contains(call->name) || is_custom_tool(call->extra)) {
            openai_chat_write_custom_call(w, call->id, *call);
            continue;
        }
        w.object().member("id", call->id).member("type", "function").key("function").object();
        w.member("name", call->name).member("arguments", call->arguments.empty() ? std::string_view("{}") : call->arguments);
        openai_chat_write_inner(w, call->extra, "function.");
        w.end_object();
        if (!call->signature.empty()) openai_chat_write_signature(w, call->signature);
        openai_chat_write_outer(w, call->extra, {"function."});
        w.end_object();
    }
    if (open) w.end_array();
}

/// The fields of a message's audio that its reply provides.
struct openai_chat_reply_head {
    std::string_view id;
    std::int64_t created = 0;
};

/// Audio of another dialect. None is kept for a later turn: it has expired when it is made.
LLMX_DECL void openai_chat_write_reply_audio(json_writer& w, const audio_part& audio, const openai_chat_reply_head& of) {
    w.key("audio").object().member("id", std::string("audio_").append(of.id)).member("expires_at", of.created);
    w.member("data", audio.source.data).member("transcript", "").end_object();
}

/// The parts beside the text: images, audio, the text's signature.
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
        json_document document(opaque->value.text);
        const json_cursor of_ours = document.root(), audio = of_ours["audio"];
        if (!audio || of_ours["type"].string_or() != "audio") continue;
        has_audio = true;
        w.raw_member("audio", audio.text());
    }
}

LLMX_DECL void openai_chat_write_reply_message(json_writer& w, const message& m, const openai_chat_reply_head& of,
                                               const std::set<std::string, std::less<>>& custom_tools) {
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
    openai_chat_write_reply_calls(w, m, custom_tools);
    w.extra(m.extra, openai_chat::name).end_object();
}

} // namespace detail

LLMX_DECL result<chat_reply> openai_chat::decode_reply(std::string_view body) {
    json_document document(body);
    if (const auto read = document.status(); !read) return error(errc::bad_response, read.error().message());
    const json_cursor root = document.root(), choices = root["choices"];
    const json_cursor failure = root["error"], tokens = root["usage"];
    if (failure) return detail::openai_chat_failure(failure);
    if (choices.array() == nullptr) return error(errc::bad_response, "the answer has no choices");
    chat_reply to;
    to.id = root["id"].string_or();
    to.model = root["model"].string_or();
    to.created = root["created"].count_or();
    detail::openai_chat_read_tier(root["service_tier"].string_or(), to.service_tier, to.extra);
    std::vector<std::pair<std::int64_t, std::size_t>> order;
    for (std::size_t i = 0; i < choices.array()->size(); ++i) {
        const json_cursor choice = choices[i];
        if (choice.object() == nullptr) return error(errc::bad_response, "a choice of the answer is not an object");
        order.emplace_back(choice["index"].count_or(static_cast<std::int64_t>(i)), i);
    }
    std::sort(order.begin(), order.end());
    const std::string seed = to.id.empty() ? detail::hash_digits(body) : to.id;
    for (const auto& [index, i] : order)
        detail::openai_chat_reply_choice(choices[i], seed, index, to.choices.emplace_back());
    if (tokens.object() != nullptr) to.usage = detail::openai_chat_read_usage(*tokens.object());
    to.usage.tier = to.service_tier;
    detail::openai_chat_keep(
        root, {"id", "object", "created", "model", "choices", "usage", "service_tier", "error"}, "", to.extra);
    return to;
}

LLMX_DECL void openai_chat::encode_reply(const chat_reply& reply, const reply_options& options, std::string& out) {
    detail::openai_chat_reply_head head;
    head.id = reply.id.empty() ? options.id : std::string_view(reply.id);
    head.created = reply.created != 0 ? reply.created : options.created;
    const std::set<std::string, std::less<>> custom_tools = detail::custom_tool_names(options.request);
    json_writer w(out);
    w.object().member("id", head.id).member("object", "chat.completion");
    w.member("created", head.created);
    w.member("model", reply.model.empty() ? options.model : std::string_view(reply.model));
    w.key("choices").array();
    std::int64_t index = 0;
    for (const auto& choice : reply.choices) {
        w.object().member("index", index++).key("message");
        detail::openai_chat_write_reply_message(w, choice.answer, head, custom_tools);
        w.key("logprobs").value(choice.logprobs);
        const bool calls = detail::openai_chat_has_calls(choice.answer);
        w.member("finish_reason", detail::openai_chat_finish_word(choice.finish, calls));
        w.extra(choice.extra, name).end_object();
    }
    w.end_array();
    // Always: clients refuse a reply without it.
    w.key("usage");
    detail::openai_chat_write_usage(w, reply.usage);
    if (reply.service_tier)
        if (const auto tier = detail::enum_name(detail::openai_chat_tiers, *reply.service_tier); !tier.empty())
            w.member("service_tier", tier);
    w.extra(reply.extra, name).end_object();
}

LLMX_DECL bool openai_chat::add_usage(std::string& body, const usage& tokens) {
    std::string json;
    json_writer w(json);
    detail::openai_chat_write_usage(w, tokens);
    std::size_t begin = 0, end = 0;
    bool answers = false;
    const auto read = scan_json_members(body, [&](const json_member& m) {
        answers = answers || m.named("choices");
        if (!m.named("usage") || !is_json_null(m.value)) return;
        begin = m.begin;
        end = m.end;
    });
    if (!read || !answers) return false;
    if (end != 0) body.replace(begin, end - begin, json);
    else body.insert(body.rfind('}'), ",\"usage\":" + json);
    return true;
}

} // namespace llmx::inline LLMX_ABI
