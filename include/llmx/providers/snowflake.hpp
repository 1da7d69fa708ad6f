// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/settings_keys.hpp>
#include <llmx/core/settings_reader.hpp>
#include <llmx/providers/authorized_vendor.hpp>
#include <llmx/providers/vendors/snowflake.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The key pair of a Snowflake user, in place of a token: each JSON Web Token is valid for an hour, the most that Snowflake takes, and is signed
/// here, without a token server.
///
/// The issuer is `ACCOUNT.USER.SHA256:{fingerprint of the public key}`, account and user in capitals; of an account locator with a region
/// ("xy12345.us-east-1") the locator counts. Source: docs.snowflake.com/en/developer-guide/snowflake-rest-api/authentication.
struct snowflake_credentials {
    snowflake_credentials() = default;
    /// The account's identifier ("myorg-myaccount" or a locator). Empty: SNOWFLAKE_ACCOUNT_ID, SNOWFLAKE_ACCOUNT, else the host of the
    /// base URL before ".snowflakecomputing.com".
    std::string account;
    /// Login name. Empty: SNOWFLAKE_USER.
    std::string user;
    /// The private key itself, PKCS #8 in PEM, without a password; `\n` may stand for its line breaks. Empty: SNOWFLAKE_PRIVATE_KEY.
    secret private_key;
    /// Path of a file with it, read once while the deployment is configured. Empty: SNOWFLAKE_PRIVATE_KEY_FILE, SNOWFLAKE_PRIVATE_KEY_PATH.
    std::string private_key_file;
    /// The result of `find`. A program may put a token source of its own here.
    token_source_ptr tokens;

    static constexpr auto keys = settings_keys(config_key("snowflake_account", &snowflake_credentials::account),
                                               config_key("snowflake_user", &snowflake_credentials::user),
                                               config_key("snowflake_private_key_file", &snowflake_credentials::private_key_file));

    /// Reads `snowflake_private_key`, a text of several lines.
    friend void read_settings(settings_reader& params, snowflake_credentials& into) {
        static_cast<void>(params.at("snowflake_private_key").hidden(into.private_key));
    }

    /// Fails with `errc::bad_configuration` without user and key, for a key that cannot be used, and when no account is known.
    LLMX_DECL [[nodiscard]] result<void> find(const deployment& d, const variable_lookup& variables);
};

/// Snowflake's Cortex for a token, which is the key, or for a user's key pair. Thread-safe.
struct snowflake : authorized_vendor<rows::snowflake, snowflake_credentials> {
    static constexpr std::string_view token_type_field = "x-snowflake-authorization-token-type";

    /// Nothing for a deployment with a key; else adds a token and `token_type_field` with "KEYPAIR_JWT".
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<void>> authorize(runtime& on, const deployment& d, http_request& out,
                                                                           const http_limits& limits, cancellation& stop) const;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/impl/snowflake.ipp>
#endif

#endif // LLMX_NO_TLS
