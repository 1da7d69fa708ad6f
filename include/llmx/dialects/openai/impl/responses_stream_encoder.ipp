// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/dialects/openai/impl/responses_reply.ipp>
#include <llmx/wire/data_url.hpp>

#include <algorithm>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// The `code` of a failed response. Clients act on those two that the description does not list (developers.openai.com/codex).
LLMX_DECL [[nodiscard]] std::string_view responses_failure_code(const error& failure) noexcept {
    switch (failure.value()) {
    case errc::context_window_exceeded: return "context_length_exceeded";
    case errc::quota_exceeded: return "insufficient_quota";
    case errc::rate_limited:
    case errc::shed: return "rate_limit_exceeded";
    case errc::invalid_request:
    case errc::unsupported_parameter:
    case errc::content_policy: return "invalid_prompt";
    default: return "server_error";
    }
}

} // namespace detail

LLMX_DECL openai_responses::stream_encoder::stream_encoder(const reply_options& options)
    : id_(detail::responses_id(options.kept_as.empty() ? options.id : options.kept_as)), model_(options.model),
      echo_(detail::responses_echo(options.request, !options.kept_as.empty())), custom_(detail::custom_tool_names(options.request)),
      created_(options.created), kept_(!options.kept_as.empty()) {}

LLMX_DECL void openai_responses::stream_encoder::begin_event(std::string_view type, std::string& out) {
    out.append("event: ").append(type).append("\ndata: {\"type\":\"").append(type).append("\",\"sequence_number\":");
    json_writer(out).value(sequence_++);
}

LLMX_DECL void openai_responses::stream_encoder::begin_item_event(std::string_view type, const item& i, std::string& out) {
    begin_event(type, out);
    out += ",\"output_index\":";
    json_writer(out).value(i.index);
    out += ",\"item_id\":";
    append_json_string(out, i.id);
    if (i.what == kind::message) {
        out += ",\"content_index\":";
        json_writer(out).value(i.content_index);
    } else if (i.what == kind::reasoning) {
        out += ",\"summary_index\":0";
    }
}

LLMX_DECL void openai_responses::stream_encoder::response_event(std::string_view type, std::string_view status, std::string& out,
                                                                std::string_view failure) {
    const bool ends = status != "in_progress";
    std::string output;
    for (const item& i : items_) {
        if (!ends || i.json.empty()) continue;
        if (!output.empty()) output += ',';
        output += i.json;
    }
    detail::responses_state s;
    s.id = id_;
    s.model = model_;
    s.status = status;
    s.output = output;
    s.failure = failure;
    if (ends && failure.empty()) s.incomplete = detail::responses_incomplete(reason_);
    s.echo = echo_;
    s.created = created_;
    if (ends) s.tokens = &tokens_;
    begin_event(type, out);
    out += ",\"response\":";
    const std::string_view tier = ends && tokens_.tier ? detail::enum_name(detail::openai_chat_tiers, *tokens_.tier) : std::string_view();
    detail::responses_write(s, nullptr, tier, out);
    out += "}\n\n";
}

LLMX_DECL void openai_responses::stream_encoder::begin(std::string& out) {
    if (begun_) return;
    begun_ = true;
    response_event("response.created", "in_progress", out);
    response_event("response.in_progress", "in_progress", out);
}

LLMX_DECL openai_responses::stream_encoder::item& openai_responses::stream_encoder::open_text(std::uint32_t part, bool refusal, std::string& out) {
    item* i = last_open(kind::message);
    if (i != nullptr && i->part_open && i->part == part && i->refusal == refusal) return *i;
    if (i != nullptr) {
        end_part(*i, out);
    } else {
        end_items(out, false);
        i = &add(kind::message, part, "msg_");
        std::string json;
        json_writer(json).object().member("id", i->id).member("type", "message").member("status", "in_progress").member("role", "assistant")
            .key("content").array().end_array().end_object();
        announce(*i, json, out);
    }
    i->part = part;
    i->refusal = refusal;
    i->part_open = true;
    i->part_begin = characters_;
    begin_item_event("response.content_part.added", *i, out);
    out += refusal ? R"(,"part":{"type":"refusal","refusal":""}})" : R"(,"part":{"type":"output_text","text":"","annotations":[],"logprobs":[]}})";
    out += "\n\n";
    return *i;
}

LLMX_DECL void openai_responses::stream_encoder::text(const chat_event& event, std::string& out) {
    const bool refusal = event.what == chat_event::kind::refusal;
    item& i = open_text(event.part, refusal, out);
    i.text += event.text;
    if (!refusal) characters_ += detail::openai_chat_length(event.text);
    begin_item_event(refusal ? "response.refusal.delta" : "response.output_text.delta", i, out);
    out += ",\"delta\":";
    append_json_string(out, event.text);
    out += refusal ? "}\n\n" : ",\"logprobs\":[]}\n\n";
}

