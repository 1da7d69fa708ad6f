// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/impl/converse_common.ipp>
#include <llmx/dialects/bedrock/impl/converse_encode_content.ipp>
#include <llmx/dialects/bedrock/impl/converse_fields.ipp>
#include <llmx/dialects/bedrock/impl/converse_object.ipp>
#include <llmx/dialects/bedrock/impl/converse_thinking.ipp>
#include <llmx/dialects/detail/allowed_tools.hpp>
#include <llmx/dialects/detail/closed_schema.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Writes the members of a request beside the conversation.
class bedrock_request_writer {
public:
    LLMX_DECL bedrock_request_writer(const chat_request& request, const encode_options& options, drop_report& drops, std::string& out)
        : request_(request), options_(options),
          vendor_(bedrock_vendor_of(options.model.empty() ? std::string_view(request.model) : options.model)), drops_(drops), w_(out) {}

    LLMX_DECL result<void> run() {
        bedrock_turn_writer conversation(request_, vendor_, options_.traits, drops_);
        if (const result<void> written = conversation.run(); !written) return written;
        if (const result<void> planned = plan_format(); !planned) return planned;
        limit_ = fit_output_limit(request_, options_.traits, drops_);
        refused_ = refused_members(request_, options_.traits, drops_);
        plan_thinking();
        w_.object();
        if (!conversation.system().empty()) w_.raw_member("system", "[" + conversation.system() + "]");
        w_.raw_member("messages", "[" + conversation.turns() + "]");
        write_inference();
        bedrock_object more(own("additionalModelRequestFields"));
        if (const result<void> written = write_tools(conversation, more); !written) return written;
        write_more(more);
        if (const result<void> written = write_output(); !written) return written;
        write_metadata();
        write_service_tier();
        report_rest();
        write_own();
        w_.end_object();
        return success();
    }

private:
    template <auto Member> [[nodiscard]] static request_place at() { return request_place().of<Member>(); }
    template <auto Outer, auto Inner> [[nodiscard]] static request_place at() { return request_place().of<Outer>().template of<Inner>(); }

    /// Members that the program set in the API's own words.
    [[nodiscard]] const raw_json* own(std::string_view member) const noexcept {
        return request_.extra.speaks(bedrock_converse::name) ? request_.extra.find(member) : nullptr;
    }

    LLMX_DECL result<void> plan_format() {
        if (!request_.response_format || request_.response_format->form == response_format::kind::text) return success();
        const response_format& f = *request_.response_format;
        native_format_ = f.form == response_format::kind::json_schema && !f.schema.empty() && options_.traits.native_json_schema;
        if (native_format_) {
            const request_place place = at<&chat_request::response_format, &response_format::schema>();
            closed_schema closed = close_schema(f.schema.text);
            if (closed.how == closed_schema::outcome::malformed) return drops_.refuse(place, "expected a JSON Schema object");
            // The forced tool takes any schema.
            native_format_ = closed.usable();
            if (closed.how == closed_schema::outcome::relaxed) drops_.hint(place);
            format_schema_ = std::move(closed.text);
        }
        json_tool_ = !native_format_ && options_.traits.tools;
        if (json_tool_) drops_.answer_by_tool();
        else if (!native_format_) drops_.lost(at<&chat_request::response_format>()); // neither of the two forms is there
        // There is no member for it: a native schema is always enforced.
        if (f.strict) drops_.hint(at<&chat_request::response_format, &response_format::strict>());
        if (json_tool_ && !f.name.empty()) drops_.hint(at<&chat_request::response_format, &response_format::name>());
        return success();
    }

