// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/wire/json_scan.hpp>

namespace llmx::inline v0 {
namespace detail {

/// An object without "properties", as tools without arguments have it elsewhere, is refused.
LLMX_DECL void openai_chat_write_parameters(json_writer& w, std::string_view schema) {
    bool object = false, properties = false;
    const auto read = scan_json_members(schema, [&](const json_member& m) {
        object = object || (m.named("type") && m.value == "\"object\"");
        properties = properties || m.named("properties");
    });
    if (read.has_error() || !object || properties) {
        w.raw_member("parameters", schema);
        return;
    }
    std::string whole(schema.substr(0, schema.rfind('}')));
    whole += ",\"properties\":{}}";
    w.raw_member("parameters", whole);
}

/// False when none of the request's tools could be said.
LLMX_DECL bool openai_chat_write_tools(json_writer& w, const chat_request& request, drop_report& drops) {
    std::vector<const tool*> said;
    for (std::size_t i = 0; i < request.tools.size(); ++i) {
        const tool& t = request.tools[i];
        const std::string where = "tools[" + std::to_string(i) + "]";
        if (t.builtin && t.builtin->origin != openai_chat::name) {
            drops.lost(where);
            continue;
        }
        if (t.cache) drops.hint(where + ".cache_control");
        openai_chat_report_extra(t.extra, where, drops);
        said.push_back(&t);
    }
    if (said.empty()) return request.tools.empty();
    w.key("tools").array();
    for (const tool* t : said) {
        if (t->builtin) {
            w.raw(t->builtin->value.text);
            continue;
        }
        w.object().member("type", "function").key("function").object().member("name", t->name);
        if (!t->description.empty()) w.member("description", t->description);
        if (!t->parameters.empty()) openai_chat_write_parameters(w, t->parameters.text);
        if (t->strict) w.member("strict", *t->strict);
        openai_chat_write_inner(w, t->extra, "function.");
        w.end_object();
        openai_chat_write_outer(w, t->extra, "function.");
        w.end_object();
    }
    w.end_array();
    return true;
}

LLMX_DECL void openai_chat_write_tool_choice(json_writer& w, const tool_choice& choice) {
    w.key("tool_choice");
    switch (choice.how) {
    case tool_choice::mode::automatic: w.value("auto"); break;
    case tool_choice::mode::none: w.value("none"); break;
    case tool_choice::mode::required: w.value("required"); break;
    case tool_choice::mode::function:
        w.object().member("type", "function").key("function").object().member("name", choice.name);
        w.end_object().end_object();
        break;
    }
}

LLMX_DECL void openai_chat_write_format(json_writer& w, const response_format& f) {
    w.key("response_format").object();
    switch (f.form) {
    case response_format::kind::text: w.member("type", "text"); break;
    case response_format::kind::json_object: w.member("type", "json_object"); break;
    case response_format::kind::json_schema:
        w.member("type", "json_schema").key("json_schema").object();
        // The wire demands a name, other dialects have none.
        w.member("name", f.name.empty() ? std::string_view("response") : f.name);
        if (!f.description.empty()) w.member("description", f.description);
        if (!f.schema.empty()) w.raw_member("schema", f.schema.text);
        if (f.strict) w.member("strict", *f.strict);
        w.end_object();
        break;
    }
    w.end_object();
}

LLMX_DECL void openai_chat_write_reasoning(json_writer& w, const reasoning_options& r, drop_report& drops) {
    std::optional<reasoning_effort> effort = r.effort;
    // "Do not think" is what models that cannot think anyway would not understand.
    if (!effort && r.budget_tokens.value_or(0) > 0) effort = usual_effort_of(*r.budget_tokens);
    if (effort) w.member("reasoning_effort", openai_chat_efforts[static_cast<std::size_t>(*effort)]);
    else if (r.budget_tokens && *r.budget_tokens == 0) drops.hint("reasoning.budget_tokens");
    if (r.adaptive && !r.effort) drops.hint("reasoning.adaptive");
    if (r.include_thoughts && *r.include_thoughts) drops.hint("reasoning.include_thoughts");
}

LLMX_DECL void openai_chat_write_sampling(json_writer& w, const chat_request& request,
                                          const encode_options& options) {
    if (request.max_output_tokens) {
        const bool newer = options.traits.max_completion_tokens;
        w.member(newer ? "max_completion_tokens" : "max_tokens", *request.max_output_tokens);
    }
    if (request.temperature) w.member("temperature", *request.temperature);
    if (request.top_p) w.member("top_p", *request.top_p);
    if (request.presence_penalty) w.member("presence_penalty", *request.presence_penalty);
    if (request.frequency_penalty) w.member("frequency_penalty", *request.frequency_penalty);
    if (!request.stop.empty()) {
        w.key("stop").array();
        for (const auto& s : request.stop) w.value(s);
        w.end_array();
    }
    if (request.seed) w.member("seed", *request.seed);
    if (request.n) w.member("n", *request.n);
    if (request.logprobs) w.member("logprobs", *request.logprobs);
    if (request.top_logprobs) w.member("top_logprobs", *request.top_logprobs);
    if (!request.logit_bias.empty()) w.raw_member("logit_bias", request.logit_bias.text);
}

LLMX_DECL void openai_chat_write_stream(json_writer& w, const chat_request& request, const encode_options& options) {
    if (!options.stream.value_or(request.stream)) return;
    w.member("stream", true);
    const bool more = openai_chat_has_inner(request.extra, "stream_options.");
    const bool usage_wanted = request.include_usage || options.include_usage;
    if (!usage_wanted && !more) return;
    w.key("stream_options").object();
    if (usage_wanted) w.member("include_usage", true);
    openai_chat_write_inner(w, request.extra, "stream_options.");
    w.end_object();
}

} // namespace detail

LLMX_DECL result<void> openai_chat::encode_request(const chat_request& request, const encode_options& options,
                                                   std::string& out, drop_report& drops) {
    json_writer w(out);
    w.object();
    w.member("model", options.model.empty() ? std::string_view(request.model) : options.model);
    detail::openai_chat_write_messages(w, request.messages, drops);
    // A choice among no tools is refused.
    if (detail::openai_chat_write_tools(w, request, drops)) {
        if (request.tool_choice) detail::openai_chat_write_tool_choice(w, *request.tool_choice);
        if (request.parallel_tool_calls) w.member("parallel_tool_calls", *request.parallel_tool_calls);
    }
    detail::openai_chat_write_sampling(w, request, options);
    if (request.top_k) drops.lost("top_k");
    if (request.response_format) detail::openai_chat_write_format(w, *request.response_format);
    if (request.reasoning) detail::openai_chat_write_reasoning(w, *request.reasoning, drops);
    if (!request.modalities.empty()) {
        w.key("modalities").array();
        for (const auto& m : request.modalities) w.value(m);
        w.end_array();
    }
    // Longer ones are refused; which of its users is asking changes no answer.
    constexpr std::size_t longest_user = 64;
    if (request.user.size() > longest_user) drops.hint("user");
    else if (!request.user.empty()) w.member("user", request.user);
    if (request.service_tier) {
        const std::string_view tier = detail::enum_name(detail::openai_chat_tiers, *request.service_tier);
        if (!tier.empty()) w.member("service_tier", tier);
        else drops.hint("service_tier");
    }
    if (!request.metadata.empty()) {
        w.key("metadata").object();
        for (const auto& [key, value] : request.metadata) w.member(key, value);
        w.end_object();
    }
    if (request.cache) drops.hint("cache_control");
    detail::openai_chat_write_stream(w, request, options);
    detail::openai_chat_write_outer(w, request.extra, "stream_options.");
    detail::openai_chat_report_extra(request.extra, "", drops);
    w.end_object();
    return success();
}

} // namespace llmx::inline v0
