// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/openai/detail/chat_common.hpp>

namespace llmx::inline v0 {
namespace detail {

LLMX_DECL result<void> openai_chat_read_function(const json_reader& r, tool& to) {
    if (r.find("name") == nullptr) return r.expected("name", "a string");
    if (auto done = r.read("name", to.name); done.has_error()) return done;
    if (auto done = r.read("description", to.description); done.has_error()) return done;
    if (auto done = r.read("strict", to.strict); done.has_error()) return done;
    if (const auto* v = r.find("parameters"); v != nullptr) {
        if (!v->is_object()) return r.expected("parameters", "an object");
        to.parameters = raw_json(openai_chat_json(*v));
    }
    return openai_chat_read_cache(r, to.cache);
}

LLMX_DECL result<void> openai_chat_read_tools(const json_reader& r, chat_request& to) {
    const auto* v = r.find("tools");
    if (v == nullptr) return success();
    if (!v->is_array()) return r.expected("tools", "an array");
    const auto& list = v->get_array();
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string where = "tools[" + std::to_string(i) + "]";
        if (!list[i].is_object()) return r.expected(where, "an object");
        const json_reader one(list[i].get_object(), where);
        std::string type;
        if (auto done = one.read("type", type); done.has_error()) return done;
        if (type.empty()) return one.expected("type", "a string");
        tool t;
        if (type == "function") {
            const auto* o = one.object_or_null("function");
            if (o == nullptr) return one.expected("function", "an object");
            const json_reader function(*o, one.path_of("function"));
            if (auto done = openai_chat_read_function(function, t); done.has_error()) return done;
            if (auto done = openai_chat_read_cache(one, t.cache); done.has_error()) return done;
            openai_chat_collect(function, {"name", "description", "parameters", "strict", "cache_control"},
                                "function.", t.extra);
            openai_chat_collect(one, {"type", "function", "cache_control"}, "", t.extra);
        } else {
            if (const auto* custom = one.object_or_null("custom"); custom != nullptr)
                t.name = json_reader(*custom).string_or("name");
            t.builtin = opaque_part(openai_chat::name, openai_chat_json(list[i]));
        }
        to.tools.push_back(std::move(t));
    }
    return success();
}

/// `functions` of the API before tools.
LLMX_DECL result<void> openai_chat_read_functions(const json_reader& r, chat_request& to) {
    const auto* v = r.find("functions");
    if (v == nullptr) return success();
    if (!v->is_array()) return r.expected("functions", "an array");
    const auto& list = v->get_array();
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string where = "functions[" + std::to_string(i) + "]";
        if (!list[i].is_object()) return r.expected(where, "an object");
        const json_reader function(list[i].get_object(), where);
        tool t;
        if (auto done = openai_chat_read_function(function, t); done.has_error()) return done;
        openai_chat_collect(function, {"name", "description", "parameters", "strict", "cache_control"},
                            "function.", t.extra);
        to.tools.push_back(std::move(t));
    }
    return success();
}

LLMX_DECL result<void> openai_chat_read_tool_choice(const json_reader& r, chat_request& to) {
    for (const std::string_view member : {"tool_choice", "function_call"}) {
        const auto* v = r.find(member);
        if (v == nullptr || to.tool_choice) continue;
        if (v->is_string()) {
            const std::string_view word = v->get_string();
            if (word == "auto") to.tool_choice = tool_choice(tool_choice::mode::automatic);
            else if (word == "none") to.tool_choice = tool_choice(tool_choice::mode::none);
            else if (word == "required") to.tool_choice = tool_choice(tool_choice::mode::required);
            else return r.expected(member, "\"none\", \"auto\", \"required\" or an object");
            continue;
        }
        if (!v->is_object()) return r.expected(member, "a string or an object");
        json_reader choice(v->get_object(), std::string(member));
        if (member == "tool_choice") {
            if (choice.string_or("type") != "function") {
                to.extra.add(openai_chat::name, std::string(member), openai_chat_json(*v));
                continue;
            }
            const auto* o = choice.object_or_null("function");
            if (o == nullptr) return choice.expected("function", "an object");
            choice = json_reader(*o, "tool_choice.function");
        }
        std::string name;
        if (auto done = choice.read("name", name); done.has_error()) return done;
        if (name.empty()) return choice.expected("name", "a string");
        to.tool_choice = tool_choice::function(std::move(name));
    }
    return success();
}