    LLMX_DECL void plan_thinking() {
        const fitted_reasoning fitted = fit_reasoning(request_, options_.traits, drops_);
        if (!fitted.settings) return;
        const reasoning_options& r = *fitted.settings;
        const std::optional<reasoning_effort> effort = bedrock_asked_effort(r);
        const bool off = fitted.off && options_.traits.can_turn_off;
        const bool asked = effort || r.adaptive || r.budget_tokens;
        bool on = false;
        if (asked) {
            switch (vendor_.thinks) {
            case bedrock_vendor::thinking::claude: on = plan_claude(r, off, fitted.off); break;
            case bedrock_vendor::thinking::nova:
                thinking_.member = "reasoningConfig";
                on = !off && effort;
                if (off) thinking_.json = R"({"type":"disabled"})";
                else if (on)
                    json_writer(thinking_.json).object().member("type", "enabled")
                    .member("maxReasoningEffort", bedrock_effort_name(*effort, reasoning_effort::high)).end_object();
                break;
            case bedrock_vendor::thinking::openai:
                thinking_.member = "reasoning_effort";
                on = effort.has_value();
                // These models always reason.
                if (off) drops_.hint(at<&chat_request::reasoning>());
                if (on) json_writer(thinking_.json).value(bedrock_effort_name(std::max(*effort, reasoning_effort::low), reasoning_effort::high));
                break;
            case bedrock_vendor::thinking::none:
                // Whether the model reasons is not for the request to choose.
                drops_.hint(at<&chat_request::reasoning>());
                break;
            }
        }
        // Thoughts come wherever there are some; Claude's newer models can leave them out.
        const bool by_effort = thinking_.claude_on && options_.traits.reasoning != model_traits::reasoning_style::budget;
        if (r.include_thoughts && !by_effort && (!on || !*r.include_thoughts))
            drops_.hint(at<&chat_request::reasoning, &reasoning_options::include_thoughts>());
    }

    /// \p lowest: the request switches reasoning off, and the model cannot.
    LLMX_DECL [[nodiscard]] bool plan_claude(const reasoning_options& r, bool off, bool lowest) {
        thinking_.member = "thinking";
        using mode = tool_choice::mode;
        // Claude takes no forced tool beside thinking: what tunes yields to what changes the meaning.
        if (!off && options_.traits.forced_tool && request_.tool_choice && !request_.tools.empty() &&
            (request_.tool_choice->how == mode::required || request_.tool_choice->how == mode::function)) {
            drops_.hint(at<&chat_request::reasoning>());
            return false;
        }
        const std::int64_t asked = r.budget_tokens.value_or(-1);
        if (options_.traits.reasoning == model_traits::reasoning_style::budget) {
            // Without the member these models do not reason.
            if (off || (!r.effort && asked < 0 && !r.adaptive)) return false;
            if (bedrock_lacks_thinking(request_)) {
                drops_.hint(at<&chat_request::reasoning>());
                return false;
            }
            thinking_.budget = asked > 0 ? asked : budget_of(r.effort.value_or(reasoning_effort::high));
            thinking_.budget = std::max(thinking_.budget, bedrock_converse::min_budget_tokens);
            // Thinking counts towards the limit and must fit into it.
            if (limit_ && *limit_ >= 1 && *limit_ <= thinking_.budget) {
                drops_.hint(at<&chat_request::reasoning>());
                const auto budget = budget_within(*limit_, thinking_.budget, bedrock_converse::min_budget_tokens);
                thinking_.budget = budget.value_or(0);
                if (!budget) return false;
            }
            json_writer(thinking_.json).object().member("type", "enabled").member("budget_tokens", thinking_.budget).end_object();
        } else if (off) {
            thinking_.json = R"({"type":"disabled"})";
            return false;
        } else {
            if (r.effort || asked > 0) thinking_.effort = bedrock_effort_name(*bedrock_asked_effort(r), reasoning_effort::max);
            if (lowest) return false;
            json_writer w(thinking_.json);
            // Adaptive models leave the thoughts' text out unless asked.
            w.object().member("type", "adaptive").member("display", r.include_thoughts.value_or(true) ? "summarized" : "omitted");
            w.end_object();
        }
        thinking_.claude_on = true;
        return true;
    }

