// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/settings/detail/section.hpp>
#include <llmx/settings/gateway_settings.hpp>

#include <string_view>
#include <vector>

namespace llmx::inline v0::detail {

/// Reads what concerns all models: `litellm_settings`, `router_settings` and
/// `general_settings`. What stands in both of the first two counts from the second.
class policy_reader {
public:
    policy_reader(gateway_settings& into, settings_notes& notes) : into_(into), notes_(notes) {}

    LLMX_DECL void read_litellm(const setting* map);
    LLMX_DECL void read_router(const setting* map);
    LLMX_DECL void read_general(const setting* map);
    /// Applies what was said of all deployments to \p deployments, and checks names of groups
    /// against them. Call once, last.
    LLMX_DECL void finish(std::vector<deployment>& deployments);

private:
    LLMX_DECL void read_fallbacks(section& from);
    LLMX_DECL void read_fallback_list(const setting* list, fallback::lists& into);
    LLMX_DECL void read_fallback_entry(const setting& entry, fallback::lists& into);
    [[nodiscard]] LLMX_DECL std::vector<std::string> fallback_targets(const setting& list);
    LLMX_DECL void read_retry_policy(const setting* map);
    LLMX_DECL void read_aliases(const setting* map);
    LLMX_DECL void read_server(section& general);
    LLMX_DECL void read_keys(const setting* list);
    LLMX_DECL void read_key(const setting& one);
    LLMX_DECL void check_name(const setting& at, std::string_view name, const std::vector<deployment>& deployments,
                              bool must_exist);

    gateway_settings& into_;
    settings_notes& notes_;
    bool drop_params_ = false, no_cooldowns_ = false;
    /// Names to check when all deployments are known.
    struct reference {
        const setting* at;
        std::string name;
        enum class role : std::uint8_t { source, target, alias } is;
    };
    std::vector<reference> references_;
};

} // namespace llmx::inline v0::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/fallback_reader.ipp>
#include <llmx/settings/impl/key_reader.ipp>
#include <llmx/settings/impl/policy_reader.ipp>
#endif
