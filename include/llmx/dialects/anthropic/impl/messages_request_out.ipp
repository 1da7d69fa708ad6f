// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/anthropic/impl/messages_content_out.ipp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>

namespace llmx::inline v0 {
namespace detail {

/// How a request's reasoning settings are said to one model.
struct anthropic_thinking {
    enum class mode : std::uint8_t { unsaid, disabled, enabled, adaptive };
    mode how = mode::unsaid;
    std::int64_t budget = 0;
    std::string_view effort;

    [[nodiscard]] bool on() const noexcept { return how == mode::enabled || how == mode::adaptive; }
};

[[nodiscard]] LLMX_DECL std::string_view anthropic_effort_name(reasoning_effort e) noexcept {
    switch (e) {
    case reasoning_effort::none: break;
    case reasoning_effort::minimal:
    case reasoning_effort::low: return "low";
    case reasoning_effort::medium: return "medium";
    case reasoning_effort::high: return "high";
    case reasoning_effort::xhigh: return "xhigh";
    case reasoning_effort::max: return "max";
    }
    return std::string_view();
}

[[nodiscard]] LLMX_DECL anthropic_thinking anthropic_plan_thinking(const reasoning_options& r,
                                                                   const model_traits& traits) noexcept {
    using mode = anthropic_thinking::mode;
    anthropic_thinking plan;
    const std::int64_t asked = r.budget_tokens.value_or(-1);
    if (r.effort == reasoning_effort::none || asked == 0) {
        plan.how = mode::disabled;
    } else if (!r.effort && !r.budget_tokens && !r.adaptive) {
        return plan;
    } else if (traits.reasoning == model_traits::reasoning_style::budget) {
        plan.how = mode::enabled;
        // Models that choose for themselves do so at the effort "high".
        plan.budget = asked > 0 ? asked : budget_of(r.effort.value_or(reasoning_effort::high));
        plan.budget = std::max(plan.budget, anthropic_messages::min_budget_tokens);
    } else {
        plan.how = mode::adaptive;
        if (r.effort) plan.effort = anthropic_effort_name(*r.effort);
        else if (asked > 0) plan.effort = anthropic_effort_name(*usual_effort_of(asked));
    }
    return plan;
}

/// Whether the turn to be continued called a tool without the thinking that led to it; the
/// API takes no such history while a thinking budget is set.
[[nodiscard]] LLMX_DECL bool anthropic_lacks_thinking(const chat_request& request) noexcept {
    for (auto m = request.messages.rbegin(); m != request.messages.rend(); ++m) {
        bool called = false, thought = false, result = m->from == role::tool;
        for (const auto& p : m->content) {
            if (std::holds_alternative<tool_call_part>(p)) called = true;
            if (std::holds_alternative<tool_result_part>(p)) result = true;
            if (const auto* t = std::get_if<thinking_part>(&p))
                thought = thought || t->signed_for(anthropic_messages::name) || !t->redacted_data.empty();
        }
        if (m->from == role::assistant) return called && !thought;
        if (m->from == role::user && !result) return false;
    }
    return false;
}

/// Writes the members of a request beside the conversation.
class anthropic_request_writer {
public:
    anthropic_request_writer(const chat_request& request, const encode_options& options, drop_report& drops,
                             std::string& out)
        : request_(request), options_(options), drops_(drops), w_(out) {}

