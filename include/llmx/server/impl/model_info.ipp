// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/catalog/attach_facts.hpp>
#include <llmx/catalog/model_facts.hpp>
#include <llmx/catalog/model_prices.hpp>
#include <llmx/server/endpoints/model_info.hpp>
#include <llmx/wire/json_writer.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL void append_model_limits(json_writer& w, const model_facts& facts) {
    for (const auto& [name, count] : {std::pair(std::string_view("max_input_tokens"), facts.context_window),
                                      std::pair(std::string_view("max_output_tokens"), facts.max_output_tokens),
                                      std::pair(std::string_view("max_tokens"), facts.max_tokens != 0 ? facts.max_tokens : facts.max_output_tokens),
                                      std::pair(std::string_view("output_vector_size"), facts.dimensions)}) {
        w.key(name);
        if (count != 0) w.value(count);
        else w.null();
    }
}

LLMX_DECL void append_model_prices(json_writer& w, const model_prices& prices) {
    for (const auto& [name, kind] : {std::pair(std::string_view("input_cost_per_token"), price_kind::input),
                                     std::pair(std::string_view("output_cost_per_token"), price_kind::output),
                                     std::pair(std::string_view("cache_read_input_token_cost"), price_kind::cached),
                                     std::pair(std::string_view("cache_creation_input_token_cost"), price_kind::cache_write),
                                     std::pair(std::string_view("input_cost_per_query"), price_kind::query),
                                     std::pair(std::string_view("output_cost_per_image"), price_kind::image_out)})
        if (const money* const price = prices.rate(kind, price_tier::standard, 0)) w.raw_member(name, dollar_text(*price).view());
}

LLMX_DECL void append_model_abilities(json_writer& w, const model_facts& facts) {
    for (const auto& [name, ability] : {std::pair(std::string_view("supports_function_calling"), model_ability::tools),
                                        std::pair(std::string_view("supports_parallel_function_calling"), model_ability::parallel_tools),
                                        std::pair(std::string_view("supports_tool_choice"), model_ability::tool_choice),
                                        std::pair(std::string_view("supports_vision"), model_ability::vision),
                                        std::pair(std::string_view("supports_pdf_input"), model_ability::pdf),
                                        std::pair(std::string_view("supports_audio_input"), model_ability::audio_in),
                                        std::pair(std::string_view("supports_audio_output"), model_ability::audio_out),
                                        std::pair(std::string_view("supports_response_schema"), model_ability::json_schema),
                                        std::pair(std::string_view("supports_system_messages"), model_ability::system),
                                        std::pair(std::string_view("supports_prompt_caching"), model_ability::caching),
                                        std::pair(std::string_view("supports_reasoning"), model_ability::reasoning),
                                        std::pair(std::string_view("supports_web_search"), model_ability::web_search)}) {
        w.key(name);
        // What no source states is not known.
        if (facts.can.has(ability) || facts.cannot.has(ability)) w.value(facts.supports(ability));
        else w.null();
    }
}

LLMX_DECL void append_deployment_info(json_writer& w, const deployment& d, std::string_view called) {
    w.object().member("model_name", called);
    w.key("litellm_params").object().member("model", d.provider + "/" + d.model).end_object();
    w.key("model_info").object().member("id", d.id).member("db_model", false).member("litellm_provider", d.provider);
    if (const model_facts* const facts = facts_of(d, d.model)) {
        w.key("key").value(facts->name).key("mode");
        if (facts->mode != model_mode::unknown) w.value(to_string(facts->mode));
        else w.null();
        append_model_limits(w, *facts);
        if (facts->prices) append_model_prices(w, *facts->prices);
        append_model_abilities(w, *facts);
    }
    w.end_object().end_object();
}

LLMX_DECL bool append_model_info(std::string& out, const topology& served, const principal* who, std::string_view name) {
    const auto hidden = [who](std::string_view model) { return who != nullptr && !who->may_use(model); };
    const model_group* const group = name.empty() ? nullptr : served.find(name);
    if (!name.empty() && (group == nullptr || hidden(name))) return false;
    json_writer w(out);
    w.object().key("data").array();
    if (group != nullptr) {
        for (const deployment* const d : group->members) append_deployment_info(w, *d, name);
    } else {
        for (const deployment& d : served.deployments())
            if (!hidden(d.model_group)) append_deployment_info(w, d, d.model_group);
    }
    w.end_array().end_object();
    return true;
}

} // namespace llmx::inline LLMX_ABI::detail