    LLMX_DECL void write_inference() {
        const bool claude = vendor_.thinks == bedrock_vendor::thinking::claude;
        bedrock_object to(own("inferenceConfig"));
        if (limit_ && *limit_ < 1) drops_.lost(at<&chat_request::max_output_tokens>());
        else if (limit_) to.add("maxTokens", *limit_);
        const bool warm = request_.temperature && !has_member<&chat_request::temperature>(refused_);
        const bool nucleus = request_.top_p && !has_member<&chat_request::top_p>(refused_);
        // Claude takes one of the two since 4.1; 1 is the default of both.
        const bool one_of = claude && warm && nucleus;
        const bool takes_both = options_.traits.known && options_.traits.reasoning == model_traits::reasoning_style::none;
        const bool only_top_p = one_of && *request_.temperature == 1;
        const bool only_temperature = one_of && !only_top_p && (*request_.top_p == 1 || !takes_both);
        if (warm && !only_top_p) {
            const double t = *request_.temperature;
            // The range ends at 1; thinking takes nothing else.
            if (!(t >= 0 && t <= 1) || (thinking_.claude_on && t != 1)) drops_.hint(at<&chat_request::temperature>());
            if (t >= 0 && !(thinking_.claude_on && t != 1)) to.add("temperature", std::min(t, 1.0));
        }
        if (only_temperature && *request_.top_p != 1) drops_.hint(at<&chat_request::top_p>());
        if (nucleus && !only_temperature) {
            const double p = *request_.top_p;
            if (!(p >= 0 && p <= 1) || (thinking_.claude_on && p < 0.95)) drops_.hint(at<&chat_request::top_p>());
            else to.add("topP", p);
        }
        std::string stops;
        json_writer list(stops);
        list.array();
        std::size_t n = 0;
        for (std::size_t i = 0; i < request_.stop.size(); ++i) {
            const std::string& one = request_.stop[i];
            if (has_member<&chat_request::stop>(refused_)) continue; // reported
            if (one.empty() || (claude && bedrock_blank(one)) || n == 2500) drops_.lost(at<&chat_request::stop>().item(i));
            else list.value(one), ++n;
        }
        list.end_array();
        if (n != 0) to.add_raw("stopSequences", stops);
        to.write(w_, "inferenceConfig");
        // Which of them stopped it is in the model's own reply.
        if (n != 0 && claude && own("additionalModelResponseFieldPaths") == nullptr)
            w_.raw_member("additionalModelResponseFieldPaths", R"(["/stop_sequence"])");
    }

    LLMX_DECL result<void> write_tools(const bedrock_turn_writer& conversation, bedrock_object& more) {
        using mode = tool_choice::mode;
        const mode asked = request_.tool_choice ? request_.tool_choice->how : mode::automatic;
        // Without tools none can be called; a history that refers to some needs their definitions.
        const bool left_out = asked == mode::none && !conversation.needs_tools();
        std::string list;
        // The API has no list of names: a tool that may not be called is not sent.
        const allowed_tools allowed(request_);
        if (request_.tool_choice && !request_.tool_choice->allowed.empty())
            drops_.hint(at<&chat_request::tool_choice, &tool_choice::allowed>());
        if (request_.tool_choice && asked != mode::function && !request_.tool_choice->name.empty())
            drops_.hint(at<&chat_request::tool_choice, &tool_choice::name>());
        for (std::size_t i = 0; i < request_.tools.size() && !left_out; ++i)
            if (!allowed.have(request_.tools[i])) continue;
            else if (const result<void> written = write_tool(request_.tools[i], request_place().tool(i), list); !written) return written;
        has_tools_ = !list.empty();
        if (!has_tools_)
            for (const std::string_view name : conversation.called()) {
                json_writer w(next(list));
                w.object().key("toolSpec").object().member("name", name).member("description", "Not available any more: do not call it.");
                w.key("inputSchema").object().raw_member("json", R"({"type":"object"})").end_object().end_object().end_object();
            }
        if (list.empty() && !json_tool_ && conversation.needs_tools())
            return drops_.refuse(at<&chat_request::tools>(),
                                 "Bedrock takes results of tools only beside the definitions of tools: add the tools or leave the results out");
        if (json_tool_)
            if (const result<void> written = write_json_tool(list); !written) return written;
        const std::string choice = make_choice(more);
        bedrock_object to(own("toolConfig"));
        if (!list.empty()) to.add_raw("tools", "[" + list + "]");
        if (!choice.empty()) to.add_raw("toolChoice", choice);
        to.write(w_, "toolConfig");
        return success();
    }