    result<void> run() {
        anthropic_turn_writer conversation(request_, drops_);
        if (auto r = conversation.run(); r.has_error()) return r;
        if (auto r = plan(); r.has_error()) return r;
        w_.object().member("model", options_.model.empty() ? std::string_view(request_.model) : options_.model);
        w_.member("max_tokens", max_tokens());
        conversation.write_system(w_);
        w_.raw_member("messages", "[" + conversation.turns() + "]");
        if (auto r = write_tools(conversation.called()); r.has_error()) return r;
        write_tool_choice();
        write_thinking();
        write_sampling();
        write_stop();
        if (!request_.user.empty() && !has("metadata")) {
            // An address would be personal data, which the API asks to leave out.
            if (request_.user.find('@') != std::string::npos) drops_.hint("user");
            else w_.key("metadata").object().member("user_id", request_.user).end_object();
        }
        write_service_tier();
        anthropic_write_cache(w_, request_.cache);
        if (options_.stream.value_or(request_.stream)) w_.member("stream", true);
        report_rest();
        w_.extra(request_.extra, anthropic_messages::name).end_object();
        return success();
    }

private:
    /// Whether the caller's own words for \p member go out as they are.
    [[nodiscard]] bool has(std::string_view member) const noexcept {
        return request_.extra.speaks(anthropic_messages::name) && request_.extra.find(member) != nullptr;
    }

    result<void> plan() {
        if (request_.reasoning) {
            thinking_ = anthropic_plan_thinking(*request_.reasoning, options_.traits);
            if (has("thinking")) {
                thinking_.how = anthropic_thinking::mode::unsaid;
                thinking_.budget = 0;
            }
            if (thinking_.how == anthropic_thinking::mode::enabled && anthropic_lacks_thinking(request_)) {
                drops_.lost("reasoning");
                thinking_ = anthropic_thinking();
            }
            if (!thinking_.on() && !has("thinking") && request_.reasoning->include_thoughts) drops_.hint("reasoning.include_thoughts");
        }
        if (request_.response_format && request_.response_format->form != response_format::kind::text) {
            const bool schema = request_.response_format->form == response_format::kind::json_schema &&
                                !request_.response_format->schema.empty();
            native_format_ = schema && options_.traits.native_json_schema;
            json_tool_ = !native_format_;
            if (json_tool_) drops_.answer_by_tool();
        }
        if (native_format_ && scan_json_members(request_.response_format->schema.text, [](const json_member&) {}).has_error())
            return anthropic_bad_member("response_format.json_schema.schema", "expected a JSON Schema object");
        return success();
    }

    [[nodiscard]] std::int64_t max_tokens() const noexcept {
        const std::int64_t usual = options_.traits.default_max_tokens;
        const std::int64_t asked = request_.max_output_tokens.value_or(usual);
        // Thinking counts towards the limit and must fit into it.
        return thinking_.budget > 0 && asked <= thinking_.budget ? add_counts(thinking_.budget, usual) : asked;
    }

    result<void> write_tools(const std::vector<std::string_view>& called) {
        if (request_.tools.empty() && !json_tool_ && called.empty()) return success();
        std::string list;
        for (std::size_t i = 0; i < request_.tools.size(); ++i)
            if (auto r = write_tool(request_.tools[i], "tools[" + std::to_string(i) + "]", list); r.has_error())
                return r;
        has_tools_ = !list.empty();
        if (request_.tools.empty()) {
            // A history with calls needs the tools' definitions even when none may be called now.
            for (const auto name : called) {
                if (!list.empty()) list += ',';
                json_writer w(list);
                w.object().member("name", name).raw_member("input_schema", R"({"type":"object"})").end_object();
            }
            history_tools_ = !list.empty();
        }
        if (json_tool_)
            if (auto r = write_json_tool(list); r.has_error()) return r;
        if (!list.empty()) w_.raw_member("tools", "[" + list + "]");
        return success();
    }

    result<void> write_tool(const tool& t, const std::string& path, std::string& list) {
        if (t.builtin) {
            if (t.builtin->origin != anthropic_messages::name) {
                drops_.lost(path);
                return success();
            }
            if (!list.empty()) list += ',';
            list += t.builtin->value.text;
            return success();
        }
        if (!list.empty()) list += ',';
        json_writer w(list);
        w.object().member("name", t.name);
        if (!t.description.empty()) w.member("description", t.description);
        if (auto r = write_schema(w, t.parameters.text, path + ".parameters"); r.has_error()) return r;
        if (t.strict) {
            // Strict tools came with structured output; older models refuse the member.
            if (options_.traits.native_json_schema) w.member("strict", *t.strict);
            else if (*t.strict) drops_.hint(path + ".strict");
        }
        anthropic_write_cache(w, t.cache);
        anthropic_report_extra(t.extra, path, drops_);
        w.extra(t.extra, anthropic_messages::name).end_object();
        return success();
    }

