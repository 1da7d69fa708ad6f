// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/callers_access.hpp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

// What a caller brings in place of a deployment's key and address (`callers_access`). Only requests that have such members come here.

namespace llmx::inline LLMX_ABI::detail {

/// Whether \p entry, one of `callers_access::bases`, stands for \p base.
LLMX_DECL [[nodiscard]] bool stands_for_base(const base_url& entry, const base_url& base) noexcept {
    const origin &a = entry.where, &b = base.where;
    if (a.tls != b.tls || a.port != b.port) return false;
    const std::string_view host = a.host;
    // At least one character for the "*".
    if (host.starts_with("*.") ? b.host.size() < host.size() || !iequals(std::string_view(b.host).substr(b.host.size() - host.size() + 1), host.substr(1))
                               : !iequals(host, b.host))
        return false;
    return base.path == entry.path || (base.path.starts_with(entry.path) && base.path[entry.path.size()] == '/');
}

LLMX_DECL [[nodiscard]] error refuse_brought(std::string_view member, std::string_view why) {
    std::string text = "'";
    text.append(member).append("' ").append(why);
    error e(errc::invalid_request, std::move(text));
    return e.with_param(std::string(member));
}

/// Notes whether the member \p name of the call's body is \p obeyed by the deployment of this attempt.
LLMX_DECL void note_brought(call& c, std::string_view name, bool obeyed) {
    std::vector<std::string>& all = c.in.not_obeyed;
    const auto at = std::find(all.begin(), all.end(), name);
    if (obeyed && at != all.end()) all.erase(at);
    else if (!obeyed && at == all.end()) all.emplace_back(name);
}

/// The base URL that the caller brings, when the deployment takes it.
LLMX_DECL [[nodiscard]] result<base_url> brought_base(const brought_access& brought, const callers_access* may) {
    const std::string_view member = brought.base_member;
    if (may == nullptr || !may->base)
        return refuse_brought(member, "is not taken from callers for this model; leave it out, or have the operator allow it with "
                                      "configurable_clientside_auth_params");
    if (brought.key.empty()) return refuse_brought(member, "needs 'api_key' beside it: the key of the gateway goes to no other server");
    result<base_url> base = parse_base_url(brought.base);
    if (!base) return refuse_brought(member, "is no base URL: expected http(s)://host[:port][/path]");
    if (base->path.find("/.") != std::string::npos || base->path.find('%') != std::string::npos)
        return refuse_brought(member, "has a path that cannot be checked; leave out dots and percent signs");
    const auto stands = [&base](const base_url& entry) { return stands_for_base(entry, *base); };
    if (!may->bases.empty() && std::none_of(may->bases.begin(), may->bases.end(), stands))
        return refuse_brought(member, "is not among the servers that callers may choose for this model");
    return base;
}

/// Replaces the deployment of the attempt, as far as it allows that, by one with what the caller brings.
LLMX_DECL [[nodiscard]] result<void> settle_brought(const provider_ops& ops, call& c) {
    const brought_access& brought = *c.in.brought;
    const deployment& d = *c.now.target;
    const callers_access* const may = d.callers.get();
    if (!brought.mock.empty()) note_brought(c, "mock_response", false);
    const bool key = !brought.key.empty() && may != nullptr && may->key, version = !brought.version.empty() && may != nullptr && may->version;
    if (!brought.key.empty()) note_brought(c, "api_key", key);
    if (!brought.version.empty()) note_brought(c, "api_version", version);
    if (brought.base.empty() && !key && !version) return success();
    // An account is more than a key.
    if ((key || !brought.base.empty()) && ops.authorize != nullptr && !ops.facts.takes_callers_key)
        return refuse_brought(key ? std::string_view("api_key") : std::string_view(brought.base_member),
                              "cannot replace the account of provider '" + std::string(ops.name) + "'; leave it out");
    auto place = std::make_shared<deployment>(d);
    if (!brought.base.empty()) {
        result<base_url> base = brought_base(brought, may);
        if (!base) return base.error();
        if (!key) return refuse_brought(brought.base_member, "needs a key of the caller's own, which this model does not take");
        place->api_base = std::move(*base);
        place->connection = may->connection;
        // Nothing of the operator's goes to a server that a caller has chosen.
        place->added_fields.clear();
        place->added_members.clear();
        if (ops.authorize != nullptr) place->settings = any_settings();
    }
    if (key) place->key = brought.key;
    if (version) place->api_version = brought.version;
    c.now.own_place = std::move(place);
    return success();
}

/// The deployment that answers a call which brings its answer; null: the call's own.
LLMX_DECL std::shared_ptr<const deployment> mock_place(const call& c, std::size_t provider_index) {
    const callers_access& may = *c.now.target->callers;
    auto place = std::make_shared<deployment>(*c.now.target);
    place->provider = may.mock_provider;
    place->provider_index = provider_index;
    place->settings = may.mock_settings(c.in.brought->mock);
    place->key = secret();
    place->added_fields.clear();
    place->added_members.clear();
    place->traits.reset();
    return place;
}

LLMX_DECL bool brings_answer(const call& c) noexcept {
    const callers_access* const may = c.now.target->callers.get();
    return !c.in.brought->mock.empty() && may != nullptr && may->mock_settings != nullptr && c.in.operation == &chat::info;
}

} // namespace llmx::inline LLMX_ABI::detail
