// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/responses.hpp>

#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/responses_common.hpp>
#include <llmx/dialects/openai/detail/responses_fields.hpp>
#include <llmx/dialects/openai/detail/shared_members.hpp>

#include <algorithm>
#include <set>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Writes one request's members beside its items.
class responses_request_writer {
public:
    responses_request_writer(json_writer& w, const chat_request& request, const encode_options& options, drop_report& drops)
        : w_(w), request_(request), options_(options), drops_(drops), other_(request.extra, "openai_chat", openai_responses::name) {}

    LLMX_DECL void write() {
        w_.object().member("model", options_.model.empty() ? std::string_view(request_.model) : options_.model);
        responses_write_input(w_, request_, options_.traits, drops_);
        write_tools();
        if (const auto limit = fit_output_limit(request_, options_.traits, drops_)) w_.member("max_output_tokens", *limit);
        const std::uint64_t refused = refused_members(request_, options_.traits, drops_);
        write_fields(w_, &request_, responses_request_fields.view(), request_place(), drops_, refused);
        const bool text_alone = std::all_of(request_.modalities.begin(), request_.modalities.end(), [](const auto& m) { return m == "text"; });
        if (!text_alone) drops_.lost(request_place().of<&chat_request::modalities>());
        write_text();
        write_reasoning();
        write_user();
        if (responses_find(request_.extra, "store") == nullptr) w_.member("store", false);
        write_include();
        if (options_.stream.value_or(request_.stream)) w_.member("stream", true);
        responses_write_outer(w_, request_.extra, {"text.", "reasoning.", "input.", "include"});
        responses_write_outer(w_, other_.shared(), {"text.", "reasoning."});
        drops_.foreign(other_.rest(), openai_responses::name, request_place());
        w_.end_object();
    }

private:
    /// False for vendors' tools of other languages that have no equivalent, which are reported.
    bool takes_tool(const tool& t, std::size_t i) {
        const request_place at = request_place().tool(i);
        if (!t.builtin || t.builtin->origin == openai_responses::name) {
            report_fields(&t, responses_tool_fields.view(), at, drops_);
            if (is_custom_tool(t.extra)) report_custom_tool(t, openai_responses::name, false, at, drops_);
            else drops_.foreign(t.extra, openai_responses::name, at);
            return true;
        }
        if (t.kind == builtin_kind::web_search) {
            drops_.hint(at.of<&tool::builtin>());
            return true;
        }
        drops_.lost(at);
        return false;
    }

    LLMX_DECL void write_tools() {
        std::vector<std::size_t> written;
        for (std::size_t i = 0; i < request_.tools.size(); ++i)
            if (takes_tool(request_.tools[i], i)) written.push_back(i);
        if (!written.empty()) {
            w_.key("tools").array();
            std::string_view space;
            for (const std::size_t i : written) {
                const tool& t = request_.tools[i];
                const responses_function f = t.builtin ? responses_function() : responses_split(t.name);
                if (f.space != space || f.space.empty()) {
                    end_namespace(space);
                    space = f.space;
                    begin_namespace(space, t);
                }
                write_tool(t, f.name, request_place().tool(i));
            }
            end_namespace(space);
            w_.end_array();
        }
        const bool takes_choice = !written.empty() || request_.tools.empty();
        if (request_.tool_choice) {
            if (takes_choice) write_choice(*request_.tool_choice);
            else drops_.hint(request_place().of<&chat_request::tool_choice>());
        }
        if (request_.parallel_tool_calls) {
            if (takes_choice && options_.traits.parallel_tools) w_.member("parallel_tool_calls", *request_.parallel_tool_calls);
            else drops_.hint(request_place().of<&chat_request::parallel_tool_calls>());
        }
    }

    LLMX_DECL void begin_namespace(std::string_view space, const tool& first) {
        if (space.empty()) return;
        const raw_json* const description = responses_find(first.extra, "namespace.description");
        w_.object().member("type", "namespace").member("name", space).key("description");
        if (description != nullptr) w_.raw(description->text);
        else w_.value(space);
        w_.key("tools").array();
    }
    void end_namespace(std::string_view space) {
        if (!space.empty()) w_.end_array().end_object();
    }

