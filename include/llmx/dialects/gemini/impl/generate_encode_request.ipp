// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/generate.hpp>

#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/dialects/gemini/detail/generate_content.hpp>
#include <llmx/dialects/gemini/detail/generate_fields.hpp>
#include <llmx/dialects/gemini/schema.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>
#include <optional>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Writes the members of a request beside its messages, and reports those that it does not take.
class generate_request_writer {
public:
    generate_request_writer(json_writer& w, const chat_request& request, const model_traits& traits, drop_report& drops) noexcept
        : w_(w), request_(request), traits_(traits), drops_(drops),
          gemini_3_(generate_has_levels(traits)) {}

    LLMX_DECL void write();
    /// Members that cannot be written at all.
    [[nodiscard]] const std::optional<error>& fault() const noexcept { return fault_; }

private:
    LLMX_DECL void write_tools();
    LLMX_DECL void write_function(const tool& t, std::size_t index);
    LLMX_DECL void write_builtin(const tool& t, std::size_t index);
    LLMX_DECL void write_tool_config();
    LLMX_DECL void write_choice(json_writer& w, const tool_choice& choice);
    LLMX_DECL void write_config();
    LLMX_DECL void write_format(json_writer& w);
    LLMX_DECL void write_schema(json_writer& w, const response_format& f);
    LLMX_DECL void write_thinking(json_writer& w);
    LLMX_DECL void write_foreign();
    LLMX_DECL void write_limited(json_writer& w);

    /// A member of the tools' list follows.
    void begin_tool() {
        if (!has_tools_) w_.key("tools").array();
        has_tools_ = true;
    }
    /// Appends a tool's schema. All of a request's together may be eight times as large as they came and a
    /// schema's usual limit beyond that, of which this takes its part: each could refer to itself again and again.
    LLMX_DECL result<bool> convert_parameters(std::string& out, std::string_view schema);

    json_writer& w_;
    const chat_request& request_;
    const model_traits& traits_;
    drop_report& drops_;
    std::optional<error> fault_;
    std::size_t spare_ = max_gemini_schema;
    bool gemini_3_;
    bool has_tools_ = false, functions_ = false, stops_ = true;
    /// Tools that the server runs itself and that it accepts beside functions only when requested.
    bool server_side_ = false;
};

LLMX_DECL result<bool> generate_request_writer::convert_parameters(std::string& out, std::string_view schema) {
    const std::size_t usual = 8 * schema.size(), begin = out.size();
    auto lossy = append_gemini_schema(out, schema, std::min(usual + spare_, max_gemini_schema));
    const std::size_t size = out.size() - begin;
    if (lossy.has_value() && size > usual) spare_ -= std::min(spare_, size - usual);
    return lossy;
}

LLMX_DECL void generate_request_writer::write_function(const tool& t, std::size_t index) {
    const request_place at = request_place().tool(index);
    std::string schema;
    if (!t.parameters.empty()) {
        const result<bool> lossy = convert_parameters(schema, t.parameters.text);
        if (!lossy) {
            fault_ = drops_.refuse(at.of<&tool::parameters>(), lossy.error().message());
            return;
        }
        if (*lossy) drops_.hint(at.of<&tool::parameters>());
    }
    w_.object();
    write_fields(w_, &t, generate_tool_fields.view(), at, drops_);
    // An object without members means the same as absent parameters.
    if (!schema.empty() && schema != R"({"type":"OBJECT"})" && schema != R"({"type":"OBJECT","properties":{}})")
        w_.raw_member("parameters", schema);
    drops_.foreign(t.extra, gemini_generate::name, at);
    write_proto_extra(w_, t.extra, {});
    w_.end_object();
}

/// Whether functions may be beside one of Google's own tools on every model.
LLMX_DECL [[nodiscard]] bool generate_takes_functions(const opaque_part& own_tool) {
    json_document document(own_tool.value.text, json_naming::proto);
    const json_cursor in = document.root();
    return static_cast<bool>(in["computerUse"]);
}

/// The definition of one of Google's own tools, which requests of another language may contain; empty when \p t is another's.
LLMX_DECL [[nodiscard]] std::string_view generate_own_tool(const opaque_part& t) {
    if (t.origin == gemini_generate::name) return t.value.text;
    json_document document(t.value.text, json_naming::proto);
    const json_cursor in = document.root();
    if (in.object() == nullptr || in["type"]) return std::string_view();
    for (const std::string_view name : generate_own_tools)
        if (in[name]) return t.value.text;
    return std::string_view();
}