    result<void> write_json_tool(std::string& list) {
        const response_format& f = *request_.response_format;
        if (!list.empty()) list += ',';
        json_writer w(list);
        w.object().member("name", anthropic_messages::json_tool_name);
        w.member("description", f.description.empty()
                                    ? std::string_view("Give the answer as the input of this tool, as JSON.")
                                    : std::string_view(f.description));
        const std::string_view schema = f.form == response_format::kind::json_schema ? f.schema.text : std::string_view();
        if (schema.empty()) w.raw_member("input_schema", R"({"type":"object","additionalProperties":true})");
        else if (auto r = write_schema(w, schema, "response_format.json_schema.schema"); r.has_error()) return r;
        w.end_object();
        return success();
    }

    /// The API wants `type` "object" spelt out.
    static result<void> write_schema(json_writer& w, std::string_view schema, const std::string& path) {
        bool typed = false, any = false;
        if (!schema.empty()) {
            auto scanned = scan_json_members(schema, [&](const json_member& m) {
                any = true;
                typed = typed || m.key == "type";
            });
            if (scanned.has_error()) return anthropic_bad_member(path, "expected a JSON Schema object");
        }
        w.key("input_schema");
        if (typed) w.raw(schema);
        else if (!any) w.raw(R"({"type":"object"})");
        else w.raw(R"({"type":"object",)" + std::string(schema.substr(schema.find('{') + 1)));
        return success();
    }

    void write_tool_choice() {
        if (has("tool_choice")) return;
        using mode = tool_choice::mode;
        if (!has_tools_ && !json_tool_) {
            if (request_.tool_choice &&
                (request_.tool_choice->how == mode::required || request_.tool_choice->how == mode::function))
                drops_.lost("tool_choice");
            if (history_tools_) w_.key("tool_choice").object().member("type", "none").end_object();
            return;
        }
        const tool_choice asked = request_.tool_choice.value_or(tool_choice());
        tool_choice said = asked;
        bool write = request_.tool_choice.has_value() || request_.parallel_tool_calls == false;
        if (json_tool_ && asked.how != mode::function) {
            write = true;
            // With tools of the caller beside it, any of them may come before the answer.
            if (has_tools_ && asked.how != mode::none) said = tool_choice(mode::required);
            else said = tool_choice::function(std::string(anthropic_messages::json_tool_name));
        }
        if (thinking_.on() && (said.how == mode::required || said.how == mode::function)) {
            if (asked.how == mode::required || asked.how == mode::function) drops_.lost("tool_choice");
            said = tool_choice();
        }
        if (!write) return;
        w_.key("tool_choice").object();
        switch (said.how) {
        case mode::automatic: w_.member("type", "auto"); break;
        case mode::none: w_.member("type", "none"); break;
        case mode::required: w_.member("type", "any"); break;
        case mode::function: w_.member("type", "tool").member("name", said.name); break;
        }
        if (request_.parallel_tool_calls && said.how != mode::none)
            w_.member("disable_parallel_tool_use", !*request_.parallel_tool_calls);
        w_.end_object();
    }

