// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/anthropic/impl/messages_content_in.ipp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/monotonic_resource.hpp>

namespace llmx::inline v0 {
namespace detail {

/// The names of efforts, weakest first; "minimal" and "none" have none here.
[[nodiscard]] LLMX_DECL std::optional<reasoning_effort> anthropic_effort(std::string_view name) noexcept {
    if (name == "low") return reasoning_effort::low;
    if (name == "medium") return reasoning_effort::medium;
    if (name == "high") return reasoning_effort::high;
    if (name == "xhigh") return reasoning_effort::xhigh;
    if (name == "max") return reasoning_effort::max;
    return std::nullopt;
}

/// Keeps \p member whole when the vocabulary cannot hold all of it; the encoder then
/// writes it instead of its own.
LLMX_DECL void anthropic_keep_whole(const json_reader& in, std::string_view member, chat_request& to) {
    to.extra.add(anthropic_messages::name, std::string(member), anthropic_json_text(*in.find(member)));
}

[[nodiscard]] LLMX_DECL bool anthropic_only_has(const boost::json::object& o,
                                                std::initializer_list<std::string_view> known) {
    extra_members rest;
    anthropic_keep_extra(o, known, rest);
    return rest.empty();
}

LLMX_DECL result<void> anthropic_read_tool_choice(const json_reader& in, chat_request& to) {
    const auto* v = in.find("tool_choice");
    if (v == nullptr) return success();
    if (!v->is_object()) return in.expected("tool_choice", "an object");
    const json_reader c(v->get_object(), "tool_choice");
    std::string type;
    std::optional<bool> single;
    if (auto r = c.read("type", type); r.has_error()) return r;
    if (auto r = c.read("disable_parallel_tool_use", single); r.has_error()) return r;
    tool_choice choice;
    if (auto r = c.read("name", choice.name); r.has_error()) return r;
    if (type == "any") choice.how = tool_choice::mode::required;
    else if (type == "none") choice.how = tool_choice::mode::none;
    else if (type == "tool") choice.how = tool_choice::mode::function;
    else if (type != "auto") return c.expected("type", "\"auto\", \"any\", \"tool\" or \"none\"");
    if (choice.how == tool_choice::mode::function && choice.name.empty())
        return anthropic_bad_member("tool_choice.name", "field required");
    if (choice.how != tool_choice::mode::function) choice.name.clear();
    to.tool_choice = std::move(choice);
    if (single) to.parallel_tool_calls = !*single;
    if (!anthropic_only_has(c.object(), {"type", "name", "disable_parallel_tool_use"}))
        anthropic_keep_whole(in, "tool_choice", to);
    return success();
}

LLMX_DECL result<void> anthropic_read_thinking(const json_reader& in, chat_request& to) {
    const auto* v = in.find("thinking");
    if (v == nullptr) return success();
    if (!v->is_object()) return in.expected("thinking", "an object");
    const json_reader t(v->get_object(), "thinking");
    std::string type, display;
    if (auto r = t.read("type", type); r.has_error()) return r;
    if (auto r = t.read("display", display); r.has_error()) return r;
    reasoning_options& how = to.reasoning ? *to.reasoning : to.reasoning.emplace();
    if (type == "enabled") {
        if (auto r = t.read_count("budget_tokens", how.budget_tokens); r.has_error()) return r;
        if (!how.budget_tokens) return anthropic_bad_member("thinking.budget_tokens", "field required");
        if (*how.budget_tokens < anthropic_messages::min_budget_tokens)
            return t.expected("budget_tokens", "at least 1024");
    } else if (type == "disabled") {
        how.budget_tokens = 0;
    } else if (type == "adaptive") {
        how.adaptive = true;
    } else if (type.empty()) {
        return anthropic_bad_member("thinking.type", "field required");
    } else {
        to.reasoning.reset();
        anthropic_keep_whole(in, "thinking", to);
        return success();
    }
    if (display == "summarized") how.include_thoughts = true;
    else if (display == "omitted") how.include_thoughts = false;
    if ((!display.empty() && !how.include_thoughts) ||
        !anthropic_only_has(t.object(), {"type", "budget_tokens", "display"}))
        anthropic_keep_whole(in, "thinking", to);
    return success();
}

LLMX_DECL result<void> anthropic_read_format(const json_reader& in, std::string_view member, chat_request& to) {
    const auto* v = in.find(member);
    if (v == nullptr) return success();
    if (!v->is_object()) return in.expected(member, "an object");
    const json_reader f(v->get_object(), in.path_of(member));
    std::string type;
    if (auto r = f.read("type", type); r.has_error()) return r;
    if (type != "json_schema") return f.expected("type", "\"json_schema\"");
    const auto* schema = f.find("schema");
    if (schema == nullptr) return anthropic_bad_member(f.path_of("schema"), "field required");
    if (!schema->is_object()) return f.expected("schema", "a JSON Schema object");
    to.response_format = response_format::json_schema(std::string(), anthropic_json_text(*schema));
    return success();
}

LLMX_DECL result<void> anthropic_read_output_config(const json_reader& in, chat_request& to) {
    const auto* v = in.find("output_config");
    if (v == nullptr) return success();
    if (!v->is_object()) return in.expected("output_config", "an object");
    const json_reader c(v->get_object(), "output_config");
    std::string effort;
    if (auto r = c.read("effort", effort); r.has_error()) return r;
    if (!effort.empty()) {
        const auto known = anthropic_effort(effort);
        if (!known) return c.expected("effort", "\"low\", \"medium\", \"high\", \"xhigh\" or \"max\"");
        (to.reasoning ? *to.reasoning : to.reasoning.emplace()).effort = *known;
    }
    if (auto r = anthropic_read_format(c, "format", to); r.has_error()) return r;
    if (!anthropic_only_has(c.object(), {"effort", "format"})) anthropic_keep_whole(in, "output_config", to);
    return success();
}

LLMX_DECL result<void> anthropic_read_metadata(const json_reader& in, chat_request& to) {
    const auto* v = in.find("metadata");
    if (v == nullptr) return success();
    if (!v->is_object()) return in.expected("metadata", "an object");
    const json_reader m(v->get_object(), "metadata");
    if (auto r = m.read("user_id", to.user); r.has_error()) return r;
    if (!anthropic_only_has(m.object(), {"user_id"})) anthropic_keep_whole(in, "metadata", to);
    return success();
}

LLMX_DECL result<void> anthropic_read_stop(const json_reader& in, chat_request& to) {
    const auto* v = in.find("stop_sequences");
    if (v == nullptr) return success();
    if (!v->is_array()) return in.expected("stop_sequences", "an array of strings");
    for (const auto& s : v->get_array()) {
        if (!s.is_string()) return in.expected("stop_sequences", "an array of strings");
        to.stop.emplace_back(s.get_string());
    }
    return success();
}

LLMX_DECL result<void> anthropic_read_messages(const json_reader& in, chat_request& to) {
    if (in.find("system") != nullptr) {
        message m(role::system);
        if (auto r = anthropic_request_reader::content(in, "system", m); r.has_error()) return r;
        to.messages.push_back(std::move(m));
    }
    const auto* v = in.find("messages");
    if (v == nullptr) return anthropic_bad_member("messages", "field required");
    if (!v->is_array()) return in.expected("messages", "an array");
    if (v->get_array().empty()) return anthropic_bad_member("messages", "at least one message is required");
    std::size_t i = 0;
    for (const auto& each : v->get_array()) {
        std::string path = "messages[" + std::to_string(i++) + "]";
        if (!each.is_object()) return anthropic_bad_member(std::move(path), "expected an object");
        const json_reader one(each.get_object(), std::move(path));
        std::string from;
        if (auto r = one.read("role", from); r.has_error()) return r;
        message m(role::user);
        if (from == "assistant") m.from = role::assistant;
        else if (from == "system") m.from = role::system;
        else if (from != "user") return one.expected("role", "\"user\" or \"assistant\"");
        if (auto r = anthropic_request_reader::content(one, "content", m); r.has_error()) return r;
        anthropic_restore_call_signatures(m.content);
        anthropic_keep_extra(one.object(), {"role", "content"}, m.extra);
        to.messages.push_back(std::move(m));
    }
    return success();
}

} // namespace detail

LLMX_DECL result<chat_request> anthropic_messages::decode_request(std::string_view body,
                                                                  const request_target& target) {
    boost::json::monotonic_resource memory;
    const auto parsed = parse_json_object(body, &memory);
    if (parsed.has_error()) return parsed.error();
    const json_reader in(*parsed);
    chat_request r;
    if (auto e = in.read("model", r.model); e.has_error()) return e.error();
    if (!target.model.empty()) r.model = target.model;
    if (r.model.empty()) return detail::anthropic_bad_member("model", "field required");
    if (auto e = detail::anthropic_read_messages(in, r); e.has_error()) return e.error();
    if (auto e = in.read_count("max_tokens", r.max_output_tokens); e.has_error()) return e.error();
    if (!r.max_output_tokens) return detail::anthropic_bad_member("max_tokens", "field required");
    if (const auto* tools = in.find("tools")) {
        if (!tools->is_array()) return in.expected("tools", "an array");
        if (auto e = detail::anthropic_request_reader::tools(tools->get_array(), r.tools); e.has_error())
            return e.error();
    }
    if (auto e = detail::anthropic_read_tool_choice(in, r); e.has_error()) return e.error();
    if (auto e = in.read("temperature", r.temperature); e.has_error()) return e.error();
    if (auto e = in.read("top_p", r.top_p); e.has_error()) return e.error();
    if (auto e = in.read_count("top_k", r.top_k); e.has_error()) return e.error();
    if (auto e = detail::anthropic_read_stop(in, r); e.has_error()) return e.error();
    if (auto e = detail::anthropic_read_thinking(in, r); e.has_error()) return e.error();
    if (auto e = detail::anthropic_read_output_config(in, r); e.has_error()) return e.error();
    if (!r.response_format)
        if (auto e = detail::anthropic_read_format(in, "output_format", r); e.has_error()) return e.error();
    if (auto e = detail::anthropic_read_metadata(in, r); e.has_error()) return e.error();
    std::string tier;
    if (auto e = in.read("service_tier", tier); e.has_error()) return e.error();
    r.service_tier = detail::read_enum(detail::anthropic_tiers, tier);
    if (!r.service_tier && !tier.empty()) detail::anthropic_keep_whole(in, "service_tier", r);
    if (auto e = detail::anthropic_request_reader::cache(in, r.cache); e.has_error()) return e.error();
    if (auto e = in.read("stream", r.stream); e.has_error()) return e.error();
    if (target.stream) r.stream = true;
    // Anthropic always sends usage in its streams, so whoever speaks its language expects it.
    r.include_usage = r.stream;
    detail::anthropic_keep_extra(in.object(),
                                 {"model", "messages", "system", "max_tokens", "tools", "tool_choice", "temperature",
                                  "top_p", "top_k", "stop_sequences", "thinking", "output_config", "output_format",
                                  "metadata", "service_tier", "cache_control", "stream"},
                                 r.extra);
    return r;
}

} // namespace llmx::inline v0
