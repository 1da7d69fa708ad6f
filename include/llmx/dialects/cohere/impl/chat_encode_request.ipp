// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/cohere/chat.hpp>
#include <llmx/dialects/cohere/detail/chat_fields.hpp>
#include <llmx/dialects/cohere/impl/chat_encode_content.ipp>
#include <llmx/dialects/detail/allowed_tools.hpp>
#include <llmx/dialects/detail/json_object_text.hpp>
#include <llmx/dialects/detail/model_fit.hpp>
#include <llmx/dialects/detail/object_schema.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Writes the members of a request beside the conversation.
class cohere_request_writer {
public:
    cohere_request_writer(const chat_request& request, const encode_options& options, drop_report& drops, std::string& out)
        : request_(request), options_(options), drops_(drops), w_(out) {}

    LLMX_DECL result<void> run() {
        cohere_message_writer conversation(request_, options_.traits, drops_);
        if (auto written = conversation.run(); !written) return written;
        w_.object().member("stream", options_.stream.value_or(request_.stream));
        w_.member("model", options_.model.empty() ? std::string_view(request_.model) : options_.model);
        w_.key("messages").array().raw(conversation.messages()).end_array();
        write_tools();
        const bool documents = !conversation.documents().empty();
        if (documents) w_.key("documents").array().raw(conversation.documents()).end_array();
        write_format(documents);
        limit_ = fit_output_limit(request_, options_.traits, drops_);
        if (limit_) w_.member("max_tokens", *limit_);
        write_sampling();
        write_thinking();
        report_fields(&request_, cohere_request_fields.view(), request_place(), drops_, refused_);
        const auto& kinds = request_.modalities;
        if (std::any_of(kinds.begin(), kinds.end(), [](const std::string& m) { return m != "text"; }))
            drops_.lost(place<&chat_request::modalities>());
        drops_.foreign(request_.extra, cohere_chat::name, request_place());
        w_.extra(request_.extra, cohere_chat::name).end_object();
        if (failure_) return *failure_;
        return success();
    }

private:
    using mode = tool_choice::mode;
    template <auto Member> [[nodiscard]] static request_place place() { return request_place().of<Member>(); }

    LLMX_DECL void write_tools() {
        const tool_choice choice = request_.tool_choice.value_or(tool_choice());
        const allowed_tools allowed(request_);
        std::size_t written = 0, strict = 0, functions = 0;
        for (std::size_t i = 0; i < request_.tools.size() && !failure_; ++i) {
            const tool& t = request_.tools[i];
            const request_place at = request_place().tool(i);
            if (t.builtin) {
                drops_.lost(at);
                continue;
            }
            ++functions;
            // The API has no name of a function in its choice, and no list of names: those alone are sent that may be called.
            if (!allowed.have(t) || (choice.how == mode::function && t.name != choice.name)) continue;
            if (written++ == 0) w_.key("tools").array();
            write_tool(t, at);
            strict += t.strict.value_or(false) ? 1 : 0;
        }
        if (written != 0) w_.end_array();
        if (!choice.allowed.empty()) drops_.hint(place<&chat_request::tool_choice>().of<&tool_choice::allowed>());
        if (choice.how != mode::function && !choice.name.empty()) drops_.hint(place<&chat_request::tool_choice>().of<&tool_choice::name>());
        const bool forces = choice.how == mode::required || choice.how == mode::function;
        if (forces && written == 0) drops_.lost(place<&chat_request::tool_choice>());
        else if (forces) w_.member("tool_choice", "REQUIRED");
        else if (choice.how == mode::none && written != 0) w_.member("tool_choice", "NONE");
        // One flag for all of them: strictness that not all tools ask for might refuse a schema.
        if (strict != 0 && strict == written) w_.member("strict_tools", true);
        else if (strict != 0)
            for (std::size_t i = 0; i < request_.tools.size(); ++i)
                if (request_.tools[i].strict.value_or(false)) drops_.hint(request_place().tool(i).of<&tool::strict>());
        // Of several calls in one answer the API has no switch.
        if (request_.parallel_tool_calls == false && functions != 0) drops_.hint(place<&chat_request::parallel_tool_calls>());
        has_tools_ = written != 0;
    }

    LLMX_DECL void write_tool(const tool& t, const request_place& at) {
        w_.object().member("type", "function").key("function").object();
        write_fields(w_, &t, cohere_tool_fields.view(), at, drops_);
        const std::optional<std::string> plain = as_object_schema(t.parameters.text);
        if (plain) drops_.hint(at.of<&tool::parameters>());
        const std::string_view schema = plain ? std::string_view(*plain) : std::string_view(t.parameters.text);
        if (schema.empty()) w_.raw_member("parameters", R"({"type":"object","properties":{}})");
        else if (is_json_object_text(schema)) w_.raw_member("parameters", schema);
        else if (!failure_) failure_ = drops_.refuse(at.of<&tool::parameters>(), "expected a JSON Schema object");
        w_.end_object();
        drops_.foreign(t.extra, cohere_chat::name, at);
        w_.extra(t.extra, cohere_chat::name).end_object();
    }