LLMX_DECL openai_responses::stream_encoder::item& openai_responses::stream_encoder::open_reasoning(std::uint32_t part, std::string& out) {
    if (item* const i = last_open(kind::reasoning); i != nullptr && i->part == part) return *i;
    end_items(out, false);
    item& i = add(kind::reasoning, part, "rs_");
    std::string json;
    json_writer(json).object().member("id", i.id).member("type", "reasoning").key("summary").array().end_array().end_object();
    announce(i, json, out);
    return i;
}

LLMX_DECL void openai_responses::stream_encoder::thinking(const chat_event& event, std::string& out) {
    if (event.text.empty()) return;
    item& i = open_reasoning(event.part, out);
    if (!i.part_open) {
        i.part_open = true;
        begin_item_event("response.reasoning_summary_part.added", i, out);
        out += R"(,"part":{"type":"summary_text","text":""}})";
        out += "\n\n";
    }
    i.text += event.text;
    begin_item_event("response.reasoning_summary_text.delta", i, out);
    out += ",\"delta\":";
    append_json_string(out, event.text);
    out += "}\n\n";
}

LLMX_DECL void openai_responses::stream_encoder::signature(const chat_event& event, std::string& out) {
    if (event.text.empty()) return;
    if (const auto call = calls_.find(event.part); call != calls_.end()) {
        // A call that has ended has been sent already.
        if (items_[call->second].json.empty()) items_[call->second].signature += event.text;
        return;
    }
    if (const item* const text = last_open(kind::message); text != nullptr && text->part == event.part) {
        end_items(out, false);
        whole_item("rs_", detail::responses_signature_item(detail::responses_last, event.text), out);
        return;
    }
    item& i = open_reasoning(event.part, out);
    if (i.signature.empty()) i.signature = detail::signature_tag(event.name, openai_responses::name);
    i.signature += event.text;
}

LLMX_DECL void openai_responses::stream_encoder::call(const chat_event& event, std::string& out) {
    if (calls_.contains(event.part)) return;
    end_items(out, false);
    if (!event.text.empty()) whole_item("rs_", detail::responses_signature_item(detail::responses_next, event.text), out);
    const bool custom = custom_.contains(event.name);
    item& i = add(custom ? kind::custom : kind::call, event.part, custom ? "ctc_" : "fc_");
    calls_.emplace(event.part, i.index);
    i.name = event.name;
    i.call_id = event.id;
    const detail::responses_function f = detail::responses_split(i.name);
    std::string json;
    json_writer w(json);
    w.object().member("id", i.id).member("type", custom ? "custom_tool_call" : "function_call");
    if (!custom) w.member("status", "in_progress");
    w.member("call_id", i.call_id);
    if (!f.space.empty()) w.member("namespace", f.space);
    w.member("name", f.name).member(custom ? "input" : "arguments", "").end_object();
    announce(i, json, out);
}

LLMX_DECL void openai_responses::stream_encoder::arguments(const chat_event& event, std::string& out) {
    const auto at = calls_.find(event.part);
    if (at == calls_.end() || event.text.empty()) return;
    item& i = items_[at->second];
    if (!i.json.empty()) return; // it has ended: its object was complete
    i.text += event.text;
    i.arguments_end.feed(event.text);
    if (i.what == kind::custom) return custom_input(i, i.input.feed(event.text), out);
    begin_item_event("response.function_call_arguments.delta", i, out);
    out += ",\"delta\":";
    append_json_string(out, event.text);
    out += "}\n\n";
}

LLMX_DECL void openai_responses::stream_encoder::custom_input(const item& i, std::string_view piece, std::string& out) {
    if (piece.empty()) return;
    begin_item_event("response.custom_tool_call_input.delta", i, out);
    out += ",\"delta\":";
    append_json_string(out, piece);
    out += "}\n\n";
}

LLMX_DECL void openai_responses::stream_encoder::citation(const chat_event& event, std::string& out) {
    json_document document(event.text);
    const json_cursor whole = document.root(), nested = whole["url_citation"];
    const bool own = event.name == openai_responses::name;
    // OpenAI's older API has the members in an object of their own; others name the page "url" or "uri".
    const json_cursor& cited = nested.object() != nullptr ? nested : whole;
    const std::string_view url = cited["url"].string_or(cited["uri"].string_or());
    if (!own && url.empty()) return;
    item& i = open_text(event.part, false, out);
    if (own) return annotate(i, event.text, out);
    const bool has_range = event.name.empty() || event.name == openai_chat::name;
    const std::int64_t end = has_range ? cited["end_index"].count_or(-1) : -1, begin = cited["start_index"].count_or();
    if (end < 0) {
        constexpr std::size_t most = 1000;
        if (i.unranged.size() < most) i.unranged.push_back(cited.text());
        return;
    }
    std::string json;
    json_writer w(json);
    w.object().member("type", "url_citation").member("url", url).member("title", cited["title"].string_or());
    w.member("start_index", std::max<std::int64_t>(begin - i.part_begin, 0)).member("end_index", std::max<std::int64_t>(end - i.part_begin, 0)).end_object();
    annotate(i, json, out);
}