    static std::string& next(std::string& list) {
        if (!list.empty()) list += ',';
        return list;
    }

    LLMX_DECL result<void> write_tool(const tool& t, const request_place& place, std::string& list) {
        if (t.builtin) return write_builtin(t, place, list);
        json_writer w(next(list));
        w.object().key("toolSpec").object();
        write_fields(w, &t, bedrock_tool_fields.view(), place, drops_);
        // Strict tools came with structured output, whose schemas theirs have to be; older models refuse the member.
        const bool strict = t.strict.value_or(false);
        const closed_schema closed = strict && options_.traits.native_json_schema ? close_arguments(t.parameters.text) : closed_schema();
        const std::string_view schema = closed.usable() ? std::string_view(closed.text) : std::string_view(t.parameters.text);
        if (const result<void> written = write_schema(w, schema, place.of<&tool::parameters>()); !written) return written;
        if (closed.usable()) {
            w.member("strict", true);
            if (closed.how == closed_schema::outcome::relaxed) drops_.hint(place.of<&tool::parameters>());
        } else if (strict) {
            drops_.hint(place.of<&tool::strict>());
        } else if (t.strict && options_.traits.native_json_schema) {
            w.member("strict", false);
        }
        bedrock_report_extra(t.extra, place, true, drops_);
        w.extra(t.extra, bedrock_converse::name).end_object().end_object();
        if (!t.cache) return success();
        if (!vendor_.caches_tools || (options_.traits.known && !options_.traits.prompt_caching)) {
            drops_.hint(place.of<&tool::cache>());
            return success();
        }
        const bool long_lived = t.cache->ttl == "1h";
        if (!long_lived && !t.cache->ttl.empty() && t.cache->ttl != "5m")
            drops_.hint(place.of<&tool::cache>().of<&cache_control::ttl>());
        json_writer point(next(list));
        point.object().key("cachePoint").object().member("type", "default");
        if (long_lived) point.member("ttl", "1h");
        point.end_object().end_object();
        return success();
    }

    result<void> write_builtin(const tool& t, const request_place& place, std::string& list) {
        if (t.builtin->origin == bedrock_converse::name) {
            next(list) += t.builtin->value.text;
            return success();
        }
        const std::string_view alike = t.kind == builtin_kind::web_search       ? vendor_.web_search
                                       : t.kind == builtin_kind::code_execution ? vendor_.code_execution
                                                                                : std::string_view();
        if (alike.empty()) {
            drops_.lost(place);
            return success();
        }
        drops_.hint(place);
        if (t.search) report_fields(&*t.search, bedrock_search_fields.view(), place.of<&tool::search>(), drops_);
        json_writer(next(list)).object().key("systemTool").object().member("name", alike).end_object().end_object();
        return success();
    }

    result<void> write_json_tool(std::string& list) {
        const response_format& f = *request_.response_format;
        json_writer w(next(list));
        w.object().key("toolSpec").object().member("name", bedrock_converse::json_tool_name);
        w.member("description", f.description.empty() ? std::string_view("Give the answer as the input of this tool, as JSON.")
                                                      : std::string_view(f.description));
        const bool has_schema = f.form == response_format::kind::json_schema && !f.schema.empty();
        const result<void> written = write_schema(w, has_schema ? std::string_view(f.schema.text) : std::string_view(R"({"additionalProperties":true})"),
                                                  at<&chat_request::response_format, &response_format::schema>());
        if (!written) return written;
        w.end_object().end_object();
        return success();
    }