/// Gemini 3 takes its own tools beside functions, older ones answer 400: there the functions stay, because
/// without them the caller's program cannot continue.
LLMX_DECL void generate_request_writer::write_builtin(const tool& t, std::size_t index) {
    const request_place at = request_place().tool(index);
    const bool refused = functions_ && !gemini_3_;
    const std::string_view definition = generate_own_tool(*t.builtin);
    const bool own = !definition.empty();
    const bool beside = own && generate_takes_functions(*t.builtin);
    const std::string_view alike = own ? std::string_view() : enum_name(generate_builtins, t.kind);
    if ((!own && alike.empty()) || (refused && !beside)) return drops_.lost(at);
    begin_tool();
    server_side_ = server_side_ || !beside;
    if (own) {
        if (t.cache) drops_.hint(at.of<&tool::cache>());
        w_.raw(definition);
        return;
    }
    drops_.hint(at);
    if (t.search) report_fields(&*t.search, generate_search_fields.view(), at.of<&tool::search>(), drops_);
    w_.object().key(alike).object().end_object().end_object();
}

LLMX_DECL void generate_request_writer::write_tools() {
    const auto& tools = request_.tools;
    for (std::size_t i = 0; i < tools.size() && !fault_; ++i) {
        if (tools[i].builtin) continue;
        begin_tool();
        if (!functions_) w_.object().key("functionDeclarations").array();
        functions_ = true;
        write_function(tools[i], i);
    }
    if (functions_) w_.end_array().end_object();
    for (std::size_t i = 0; i < tools.size(); ++i)
        if (tools[i].builtin) write_builtin(tools[i], i);
    if (has_tools_) w_.end_array();
}

LLMX_DECL void generate_request_writer::write_choice(json_writer& w, const tool_choice& choice) {
    using mode = tool_choice::mode;
    const bool named = choice.how == mode::function;
    const bool listed = !choice.allowed.empty() && (choice.how == mode::automatic || choice.how == mode::required);
    if (!listed && !choice.allowed.empty())
        drops_.hint(request_place().of<&chat_request::tool_choice>().of<&tool_choice::allowed>());
    if (!named && !choice.name.empty()) drops_.hint(request_place().of<&chat_request::tool_choice>().of<&tool_choice::name>());
    // The server takes no list beside AUTO. VALIDATED leaves the choice to the model too, and binds arguments to their schema.
    w.member("mode", listed && choice.how == mode::automatic ? std::string_view("VALIDATED") : enum_name(generate_modes, choice.how));
    if (!named && !listed) return;
    w.key("allowedFunctionNames").array();
    if (named) w.value(choice.name);
    else
        for (const std::string& name : choice.allowed) w.value(name);
    w.end_array();
}

LLMX_DECL void generate_request_writer::write_tool_config() {
    constexpr std::string_view outer = "toolConfig.", inner = "toolConfig.functionCallingConfig.";
    constexpr std::string_view together = "includeServerSideToolInvocations";
    using mode = tool_choice::mode;
    const bool both = functions_ && server_side_;
    const tool_choice* choice = request_.tool_choice ? &*request_.tool_choice : nullptr;
    // The server refuses a config for functions without functions.
    if (choice && !functions_) {
        const bool same = (choice->how == mode::automatic && choice->allowed.empty()) || (choice->how == mode::none && !server_side_);
        if (!same) drops_.lost(request_place().of<&chat_request::tool_choice>());
        choice = nullptr;
    }
    // It refuses AUTO beside its own tools, where leaving it out means the same.
    if (choice && choice->how == mode::automatic && choice->allowed.empty() && both) choice = nullptr;
    const bool has_inner = has_proto_extra(request_.extra, inner);
    if (has_inner && !functions_)
        for (const auto& m : request_.extra.members)
            if (std::string_view(m.name).starts_with(inner)) drops_.hint(request_place().other(m.name));
    // Google's own word for the choice, beside which the vocabulary's is not written.
    if (request_.extra.speaks(gemini_generate::name) && request_.extra.find(std::string(inner).append("mode")) != nullptr) choice = nullptr;
    const bool ask = both && request_.extra.find(std::string(outer).append(together)) == nullptr;
    std::string config;
    json_writer inside(config);
    inside.object();
    if (choice || (has_inner && functions_)) {
        inside.key("functionCallingConfig").object();
        if (choice) write_choice(inside, *choice);
        write_proto_extra(inside, request_.extra, inner);
        inside.end_object();
    }
    if (ask) inside.member(together, true);
    write_proto_extra(inside, request_.extra, outer);
    inside.end_object();
    if (config != "{}") w_.raw_member("toolConfig", config);
}

