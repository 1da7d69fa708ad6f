// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <llmx/dialects/field_table.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>
#include <span>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::string responses_joined(std::string_view space, std::string_view name) {
    std::string joined(space);
    if (!space.empty()) joined += '.';
    return joined.append(name);
}

LLMX_DECL void responses_keep(const json_cursor& from, std::initializer_list<std::string_view> known, std::string_view prefix, extra_members& to) {
    const std::span<const std::string_view> names(known.begin(), known.size());
    keep_extra(from, std::span<const field_rule>(), names, openai_responses::name, prefix, responses_hints, to);
}

LLMX_DECL void responses_write_inner(json_writer& w, const extra_members& extra, std::string_view prefix) {
    if (!extra.speaks(openai_responses::name)) return;
    for (const auto& m : extra.members)
        if (m.name.starts_with(prefix)) w.raw_member(extra_members::wire_name(std::string_view(m.name).substr(prefix.size())), m.value.text);
}

LLMX_DECL void responses_write_outer(json_writer& w, const extra_members& extra, std::initializer_list<std::string_view> prefixes) {
    if (!extra.speaks(openai_responses::name)) return;
    for (const auto& m : extra.members) {
        const auto inner = [&m](std::string_view prefix) { return m.name.starts_with(prefix); };
        if (std::none_of(prefixes.begin(), prefixes.end(), inner)) w.raw_member(extra_members::wire_name(m.name), m.value.text);
    }
}

LLMX_DECL const raw_json* responses_find(const extra_members& extra, std::string_view name) noexcept {
    return extra.speaks(openai_responses::name) ? extra.find(name) : nullptr;
}

LLMX_DECL responses_proof responses_read_proof(std::string_view encrypted) noexcept {
    const signed_by read = read_signature(encrypted, openai_responses::name);
    responses_proof proof;
    proof.signature = read.signature;
    proof.redacted = read.signer == responses_redacted;
    proof.last = read.signer == responses_last;
    proof.next = read.signer == responses_next;
    if (!proof.redacted && !proof.last && !proof.next) proof.signer = read.signer;
    return proof;
}

LLMX_DECL std::string responses_write_proof(const thinking_part& t) {
    if (!t.redacted_data.empty()) return signature_tag(responses_redacted, openai_responses::name).append(t.redacted_data);
    if (t.signature.empty()) return std::string();
    return signature_tag(t.signer, openai_responses::name).append(t.signature);
}

LLMX_DECL std::string responses_signature_item(std::string_view role, std::string_view signature) {
    std::string json;
    json_writer w(json);
    w.object().member("type", "reasoning").key("summary").array().end_array();
    w.member("encrypted_content", signature_tag(role, openai_responses::name).append(signature)).end_object();
    return json;
}

LLMX_DECL void responses_read_thinking(const json_cursor& item, const responses_proof& proof, thinking_part& part) {
    if (proof.redacted) {
        part.redacted_data = proof.signature;
    } else if (!proof.last && !proof.next) {
        part.signature = proof.signature;
        part.signer = proof.signer;
    }
    responses_keep(item, {"type", "summary", "content", "encrypted_content"}, "", part.extra);
}

LLMX_DECL std::string responses_thoughts(const json_cursor& item) {
    std::string text;
    const json_cursor content = item["content"], summary = item["summary"];
    content.each_object_or_skip([&text](const json_cursor& one, std::size_t) { text += one["text"].string_or(); });
    if (!text.empty()) return text;
    summary.each_object_or_skip([&text](const json_cursor& one, std::size_t) {
        if (!text.empty()) text += "\n\n";
        text += one["text"].string_or();
    });
    return text;
}

LLMX_DECL media responses_made_image(const json_cursor& item) {
    std::string type("image/");
    type += item["output_format"].string_or("png");
    return media::from_base64(std::move(type), std::string(item["result"].string_or()));
}

