// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/cancellation.hpp>
#include <llmx/core/variable_lookup.hpp>
#include <llmx/providers/credentials/token_source.hpp>
#include <llmx/providers/vendor.hpp>

#include <concepts>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Credentials that a deployment may have in place of a key: settings with a member `tokens`, the source of its access tokens.
///
/// `find` fills `tokens` out of its members, the environment and files, once, while the deployment is configured. It fails with
/// `errc::bad_configuration`, which names what is missing and holds no secret.
template <class C>
concept token_credentials =
    std::default_initializable<C> && std::copy_constructible<C> && requires(C& c, const deployment& d, const variable_lookup& variables) {
        { c.tokens } -> std::same_as<token_source_ptr&>;
        { c.find(d, variables) } -> std::same_as<result<void>>;
    };

namespace detail {
[[nodiscard]] constexpr provider_facts without_key(provider_facts facts) noexcept {
    facts.needs_key = false;
    facts.takes_callers_key = true;
    return facts;
}
/// Finds the credentials \p C of \p d unless it has a key, or they were found before.
template <token_credentials C> [[nodiscard]] result<void> complete_credentials(deployment& d, const variable_lookup& variables, C own) {
    if (!d.key.empty() || own.tokens != nullptr) return success();
    if (const result<void> found = own.find(d, variables); !found) return found;
    d.settings = any_settings::of(std::move(own));
    return success();
}
} // namespace detail

/// A provider made of one row whose vendor takes a key or short-lived tokens of the credentials \p Credentials.
///
/// A deployment with a key sends it as the row describes; one without a key sends the token of its credentials as `authorization:
/// Bearer`, which `token_cache` shares and refreshes.
template <const vendor_row& Row, token_credentials Credentials> struct authorized_vendor : vendor<Row> {
    using settings = Credentials;
    static constexpr provider_facts facts = detail::without_key(vendor<Row>::facts);

    [[nodiscard]] static result<void> complete(deployment& d, const variable_lookup& variables) {
        detail::complete_row(Row, d);
        return detail::complete_credentials(d, variables, d.settings.get<settings>());
    }
    [[nodiscard]] boost::asio::awaitable<result<void>> authorize(runtime& on, const deployment& d, http_request& out,
                                                                 const http_limits& limits, cancellation& stop) const {
        return authorize_unless_keyed(on, d.settings.get<settings>().tokens, d, out, limits, stop);
    }
};

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
