// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/credentials.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI {

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