LLMX_DECL bool responses_is_client_tool(std::string_view type) noexcept {
    static constexpr std::string_view tools[] = {"local_shell_call", "local_shell_call_output", "shell_call", "shell_call_output", "apply_patch_call",
                                                 "apply_patch_call_output", "computer_call", "computer_call_output", "code_interpreter_call"};
    return std::find(std::begin(tools), std::end(tools), type) != std::end(tools);
}

LLMX_DECL bool responses_is_record(std::string_view type) noexcept {
    static constexpr std::string_view records[] = {"web_search_call", "file_search_call", "code_interpreter_call", "image_generation_call",
                                                   "mcp_list_tools", "mcp_call", "mcp_approval_request", "mcp_approval_response",
                                                   "tool_search_call", "tool_search_output", "program", "program_output", "additional_tools"};
    return std::find(std::begin(records), std::end(records), type) != std::end(records);
}

LLMX_DECL std::string responses_item_id(std::string_view prefix, std::string_view response, std::size_t index) {
    constexpr std::size_t longest = 40;
    const std::size_t mark = response.find('_');
    if (mark != std::string_view::npos) response.remove_prefix(mark + 1);
    std::string id(prefix);
    for (const char c : response.substr(0, longest)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        id += plain ? c : '_';
    }
    return id.append("_").append(std::to_string(index));
}

LLMX_DECL std::string responses_id(std::string_view answer) {
    if (answer.starts_with("resp_")) return std::string(answer);
    return std::string("resp_").append(answer);
}

LLMX_DECL void responses_write_usage(json_writer& w, const usage& u) {
    w.object().member("input_tokens", u.input_tokens).key("input_tokens_details").object();
    w.member("cached_tokens", u.cached_tokens).member("cache_write_tokens", u.cache_write_tokens).end_object();
    w.member("output_tokens", u.output_tokens).key("output_tokens_details").object();
    w.member("reasoning_tokens", u.reasoning_tokens).end_object();
    w.member("total_tokens", u.total_tokens()).end_object();
}

LLMX_DECL usage responses_read_usage(const json_cursor& from) noexcept {
    usage u;
    const json_cursor in = from["input_tokens_details"], out = from["output_tokens_details"];
    u.input_tokens = from["input_tokens"].count_or();
    u.output_tokens = from["output_tokens"].count_or();
    u.cached_tokens = in["cached_tokens"].count_or();
    u.cache_write_tokens = in["cache_write_tokens"].count_or();
    u.reasoning_tokens = out["reasoning_tokens"].count_or();
    return u;
}

/// A function's tool with the members that its schema demands.
LLMX_DECL void responses_echo_tool(json_writer& w, const json_cursor& tool) {
    const boost::json::object* const members = tool.object();
    if (members == nullptr) return;
    w.object();
    for (const auto& m : *members) {
        const std::string_view key = m.key();
        w.raw_member(key, json_text(m.value()));
    }
    if (tool["type"].string_or() == "function") {
        if (!members->contains("description")) w.key("description").null();
        if (!members->contains("parameters")) w.key("parameters").null();
        if (!members->contains("strict")) w.member("strict", true);
    }
    w.end_object();
}

LLMX_DECL void responses_echo_text(json_writer& w, const json_cursor& text) {
    const json_cursor format = text["format"], verbosity = text["verbosity"];
    w.key("text").object().key("format");
    if (format.object() != nullptr && format["type"]) w.raw(format.text());
    else w.object().member("type", "text").end_object();
    if (verbosity.is_string()) w.member("verbosity", verbosity.string_or());
    w.end_object();
}

