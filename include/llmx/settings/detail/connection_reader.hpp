// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/callers_access.hpp>
#include <llmx/settings/detail/node.hpp>
#include <llmx/transport/connection_rules.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// Reads how connections to providers are made: in general, and for one deployment.
///
/// Deployments with the same settings have the same object, so that they share connections.
class connection_reader {
public:
    /// The settings of all deployments that state none: `litellm_settings.ssl_verify` and `.ssl_certificate` (SSL_VERIFY and
    /// SSL_CERTIFICATE of the environment), `general_settings.ssl_pins`.
    LLMX_DECL void read_defaults(settings_node& litellm, settings_node& general);
    /// Those of the deployment with \p params over them; null: the transport's own.
    LLMX_DECL [[nodiscard]] std::shared_ptr<const connection_rules> read(settings_node& params);
    /// Those of a deployment that states none.
    [[nodiscard]] const std::shared_ptr<const connection_rules>& defaults() const noexcept { return defaults_; }
    /// `configurable_clientside_auth_params`; null when the deployment has none.
    LLMX_DECL [[nodiscard]] std::shared_ptr<const callers_access> read_callers(settings_node& list);

private:
    struct wishes {
        wishes() = default;
        std::optional<bool> verify;
        /// Files of authorities, the client's certificate, its key; a proxy's URL, which may hold a password.
        std::string authorities, certificate, key, proxy;
        /// (host, pin)
        std::vector<std::pair<std::string, std::string>> pins;
        friend bool operator==(const wishes&, const wishes&) = default;
    };
    LLMX_DECL void read_verify(settings_node& node, wishes& into);
    LLMX_DECL void read_pins(settings_node& list, std::string_view host, wishes& into);
    /// The object for \p w; null when it states nothing. What is wrong is reported at \p at.
    LLMX_DECL [[nodiscard]] std::shared_ptr<const connection_rules> make(const wishes& w, settings_node& at);
    LLMX_DECL void read_base(settings_node& node, callers_access& into);

    wishes general_;
    std::shared_ptr<const connection_rules> defaults_;
    std::vector<std::pair<wishes, std::shared_ptr<const connection_rules>>> made_;
};

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/settings/impl/connection_reader.ipp>
#endif
