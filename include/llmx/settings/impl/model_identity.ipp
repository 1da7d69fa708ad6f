// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/detail/fnv1a.hpp>
#include <llmx/settings/detail/model_reader.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace llmx::inline LLMX_ABI::detail {

/// A name that stays the same as long as the deployment is the same place: 16 hex digits
/// of FNV-1a over its identity. The key is not part of it, so keys can be rotated.
LLMX_DECL [[nodiscard]] std::string deployment_fingerprint(const deployment& d, std::size_t ordinal, std::string_view own) {
    std::uint64_t hash = fnv1a(std::string_view());
    // No text holds the byte between them.
    const auto mix = [&hash](std::string_view text) { hash = fnv1a("\xff", fnv1a(text, hash)); };
    mix(d.model_group);
    mix(d.provider);
    mix(d.model);
    mix(d.api_base.where.tls ? "https" : "http");
    mix(d.api_base.where.authority);
    mix(d.api_base.path);
    mix(own);
    mix(d.region);
    mix(std::to_string(ordinal));
    constexpr char digits[] = "0123456789abcdef";
    std::string id;
    for (int shift = 60; shift >= 0; shift -= 4) id += digits[(hash >> shift) & 15u];
    return id;
}

/// LiteLLM's simple shuffle: explicit weights, else requests, else tokens per minute are the shares, whichever
/// members of a group have them. LiteLLM looks at the first member alone.
LLMX_DECL void model_reader::share_traffic() {
    std::map<std::string_view, std::vector<entry*>> groups;
    for (entry& e : entries_) groups[e.made.model_group].push_back(&e);
    for (auto& [name, members] : groups) {
        bool any_weight = false, any_requests = false, any_tokens = false;
        for (const entry* e : members) {
            any_weight |= e->weighted;
            any_requests |= e->made.requests_per_minute != 0;
            any_tokens |= e->made.tokens_per_minute != 0;
        }
        if (any_weight || (!any_requests && !any_tokens)) continue;
        const auto metric = any_requests ? &deployment::requests_per_minute : &deployment::tokens_per_minute;
        for (entry* e : members) {
            e->made.weight = static_cast<double>(e->made.*metric);
            if (e->made.*metric == 0 && e->at != nullptr)
                scope_.notes.warn(*e->at, "has no " + std::string(any_requests ? "rpm" : "tpm") + " while other deployments of " +
                                              settings_quote(name) +
                                              " have one: it takes calls only when the others cannot; give it one, or each a weight");
        }
    }
}

LLMX_DECL void model_reader::name_entries() {
    std::set<std::string> taken;
    for (const entry& e : entries_) {
        if (!e.named || taken.insert(e.made.id).second) continue;
        const setting* const info = e.at->find("model_info");
        scope_.notes.fail(info->find("id")->wrong("another deployment has this id"));
    }
    std::map<std::string, std::size_t> next;
    for (entry& e : entries_) {
        if (e.named) continue;
        const bool has_own = e.provider != nullptr && e.provider->describe_settings != nullptr;
        const std::string own = has_own ? e.provider->describe_settings(e.made.settings) : std::string();
        // Equal places (two keys of one vendor, for example) are distinguished by their order.
        std::size_t& ordinal = next[deployment_fingerprint(e.made, 0, own)];
        do e.made.id = deployment_fingerprint(e.made, ordinal++, own);
        while (!taken.insert(e.made.id).second);
    }
}

LLMX_DECL void model_reader::take(gateway_settings& into) {
    share_traffic();
    name_entries();
    into.deployments.reserve(entries_.size());
    for (entry& e : entries_) {
        if (e.made.connection == nullptr) e.made.connection = connections_.defaults();
        into.deployments.push_back(std::move(e.made));
    }
    if (const known_provider* const mock = find_provider("mock"); mock != nullptr) into.answer_settings = mock->answer_settings;
    // Another deployment may serve the model.
    for (unserved_model& m : unserved_) {
        const auto serves = [&m](const deployment& d) { return d.model_group == m.name; };
        const auto is = [&m](const unserved_model& known) { return known.name == m.name; };
        if (std::any_of(into.deployments.begin(), into.deployments.end(), serves)) continue;
        if (std::none_of(into.unserved.begin(), into.unserved.end(), is)) into.unserved.push_back(std::move(m));
    }
}

} // namespace llmx::inline LLMX_ABI::detail
