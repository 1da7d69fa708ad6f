// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/detail/allowed_tools.hpp>
#include <llmx/dialects/detail/json_object_text.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/dialects/detail/nested_extra.hpp>
#include <llmx/dialects/detail/object_schema.hpp>
#include <llmx/dialects/ollama/chat.hpp>
#include <llmx/dialects/ollama/detail/chat_fields.hpp>
#include <llmx/dialects/ollama/impl/encode_messages.ipp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Writes the members of a request.
class ollama_request_writer {
public:
    ollama_request_writer(const ollama_form& form, const chat_request& request, const encode_options& options, drop_report& drops,
        std::string& out)
        : form_(form), request_(request), options_(options), drops_(drops), w_(out) {}

    LLMX_DECL result<void> run() {
        w_.object().member("model", options_.model.empty() ? std::string_view(request_.model) : options_.model);
        if (const result<void> written = form_.generates ? write_prompt() : write_messages(); !written) return written;
        write_tools();
        w_.member("stream", options_.stream.value_or(request_.stream));
        write_format();
        write_think();
        write_options();
        if (request_.logprobs && !has_member<&chat_request::logprobs>(refused_)) w_.member("logprobs", *request_.logprobs);
        if (request_.top_logprobs && !has_member<&chat_request::top_logprobs>(refused_)) w_.member("top_logprobs", *request_.top_logprobs);
        report_fields(&request_, ollama_request_fields.view(), request_place(), drops_, refused_);
        const auto& kinds = request_.modalities;
        if (std::any_of(kinds.begin(), kinds.end(), [](const std::string& m) { return m != "text"; }))
            drops_.lost(place<&chat_request::modalities>());
        drops_.foreign(request_.extra, form_.name, request_place());
        static constexpr std::string_view inner[] = {options_prefix};
        if (request_.extra.speaks(form_.name)) write_outer_extra(w_, request_.extra, inner);
        w_.end_object();
        if (failure_) return *failure_;
        return success();
    }

private:
    using mode = tool_choice::mode;
    static constexpr std::string_view options_prefix = "options.";
    template <auto Member> [[nodiscard]] static request_place place() { return request_place().of<Member>(); }

    LLMX_DECL result<void> write_messages() {
        const std::string all = ollama_message_writer(form_, request_, options_.traits, drops_).run();
        if (all.empty()) return drops_.refuse_empty(place<&chat_request::messages>(), "a message with content is required");
        w_.key("messages").array().raw(all).end_array();
        return success();
    }

    /// One message of the user, and system prompts before it: what the second form has.
    LLMX_DECL result<void> write_prompt() {
        ollama_message_writer parts(form_, request_, options_.traits, drops_);
        ollama_turn system, prompt;
        bool asked = false;
        for (std::size_t i = 0; i < request_.messages.size(); ++i) {
            const role from = request_.messages[i].from;
            const bool instructs = from == role::system || from == role::developer;
            if ((!instructs && from != role::user) || (asked && !instructs))
                return drops_.refuse(request_place().message(i), "this form has one prompt and no conversation",
                    errc::unsupported_parameter);
            asked = asked || !instructs;
            parts.add_parts(i, instructs ? system : prompt);
            parts.report_message(i, false);
        }
        if (prompt.empty()) return drops_.refuse_empty(place<&chat_request::messages>(), "a message of the user with content is required");
        w_.member("prompt", prompt.text);
        if (!system.text.empty()) w_.member("system", system.text);
        if (!prompt.images.empty()) w_.key("images").array().raw(prompt.images).end_array();
        return success();
    }

    LLMX_DECL void write_tools() {
        const tool_choice choice = request_.tool_choice.value_or(tool_choice());
        const allowed_tools allowed(request_);
        std::size_t written = 0;
        for (std::size_t i = 0; i < request_.tools.size() && !failure_; ++i) {
            const tool& t = request_.tools[i];
            const request_place at = request_place().tool(i);
            if (t.builtin || form_.generates) {
                drops_.lost(at);
                continue;
            }
            // The API has no choice: those alone are sent that may be called.
            if (choice.how == mode::none || !allowed.have(t) || (choice.how == mode::function && t.name != choice.name)) continue;
            if (written++ == 0) w_.key("tools").array();
            write_tool(t, at);
        }
        if (written != 0) w_.end_array();
        if (!choice.allowed.empty()) drops_.hint(place<&chat_request::tool_choice>().of<&tool_choice::allowed>());
        if (choice.how != mode::function && !choice.name.empty()) drops_.hint(place<&chat_request::tool_choice>().of<&tool_choice::name>());
        if (choice.how == mode::required || choice.how == mode::function) drops_.lost(place<&chat_request::tool_choice>());
        if (request_.parallel_tool_calls == false && written != 0) drops_.hint(place<&chat_request::parallel_tool_calls>());
    }