    /// The models require `type` "object" spelt out.
    LLMX_DECL result<void> write_schema(json_writer& w, std::string_view schema, const request_place& place) {
        bool typed = false, any = false;
        if (!schema.empty()) {
            const result<void> scanned = scan_json_members(schema, [&](const json_member& m) {
                any = true;
                typed |= m.named("type");
            });
            if (!scanned) return drops_.refuse(place, "expected a JSON Schema object");
        }
        w.key("inputSchema").object().key("json");
        if (typed) w.raw(schema);
        else if (!any) w.raw(R"({"type":"object"})");
        else w.raw(R"({"type":"object",)" + std::string(schema.substr(schema.find('{') + 1)));
        w.end_object();
        return success();
    }

    /// The value of `toolChoice`; empty: none is written.
    [[nodiscard]] std::string make_choice(bedrock_object& more) {
        using mode = tool_choice::mode;
        const tool_choice asked = request_.tool_choice.value_or(tool_choice());
        tool_choice chosen = asked;
        bool write = request_.tool_choice.has_value();
        if (!has_tools_ && !json_tool_) {
            if (asked.how == mode::required || asked.how == mode::function) drops_.lost(at<&chat_request::tool_choice>());
            return std::string();
        }
        if (json_tool_ && asked.how != mode::function) {
            write = true;
            // With tools of the caller beside it, any of them may come before the answer.
            if (has_tools_ && asked.how != mode::none) chosen = tool_choice(mode::required);
            else chosen = tool_choice::function(std::string(bedrock_converse::json_tool_name));
            if (!vendor_.forces_tools || !options_.traits.forced_tool) {
                chosen = tool_choice();
                // The model may answer in prose.
                drops_.hint(at<&chat_request::response_format>());
            }
        } else if (asked.how == mode::none) {
            // The definitions are there for the history alone, and the API has no way to forbid a call.
            drops_.lost(at<&chat_request::tool_choice>());
            return std::string();
        }
        if ((thinking_.claude_on || !options_.traits.forced_tool) && (chosen.how == mode::required || chosen.how == mode::function)) {
            if (asked.how == mode::required || asked.how == mode::function) drops_.lost(at<&chat_request::tool_choice>());
            if (json_tool_) drops_.hint(at<&chat_request::response_format>());
            chosen = tool_choice();
        }
        if (request_.parallel_tool_calls == false) {
            // Claude's own tool_choice has the member, and must not contradict the API's.
            if (vendor_.thinks == bedrock_vendor::thinking::claude && chosen.how == mode::automatic) {
                more.add_raw("tool_choice", R"({"type":"auto","disable_parallel_tool_use":true})");
                return std::string();
            }
            if (!json_tool_ || has_tools_) drops_.hint(at<&chat_request::parallel_tool_calls>());
        }
        if (!write) return std::string();
        std::string json;
        json_writer w(json);
        w.object();
        switch (chosen.how) {
        case mode::automatic:
        case mode::none: w.key("auto").object().end_object(); break;
        case mode::required: w.key("any").object().end_object(); break;
        case mode::function: w.key("tool").object().member("name", chosen.name).end_object(); break;
        }
        w.end_object();
        return json;
    }

    void write_more(bedrock_object& more) {
        if (!thinking_.json.empty()) more.add_raw(thinking_.member, thinking_.json);
        if (const auto k = request_.top_k; k && !has_member<&chat_request::top_k>(refused_)) {
            if (vendor_.top_k.empty() || thinking_.claude_on) {
                drops_.hint(at<&chat_request::top_k>());
            } else {
                const std::size_t dot = vendor_.top_k.find('.');
                if (dot == std::string_view::npos) {
                    more.add(vendor_.top_k, *k);
                } else {
                    std::string inner;
                    json_writer(inner).object().member(vendor_.top_k.substr(dot + 1), *k).end_object();
                    more.add_raw(vendor_.top_k.substr(0, dot), inner);
                }
            }
        }
        more.write(w_, "additionalModelRequestFields");
    }

