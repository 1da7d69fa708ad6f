// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/providers/detail/deployment_rules.hpp>

#include <llmx/wire/http_message.hpp>
#include <llmx/wire/model_name.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL result<void> deployment_rules::apply(deployment& d, const variable_lookup& variables) const {
    const auto refused = [](std::string why) { return error(errc::bad_configuration, std::move(why)); };
    // The replacement of a "*" is checked with each call.
    std::string fixed = d.model;
    std::replace(fixed.begin(), fixed.end(), '*', 'x');
    if (const auto good = check_model_name(fixed); good.has_error()) return refused(good.error().message());
    if (complete != nullptr)
        if (const result<void> filled = complete(d, variables); filled.has_error()) return filled.error();
    if (d.api_base.where.host.empty()) {
        if (facts.default_base.empty())
            return refused("provider '" + d.provider + "' has no base URL of its own, give api_base");
        if (facts.default_base.find('{') != std::string_view::npos)
            return refused("each account of provider '" + d.provider + "' has a base URL of its own, give api_base: " +
                           std::string(facts.default_base));
        auto base = parse_base_url(facts.default_base);
        if (base.has_error()) return base.error();
        d.api_base = std::move(*base);
    }
    if (!safe_field_value(d.key.reveal())) return refused("the key holds a line break");
    if (check == nullptr) return success();
    const result<void> checked = check(d);
    return checked.has_error() ? result<void>(refused(checked.error().message())) : success();
}

} // namespace llmx::inline LLMX_ABI::detail