    void write_thinking() {
        if (!has("thinking") && thinking_.how != anthropic_thinking::mode::unsaid) {
            w_.key("thinking").object();
            switch (thinking_.how) {
            case anthropic_thinking::mode::enabled:
                w_.member("type", "enabled").member("budget_tokens", thinking_.budget);
                break;
            case anthropic_thinking::mode::adaptive: w_.member("type", "adaptive"); break;
            case anthropic_thinking::mode::disabled:
            case anthropic_thinking::mode::unsaid: w_.member("type", "disabled"); break;
            }
            if (thinking_.on() && request_.reasoning->include_thoughts)
                w_.member("display", *request_.reasoning->include_thoughts ? "summarized" : "omitted");
            w_.end_object();
        }
        if (has("output_config") || (thinking_.effort.empty() && !native_format_)) return;
        w_.key("output_config").object();
        if (!thinking_.effort.empty()) w_.member("effort", thinking_.effort);
        if (native_format_)
            w_.key("format")
                .object()
                .member("type", "json_schema")
                .member("schema", request_.response_format->schema)
                .end_object();
        w_.end_object();
    }

    void write_sampling() {
        const bool on = thinking_.on();
        // Claude takes one of the two since 4.5; whichever says 1 says nothing.
        const bool both = request_.temperature && request_.top_p;
        const bool only_top_p = both && *request_.temperature == 1;
        const bool only_temperature = both && !only_top_p && *request_.top_p == 1;
        if (const auto t = request_.temperature; t && !only_top_p) {
            // The range ends at 1, the default; thinking takes nothing else.
            if (*t > 1 || (on && *t != 1)) drops_.lost("temperature");
            else w_.member("temperature", *t);
        }
        if (const auto p = request_.top_p; p && !only_temperature) {
            if (on && *p < 0.95) drops_.lost("top_p");
            else w_.member("top_p", *p);
        }
        if (const auto k = request_.top_k) {
            if (on) drops_.lost("top_k");
            else w_.member("top_k", *k);
        }
    }

    void write_stop() {
        bool any = false;
        for (std::size_t i = 0; i < request_.stop.size(); ++i) {
            if (anthropic_blank(request_.stop[i])) { // refused by the API
                drops_.lost("stop[" + std::to_string(i) + "]");
                continue;
            }
            if (!any) w_.key("stop_sequences").array();
            any = true;
            w_.value(request_.stop[i]);
        }
        if (any) w_.end_array();
    }

    void write_service_tier() {
        if (!request_.service_tier) return;
        const std::string_view tier = enum_name(anthropic_tiers, *request_.service_tier);
        if (!tier.empty()) w_.member("service_tier", tier);
        else drops_.hint("service_tier");
    }

    void report_rest() {
        const chat_request& r = request_;
        if (r.n.value_or(1) != 1) drops_.lost("n");
        if (r.seed) drops_.lost("seed");
        if (r.logprobs.value_or(false)) drops_.lost("logprobs");
        if (r.top_logprobs.value_or(0) != 0) drops_.lost("top_logprobs");
        if (r.presence_penalty.value_or(0) != 0) drops_.lost("presence_penalty");
        if (r.frequency_penalty.value_or(0) != 0) drops_.lost("frequency_penalty");
        if (!r.logit_bias.empty() && r.logit_bias.text != "{}") drops_.lost("logit_bias");
        for (const auto& m : r.modalities)
            if (m != "text") {
                drops_.lost("modalities");
                break;
            }
        if (!r.metadata.empty()) drops_.hint("metadata");
        anthropic_report_extra(r.extra, std::string(), drops_);
    }

    const chat_request& request_;
    const encode_options& options_;
    drop_report& drops_;
    json_writer w_;
    anthropic_thinking thinking_;
    bool native_format_ = false, json_tool_ = false, has_tools_ = false, history_tools_ = false;
};

} // namespace detail

LLMX_DECL result<void> anthropic_messages::encode_request(const chat_request& request, const encode_options& options,
                                                          std::string& out, drop_report& drops) {
    const std::size_t begin = out.size();
    auto done = detail::anthropic_request_writer(request, options, drops, out).run();
    if (done.has_error()) out.resize(begin);
    return done;
}

} // namespace llmx::inline v0