    LLMX_DECL result<void> write_output() {
        bedrock_object to(own("outputConfig"));
        if (native_format_) {
            const response_format& f = *request_.response_format;
            std::string json;
            json_writer w(json);
            w.object().member("type", "json_schema").key("structure").object().key("jsonSchema").object();
            // The schema is a string.
            w.member("schema", format_schema_);
            if (!f.name.empty()) w.member("name", f.name);
            if (!f.description.empty()) w.member("description", f.description);
            w.end_object().end_object().end_object();
            to.add_raw("textFormat", json);
        }
        if (!thinking_.effort.empty()) to.add("effort", thinking_.effort);
        to.write(w_, "outputConfig");
        return success();
    }

    /// At most 16 pairs, in letters that a log may hold (RequestMetadata).
    void write_metadata() {
        const auto fits = [](std::string_view text) {
            return text.size() <= 256 && std::all_of(text.begin(), text.end(), [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view(" \t\r\n\f\v:_@$#=/+,-.").find(c) != std::string_view::npos;
            });
        };
        bedrock_object to(own("requestMetadata"));
        std::set<std::string_view> names;
        for (std::size_t i = 0; i < request_.metadata.size(); ++i) {
            const auto& [key, value] = request_.metadata[i];
            const bool good = !key.empty() && fits(key) && fits(value) && names.size() < 16 && names.insert(key).second;
            if (good) to.add(key, value);
            else drops_.hint(at<&chat_request::metadata>().item(i));
        }
        to.write(w_, "requestMetadata");
    }

    void write_service_tier() {
        if (!request_.service_tier || own("serviceTier") != nullptr) return;
        const std::string_view tier = enum_name(bedrock_tiers, *request_.service_tier);
        if (tier.empty()) return drops_.hint(at<&chat_request::service_tier>());
        w_.key("serviceTier").object().member("type", tier).end_object();
    }

    LLMX_DECL void report_rest() {
        report_fields(&request_, bedrock_request_fields.view(), request_place(), drops_, refused_);
        if (std::any_of(request_.modalities.begin(), request_.modalities.end(), [](const std::string& m) { return m != "text"; }))
            drops_.lost(at<&chat_request::modalities>());
        if (!request_.extra.speaks(bedrock_converse::name)) drops_.foreign(request_.extra, bedrock_converse::name, request_place());
    }

    /// Members of the API's own that are not among those written.
    void write_own() {
        if (!request_.extra.speaks(bedrock_converse::name)) return;
        for (const extra_members::member& m : request_.extra.members) {
            static constexpr std::string_view merged[] = {"inferenceConfig", "toolConfig", "additionalModelRequestFields", "outputConfig",
                                                          "requestMetadata"};
            if (std::find(std::begin(merged), std::end(merged), m.name) != std::end(merged)) continue;
            // The conversation is the vocabulary's, and the model is in the URL.
            if (m.name == "messages" || m.name == "system" || m.name == "modelId") drops_.lost(request_place().other(m.name));
            else w_.raw_member(extra_members::wire_name(m.name), m.value.text);
        }
    }

    const chat_request& request_;
    const encode_options& options_;
    const bedrock_vendor& vendor_;
    drop_report& drops_;
    json_writer w_;
    bedrock_thinking thinking_;
    /// The output limit, and members that the model refuses.
    std::optional<std::int64_t> limit_;
    std::uint64_t refused_ = 0;
    /// That of a native format.
    std::string format_schema_;
    bool native_format_ = false, json_tool_ = false, has_tools_ = false;
};

} // namespace detail

LLMX_DECL result<void> bedrock_converse::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                        drop_report& drops) {
    if (result<void> whole = drops.refuse_state(request.extra, name); !whole) return whole;
    const std::size_t begin = out.size();
    result<void> done = detail::bedrock_request_writer(request, options, drops, out).run();
    if (!done) out.resize(begin);
    return done;
}

} // namespace llmx::inline LLMX_ABI
