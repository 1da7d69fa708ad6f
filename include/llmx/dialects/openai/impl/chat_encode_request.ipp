// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/openai/chat.hpp>

#include <llmx/dialects/detail/allowed_tools.hpp>
#include <llmx/dialects/detail/object_schema.hpp>
#include <llmx/dialects/detail/gateway_members.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/dialects/openai/detail/chat_common.hpp>
#include <llmx/dialects/openai/detail/shared_members.hpp>
#include <llmx/dialects/openai/detail/chat_fields.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <map>

namespace llmx::inline LLMX_ABI {
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

/// Writes one request's members beside its messages.
class openai_chat_request_writer {
public:
    openai_chat_request_writer(json_writer& w, const chat_request& request, const encode_options& options,
                               drop_report& drops) noexcept
        : w_(w), request_(request), options_(options), drops_(drops) {}

    LLMX_DECL void write() {
        w_.object();
        w_.member("model", options_.model.empty() ? std::string_view(request_.model) : options_.model);
        openai_chat_write_messages(w_, request_.messages, options_.traits, drops_);
        write_tools();
        if (const auto limit = fit_output_limit(request_, options_.traits, drops_)) {
            const bool newer = options_.traits.max_completion_tokens;
            w_.member(newer ? "max_completion_tokens" : "max_tokens", *limit);
        }
        const std::uint64_t refused = refused_members(request_, options_.traits, drops_);
        write_fields(w_, &request_, openai_chat_request_fields.view(), request_place(), drops_, refused);
        if (const auto n = request_.n) {
            // As much as the API takes is sent, the rest is reported.
            constexpr std::int64_t most = 128;
            if (*n < 1 || *n > most) drops_.lost(request_place().of<&chat_request::n>());
            if (*n >= 1) w_.member("n", std::min(*n, most));
        }
        if (!request_.stop.empty() && !has_member<&chat_request::stop>(refused)) {
            w_.key("stop").array();
            const std::size_t most = options_.traits.max_stop_sequences;
            for (std::size_t i = 0; i < request_.stop.size(); ++i) {
                if (most == 0 || i < most) w_.value(request_.stop[i]);
                else drops_.lost(request_place().of<&chat_request::stop>().item(i));
            }
            w_.end_array();
        }
        if (request_.response_format) write_format(*request_.response_format);
        else openai_chat_report_inner(request_.extra, "response_format.", request_place(), drops_);
        const fitted_reasoning reasoning = fit_reasoning(request_, options_.traits, drops_);
        if (reasoning.settings) write_reasoning(*reasoning.settings);
        write_user();
        write_stream();
        openai_chat_write_outer(w_, request_.extra,
                                {"stream_options.", "response_format.", "tool_choice.", "thinking.", "reasoning_effort."});
        const openai_shared_members other(request_.extra, "openai_responses", openai_chat::name);
        openai_chat_write_outer(w_, other.shared(), {});
        openai_chat_report_inner(request_.extra, "thinking.", request_place(), drops_);
        openai_chat_report_inner(request_.extra, "reasoning_effort.", request_place(), drops_);
        drops_.foreign(other.rest(), openai_chat::name, request_place());
        w_.end_object();
    }

private:
    /// False for vendors' tools of other languages, which are reported. Only some of OpenAI's models search the
    /// web for a chat, and no trait names them: a foreign search is lost.
    bool takes_tool(const tool& t, std::size_t i) {
        const request_place at = request_place().tool(i);
        if (t.builtin && t.builtin->origin != openai_chat::name) {
            // Clients of OpenAI's other API offer a search unasked, which the model need not use.
            const bool offered = t.builtin->origin == "openai_responses" && t.kind == builtin_kind::web_search;
            if (offered) drops_.hint(at);
            else drops_.lost(at);
            return false;
        }
        report_fields(&t, openai_chat_tool_fields.view(), at, drops_);
        if (is_custom_tool(t.extra)) report_custom_tool(t, openai_chat::name, !options_.traits.custom_tools, at, drops_);
        else drops_.foreign(t.extra, openai_chat::name, at);
        return true;
    }

