// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/model_reader.hpp>

#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

// `search_tools`, in the form of LiteLLM (docs.litellm.ai/docs/search): each is a deployment whose model is "search".

LLMX_DECL void model_reader::read_search_tools(settings_node& list) {
    if (!list.given()) return;
    if (!list.is_list()) return list.unexpected("a list of search tools");
    for (const setting& one : list.value()->items()) read_search_tool(one);
}

LLMX_DECL void model_reader::read_search_tool(const setting& one) {
    static constexpr std::string_view without_effect[] = {"search_tool_id", "search_tool_info"};
    settings_node fields(&one, scope_);
    if (!fields.is_map()) return scope_.notes.fail(one.unexpected("a map with search_tool_name and litellm_params"));
    fields.foreign(without_effect);
    entry e;
    e.at = &one;
    if (!scope_.strict) scope_.lacking = &e.lacks;
    read_name(fields.at("search_tool_name"), e.made);
    settings_node& params = fields.at("litellm_params");
    std::vector<any_settings> own;
    if (!params.given()) params.fail("missing; it names the provider to search with");
    else if (!params.is_map()) params.unexpected("a map");
    else own = read_search_params(params, e);
    scope_.lacking = nullptr;
    fields.finish();
    if (!e.lacks.empty()) return leave_out(e);
    add(std::move(e), std::move(own));
}

LLMX_DECL std::vector<any_settings> model_reader::read_search_params(settings_node& p, entry& e) {
    const std::size_t errors = scope_.notes.count();
    deployment& d = e.made;
    std::vector<any_settings> own;
    p.foreign(foreign_);
    settings_node& vendor = p.at("search_provider");
    settings_node& base = p.first_of({"api_base", "base_url"});
    settings_node& key = p.at("api_key");
    std::string name;
    if (!vendor.given()) vendor.fail("missing; expected a provider of searches, such as tavily");
    if (!vendor.text(name)) return own;
    e.provider = find_provider(name);
    if (e.provider == nullptr) {
        miss_provider(vendor, "one of the providers ", name);
        return own;
    }
    d.provider = e.provider->name;
    d.model = "search";
    e.weighted = p.at("weight").number(d.weight);
    p.at("rpm").count(d.requests_per_minute);
    p.at("max_parallel_requests").count(d.max_parallel);
    p.at("timeout").seconds(d.timeout);
    p.at("max_retries").count(d.retries);
    p.at("num_retries").count(d.retries);
    find_base(base, e);
    find_key(key, e);
    if (e.provider->read_settings != nullptr) own = e.provider->read_settings(p);
    if (scope_.notes.count() == errors && e.lacks.empty()) check_provider(p, e, own);
    return own;
}

} // namespace llmx::inline LLMX_ABI::detail