    LLMX_DECL void write_tool(const tool& t, std::string_view name, const request_place& at) {
        if (t.builtin && t.builtin->origin == openai_responses::name) {
            w_.raw(t.builtin->value.text);
            return;
        }
        if (t.builtin) return write_search(t, at);
        const bool custom = is_custom_tool(t.extra);
        w_.object().member("type", custom ? "custom" : "function").member("name", name);
        write_mapped_fields(w_, &t, responses_tool_fields.view(), at, drops_);
        if (!custom) {
            w_.key("parameters");
            if (t.parameters.empty()) w_.raw(R"({"type":"object","properties":{}})");
            else w_.raw(t.parameters.text);
            w_.member("strict", t.strict.value_or(false));
        } else if (t.strict) {
            drops_.hint(at.of<&tool::strict>());
        }
        if (custom) write_custom_format(w_, t, false);
        responses_write_outer(w_, t.extra, {custom_tool_mark, custom ? custom_tool_format : custom_tool_mark, "namespace."});
        w_.end_object();
    }

    LLMX_DECL void write_search(const tool& t, const request_place& at) {
        w_.object().member("type", "web_search");
        if (t.search) {
            const web_search_options& s = *t.search;
            if (!s.context_size.empty()) w_.member("search_context_size", s.context_size);
            if (!s.allowed_domains.empty()) {
                w_.key("filters").object().key("allowed_domains").array();
                for (const std::string& one : s.allowed_domains) w_.value(one);
                w_.end_array().end_object();
            }
            if (s.has_location()) {
                w_.key("user_location").object().member("type", "approximate");
                if (!s.city.empty()) w_.member("city", s.city);
                if (!s.region.empty()) w_.member("region", s.region);
                if (!s.country.empty()) w_.member("country", s.country);
                if (!s.timezone.empty()) w_.member("timezone", s.timezone);
                w_.end_object();
            }
            report_fields(&s, responses_search_fields.view(), at.of<&tool::search>(), drops_);
        }
        w_.end_object();
    }

    /// A name is a function's unless a custom tool has it.
    LLMX_DECL void write_name(std::string_view name, const std::set<std::string_view>& custom) {
        const responses_function f = responses_split(name);
        w_.member("type", custom.contains(name) ? "custom" : "function");
        if (!f.space.empty()) w_.member("namespace", f.space);
        w_.member("name", f.name);
    }

    LLMX_DECL void write_choice(const tool_choice& choice) {
        using mode = tool_choice::mode;
        const request_place at = request_place().of<&chat_request::tool_choice>();
        if (choice.how != mode::function && !choice.name.empty()) drops_.hint(at.of<&tool_choice::name>());
        const bool listed = choice.how == mode::automatic || choice.how == mode::required;
        if (!listed && !choice.allowed.empty()) drops_.hint(at.of<&tool_choice::allowed>());
        std::set<std::string_view> custom;
        for (const tool& t : request_.tools)
            if (!t.builtin && is_custom_tool(t.extra)) custom.insert(t.name);
        w_.key("tool_choice");
        if (listed && !choice.allowed.empty()) {
            w_.object().member("type", "allowed_tools").member("mode", choice.how == mode::required ? "required" : "auto").key("tools").array();
            for (const std::string& name : choice.allowed) {
                w_.object();
                write_name(name, custom);
                w_.end_object();
            }
            w_.end_array().end_object();
        } else if (choice.how == mode::function) {
            w_.object();
            write_name(choice.name, custom);
            w_.end_object();
        } else {
            w_.value(choice.how == mode::none ? "none" : choice.how == mode::required ? "required" : "auto");
        }
    }

    /// Whether a member of this language, or of Chat's that both have, begins with \p prefix.
    [[nodiscard]] bool has_own(std::string_view prefix) const {
        const auto begins = [prefix](const extra_members& of) {
            return of.speaks(openai_responses::name) &&
                   std::any_of(of.members.begin(), of.members.end(), [prefix](const auto& m) { return m.name.starts_with(prefix); });
        };
        return begins(request_.extra) || begins(other_.shared());
    }

    LLMX_DECL void write_text() {
        const bool has_extra = has_own("text.");
        if (!request_.response_format && !has_extra) return;
        w_.key("text").object();
        if (request_.response_format) write_format(*request_.response_format);
        else if (const raw_json* const other = responses_find(request_.extra, "text.format")) w_.raw_member("format", other->text);
        for (const extra_members* const own : {&request_.extra, &other_.shared()})
            if (own->speaks(openai_responses::name))
                for (const auto& m : own->members)
                    if (m.name.starts_with("text.") && !m.name.starts_with("text.format")) w_.raw_member(std::string_view(m.name).substr(5), m.value.text);
        w_.end_object();
    }