LLMX_DECL void openai_responses::stream_encoder::logprobs(const chat_event& event, std::string& out) {
    item* const i = last_open(kind::message);
    static_cast<void>(out);
    if (i == nullptr || !i->part_open) return;
    const std::string list = detail::responses_logprobs(event.text);
    if (list.size() <= 2) return;
    if (!i->logprobs.empty()) i->logprobs += ',';
    i->logprobs.append(list, 1, list.size() - 2);
}

LLMX_DECL void openai_responses::stream_encoder::opaque(const chat_event& event, std::string& out) {
    json_document document(event.text);
    const json_cursor root = document.root(), blob = root["inlineData"], image = root["image_url"], custom = root["custom"];
    std::string json;
    if (event.name == openai_responses::name) {
        if (root.object() == nullptr || root.object()->empty()) return;
        end_items(out, false);
        detail::openai_chat_append_flat(json, event.text);
        whole_item(std::string_view(), json, out); // its id is its own
    } else if (event.name == openai_chat::name && root["type"].string_or() == "custom" && custom.object() != nullptr) {
        end_items(out, false);
        json_writer(json).object().member("type", "custom_tool_call").member("call_id", root["id"].string_or())
            .member("name", custom["name"].string_or()).member("input", custom["input"].string_or()).end_object();
        whole_item("ctc_", json, out);
    } else {
        media m;
        std::string data(blob["data"].string_or());
        if (!blob["mimeType"].string_or().starts_with("image/")) data.clear();
        if (const std::string_view url = image["url"].string_or(); is_data_url(url) && detail::openai_chat_read_media_url(url, m)) data = m.data;
        if (data.empty()) return;
        end_items(out, false);
        json_writer(json).object().member("type", "image_generation_call").member("status", "completed").member("result", data).end_object();
        whole_item("ig_", json, out);
    }
}

LLMX_DECL void openai_responses::stream_encoder::encode(const chat_event& event, std::string& out) {
    using k = chat_event::kind;
    if (event.what == k::ping) {
        append_sse_comment(out, "keep-alive");
        return;
    }
    if (event.what == k::usage) {
        tokens_ = event.tokens;
        return;
    }
    if (event.what == k::start) {
        if (!kept_ && !event.id.empty() && event.id.size() <= detail::max_stream_label) id_ = detail::responses_id(event.id);
        if (!event.name.empty() && event.name.size() <= detail::max_stream_label) model_ = event.name;
        if (event.created != 0) created_ = event.created;
    }
    begin(out);
    // The API has one answer.
    if (event.choice != 0) return;
    switch (event.what) {
    case k::text:
    case k::refusal: text(event, out); break;
    case k::thinking: thinking(event, out); break;
    case k::thinking_signature: signature(event, out); break;
    case k::redacted_thinking: {
        end_items(out, false);
        std::string json;
        json_writer w(json);
        w.object().member("type", "reasoning").key("summary").array().end_array();
        w.member("encrypted_content", detail::signature_tag(detail::responses_redacted, openai_responses::name).append(event.text)).end_object();
        whole_item("rs_", json, out);
        break;
    }
    case k::tool_call: call(event, out); break;
    case k::tool_arguments: arguments(event, out); break;
    case k::citation: citation(event, out); break;
    case k::logprobs: logprobs(event, out); break;
    case k::audio:
    case k::opaque: opaque(event, out); break;
    case k::finish:
        reason_ = event.reason;
        end_items(out, true);
        break;
    case k::start:
    case k::usage:
    case k::ping: break;
    }
}

LLMX_DECL void openai_responses::stream_encoder::finish(std::string& out) {
    begin(out);
    end_items(out, true);
    const bool incomplete = !detail::responses_incomplete(reason_).empty();
    response_event(incomplete ? "response.incomplete" : "response.completed", incomplete ? "incomplete" : "completed", out);
}

LLMX_DECL void openai_responses::stream_encoder::fail(const error& failure, std::string& out) {
    std::string body;
    openai_chat::encode_error(failure, body);
    json_document document(body);
    const json_cursor root = document.root(), words = root["error"], code = words["code"], param = words["param"];
    begin_event("error", out);
    out += ",\"code\":";
    json_writer(out).raw(code ? code.text() : "null");
    out += ",\"message\":";
    append_json_string(out, words["message"].string_or());
    out += ",\"param\":";
    json_writer(out).raw(param ? param.text() : "null");
    out += "}\n\n";
    if (!begun_) return;
    std::string reason;
    json_writer(reason).object().member("code", detail::responses_failure_code(failure)).member("message", words["message"].string_or()).end_object();
    response_event("response.failed", "failed", out, reason);
}

} // namespace llmx::inline LLMX_ABI