    LLMX_DECL void write_tools() {
        std::vector<std::size_t> written;
        const tool* search = nullptr;
        const allowed_tools allowed(request_);
        // A server without the list gets the tools in it alone.
        const bool filtered = allowed.restrict_tools() && !options_.traits.allowed_tools;
        for (std::size_t i = 0; i < request_.tools.size(); ++i) {
            const tool& t = request_.tools[i];
            if (!takes_tool(t, i)) continue;
            if (t.builtin && openai_chat_opaque_type(t.builtin->value.text) == openai_chat_search_options) search = &t;
            else if (!filtered || allowed.have(t)) written.push_back(i);
        }
        if (filtered) drops_.hint(request_place().of<&chat_request::tool_choice>().of<&tool_choice::allowed>());
        if (!written.empty()) {
            w_.key("tools").array();
            for (const std::size_t i : written) write_tool(request_.tools[i], request_place().tool(i));
            w_.end_array();
        }
        if (search != nullptr) write_search(search->builtin->value.text);
        const bool takes_choice = !written.empty() || request_.tools.empty();
        const bool names_function = request_.tool_choice && request_.tool_choice->how == tool_choice::mode::function;
        if (takes_choice) {
            if (request_.tool_choice) write_choice(*request_.tool_choice);
            if (request_.parallel_tool_calls) {
                // A model that makes one call at a time refuses the member.
                if (options_.traits.parallel_tools) w_.member("parallel_tool_calls", *request_.parallel_tool_calls);
                else if (*request_.parallel_tool_calls) drops_.hint(request_place().of<&chat_request::parallel_tool_calls>());
            }
        } else {
            // Both are refused where there are no tools, and mean nothing there; but one of the tools in a list had to be called.
            if (filtered && request_.tool_choice->how == tool_choice::mode::required)
                drops_.lost(request_place().of<&chat_request::tool_choice>());
            else if (request_.tool_choice) drops_.hint(request_place().of<&chat_request::tool_choice>());
            if (request_.parallel_tool_calls) drops_.hint(request_place().of<&chat_request::parallel_tool_calls>());
        }
        if (!takes_choice || !names_function)
            openai_chat_report_inner(request_.extra, "tool_choice.", request_place(), drops_);
    }

    LLMX_DECL void write_tool(const tool& t, const request_place& at) {
        if (t.builtin) {
            w_.raw(t.builtin->value.text);
            return;
        }
        const bool custom = is_custom_tool(t.extra);
        if (custom && options_.traits.custom_tools) return write_custom(t, at);
        w_.object().member("type", "function").key("function").object().member("name", t.name);
        write_mapped_fields(w_, &t, openai_chat_tool_fields.view(), at, drops_);
        if (!t.parameters.empty()) {
            const std::optional<std::string> plain = as_object_schema(t.parameters.text);
            if (plain) drops_.hint(at.of<&tool::parameters>());
            openai_chat_write_parameters(w_, plain ? *plain : t.parameters.text);
        }
        openai_chat_write_inner(w_, t.extra, "function.");
        w_.end_object();
        if (!custom) openai_chat_write_outer(w_, t.extra, {"function."});
        w_.end_object();
    }

    LLMX_DECL void write_custom(const tool& t, const request_place& at) {
        w_.object().member("type", "custom").key("custom").object().member("name", t.name);
        if (!t.description.empty()) w_.member("description", t.description);
        write_custom_format(w_, t, true);
        openai_chat_write_outer(w_, t.extra, {custom_tool_mark, custom_tool_format});
        w_.end_object().end_object();
        if (t.strict) drops_.hint(at.of<&tool::strict>());
    }

    /// The type under which a choice names \p t.
    [[nodiscard]] std::string kind_of(const tool& t) const {
        if (t.builtin) return openai_chat_opaque_type(t.builtin->value.text);
        return is_custom_tool(t.extra) && options_.traits.custom_tools ? "custom" : "function";
    }

    LLMX_DECL void write_search(std::string_view json) {
        json_document document(json);
        const json_cursor part = document.root(), options = part[openai_chat_search_options];
        w_.raw_member(openai_chat_search_options, options ? options.text() : "{}");
    }

    LLMX_DECL void write_choice(const tool_choice& choice) {
        const request_place at = request_place().of<&chat_request::tool_choice>();
        if (choice.how != tool_choice::mode::function && !choice.name.empty()) drops_.hint(at.of<&tool_choice::name>());
        const bool listed = choice.how == tool_choice::mode::automatic || choice.how == tool_choice::mode::required;
        if (!listed && !choice.allowed.empty()) drops_.hint(at.of<&tool_choice::allowed>());
        w_.key("tool_choice");
        if (listed && !choice.allowed.empty() && options_.traits.allowed_tools) return write_allowed(choice);
        switch (choice.how) {
        case tool_choice::mode::automatic: w_.value("auto"); break;
        case tool_choice::mode::none: w_.value("none"); break;
        case tool_choice::mode::required: w_.value("required"); break;
        case tool_choice::mode::function:
            write_named(choice.name, kind_of_function(choice.name));
            openai_chat_write_inner(w_, request_.extra, "tool_choice.");
            w_.end_object();
            break;
        }
    }

    [[nodiscard]] std::string kind_of_function(std::string_view name) const {
        for (const tool& t : request_.tools)
            if (!t.builtin && t.name == name) return kind_of(t);
        return "function";
    }

    /// Leaves the object open.
    void write_named(std::string_view name, std::string_view kind) {
        w_.object().member("type", kind).key(kind).object().member("name", name).end_object();
    }