    LLMX_DECL void write_format(const response_format& f) {
        const request_place at = request_place().of<&chat_request::response_format>();
        const bool by_schema = f.form == response_format::kind::json_schema;
        w_.key("format").object();
        w_.member("type", by_schema ? "json_schema" : f.form == response_format::kind::json_object ? "json_object" : "text");
        if (by_schema) {
            // The wire demands a name, other languages have none.
            w_.member("name", f.name.empty() ? std::string_view("response") : std::string_view(f.name));
            write_fields(w_, &f, responses_format_fields.view(), at, drops_);
        } else {
            // They describe a schema, which this form has not.
            if (!f.name.empty()) drops_.hint(at.of<&response_format::name>());
            if (!f.description.empty()) drops_.hint(at.of<&response_format::description>());
            if (!f.schema.empty()) drops_.hint(at.of<&response_format::schema>());
            if (f.strict) drops_.hint(at.of<&response_format::strict>());
        }
        responses_write_inner(w_, request_.extra, "text.format.");
        w_.end_object();
    }

    LLMX_DECL void write_reasoning() {
        const fitted_reasoning fitted = fit_reasoning(request_, options_.traits, drops_);
        const bool has_extra = has_own("reasoning.");
        if (!fitted.settings && !has_extra) return;
        const reasoning_options r = fitted.settings.value_or(reasoning_options());
        const request_place at = request_place().of<&chat_request::reasoning>();
        std::optional<reasoning_effort> effort = r.effort;
        if (!effort && r.budget_tokens.value_or(0) > 0) effort = usual_effort_of(*r.budget_tokens);
        if (r.budget_tokens && *r.budget_tokens >= 0 && (r.effort || !effort)) drops_.hint(at.of<&reasoning_options::budget_tokens>());
        // A model with efforts chooses by itself how long it reasons.
        if (r.adaptive && !r.effort) drops_.hint(at.of<&reasoning_options::adaptive>());
        const bool summary = r.include_thoughts.value_or(false);
        if (!effort && !summary && !has_extra) return;
        w_.key("reasoning").object();
        if (effort) w_.member("effort", effort_names[static_cast<std::size_t>(*effort)]);
        const bool named = responses_find(request_.extra, "reasoning.summary") != nullptr || responses_find(other_.shared(), "reasoning.summary") != nullptr;
        if (summary && !named) w_.member("summary", "auto");
        responses_write_inner(w_, request_.extra, "reasoning.");
        responses_write_inner(w_, other_.shared(), "reasoning.");
        w_.end_object();
    }

    /// Reasoning that is not stored comes back encrypted; a model that does not reason refuses to be asked for it.
    LLMX_DECL void write_include() {
        const raw_json* const more = responses_find(request_.extra, "include");
        const bool logprobs = request_.logprobs.value_or(false);
        const bool encrypted = request_.reasoning && takes_thoughts(options_.traits) && request_.reasoning->effort != reasoning_effort::none;
        if (more == nullptr && !logprobs && !encrypted) return;
        w_.key("include").array();
        if (encrypted) w_.value("reasoning.encrypted_content");
        if (logprobs) w_.value("message.output_text.logprobs");
        if (more != nullptr) {
            json_document document(std::string("{\"include\":").append(more->text).append("}"));
            const json_cursor root = document.root(), all = root["include"];
            for (std::size_t i = 0; i < all.size(); ++i) {
                const json_cursor one = all[i];
                w_.raw(one.text());
            }
        }
        w_.end_array();
    }

    LLMX_DECL void write_user() {
        // Longer ones are refused; the identity of the end user does not change the answer.
        constexpr std::size_t longest = 64;
        if (request_.user.size() > longest) drops_.hint(request_place().of<&chat_request::user>());
        else if (!request_.user.empty()) w_.member("user", request_.user);
        if (request_.service_tier) {
            const std::string_view tier = enum_name(openai_chat_tiers, *request_.service_tier);
            if (!tier.empty()) w_.member("service_tier", tier);
            else drops_.hint(request_place().of<&chat_request::service_tier>());
        }
        std::size_t written = 0;
        for (std::size_t i = 0; i < request_.metadata.size(); ++i) {
            const auto& [key, value] = request_.metadata[i];
            if (written == most_metadata || key.size() > longest_metadata_key || value.size() > longest_metadata_value) {
                drops_.hint(request_place().of<&chat_request::metadata>().item(i));
                continue;
            }
            if (written++ == 0) w_.key("metadata").object();
            w_.member(key, value);
        }
        if (written != 0) w_.end_object();
    }

    json_writer& w_;
    const chat_request& request_;
    const encode_options& options_;
    drop_report& drops_;
    const openai_shared_members other_;
};

} // namespace detail

LLMX_DECL result<void> openai_responses::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                        drop_report& drops) {
    if (result<void> whole = drops.refuse_state(request.extra, name); !whole) return whole;
    json_writer w(out);
    detail::responses_request_writer(w, request, options, drops).write();
    return success();
}

} // namespace llmx::inline LLMX_ABI