LLMX_DECL result<void> openai_chat_read_format(const json_reader& r, chat_request& to) {
    const auto* v = r.find("response_format");
    if (v == nullptr) return success();
    if (!v->is_object()) return r.expected("response_format", "an object");
    const json_reader format(v->get_object(), "response_format");
    std::string type;
    if (auto done = format.read("type", type); done.has_error()) return done;
    if (type.empty()) return format.expected("type", "a string");
    if (type == "text") {
        to.response_format = response_format(response_format::kind::text);
    } else if (type == "json_object") {
        to.response_format = response_format(response_format::kind::json_object);
    } else if (type == "json_schema") {
        const auto* o = format.object_or_null("json_schema");
        if (o == nullptr) return format.expected("json_schema", "an object");
        const json_reader schema(*o, "response_format.json_schema");
        response_format f(response_format::kind::json_schema);
        if (auto done = schema.read("name", f.name); done.has_error()) return done;
        if (f.name.empty()) return schema.expected("name", "a string");
        if (auto done = schema.read("description", f.description); done.has_error()) return done;
        if (auto done = schema.read("strict", f.strict); done.has_error()) return done;
        if (const auto* s = schema.find("schema"); s != nullptr) {
            if (!s->is_object()) return schema.expected("schema", "an object");
            f.schema = raw_json(openai_chat_json(*s));
        }
        to.response_format = std::move(f);
    } else {
        // Grammars and the like, which only some compatible servers have.
        to.extra.add(openai_chat::name, "response_format", openai_chat_json(*v));
    }
    return success();
}

LLMX_DECL result<void> openai_chat_read_reasoning(const json_reader& r, chat_request& to) {
    std::string word;
    if (auto done = r.read("reasoning_effort", word); done.has_error()) return done;
    if (!word.empty()) {
        for (std::size_t i = 0; i < openai_chat_efforts.size(); ++i)
            if (word == openai_chat_efforts[i])
                to.reasoning = reasoning_options(static_cast<reasoning_effort>(i));
        // A server's own word ("default", "disable") is for that server to judge.
        if (!to.reasoning) {
            std::string json;
            append_json_string(json, word);
            to.extra.add(openai_chat::name, "reasoning_effort", std::move(json));
        }
    }
    const auto* v = r.find("thinking");
    if (v == nullptr) return success();
    if (!v->is_object()) return r.expected("thinking", "an object");
    const json_reader thinking(v->get_object(), "thinking");
    if (!to.reasoning) to.reasoning.emplace();
    std::string type;
    if (auto done = thinking.read("type", type); done.has_error()) return done;
    if (auto done = thinking.read_count("budget_tokens", to.reasoning->budget_tokens); done.has_error())
        return done;
    if (type == "disabled") to.reasoning->budget_tokens = 0;
    else if (type == "adaptive") to.reasoning->adaptive = true;
    else if (type != "enabled") return thinking.expected("type", "\"enabled\", \"disabled\" or \"adaptive\"");
    return success();
}

/// Strict: \p member as an array of strings.
LLMX_DECL result<void> openai_chat_read_strings(const json_reader& r, std::string_view member,
                                                std::vector<std::string>& to) {
    const auto* v = r.find(member);
    if (v == nullptr) return success();
    if (!v->is_array()) return r.expected(member, "an array of strings");
    for (const auto& item : v->get_array()) {
        if (!item.is_string()) return r.expected(member, "an array of strings");
        to.emplace_back(std::string_view(item.get_string()));
    }
    return success();
}

