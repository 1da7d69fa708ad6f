// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/credentials.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL bool hide_added_fields(const deployment& d, std::string& text) {
    bool found = false;
    for (const header_fields::field& f : d.added_fields) {
        std::string name = f.name;
        // Of what names are made of, only letters differ in this bit.
        for (char& c : name) c = static_cast<char>(c | 0x20);
        bool secret = is_credential_field(name);
        for (const std::string_view word : {"key", "token", "auth", "secret", "password"}) secret = secret || name.find(word) != std::string::npos;
        if (!secret) continue;
        // "Bearer sk-...": a message may have the second word alone.
        const std::string_view value = f.value;
        found = hide_secret(text, value) || found;
        found = hide_secret(text, value.substr(value.rfind(' ') + 1)) || found;
    }
    return found;
}

} // namespace detail

LLMX_DECL bool hide_credentials(const deployment& d, error& e) {
    bool found = false;
    // Setters copy shared data: only changed members are set.
    const auto hide = [&](std::string text, error& (error::*set)(std::string)) {
        if (!hide_credentials(d, text)) return;
        found = true;
        (e.*set)(std::move(text));
    };
    hide(e.message(), &error::with_message);
    hide(e.provider_message(), &error::with_provider_message);
    hide(e.provider_code(), &error::with_provider_code);
    hide(e.param(), &error::with_param);
    hide(e.request_id(), &error::with_request_id);
    return found;
}

LLMX_DECL error reported_by(const deployment* d, error e) {
    if (d == nullptr) return e;
    e.with_provider(d->provider);
    hide_credentials(*d, e);
    return e;
}

} // namespace llmx::inline LLMX_ABI
