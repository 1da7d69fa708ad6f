// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/anthropic/impl/messages_encode_content.ipp>
#include <llmx/dialects/anthropic/impl/messages_servers.ipp>
#include <llmx/dialects/anthropic/impl/messages_thinking.ipp>
#include <llmx/dialects/anthropic/messages.hpp>
#include <llmx/dialects/detail/allowed_tools.hpp>
#include <llmx/dialects/detail/object_schema.hpp>
#include <llmx/dialects/detail/closed_schema.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_text.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Whether \p type is one of the API's own tools: their names end with "_" and a date, but for the set of a server's tools.
LLMX_DECL [[nodiscard]] bool messages_is_own_type(std::string_view type) noexcept {
    constexpr std::size_t date = 9;
    if (type == "mcp_toolset") return true;
    if (type.size() <= date || !type.substr(type.size() - date).starts_with("_20")) return false;
    const std::string_view digits = type.substr(type.size() - date + 1);
    return std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The definition of a tool of the API itself, which requests of another language may contain; empty when \p t is another's.
///
/// LiteLLM has the settings of some in `function`: `{"type":"computer_20250124","function":{"name":…,"parameters":{…}}}`.
LLMX_DECL [[nodiscard]] std::string messages_own_tool(const opaque_part& t) {
    if (t.origin == anthropic_messages::name) return t.value.text;
    json_document document(t.value.text);
    const json_cursor in = document.root(), function = in["function"], settings = function["parameters"];
    if (in.object() == nullptr || !messages_is_own_type(in["type"].string_or())) return std::string();
    if (function.object() == nullptr) return t.value.text;
    std::string out;
    json_writer w(out);
    w.object().member("type", in["type"].string_or()).member("name", function["name"].string_or());
    if (settings.object() != nullptr)
        for (const auto& m : *settings.object()) w.raw_member(m.key(), json_text(m.value()));
    for (const auto& m : *in.object())
        if (m.key() != "type" && m.key() != "name" && m.key() != "function") w.raw_member(m.key(), json_text(m.value()));
    w.end_object();
    return out;
}

/// Writes the members of a request beside the conversation.
class messages_request_writer {
public:
    messages_request_writer(const chat_request& request, const encode_options& options, drop_report& drops,
                            std::string& out)
        : request_(request), options_(options), drops_(drops), w_(out) {}

    LLMX_DECL result<void> run() {
        messages_turn_writer conversation(request_, options_.traits, drops_);
        if (auto written = conversation.run(); !written) return written;
        plan_thinking();
        plan_format();
        // Before all else: the provider finds it there (`anthropic::prepare`).
        w_.object();
        if (!has("mcp_servers")) messages_write_servers(w_, request_, options_.traits);
        w_.member("model", options_.model.empty() ? std::string_view(request_.model) : options_.model);
        w_.member("max_tokens", limit_);
        conversation.write_system(w_);
        w_.raw_member("messages", "[" + conversation.turns() + "]");
        write_tools(conversation.called());
        write_tool_choice();
        write_thinking();
        write_output_config();
        write_sampling();
        write_stop();
        write_user();
        write_service_tier();
        messages_write_cache(w_, request_.cache, request_.extra);
        if (options_.stream.value_or(request_.stream)) w_.member("stream", true);
        report_fields(&request_, messages_request_fields.view(), request_place(), drops_, refused_);
        report_rest();
        w_.extra(request_.extra, anthropic_messages::name).end_object();
        if (failure_) return *failure_;
        return success();
    }

private:
    using mode = tool_choice::mode;
    using thinking_mode = messages_thinking::mode;

    template <auto Member> [[nodiscard]] static request_place place() { return request_place().of<Member>(); }
    template <auto Member> [[nodiscard]] static request_place reasoning_place() {
        return place<&chat_request::reasoning>().template of<Member>();
    }
    template <auto Member> [[nodiscard]] static request_place format_place() {
        return place<&chat_request::response_format>().template of<Member>();
    }

    LLMX_DECL void refuse(const request_place& at, std::string_view why) {
        if (!failure_) failure_ = drops_.refuse(at, why);
    }

    /// Whether the caller's own text for \p member goes out as it is.
    LLMX_DECL [[nodiscard]] bool has(std::string_view member) const noexcept {
        return messages_own(request_.extra, member) != nullptr;
    }

    LLMX_DECL void plan_thinking() {
        const std::optional<std::int64_t> asked_limit = fit_output_limit(request_, options_.traits, drops_);
        limit_ = asked_limit.value_or(options_.traits.default_max_tokens);
        if (!request_.reasoning) return;
        const bool own = has("thinking");
        const fitted_reasoning fitted = fit_reasoning(request_, options_.traits, drops_);
        if (!fitted.settings) return;
        const reasoning_options& r = *fitted.settings;
        thinking_ = messages_plan_thinking(fitted, options_.traits);
        if (own) {
            thinking_.how = thinking_mode::absent;
            thinking_.budget = 0;
            thinking_.uses_budget = thinking_.uses_adaptive = true;
            thinking_.uses_effort = !thinking_.effort.empty();
        }
        // The API takes no forced tool beside thinking: what tunes yields to what changes the meaning.
        const bool forced = options_.traits.forced_tool && request_.tool_choice && !request_.tools.empty() &&
                            (request_.tool_choice->how == mode::required || request_.tool_choice->how == mode::function);
        if (thinking_.on() && (forced || (thinking_.how == thinking_mode::enabled && messages_lack_thinking(request_)))) {
            drops_.hint(place<&chat_request::reasoning>());
            // An effort counts without thinking too.
            const std::string_view effort = thinking_.effort;
            thinking_ = messages_thinking();
            thinking_.effort = effort;
        } else {
            if (r.effort && !thinking_.uses_effort && !has("output_config"))
                drops_.hint(reasoning_place<&reasoning_options::effort>());
            if (r.budget_tokens && !thinking_.uses_budget) drops_.hint(reasoning_place<&reasoning_options::budget_tokens>());
            if (r.adaptive && !thinking_.uses_adaptive) drops_.hint(reasoning_place<&reasoning_options::adaptive>());
        }
        fit_budget_to_limit(asked_limit.has_value());
        if (r.include_thoughts && !thinking_.on() && !own)
            drops_.hint(reasoning_place<&reasoning_options::include_thoughts>());
    }

    /// Thinking counts towards the limit and must fit into it. A limit of the caller stays; the model's usual one grows.
    LLMX_DECL void fit_budget_to_limit(bool callers) {
        if (thinking_.budget <= 0 || limit_ > thinking_.budget) return;
        if (!callers) {
            limit_ = add_counts(thinking_.budget, limit_);
            if (const std::int64_t most = options_.traits.max_output_tokens; most > thinking_.budget) limit_ = std::min(limit_, most);
            return;
        }
        drops_.hint(place<&chat_request::reasoning>());
        if (const auto budget = budget_within(limit_, thinking_.budget, anthropic_messages::min_budget_tokens)) thinking_.budget = *budget;
        else thinking_ = messages_thinking();
    }

    LLMX_DECL void plan_format() {
        if (!request_.response_format) return;
        const response_format& f = *request_.response_format;
        using kind = response_format::kind;
        native_format_ = f.form == kind::json_schema && !f.schema.empty() && options_.traits.native_json_schema;
        if (native_format_ && !has("output_config")) {
            closed_schema closed = close_schema(f.schema.text);
            if (closed.how == closed_schema::outcome::malformed) refuse(format_place<&response_format::schema>(), "expected a JSON Schema object");
            // The forced tool takes any schema.
            native_format_ = closed.how != closed_schema::outcome::inexpressible;
            if (closed.how == closed_schema::outcome::relaxed) drops_.hint(format_place<&response_format::schema>());
            format_schema_ = std::move(closed.text);
        }
        json_tool_ = f.form != kind::text && !native_format_ && options_.traits.tools;
        if (json_tool_) drops_.answer_by_tool();
        // Neither of the two forms is there.
        else if (f.form != kind::text && !native_format_) drops_.lost(place<&chat_request::response_format>());
        report_fields(&f, messages_format_fields.view(), place<&chat_request::response_format>(), drops_);
        if (!json_tool_ && !f.description.empty()) drops_.hint(format_place<&response_format::description>());
        // Native schemas are always followed exactly.
        if (!native_format_ && f.strict.value_or(false)) drops_.hint(format_place<&response_format::strict>());
        if (f.form != kind::json_schema && !f.schema.empty()) drops_.hint(format_place<&response_format::schema>());
    }

    LLMX_DECL void write_tools(const std::vector<std::string_view>& called) {
        std::string list;
        // The API has no list of names: a tool that may not be called is not sent. Calls of it in the history stay valid.
        const allowed_tools allowed(request_);
        if (request_.tool_choice && !request_.tool_choice->allowed.empty())
            drops_.hint(place<&chat_request::tool_choice>().of<&tool_choice::allowed>());
        if (request_.tool_choice && request_.tool_choice->how != mode::function && !request_.tool_choice->name.empty())
            drops_.hint(place<&chat_request::tool_choice>().of<&tool_choice::name>());
        for (std::size_t i = 0; i < request_.tools.size() && !failure_; ++i) {
            const tool& t = request_.tools[i];
            if (!allowed.have(t)) continue;
            if (t.builtin) write_builtin(t, request_place().tool(i), list);
            else write_tool(t, request_place().tool(i), list);
        }
        has_tools_ = !list.empty();
        if (!has_tools_) {
            // A history with calls needs the tools' definitions even when none may be called now.
            for (const auto name : called) {
                json_writer w(element(list));
                w.object().member("name", name).raw_member("input_schema", R"({"type":"object"})").end_object();
            }
            history_tools_ = !list.empty();
        }
        if (json_tool_) write_json_tool(list);
        if (!list.empty()) w_.raw_member("tools", "[" + list + "]");
    }

    static std::string& element(std::string& list) {
        if (!list.empty()) list += ',';
        return list;
    }

    [[nodiscard]] bool takes_server(const tool& t) const { return !has("mcp_servers") && messages_takes_server(t, options_.traits); }

    /// The tools of a server of `messages_write_servers`.
    LLMX_DECL void write_toolset(const mcp_server& server, const request_place& at, std::string& list) {
        if (!servers_.insert(server.name).second) return drops_.lost(at);
        messages_write_toolset(server, element(list));
    }

    /// The definition as it came, or the API's own tool of the kind, once.
    LLMX_DECL void write_builtin(const tool& t, const request_place& at, std::string& list) {
        if (t.mcp && t.builtin->origin != anthropic_messages::name) {
            if (takes_server(t)) return write_toolset(*t.mcp, at, list);
            drops_.foreign(t.extra, anthropic_messages::name, at);
            return drops_.lost(at);
        }
        const std::string definition = messages_own_tool(*t.builtin);
        const bool own = !definition.empty();
        const auto like = std::find_if(messages_builtins.begin(), messages_builtins.end(),
                                       [&t](const messages_builtin& b) { return b.kind == t.kind; });
        if (!own && like == messages_builtins.end()) return drops_.lost(at);
        report_fields(&t, messages_builtin_fields.view(), at, drops_);
        drops_.foreign(t.extra, anthropic_messages::name, at);
        messages_report_own(t.extra, at, drops_);
        const unsigned bit = 1u << static_cast<unsigned>(t.kind);
        const bool again = (builtins_ & bit) != 0;
        builtins_ |= bit;
        if (own) {
            element(list) += definition;
            return;
        }
        drops_.hint(at);
        if (again) return; // names of tools are unique
        json_writer w(element(list));
        w.object().member("type", like->type).member("name", like->name);
        if (t.search && t.kind == builtin_kind::web_search) write_search(w, *t.search, at);
        w.end_object();
    }

    LLMX_DECL void write_search(json_writer& w, const web_search_options& how, const request_place& tool_place) {
        const request_place at = tool_place.of<&tool::search>();
        const std::string_view size = how.context_size;
        // Figures of LiteLLM for the three sizes.
        if (how.max_uses) w.member("max_uses", *how.max_uses);
        else if (size == "low" || size == "medium" || size == "high") w.member("max_uses", size == "low" ? 1 : size == "medium" ? 5 : 10);
        if (how.max_uses && !size.empty()) drops_.hint(at.of<&web_search_options::context_size>());
        const bool only = !how.allowed_domains.empty();
        // The API takes one of the two lists, and the sites to be searched are the narrower one.
        if (only && !how.blocked_domains.empty()) drops_.lost(at.of<&web_search_options::blocked_domains>());
        const std::vector<std::string>& domains = only ? how.allowed_domains : how.blocked_domains;
        if (!domains.empty()) {
            w.key(only ? "allowed_domains" : "blocked_domains").array();
            for (const std::string& d : domains) w.value(d);
            w.end_array();
        }
        if (!how.has_location()) return;
        w.key("user_location").object().member("type", "approximate");
        if (!how.city.empty()) w.member("city", how.city);
        if (!how.region.empty()) w.member("region", how.region);
        if (!how.country.empty()) w.member("country", how.country);
        if (!how.timezone.empty()) w.member("timezone", how.timezone);
        w.end_object();
    }

    LLMX_DECL void write_tool(const tool& t, const request_place& at, std::string& list) {
        json_writer w(element(list));
        w.object();
        write_fields(w, &t, messages_tool_fields.view(), at, drops_);
        // Strict tools came with structured output, whose schemas theirs have to be; older models refuse the member.
        const bool strict = t.strict.value_or(false);
        const closed_schema closed = strict && options_.traits.native_json_schema ? close_arguments(t.parameters.text) : closed_schema();
        write_schema(w, closed.usable() ? std::string_view(closed.text) : t.parameters.text, at.of<&tool::parameters>());
        if (closed.usable()) {
            w.member("strict", true);
            if (closed.how == closed_schema::outcome::relaxed) drops_.hint(at.of<&tool::parameters>());
        } else if (strict) {
            drops_.hint(at.of<&tool::strict>());
        } else if (t.strict && options_.traits.native_json_schema) {
            w.member("strict", false);
        }
        messages_write_cache(w, t.cache, t.extra);
        drops_.foreign(t.extra, anthropic_messages::name, at);
        w.extra(t.extra, anthropic_messages::name).end_object();
    }

    void write_json_tool(std::string& list) {
        const response_format& f = *request_.response_format;
        json_writer w(element(list));
        w.object().member("name", anthropic_messages::json_tool_name);
        w.member("description", f.description.empty()
                                    ? std::string_view("Give the answer as the input of this tool, as JSON.")
                                    : std::string_view(f.description));
        if (f.form == response_format::kind::json_schema && !f.schema.empty())
            write_schema(w, f.schema.text, format_place<&response_format::schema>());
        else w.raw_member("input_schema", R"({"type":"object","additionalProperties":true})");
        w.end_object();
    }

    /// The API requires `type` "object" in it, without alternatives beside it.
    LLMX_DECL void write_schema(json_writer& w, std::string_view schema, const request_place& at) {
        const std::optional<std::string> plain = as_object_schema(schema);
        if (plain) {
            drops_.hint(at);
            schema = *plain;
        }
        bool typed = false, any = false;
        const auto look = [&](const json_member& m) {
            any = true;
            typed = typed || m.key == "type";
        };
        if (!schema.empty() && !scan_json_members(schema, look)) return refuse(at, "expected a JSON Schema object");
        w.key("input_schema");
        if (typed) w.raw(schema);
        else if (!any) w.raw(R"({"type":"object"})");
        else w.raw(R"({"type":"object",)" + std::string(schema.substr(schema.find('{') + 1)));
    }

    LLMX_DECL void write_tool_choice() {
        if (has("tool_choice")) return;
        const auto forces = [](const tool_choice& c) { return c.how == mode::required || c.how == mode::function; };
        if (!has_tools_ && !json_tool_) {
            if (request_.tool_choice && forces(*request_.tool_choice)) drops_.lost(place<&chat_request::tool_choice>());
            if (history_tools_) w_.key("tool_choice").object().member("type", "none").end_object();
            return;
        }
        const tool_choice asked = request_.tool_choice.value_or(tool_choice());
        tool_choice choice = asked;
        bool write = request_.tool_choice.has_value() || request_.parallel_tool_calls == false;
        if (json_tool_ && asked.how != mode::function) {
            write = true;
            // With tools of the caller beside it, any of them may come before the answer.
            if (has_tools_ && asked.how != mode::none) choice = tool_choice(mode::required);
            else choice = tool_choice::function(std::string(anthropic_messages::json_tool_name));
        }
        if ((thinking_.on() || !options_.traits.forced_tool) && forces(choice)) {
            if (forces(asked)) drops_.lost(place<&chat_request::tool_choice>());
            // The model may answer in prose.
            if (json_tool_) drops_.hint(place<&chat_request::response_format>());
            choice = tool_choice();
        }
        if (!write) return;
        w_.key("tool_choice").object().member("type", enum_name(messages_choices, choice.how));
        if (choice.how == mode::function) w_.member("name", choice.name);
        if (request_.parallel_tool_calls && choice.how != mode::none)
            w_.member("disable_parallel_tool_use", !*request_.parallel_tool_calls);
        w_.end_object();
    }

    LLMX_DECL void write_thinking() {
        if (has("thinking") || thinking_.how == thinking_mode::absent) return;
        w_.key("thinking").object();
        if (thinking_.how == thinking_mode::enabled) w_.member("type", "enabled").member("budget_tokens", thinking_.budget);
        else w_.member("type", thinking_.how == thinking_mode::adaptive ? "adaptive" : "disabled");
        // Adaptive models leave the thoughts' text out unless asked (platform.claude.com/docs/en/build-with-claude/adaptive-thinking).
        const std::optional<bool> shown = request_.reasoning->include_thoughts;
        if (thinking_.on() && (shown || thinking_.how == thinking_mode::adaptive))
            w_.member("display", shown.value_or(true) ? "summarized" : "omitted");
        w_.end_object();
    }

    void write_output_config() {
        if (has("output_config") || (thinking_.effort.empty() && !native_format_)) return;
        w_.key("output_config").object();
        if (!thinking_.effort.empty()) w_.member("effort", thinking_.effort);
        if (native_format_) {
            w_.key("format").object().member("type", "json_schema");
            w_.raw_member("schema", format_schema_).end_object();
        }
        w_.end_object();
    }

    void write_sampling() {
        const bool on = thinking_.on();
        refused_ = refused_members(request_, options_.traits, drops_);
        const std::uint64_t refused = refused_;
        const bool warm = request_.temperature && !has_member<&chat_request::temperature>(refused);
        const bool nucleus = request_.top_p && !has_member<&chat_request::top_p>(refused);
        // Claude takes one of the two since 4.1; one of 1 changes nothing.
        const bool takes_both = options_.traits.known && options_.traits.reasoning == model_traits::reasoning_style::none;
        const bool only_top_p = warm && nucleus && *request_.temperature == 1;
        const bool only_temperature = warm && nucleus && !only_top_p && (*request_.top_p == 1 || !takes_both);
        if (warm && !only_top_p) {
            // The range ends at 1, the default; thinking takes nothing else.
            const double t = *request_.temperature;
            if (t > 1 || (on && t != 1)) drops_.hint(place<&chat_request::temperature>());
            if (t <= 1 && (!on || t == 1)) w_.member("temperature", t);
            else if (!on) w_.member("temperature", 1);
        }
        if (only_temperature && *request_.top_p != 1) drops_.hint(place<&chat_request::top_p>());
        if (nucleus && !only_temperature) {
            if (on && *request_.top_p < 0.95) drops_.hint(place<&chat_request::top_p>());
            else w_.member("top_p", *request_.top_p);
        }
        if (request_.top_k && !has_member<&chat_request::top_k>(refused)) {
            if (on) drops_.hint(place<&chat_request::top_k>());
            else w_.member("top_k", *request_.top_k);
        }
    }

    LLMX_DECL void write_stop() {
        bool any = false;
        for (std::size_t i = 0; i < request_.stop.size() && !has_member<&chat_request::stop>(refused_); ++i) {
            if (messages_blank(request_.stop[i])) { // refused by the API
                drops_.lost(place<&chat_request::stop>().item(i));
                continue;
            }
            if (!any) w_.key("stop_sequences").array();
            any = true;
            w_.value(request_.stop[i]);
        }
        if (any) w_.end_array();
    }

    void write_user() {
        if (request_.user.empty() || has("metadata")) return;
        // An address would be personal data, which the API requires to be left out.
        if (request_.user.find('@') != std::string::npos) drops_.hint(place<&chat_request::user>());
        else w_.key("metadata").object().member("user_id", request_.user).end_object();
    }

    void write_service_tier() {
        if (!request_.service_tier || has("service_tier")) return;
        const std::string_view tier = enum_name(anthropic_tiers, *request_.service_tier);
        if (!tier.empty()) w_.member("service_tier", tier);
        else drops_.hint(place<&chat_request::service_tier>());
    }

    LLMX_DECL void report_rest() {
        const chat_request& r = request_;
        if (std::any_of(r.modalities.begin(), r.modalities.end(), [](const std::string& m) { return m != "text"; }))
            drops_.lost(place<&chat_request::modalities>());
        drops_.foreign(r.extra, anthropic_messages::name, request_place());
    }

    const chat_request& request_;
    const encode_options& options_;
    drop_report& drops_;
    json_writer w_;
    std::optional<error> failure_;
    messages_thinking thinking_;
    std::int64_t limit_ = 0;
    /// Members that the model refuses.
    std::uint64_t refused_ = 0;
    /// That of a native format.
    std::string format_schema_;
    /// The kinds of built-in tools that are written, as bits.
    unsigned builtins_ = 0;
    /// The servers whose tools are written.
    std::set<std::string_view> servers_;
    bool native_format_ = false, json_tool_ = false, has_tools_ = false, history_tools_ = false;
};

} // namespace detail

LLMX_DECL result<void> anthropic_messages::encode_request(const chat_request& request, const encode_options& options,
                                                          std::string& out, drop_report& drops) {
    if (result<void> whole = drops.refuse_state(request.extra, name); !whole) return whole;
    const std::size_t begin = out.size();
    result<void> written = detail::messages_request_writer(request, options, drops, out).run();
    if (!written) out.resize(begin);
    return written;
}

} // namespace llmx::inline LLMX_ABI