    /// The API refuses the form of an answer beside tools and documents.
    LLMX_DECL void write_format(bool documents) {
        if (!request_.response_format) return;
        const response_format& f = *request_.response_format;
        const request_place at = place<&chat_request::response_format>();
        using kind = response_format::kind;
        report_fields(&f, cohere_format_fields.view(), at, drops_);
        if (f.form == kind::text) {
            if (!f.schema.empty()) drops_.hint(at.of<&response_format::schema>());
            if (f.strict) drops_.hint(at.of<&response_format::strict>());
            w_.key("response_format").object().member("type", "text").end_object();
            return;
        }
        if (has_tools_ || documents) return drops_.lost(at);
        const bool by_schema = f.form == kind::json_schema && !f.schema.empty();
        if (by_schema && !is_json_object_text(f.schema.text)) {
            if (!failure_) failure_ = drops_.refuse(at.of<&response_format::schema>(), "expected a JSON Schema object");
            return;
        }
        if (f.form == kind::json_object && !f.schema.empty()) drops_.hint(at.of<&response_format::schema>());
        // Schemas of this API are always followed exactly.
        if (!by_schema && f.strict) drops_.hint(at.of<&response_format::strict>());
        w_.key("response_format").object().member("type", "json_object");
        if (by_schema) w_.raw_member("json_schema", f.schema.text);
        w_.end_object();
    }

    /// Writes \p value as \p name, within the API's range.
    template <auto Member> void write_within(std::string_view name, double least, double most) {
        const auto& value = request_.*Member;
        if (!value || has_member<Member>(refused_)) return;
        const double asked = static_cast<double>(*value), taken = std::clamp(asked, least, most);
        if (taken != asked) drops_.hint(place<Member>());
        using type = typename std::remove_cvref_t<decltype(value)>::value_type;
        w_.member(name, static_cast<type>(taken));
    }

    LLMX_DECL void write_sampling() {
        refused_ = refused_members(request_, options_.traits, drops_);
        write_within<&chat_request::temperature>("temperature", 0, 1);
        write_within<&chat_request::top_p>("p", 0.01, 0.99);
        write_within<&chat_request::top_k>("k", 0, 500);
        write_within<&chat_request::frequency_penalty>("frequency_penalty", 0, 1);
        write_within<&chat_request::presence_penalty>("presence_penalty", 0, 1);
        if (request_.seed && !has_member<&chat_request::seed>(refused_)) {
            if (*request_.seed >= 0) w_.member("seed", *request_.seed);
            else drops_.hint(place<&chat_request::seed>());
        }
        if (request_.logprobs && !has_member<&chat_request::logprobs>(refused_)) w_.member("logprobs", *request_.logprobs);
        if (has_member<&chat_request::stop>(refused_) || request_.stop.empty()) return;
        constexpr std::size_t most = 5;
        w_.key("stop_sequences").array();
        for (std::size_t i = 0; i < request_.stop.size(); ++i) {
            if (i < most) w_.value(request_.stop[i]);
            else drops_.lost(place<&chat_request::stop>().item(i));
        }
        w_.end_array();
    }

    LLMX_DECL void write_thinking() {
        const fitted_reasoning fitted = fit_reasoning(request_, options_.traits, drops_);
        if (!fitted.settings) return;
        const reasoning_options& r = *fitted.settings;
        const request_place at = place<&chat_request::reasoning>();
        report_fields(&r, cohere_reasoning_fields.view(), at, drops_);
        std::optional<std::int64_t> budget = r.budget_tokens;
        if (!budget && r.effort) budget = budget_of(*r.effort);
        else if (budget && r.effort) drops_.hint(at.of<&reasoning_options::effort>());
        if (!budget && !r.adaptive) return;
        if (budget && r.adaptive) drops_.hint(at.of<&reasoning_options::adaptive>());
        if (budget == 0) {
            w_.key("thinking").object().member("type", "disabled").end_object();
            return;
        }
        // Thoughts count towards the limit of the answer.
        if (budget && *budget > 0 && limit_ && *budget >= *limit_) {
            drops_.hint(at);
            budget = budget_within(*limit_, *budget, 1);
        }
        w_.key("thinking").object().member("type", "enabled");
        if (budget && *budget > 0) w_.member("token_budget", *budget);
        w_.end_object();
    }

    const chat_request& request_;
    const encode_options& options_;
    drop_report& drops_;
    json_writer w_;
    std::optional<error> failure_;
    std::optional<std::int64_t> limit_;
    /// Members that the model refuses.
    std::uint64_t refused_ = 0;
    bool has_tools_ = false;
};

} // namespace detail

LLMX_DECL result<void> cohere_chat::encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                   drop_report& drops) {
    if (result<void> whole = drops.refuse_state(request.extra, name); !whole) return whole;
    const std::size_t begin = out.size();
    result<void> written = detail::cohere_request_writer(request, options, drops, out).run();
    if (!written) out.resize(begin);
    return written;
}

} // namespace llmx::inline LLMX_ABI