LLMX_DECL std::string responses_echo(std::string_view request, bool kept) {
    json_document document(request.empty() ? std::string_view("{}") : request);
    const json_cursor root = document.root();
    std::string json(1, ',');
    json_writer w(json);
    const auto or_null = [&](std::string_view name) {
        const json_cursor member = root[name];
        w.key(name);
        if (member) w.raw(member.text());
        else w.null();
    };
    const auto number_or = [&](std::string_view name, std::int64_t otherwise) {
        const json_cursor member = root[name];
        w.key(name);
        if (member) w.raw(member.text());
        else w.value(otherwise);
    };
    for (const std::string_view name : {"instructions", "max_output_tokens", "max_tool_calls", "previous_response_id", "prompt_cache_key",
                                        "safety_identifier"})
        or_null(name);
    if (const json_cursor conversation = root["conversation"], id = conversation["id"]; conversation)
        w.key("conversation").object().member("id", id.string_or(conversation.string_or())).end_object();
    // This one may not be null.
    if (const json_cursor user = root["user"]; user.is_string()) w.member("user", user.string_or());
    const json_cursor parallel = root["parallel_tool_calls"], background = root["background"], store = root["store"], choice = root["tool_choice"],
                      cut = root["truncation"], labels = root["metadata"], reasoning = root["reasoning"], effort = reasoning["effort"],
                      summary = reasoning["summary"], tools = root["tools"];
    w.member("parallel_tool_calls", parallel.bool_or(true)).member("background", background.bool_or(false));
    w.member("store", kept || store.bool_or(false));
    w.key("reasoning").object().key("effort");
    if (effort.is_string()) w.value(effort.string_or());
    else w.null();
    w.key("summary");
    if (summary.is_string()) w.value(summary.string_or());
    else w.null();
    w.end_object();
    number_or("temperature", 1);
    number_or("top_p", 1);
    number_or("top_logprobs", 0);
    responses_echo_text(w, root["text"]);
    w.key("tool_choice");
    if (choice) w.raw(choice.text());
    else w.value("auto");
    w.key("tools").array();
    tools.each_object_or_skip([&w](const json_cursor& one, std::size_t) { responses_echo_tool(w, one); });
    w.end_array().member("truncation", cut.string_or("disabled")).key("metadata");
    if (labels.object() != nullptr) w.raw(labels.text());
    else w.object().end_object();
    return json;
}

LLMX_DECL void responses_write(const responses_state& s, const extra_members* extra, std::string_view tier, std::string& out) {
    json_writer w(out);
    w.object().member("id", s.id).member("object", "response").member("created_at", s.created).member("status", s.status);
    w.member("model", s.model).key("output").array();
    if (!s.output.empty()) w.raw(s.output);
    w.end_array().key("error");
    if (s.failure.empty()) w.null();
    else w.raw(s.failure);
    w.key("incomplete_details");
    if (s.incomplete.empty()) w.null();
    else w.object().member("reason", s.incomplete).end_object();
    out += s.echo;
    if (s.tokens != nullptr) {
        w.key("usage");
        responses_write_usage(w, *s.tokens);
    }
    if (!tier.empty()) w.member("service_tier", tier);
    if (extra != nullptr) w.extra(*extra, openai_responses::name);
    w.end_object();
}

LLMX_DECL std::string_view responses_incomplete(finish_reason r) noexcept {
    if (r == finish_reason::length) return "max_output_tokens";
    return r == finish_reason::content_filter ? "content_filter" : std::string_view();
}

LLMX_DECL bool responses_write_annotation(json_writer& w, const citation& c, std::int64_t length) {
    if (c.original.speaks(openai_responses::name)) {
        w.object().extra(c.original, openai_responses::name).end_object();
        return true;
    }
    if (c.url.empty()) return false;
    const bool ranged = c.start >= 0 && c.end >= c.start;
    w.object().member("type", "url_citation").member("url", c.url).member("title", c.title);
    w.member("start_index", ranged ? c.start : 0).member("end_index", ranged ? c.end : length).end_object();
    return true;
}

LLMX_DECL void responses_read_annotations(const json_cursor& list, std::vector<citation>& to) {
    list.each_object_or_skip([&to](const json_cursor& one, std::size_t) {
        citation& c = to.emplace_back();
        if (one["type"].string_or() == "url_citation") {
            c.url = one["url"].string_or();
            c.title = one["title"].string_or();
            c.start = one["start_index"].count_or(-1);
            c.end = one["end_index"].count_or(-1);
        }
        responses_keep(one, {}, "", c.original);
    });
}

} // namespace llmx::inline LLMX_ABI::detail
