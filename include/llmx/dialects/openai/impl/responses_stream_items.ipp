// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/dialects/openai/impl/responses_reply.ipp>

// The items of a stream: how they begin and end.

namespace llmx::inline LLMX_ABI {

LLMX_DECL openai_responses::stream_encoder::item& openai_responses::stream_encoder::add(kind k, std::uint32_t part, std::string_view id_prefix) {
    const std::size_t index = items_.size();
    item& i = items_.emplace_back(k, index, part);
    i.id = detail::responses_item_id(id_prefix, id_, index);
    open_.push_back(index);
    return i;
}

LLMX_DECL void openai_responses::stream_encoder::announce(const item& i, std::string_view json, std::string& out) {
    begin_event("response.output_item.added", out);
    out += ",\"output_index\":";
    json_writer(out).value(i.index);
    out.append(",\"item\":").append(json).append("}\n\n");
}

inline openai_responses::stream_encoder::item* openai_responses::stream_encoder::last_open(kind k) noexcept {
    // Only what was added last is written on.
    if (open_.empty() || items_.empty()) return nullptr;
    item& i = items_.back();
    return open_.back() == i.index && i.what == k ? &i : nullptr;
}

LLMX_DECL void openai_responses::stream_encoder::end_items(std::string& out, bool all) {
    std::vector<std::size_t> left;
    std::vector<std::size_t> ending;
    for (const std::size_t at : open_) {
        const item& i = items_[at];
        const bool call = i.what == kind::call || i.what == kind::custom;
        (call && !all && !i.arguments_end.complete() ? left : ending).push_back(at);
    }
    open_ = std::move(left);
    for (const std::size_t at : ending) complete(at, out);
}

LLMX_DECL void openai_responses::stream_encoder::complete(std::size_t index, std::string& out) {
    item& i = items_[index];
    if (i.what == kind::message) complete_message(i, out);
    else if (i.what == kind::reasoning) complete_reasoning(i, out);
    else complete_call(i, out);
    begin_event("response.output_item.done", out);
    out += ",\"output_index\":";
    json_writer(out).value(i.index);
    out.append(",\"item\":").append(i.json).append("}\n\n");
    // What is kept of it is the whole item.
    std::string().swap(i.text);
    std::string().swap(i.content);
    const bool call = i.what == kind::call || i.what == kind::custom;
    const std::string proof = call && index + 1 == items_.size() ? std::move(i.signature) : std::string();
    if (!proof.empty()) whole_item("rs_", detail::responses_signature_item(detail::responses_last, proof), out);
}

LLMX_DECL void openai_responses::stream_encoder::complete_message(item& i, std::string& out) {
    end_part(i, out);
    json_writer w(i.json);
    const bool cut = !detail::responses_incomplete(reason_).empty();
    w.object().member("id", i.id).member("type", "message").member("status", cut ? "incomplete" : "completed").member("role", "assistant");
    w.key("content").raw(std::string("[").append(i.content).append("]")).end_object();
}

LLMX_DECL void openai_responses::stream_encoder::complete_reasoning(item& i, std::string& out) {
    thinking_part t(i.text);
    if (i.part_open) {
        begin_item_event("response.reasoning_summary_text.done", i, out);
        out += ",\"text\":";
        append_json_string(out, i.text);
        out += "}\n\n";
        begin_item_event("response.reasoning_summary_part.done", i, out);
        out += ",\"part\":{\"type\":\"summary_text\",\"text\":";
        append_json_string(out, i.text);
        out += "}}\n\n";
    }
    t.signature = i.signature; // with its tag already
    t.signer = openai_responses::name;
    detail::responses_write_reasoning(i.id, t, i.json);
    std::string().swap(i.signature);
}

LLMX_DECL void openai_responses::stream_encoder::complete_call(item& i, std::string& out) {
    const bool custom = i.what == kind::custom;
    if (i.text.empty()) {
        // Clients parse it, whichever vendor left it out, and put it together from the pieces.
        i.text = "{}";
        if (!custom) {
            begin_item_event("response.function_call_arguments.delta", i, out);
            out += ",\"delta\":\"{}\"}\n\n";
        }
    }
    const std::string input = custom ? detail::custom_tool_input(i.text) : std::string();
    if (custom) {
        custom_input(i, i.input.finish(), out);
        begin_item_event("response.custom_tool_call_input.done", i, out);
        out += ",\"input\":";
        append_json_string(out, input);
    } else {
        begin_item_event("response.function_call_arguments.done", i, out);
        out += ",\"name\":";
        append_json_string(out, detail::responses_split(i.name).name);
        out += ",\"arguments\":";
        append_json_string(out, i.text);
    }
    out += "}\n\n";
    detail::responses_write_call(i.id, i.call_id, i.name, i.text, custom, i.json);
}

LLMX_DECL void openai_responses::stream_encoder::end_part(item& i, std::string& out) {
    if (!i.part_open) return;
    const std::int64_t length = characters_ - i.part_begin;
    for (const std::string& one : i.unranged) {
        json_document document(one);
        const json_cursor cited = document.root();
        std::string json;
        json_writer w(json);
        w.object().member("type", "url_citation").member("url", cited["url"].string_or(cited["uri"].string_or()));
        w.member("title", cited["title"].string_or()).member("start_index", std::int64_t{0}).member("end_index", length).end_object();
        annotate(i, json, out);
    }
    i.unranged.clear();
    std::string part;
    json_writer w(part);
    if (i.refusal) {
        w.object().member("type", "refusal").member("refusal", i.text).end_object();
        begin_item_event("response.refusal.done", i, out);
        out += ",\"refusal\":";
        append_json_string(out, i.text);
    } else {
        w.object().member("type", "output_text").member("text", i.text);
        w.raw_member("annotations", std::string("[").append(i.annotations).append("]"));
        w.raw_member("logprobs", std::string("[").append(i.logprobs).append("]")).end_object();
        begin_item_event("response.output_text.done", i, out);
        out += ",\"text\":";
        append_json_string(out, i.text);
        out.append(",\"logprobs\":[").append(i.logprobs).append("]");
    }
    out += "}\n\n";
    begin_item_event("response.content_part.done", i, out);
    out.append(",\"part\":").append(part).append("}\n\n");
    if (!i.content.empty()) i.content += ',';
    i.content += part;
    ++i.content_index;
    i.part_open = false;
    i.text.clear();
    i.annotations.clear();
    i.logprobs.clear();
    i.annotation_count = 0;
}

LLMX_DECL void openai_responses::stream_encoder::annotate(item& i, std::string_view json, std::string& out) {
    begin_item_event("response.output_text.annotation.added", i, out);
    out += ",\"annotation_index\":";
    json_writer(out).value(i.annotation_count++);
    out += ",\"annotation\":";
    detail::openai_chat_append_flat(out, json);
    out += "}\n\n";
    if (!i.annotations.empty()) i.annotations += ',';
    i.annotations += json;
}

LLMX_DECL void openai_responses::stream_encoder::whole_item(std::string_view id_prefix, std::string_view json, std::string& out) {
    item& i = add(kind::whole, 0, id_prefix);
    open_.pop_back();
    if (!id_prefix.empty()) {
        json_writer(i.json).object().member("id", i.id);
        i.json.append(",").append(json.substr(1));
    } else {
        i.json = json;
    }
    announce(i, i.json, out);
    begin_event("response.output_item.done", out);
    out += ",\"output_index\":";
    json_writer(out).value(i.index);
    out.append(",\"item\":").append(i.json).append("}\n\n");
}

} // namespace llmx::inline LLMX_ABI