    /// A name is a function's unless a tool of another kind has it.
    LLMX_DECL void write_allowed(const tool_choice& choice) {
        std::map<std::string_view, std::string> kinds;
        for (const tool& t : request_.tools)
            if (!t.name.empty() && (!t.builtin || t.builtin->origin == openai_chat::name)) kinds.emplace(t.name, kind_of(t));
        w_.object().member("type", "allowed_tools").key("allowed_tools").object();
        w_.member("mode", choice.how == tool_choice::mode::required ? "required" : "auto").key("tools").array();
        for (const std::string& name : choice.allowed) {
            const auto at = kinds.find(name);
            const std::string_view kind = at == kinds.end() ? std::string_view("function") : std::string_view(at->second);
            write_named(name, kind);
            w_.end_object();
        }
        w_.end_array().end_object().end_object();
    }

    LLMX_DECL void write_format(const response_format& f) {
        static constexpr std::string_view outer = "response_format.", inner = "response_format.json_schema.";
        const request_place at = request_place().of<&chat_request::response_format>();
        const bool by_schema = f.form == response_format::kind::json_schema;
        const bool by_object = f.form == response_format::kind::json_object;
        w_.key("response_format").object();
        w_.member("type", by_schema ? "json_schema" : by_object ? "json_object" : "text");
        if (by_schema) {
            w_.key("json_schema").object();
            // The wire demands a name, other languages have none.
            w_.member("name", f.name.empty() ? std::string_view("response") : f.name);
            write_fields(w_, &f, openai_chat_format_fields.view(), at, drops_);
            openai_chat_write_inner(w_, request_.extra, inner);
            w_.end_object();
        } else {
            openai_chat_report_inner(request_.extra, inner, request_place(), drops_);
            // They describe a schema, which this form has not.
            if (!f.name.empty()) drops_.hint(at.of<&response_format::name>());
            if (!f.description.empty()) drops_.hint(at.of<&response_format::description>());
            if (!f.schema.empty()) drops_.hint(at.of<&response_format::schema>());
            if (f.strict) drops_.hint(at.of<&response_format::strict>());
        }
        if (request_.extra.speaks(openai_chat::name))
            for (const auto& m : request_.extra.members)
                if (m.name.starts_with(outer) && !m.name.starts_with(inner))
                    w_.raw_member(extra_members::wire_name(std::string_view(m.name).substr(outer.size())), m.value.text);
        w_.end_object();
    }

    void write_reasoning(const reasoning_options& r) {
        const request_place at = request_place().of<&chat_request::reasoning>();
        std::optional<reasoning_effort> effort = r.effort;
        // A model that is not known may be one without reasoning, which would not accept a setting that turns it off.
        if (!effort && r.budget_tokens.value_or(0) > 0) effort = usual_effort_of(*r.budget_tokens);
        if (effort) w_.member("reasoning_effort", effort_names[static_cast<std::size_t>(*effort)]);
        // Without a budget the model decides by itself, as it does with -1.
        if (r.budget_tokens && *r.budget_tokens >= 0 && (r.effort || !effort))
            drops_.hint(at.of<&reasoning_options::budget_tokens>());
        // A model with efforts chooses by itself how long it reasons.
        if (r.adaptive && !r.effort) drops_.hint(at.of<&reasoning_options::adaptive>());
        report_fields(&r, openai_chat_reasoning_fields.view(), at, drops_);
    }

    void write_user() {
        // Longer ones are refused; the identity of the end user does not change the answer.
        constexpr std::size_t longest = 64;
        if (request_.user.size() > longest) drops_.hint(request_place().of<&chat_request::user>());
        else if (!request_.user.empty()) w_.member("user", request_.user);
        if (request_.service_tier) {
            const std::string_view tier = enum_name(openai_chat_tiers, *request_.service_tier);
            if (!tier.empty()) w_.member("service_tier", tier);
            else drops_.hint(request_place().of<&chat_request::service_tier>());
        }
        // More and longer ones are refused.
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

    LLMX_DECL void write_stream() {
        static constexpr std::string_view inner = "stream_options.";
        if (!options_.stream.value_or(request_.stream))
            return openai_chat_report_inner(request_.extra, inner, request_place(), drops_);
        w_.member("stream", true);
        const bool with_usage = request_.include_usage || options_.include_usage;
        if (!with_usage && !openai_chat_has_inner(request_.extra, inner)) return;
        w_.key("stream_options").object();
        if (with_usage) w_.member("include_usage", true);
        openai_chat_write_inner(w_, request_.extra, inner);
        w_.end_object();
    }

    json_writer& w_;
    const chat_request& request_;
    const encode_options& options_;
    drop_report& drops_;
};

} // namespace detail

LLMX_DECL result<void> openai_chat::encode_request(const chat_request& request, const encode_options& options,
                                                   std::string& out, drop_report& drops) {
    if (result<void> whole = drops.refuse_state(request.extra, name); !whole) return whole;
    json_writer w(out);
    detail::openai_chat_request_writer(w, request, options, drops).write();
    return success();
}

} // namespace llmx::inline LLMX_ABI