LLMX_DECL void generate_request_writer::write_thinking(json_writer& w) {
    constexpr std::string_view prefix = "generationConfig.thinkingConfig.";
    if (!request_.reasoning) {
        if (!has_proto_extra(request_.extra, prefix) || !takes_thoughts(traits_)) return;
        w.key("thinkingConfig").object();
        write_proto_extra(w, request_.extra, prefix);
        w.end_object();
        return;
    }
    const fitted_reasoning fitted = fit_reasoning(request_, traits_, drops_);
    if (!fitted.settings) return;
    const reasoning_options& r = *fitted.settings;
    const request_place at = request_place().of<&chat_request::reasoning>();
    bool thinks = r.adaptive && !fitted.off;
    w.key("thinkingConfig").object();
    if (gemini_3_) {
        std::optional<reasoning_effort> effort = r.effort;
        if (!effort && r.budget_tokens && *r.budget_tokens >= 0) effort = effort_of(*r.budget_tokens);
        if (effort) w.member("thinkingLevel", enum_name(generate_levels, *effort));
        // Reasoning of these models cannot be turned off.
        if (fitted.off && traits_.can_turn_off) drops_.hint(r.effort ? at.of<&reasoning_options::effort>() : at.of<&reasoning_options::budget_tokens>());
        if (r.effort && r.budget_tokens) drops_.hint(at.of<&reasoning_options::budget_tokens>());
        // Which of them they use themselves they decide when there is no level.
        if (r.adaptive) drops_.hint(at.of<&reasoning_options::adaptive>());
        thinks = thinks || ((r.effort || r.budget_tokens) && !fitted.off);
    } else {
        std::optional<std::int64_t> budget = r.budget_tokens;
        if (!budget && r.effort) budget = budget_of(*r.effort);
        if (r.effort && r.budget_tokens) drops_.hint(at.of<&reasoning_options::effort>());
        if (budget && r.adaptive && *budget >= 0) drops_.hint(at.of<&reasoning_options::adaptive>());
        if (!budget && r.adaptive) budget = -1;
        if (budget) w.member("thinkingBudget", *budget);
        thinks = thinks || (budget && *budget != 0 && !fitted.off);
    }
    if (r.include_thoughts) w.member("includeThoughts", *r.include_thoughts);
    else if (thinks) w.member("includeThoughts", true);
    write_proto_extra(w, request_.extra, prefix);
    w.end_object();
}

/// \p schema with \p description, unless it has one; empty when it is not a JSON object.
LLMX_DECL [[nodiscard]] std::string generate_described(std::string_view schema, std::string_view description) {
    json_document document(schema);
    const json_cursor in = document.root();
    if (in.object() == nullptr) return std::string();
    if (description.empty() || in.object()->contains("description")) return std::string(schema);
    std::string out;
    json_writer w(out);
    w.object().member("description", description);
    for (const auto& m : *in.object()) w.raw_member(m.key(), json_text(m.value()));
    w.end_object();
    return out;
}

LLMX_DECL void generate_request_writer::write_schema(json_writer& w, const response_format& f) {
    const request_place at = request_place().of<&chat_request::response_format>(), place = at.of<&response_format::schema>();
    const std::string schema = generate_described(f.schema.text, f.description);
    if (schema.empty()) {
        fault_ = drops_.refuse(place, "expected a JSON Schema, which is a JSON object");
        return;
    }
    if (!f.description.empty() && schema == f.schema.text) drops_.hint(at.of<&response_format::description>());
    if (traits_.native_json_schema) {
        w.raw_member("responseJsonSchema", schema);
        return;
    }
    std::string converted;
    const result<bool> lossy = append_gemini_schema(converted, schema);
    if (!lossy) {
        fault_ = drops_.refuse(place, lossy.error().message());
        return;
    }
    w.raw_member("responseSchema", converted);
    if (*lossy) drops_.hint(place);
}

