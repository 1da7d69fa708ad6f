// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/gemini/detail/contents_writer.hpp>
#include <llmx/dialects/gemini/schema.hpp>

#include <limits>

namespace llmx::inline v0 {
namespace detail {

[[nodiscard]] LLMX_DECL bool gemini_is_system(const message& m) noexcept {
    return m.from == role::system || m.from == role::developer;
}

[[nodiscard]] LLMX_DECL result<void> write_gemini_contents(json_writer& w, const chat_request& request,
                                                           const encode_options& options, drop_report& drops) {
    gemini_contents_writer contents(w, options.traits);
    gemini_calls calls;
    gemini_part_context at;
    at.drops = &drops;
    at.calls = &calls;
    bool system_only = true;
    for (const message& m : request.messages) system_only = system_only && gemini_is_system(m);
    w.key("contents").array();
    for (std::size_t i = 0; i < request.messages.size(); ++i) {
        const message& m = request.messages[i];
        const std::string place = "messages[" + std::to_string(i) + ']';
        if (!m.name.empty()) drops.hint(place + ".name");
        if (!m.extra.empty() && !m.extra.speaks(gemini_generate::name))
            for (const auto& x : m.extra.members)
                m.from == role::assistant ? drops.hint(place + '.' + x.name) : drops.lost(place + '.' + x.name);
        if (gemini_is_system(m) && !system_only) continue;
        // The wire needs a turn to answer; instructions alone become the user's.
        if (gemini_is_system(m)) drops.hint(place + ".role");
        using turn = gemini_contents_writer::turn;
        contents.next(m.from == role::assistant ? turn::model : m.from == role::tool ? turn::tool : turn::user, m);
        at.message = i;
        at.from_model = m.from == role::assistant;
        std::size_t results_end = m.content.size();
        while (results_end > 0 && !std::holds_alternative<tool_result_part>(m.content[results_end - 1])) --results_end;
        for (std::size_t j = 0; j < m.content.size(); ++j) {
            at.part = j;
            if (j >= results_end) contents.write_kept();
            if (const auto* call = std::get_if<tool_call_part>(&m.content[j])) calls.add(call->id, call->name);
            if (auto r = write_gemini_part(contents, m.content[j], at); r.has_error()) return r;
        }
    }
    contents.close();
    w.end_array();
    if (!contents.any()) return proto_expected("messages", "at least one message with content");
    if (system_only) return success();

    bool open = false, talking = false;
    const extra_members* extra = nullptr;
    gemini_part_context in_system = at;
    in_system.from_model = false;
    for (std::size_t i = 0; i < request.messages.size(); ++i) {
        const message& m = request.messages[i];
        if (!gemini_is_system(m)) {
            talking = true;
            continue;
        }
        // It moves to the front.
        if (talking) drops.hint("messages[" + std::to_string(i) + ']');
        in_system.message = i;
        for (std::size_t j = 0; j < m.content.size(); ++j) {
            in_system.part = j;
            const auto* text = std::get_if<text_part>(&m.content[j]);
            if (text == nullptr) {
                in_system.lost();
                continue;
            }
            if (text->cache) in_system.hint("cache_control");
            in_system.foreign(text->extra);
            if (!open) w.key("systemInstruction").object().key("parts").array();
            open = true;
            w.object().member("text", text->text);
            write_proto_extra(w, text->extra, {});
            w.end_object();
            if (!m.extra.empty()) extra = &m.extra;
        }
    }
    if (!open) return success();
    w.end_array();
    if (extra != nullptr) write_proto_extra(w, *extra, {});
    w.end_object();
    return success();
}

/// Google's name for another vendor's built-in tool of the same kind; empty for none.
[[nodiscard]] LLMX_DECL std::string_view gemini_builtin_like(const opaque_part& tool) {
    auto parsed = parse_json_object(tool.value.text);
    if (parsed.has_error()) return {};
    const std::string_view type = json_reader(*parsed).string_or("type");
    if (type.starts_with("web_search")) return "googleSearch";
    if (type.starts_with("web_fetch")) return "urlContext";
    if (type.starts_with("code_interpreter") || type.starts_with("code_execution")) return "codeExecution";
    return {};
}

/// Appends a tool's schema. All of a request's together may be eight times as large as they came
/// and \p spare beyond that, of which this takes its part: each could refer to itself again and again.
[[nodiscard]] LLMX_DECL result<bool> append_gemini_parameters(std::string& out, std::string_view schema,
                                                              std::size_t& spare) {
    const std::size_t usual = 8 * schema.size(), begin = out.size();
    auto lossy = append_gemini_schema(out, schema, std::min(usual + spare, max_gemini_schema));
    const std::size_t size = out.size() - begin;
    if (lossy.has_value() && size > usual) spare -= std::min(spare, size - usual);
    return lossy;
}

[[nodiscard]] LLMX_DECL result<void> write_gemini_function(json_writer& w, const tool& t, std::size_t index,
                                                           std::size_t& spare, drop_report& drops) {
    const std::string place = "tools[" + std::to_string(index) + ']';
    w.object().member("name", t.name);
    if (!t.description.empty()) w.member("description", t.description);
    if (!t.parameters.empty()) {
        std::string schema;
        auto lossy = append_gemini_parameters(schema, t.parameters.text, spare);
        if (lossy.has_error()) {
            error e = lossy.error();
            e.with_message(place + ".parameters: " + e.message());
            e.with_param(place + ".parameters");
            return e;
        }
        // An object without members is said by leaving the parameters out.
        if (schema != R"({"type":"OBJECT"})" && schema != R"({"type":"OBJECT","properties":{}})")
            w.raw_member("parameters", schema);
        if (*lossy) drops.hint(place + ".parameters");
    }
    if (t.strict && *t.strict) drops.hint(place + ".strict");
    if (t.cache) drops.hint(place + ".cache_control");
    if (!t.extra.empty() && !t.extra.speaks(gemini_generate::name))
        for (const auto& m : t.extra.members) drops.lost(place + '.' + m.name);
    write_proto_extra(w, t.extra, {});
    w.end_object();
    return success();
}

/// Whether functions may stand beside one of Google's own tools on every model.
[[nodiscard]] LLMX_DECL bool gemini_takes_functions(const opaque_part& own_tool) {
    auto parsed = parse_json_object(own_tool.value.text);
    return parsed.has_value() && json_reader(*parsed).find("computerUse") != nullptr;
}

/// What the tools of a request have become.
struct gemini_tool_set {
    bool functions = false;
    /// Tools that the server runs itself and that are only taken beside functions when asked for.
    bool server_side = false;
};

/// Gemini 3 takes its own tools beside functions, older ones answer 400: there the
/// functions stay, because without them the caller's program cannot go on.
[[nodiscard]] LLMX_DECL result<gemini_tool_set> write_gemini_tools(json_writer& w, const chat_request& request,
                                                                   const model_traits& traits, drop_report& drops) {
    gemini_tool_set set;
    bool open = false;
    std::size_t spare = max_gemini_schema;
    const auto begin = [&] {
        if (!open) w.key("tools").array();
        open = true;
    };
    for (std::size_t i = 0; i < request.tools.size(); ++i) {
        if (request.tools[i].builtin) continue;
        begin();
        if (!set.functions) w.object().key("functionDeclarations").array();
        set.functions = true;
        if (auto r = write_gemini_function(w, request.tools[i], i, spare, drops); r.has_error()) return r.error();
    }
    if (set.functions) w.end_array().end_object();
    const bool refused = set.functions && traits.reasoning != model_traits::reasoning_style::effort;
    for (std::size_t i = 0; i < request.tools.size(); ++i) {
        const auto& builtin = request.tools[i].builtin;
        if (!builtin) continue;
        const std::string place = "tools[" + std::to_string(i) + ']';
        const bool ours = builtin->origin == gemini_generate::name;
        const bool beside = ours && gemini_takes_functions(*builtin);
        const std::string_view alike = ours ? std::string_view() : gemini_builtin_like(*builtin);
        if ((!ours && alike.empty()) || (refused && !beside)) {
            drops.lost(place);
            continue;
        }
        begin();
        set.server_side = set.server_side || !beside;
        if (ours) {
            w.raw(builtin->value.text);
            continue;
        }
        drops.hint(place);
        w.object().key(alike).object().end_object().end_object();
    }
    // OpenAI's chat has its search as a member of its own.
    constexpr std::string_view options = "web_search_options";
    if (!request.extra.speaks(gemini_generate::name) && request.extra.find(options) != nullptr) {
        if (refused) {
            drops.lost(std::string(options));
        } else {
            drops.hint(std::string(options));
            begin();
            set.server_side = true;
            w.object().key("googleSearch").object().end_object().end_object();
        }
    }
    if (open) w.end_array();
    return set;
}

LLMX_DECL void write_gemini_tool_config(json_writer& w, const chat_request& request, const gemini_tool_set& tools,
                                        drop_report& drops) {
    constexpr std::string_view outer = "toolConfig.", inner = "toolConfig.functionCallingConfig.";
    constexpr std::string_view together = "includeServerSideToolInvocations";
    using mode = tool_choice::mode;
    const bool both = tools.functions && tools.server_side;
    const tool_choice* choice = request.tool_choice ? &*request.tool_choice : nullptr;
    // The server refuses a config for functions without functions.
    if (choice && !tools.functions) {
        const bool said = choice->how == mode::automatic || (choice->how == mode::none && !tools.server_side);
        if (!said) drops.lost("tool_choice");
        choice = nullptr;
    }
    // It refuses AUTO beside its own tools, where leaving it out means the same.
    if (choice && choice->how == mode::automatic && both) choice = nullptr;
    const bool has_inner = tools.functions && has_proto_extra(request.extra, inner);
    const bool ask = both && request.extra.find(std::string(outer).append(together)) == nullptr;
    std::string config;
    json_writer inside(config);
    inside.object();
    if (choice || has_inner) {
        inside.key("functionCallingConfig").object();
        if (choice) {
            switch (choice->how) {
            case mode::automatic: inside.member("mode", "AUTO"); break;
            case mode::none: inside.member("mode", "NONE"); break;
            case mode::required: inside.member("mode", "ANY"); break;
            case mode::function:
                inside.member("mode", "ANY").key("allowedFunctionNames").array().value(choice->name).end_array();
                break;
            }
        }
        write_proto_extra(inside, request.extra, inner);
        inside.end_object();
    }
    if (ask) inside.member(together, true);
    write_proto_extra(inside, request.extra, outer);
    inside.end_object();
    if (config != "{}") w.raw_member("toolConfig", config);
}

[[nodiscard]] LLMX_DECL std::string_view gemini_level_of(const reasoning_options& r) noexcept {
    std::optional<reasoning_effort> effort = r.effort;
    if (!effort && r.budget_tokens && *r.budget_tokens >= 0) effort = effort_of(*r.budget_tokens);
    if (!effort) return {};
    switch (*effort) {
    case reasoning_effort::none:
    case reasoning_effort::minimal: return "MINIMAL";
    case reasoning_effort::low: return "LOW";
    case reasoning_effort::medium: return "MEDIUM";
    default: return "HIGH";
    }
}

LLMX_DECL void write_gemini_thinking(json_writer& w, const chat_request& request, const model_traits& traits,
                                     drop_report& drops) {
    constexpr std::string_view place = "generationConfig.thinkingConfig.";
    if (!request.reasoning) {
        if (!has_proto_extra(request.extra, place)) return;
        w.key("thinkingConfig").object();
        write_proto_extra(w, request.extra, place);
        w.end_object();
        return;
    }
    const reasoning_options& r = *request.reasoning;
    bool thinks = r.adaptive;
    w.key("thinkingConfig").object();
    if (traits.reasoning == model_traits::reasoning_style::effort) {
        const std::string_view level = gemini_level_of(r);
        if (!level.empty()) w.member("thinkingLevel", level);
        const bool off = r.effort ? *r.effort == reasoning_effort::none : r.budget_tokens && *r.budget_tokens == 0;
        // These models cannot be told not to think at all.
        if (off) drops.hint("reasoning_effort");
        thinks = thinks || ((r.effort || r.budget_tokens) && !off);
    } else {
        std::optional<std::int64_t> budget = r.budget_tokens;
        if (!budget && r.effort) budget = budget_of(*r.effort);
        if (!budget && r.adaptive) budget = -1;
        if (budget) {
            w.member("thinkingBudget", *budget);
            thinks = thinks || *budget != 0;
        }
    }
    if (r.include_thoughts)
        w.member("includeThoughts", *r.include_thoughts);
    else if (thinks)
        w.member("includeThoughts", true);
    write_proto_extra(w, request.extra, place);
    w.end_object();
}

[[nodiscard]] LLMX_DECL result<void> write_gemini_format(json_writer& w, const response_format& f,
                                                         const model_traits& traits, drop_report& drops) {
    if (f.form == response_format::kind::text) {
        w.member("responseMimeType", "text/plain");
        return success();
    }
    w.member("responseMimeType", "application/json");
    if (f.form != response_format::kind::json_schema || f.schema.empty()) return success();
    if (traits.native_json_schema) {
        w.raw_member("responseJsonSchema", f.schema.text);
        return success();
    }
    std::string schema;
    auto lossy = append_gemini_schema(schema, f.schema.text);
    if (lossy.has_error()) {
        error e = lossy.error();
        e.with_message("response_format.json_schema.schema: " + e.message());
        e.with_param("response_format.json_schema.schema");
        return e;
    }
    w.raw_member("responseSchema", schema);
    if (*lossy) drops.hint("response_format.json_schema.schema");
    return success();
}

[[nodiscard]] LLMX_DECL result<void> write_gemini_config(json_writer& w, const chat_request& request,
                                                         const model_traits& traits, bool functions,
                                                         drop_report& drops) {
    const auto number = [&w](std::string_view key, const auto& v) {
        if (v) w.member(key, *v);
    };
    number("temperature", request.temperature);
    number("topP", request.top_p);
    number("topK", request.top_k);
    number("candidateCount", request.n);
    number("maxOutputTokens", request.max_output_tokens);
    if (!request.stop.empty()) {
        w.key("stopSequences").array();
        for (const auto& s : request.stop) w.value(s);
        w.end_array();
    }
    if (request.seed) {
        const bool fits = *request.seed >= std::numeric_limits<std::int32_t>::min() &&
                          *request.seed <= std::numeric_limits<std::int32_t>::max();
        if (fits)
            w.member("seed", *request.seed);
        else
            drops.lost("seed");
    }
    number("presencePenalty", request.presence_penalty);
    number("frequencyPenalty", request.frequency_penalty);
    number("responseLogprobs", request.logprobs);
    number("logprobs", request.top_logprobs);
    if (!request.modalities.empty()) {
        w.key("responseModalities").array();
        for (std::string m : request.modalities) {
            for (char& c : m) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            w.value(m);
        }
        w.end_array();
    }
    const bool json = request.response_format && request.response_format->form != response_format::kind::text;
    // Before Gemini 3 it is one or the other, and without its functions a program cannot go on.
    if (json && functions && traits.reasoning != model_traits::reasoning_style::effort)
        drops.lost("response_format");
    else if (request.response_format)
        if (auto r = write_gemini_format(w, *request.response_format, traits, drops); r.has_error()) return r;
    write_gemini_thinking(w, request, traits, drops);
    write_proto_extra(w, request.extra, "generationConfig.");
    return success();
}

/// What the wire has no words for at all.
LLMX_DECL void report_gemini_drops(const chat_request& request, drop_report& drops) {
    if (request.parallel_tool_calls && !*request.parallel_tool_calls) drops.lost("parallel_tool_calls");
    if (!request.logit_bias.empty()) drops.lost("logit_bias");
    if (!request.user.empty()) drops.hint("user");
    if (!request.metadata.empty()) drops.hint("metadata");
    if (request.cache) drops.hint("cache_control");
    if (!request.extra.empty() && !request.extra.speaks(gemini_generate::name))
        for (const auto& m : request.extra.members) {
            // OpenAI's search options are written as a tool.
            if (m.name != "web_search_options") drops.foreign(m.name);
        }
}

[[nodiscard]] LLMX_DECL result<void> write_gemini_request(json_writer& w, const chat_request& request,
                                                          const encode_options& options, drop_report& drops) {
    w.object();
    if (auto r = write_gemini_contents(w, request, options, drops); r.has_error()) return r;
    const auto tools = write_gemini_tools(w, request, options.traits, drops);
    if (tools.has_error()) return tools.error();
    write_gemini_tool_config(w, request, *tools, drops);
    std::string config;
    json_writer inner(config);
    inner.object();
    if (auto r = write_gemini_config(inner, request, options.traits, tools->functions, drops); r.has_error()) return r;
    inner.end_object();
    if (config != "{}") w.raw_member("generationConfig", config);
    if (request.service_tier) {
        const std::string_view tier = enum_name(gemini_tiers, *request.service_tier);
        if (!tier.empty()) w.member("serviceTier", tier);
        else drops.hint("service_tier");
    }
    write_proto_extra(w, request.extra, {});
    w.end_object();
    report_gemini_drops(request, drops);
    return success();
}

} // namespace detail

LLMX_DECL result<void> gemini_generate::encode_request(const chat_request& request, const encode_options& options,
                                                       std::string& out, drop_report& drops) {
    const std::size_t start = out.size();
    json_writer w(out);
    auto r = detail::write_gemini_request(w, request, options, drops);
    if (r.has_error()) out.resize(start);
    return r;
}

} // namespace llmx::inline v0