    LLMX_DECL void write_tool(const tool& t, const request_place& at) {
        w_.object().member("type", "function").key("function").object();
        write_fields(w_, &t, ollama_tool_fields.view(), at, drops_);
        const std::optional<std::string> plain = as_object_schema(t.parameters.text);
        if (plain) drops_.hint(at.of<&tool::parameters>());
        const std::string_view schema = plain ? std::string_view(*plain) : std::string_view(t.parameters.text);
        if (schema.empty()) w_.raw_member("parameters", R"({"type":"object","properties":{}})");
        else if (is_json_object_text(schema)) w_.raw_member("parameters", schema);
        else if (!failure_) failure_ = drops_.refuse(at.of<&tool::parameters>(), "expected a JSON Schema object");
        w_.end_object();
        drops_.foreign(t.extra, form_.name, at);
        w_.extra(t.extra, form_.name).end_object();
    }

    LLMX_DECL void write_format() {
        if (!request_.response_format) return;
        const response_format& f = *request_.response_format;
        const request_place at = place<&chat_request::response_format>();
        using kind = response_format::kind;
        report_fields(&f, ollama_format_fields.view(), at, drops_);
        const bool by_schema = f.form == kind::json_schema && !f.schema.empty();
        if (!by_schema && !f.schema.empty()) drops_.hint(at.of<&response_format::schema>());
        if (!by_schema && f.strict) drops_.hint(at.of<&response_format::strict>());
        if (f.form == kind::text) return;
        if (!by_schema) w_.member("format", "json");
        else if (is_json_object_text(f.schema.text)) w_.raw_member("format", f.schema.text);
        else if (!failure_) failure_ = drops_.refuse(at.of<&response_format::schema>(), "expected a JSON Schema object");
    }

    LLMX_DECL void write_think() {
        const fitted_reasoning fitted = fit_reasoning(request_, options_.traits, drops_);
        if (!fitted.settings) return;
        const reasoning_options& r = *fitted.settings;
        const request_place at = place<&chat_request::reasoning>();
        report_fields(&r, ollama_reasoning_fields.view(), at, drops_);
        if (r.effort == reasoning_effort::none || (!r.effort && r.budget_tokens == 0)) {
            if (r.effort && r.budget_tokens) drops_.hint(at.of<&reasoning_options::budget_tokens>());
            if (r.adaptive) drops_.hint(at.of<&reasoning_options::adaptive>());
            w_.member("think", false);
            return;
        }
        if (!r.effort && !r.budget_tokens && !r.adaptive) return;
        using style = model_traits::reasoning_style;
        const bool levels = options_.traits.reasoning == style::effort || options_.traits.reasoning == style::level;
        std::optional<reasoning_effort> effort = r.effort;
        if (!effort && r.budget_tokens && *r.budget_tokens > 0) effort = usual_effort_of(*r.budget_tokens);
        // An effort that the model has no level for, and a budget, only switch it on.
        if (r.effort && !levels) drops_.hint(at.of<&reasoning_options::effort>());
        if (r.budget_tokens && *r.budget_tokens >= 0) drops_.hint(at.of<&reasoning_options::budget_tokens>());
        if (r.adaptive && r.effort) drops_.hint(at.of<&reasoning_options::adaptive>());
        if (levels && effort) w_.member("think", enum_name(ollama_efforts, *effort));
        else w_.member("think", true);
    }

    LLMX_DECL void write_options() {
        refused_ = refused_members(request_, options_.traits, drops_);
        std::string all;
        json_writer w(all);
        w.object();
        if (const auto limit = fit_output_limit(request_, options_.traits, drops_)) w.member("num_predict", *limit);
        write_mapped_fields(w, &request_, ollama_request_fields.view(), request_place(), drops_, refused_);
        if (!request_.stop.empty() && !has_member<&chat_request::stop>(refused_)) {
            w.key("stop").array();
            for (const std::string& s : request_.stop) w.value(s);
            w.end_array();
        }
        if (request_.extra.speaks(form_.name)) write_nested_extra(w, request_.extra, options_prefix);
        w.end_object();
        if (all.size() > 2) w_.raw_member("options", all);
    }

    const ollama_form& form_;
    const chat_request& request_;
    const encode_options& options_;
    drop_report& drops_;
    json_writer w_;
    std::optional<error> failure_;
    /// Members that the model refuses.
    std::uint64_t refused_ = 0;
};

LLMX_DECL result<void> ollama_encode_request(const ollama_form& form, const chat_request& request, const encode_options& options,
    std::string& out,
                                             drop_report& drops) {
    if (result<void> whole = drops.refuse_state(request.extra, form.name); !whole) return whole;
    const std::size_t begin = out.size();
    result<void> written = ollama_request_writer(form, request, options, drops, out).run();
    if (!written) out.resize(begin);
    return written;
}

} // namespace llmx::inline LLMX_ABI::detail