LLMX_DECL void generate_request_writer::write_format(json_writer& w) {
    if (!request_.response_format) return;
    const response_format& f = *request_.response_format;
    const request_place at = request_place().of<&chat_request::response_format>();
    using kind = response_format::kind;
    // Before Gemini 3 it is one or the other, and without its functions a program cannot continue.
    if (f.form != kind::text && functions_ && !gemini_3_) return drops_.lost(at);
    w.member("responseMimeType", f.form == kind::text ? "text/plain" : "application/json");
    report_fields(&f, generate_format_fields.view(), at, drops_);
    if (!f.name.empty() && f.name != generate_format_name) drops_.hint(at.of<&response_format::name>());
    if (f.form == kind::json_schema && !f.schema.empty()) return write_schema(w, f);
    if (!f.schema.empty()) drops_.lost(at.of<&response_format::schema>());
    if (!f.description.empty()) drops_.lost(at.of<&response_format::description>());
}

/// As much as the server takes is sent, the rest is reported.
LLMX_DECL void generate_request_writer::write_limited(json_writer& w) {
    if (const auto n = request_.n) {
        if (*n < 1 || *n > generate_most_candidates) drops_.lost(request_place().of<&chat_request::n>());
        if (*n >= 1) w.member("candidateCount", std::min(*n, generate_most_candidates));
    }
    if (!stops_ || request_.stop.empty()) return;
    w.key("stopSequences").array();
    const std::size_t of_model = traits_.max_stop_sequences;
    const std::size_t most = of_model != 0 ? std::min(of_model, generate_most_stops) : generate_most_stops;
    for (std::size_t i = 0; i < request_.stop.size(); ++i) {
        if (i < most) w.value(request_.stop[i]);
        else drops_.lost(request_place().of<&chat_request::stop>().item(i));
    }
    w.end_array();
}

LLMX_DECL void generate_request_writer::write_config() {
    std::string config;
    json_writer w(config);
    w.object();
    std::uint64_t but = refused_members(request_, traits_, drops_);
    // What has limits is written below.
    if (has_member<&chat_request::stop>(but)) stops_ = false;
    but |= std::uint64_t(1) << member_of<&chat_request::max_output_tokens>.index;
    write_fields(w, &request_, generate_request_fields.view(), request_place(), drops_, but);
    if (const auto limit = fit_output_limit(request_, traits_, drops_)) w.member("maxOutputTokens", *limit);
    write_limited(w);
    if (!request_.modalities.empty()) {
        w.key("responseModalities").array();
        for (std::string m : request_.modalities) {
            for (char& c : m) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            w.value(m);
        }
        w.end_array();
    }
    write_format(w);
    write_thinking(w);
    write_proto_extra(w, request_.extra, "generationConfig.");
    w.end_object();
    if (config != "{}") w_.raw_member("generationConfig", config);
}

LLMX_DECL void generate_request_writer::write() {
    write_tools();
    write_tool_config();
    write_config();
    if (request_.service_tier) {
        const std::string_view tier = enum_name(generate_tiers, *request_.service_tier);
        if (!tier.empty()) w_.member("serviceTier", tier);
        else drops_.hint(request_place().of<&chat_request::service_tier>());
    }
    write_proto_extra(w_, request_.extra, {});
    write_foreign();
}

/// Members that requests of another language have: those that are this API's own reach it.
LLMX_DECL void generate_request_writer::write_foreign() {
    if (request_.extra.speaks(gemini_generate::name)) return;
    for (const auto& m : request_.extra.members) {
        if (m.is_absent) continue;
        const auto own = std::find_if(generate_own_members.begin(), generate_own_members.end(), [&m](const auto& name) {
            return m.name == name.camel || m.name == name.snake;
        });
        if (own != generate_own_members.end()) {
            w_.raw_member(own->camel, m.value.text);
            continue;
        }
        const request_place at = request_place().other(std::string(extra_members::wire_name(m.name)));
        if (m.hint) drops_.hint(at);
        else drops_.lost(at);
    }
}

} // namespace detail

LLMX_DECL result<void> gemini_generate::encode_request(const chat_request& request, const encode_options& options,
                                                       std::string& out, drop_report& drops) {
    if (result<void> whole = drops.refuse_state(request.extra, name); !whole) return whole;
    const std::size_t start = out.size();
    json_writer w(out);
    w.object();
    result<void> done = detail::generate_content_writer(w, options.traits, drops).write(request.messages);
    if (done) {
        detail::generate_request_writer rest(w, request, options.traits, drops);
        rest.write();
        if (rest.fault()) done = *rest.fault();
    }
    w.end_object();
    if (!done) out.resize(start);
    return done;
}

} // namespace llmx::inline LLMX_ABI