LLMX_DECL result<void> openai_chat_read_objects(const json_reader& r, chat_request& to) {
    if (const auto* v = r.find("stop"); v != nullptr && v->is_string())
        to.stop.emplace_back(std::string_view(v->get_string()));
    else if (auto done = openai_chat_read_strings(r, "stop", to.stop); done.has_error())
        return r.expected("stop", "a string or an array of strings");
    if (auto done = openai_chat_read_strings(r, "modalities", to.modalities); done.has_error()) return done;
    if (const auto* v = r.find("logit_bias"); v != nullptr) {
        if (!v->is_object()) return r.expected("logit_bias", "an object");
        to.logit_bias = raw_json(openai_chat_json(*v));
    }
    if (const auto* v = r.find("metadata"); v != nullptr) {
        if (!v->is_object()) return r.expected("metadata", "an object");
        for (const auto& m : v->get_object()) {
            const std::string_view key = m.key();
            if (!m.value().is_string())
                return json_reader(v->get_object(), "metadata").expected(key, "a string");
            to.metadata.emplace_back(std::string(key),
                                     std::string(std::string_view(m.value().get_string())));
        }
    }
    if (const auto* v = r.find("stream_options"); v != nullptr) {
        if (!v->is_object()) return r.expected("stream_options", "an object");
        const json_reader options(v->get_object(), "stream_options");
        if (auto done = options.read("include_usage", to.include_usage); done.has_error()) return done;
        openai_chat_collect(options, {"include_usage"}, "stream_options.", to.extra);
    }
    return success();
}

LLMX_DECL result<void> openai_chat_read_scalars(const json_reader& r, chat_request& to) {
    result<void> done = r.read_count("max_tokens", to.max_output_tokens);
    if (!done.has_error()) done = r.read_count("max_completion_tokens", to.max_output_tokens);
    if (!done.has_error()) done = r.read("temperature", to.temperature);
    if (!done.has_error()) done = r.read("top_p", to.top_p);
    if (!done.has_error()) done = r.read_count("top_k", to.top_k);
    if (!done.has_error()) done = r.read("presence_penalty", to.presence_penalty);
    if (!done.has_error()) done = r.read("frequency_penalty", to.frequency_penalty);
    if (!done.has_error()) done = r.read("seed", to.seed);
    if (!done.has_error()) done = r.read_count("n", to.n);
    if (!done.has_error()) done = r.read("logprobs", to.logprobs);
    if (!done.has_error()) done = r.read_count("top_logprobs", to.top_logprobs);
    if (!done.has_error()) done = r.read("parallel_tool_calls", to.parallel_tool_calls);
    if (!done.has_error()) done = r.read("stream", to.stream);
    if (!done.has_error()) done = r.read("user", to.user);
    std::string tier;
    if (!done.has_error()) done = r.read("service_tier", tier);
    openai_chat_read_tier(tier, to.service_tier, to.extra);
    if (!done.has_error()) done = openai_chat_read_cache(r, to.cache);
    return done;
}

} // namespace detail

LLMX_DECL result<chat_request> openai_chat::decode_request(std::string_view body, const request_target& target) {
    auto parsed = parse_json_object(body);
    if (parsed.has_error()) return parsed.error();
    const json_reader r(*parsed);
    chat_request to;

    if (auto done = r.read("model", to.model); done.has_error()) return done.error();
    if (!target.model.empty()) to.model = target.model;
    if (to.model.empty()) return r.expected("model", "the name of a model");

    const auto* messages = r.find("messages");
    if (messages == nullptr || !messages->is_array()) return r.expected("messages", "an array");
    if (messages->get_array().empty()) return r.expected("messages", "at least one message");
    result<void> done = detail::openai_chat_read_messages(messages->get_array(), to.messages);
    if (!done.has_error()) done = detail::openai_chat_read_scalars(r, to);
    if (!done.has_error()) done = detail::openai_chat_read_tools(r, to);
    if (!done.has_error()) done = detail::openai_chat_read_functions(r, to);
    if (!done.has_error()) done = detail::openai_chat_read_tool_choice(r, to);
    if (!done.has_error()) done = detail::openai_chat_read_format(r, to);
    if (!done.has_error()) done = detail::openai_chat_read_reasoning(r, to);
    if (!done.has_error()) done = detail::openai_chat_read_objects(r, to);
    if (done.has_error()) return done.error();
    if (target.stream) to.stream = true;

    detail::openai_chat_collect(
        r,
        {"model", "messages", "tools", "functions", "tool_choice", "function_call", "parallel_tool_calls",
         "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "presence_penalty",
         "frequency_penalty", "stop", "seed", "n", "logprobs", "top_logprobs", "logit_bias",
         "response_format", "reasoning_effort", "thinking", "modalities", "user", "service_tier",
         "metadata", "cache_control", "stream", "stream_options"},
        "", to.extra);
    return to;
}

} // namespace llmx::inline v0
