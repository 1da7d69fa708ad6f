// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/credentials/detail/token_exchange.hpp>
#include <llmx/providers/snowflake.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/jwt.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL class basic_snowflake_token_source final : public token_source {
public:
    /// \p subject is "ACCOUNT.USER", \p issuer the same with the key's fingerprint.
    basic_snowflake_token_source(secret key, std::string subject, std::string issuer, std::string identity)
        : key_(std::move(key)), subject_(std::move(subject)), issuer_(std::move(issuer)), identity_(std::move(identity)) {}
    [[nodiscard]] std::string_view identity() const noexcept override { return identity_; }
    boost::asio::awaitable<result<access_token>> fetch(runtime& on, const http_limits&, cancellation&) const override {
        const std::int64_t now = on.unix_seconds();
        std::string claims;
        json_writer w(claims);
        w.object().member("iss", issuer_).member("sub", subject_).member("iat", now).member("exp", now + lifetime).end_object();
        result<std::string> signed_token = sign_jwt(claims, key_);
        if (!signed_token) co_return signed_token.error();
        access_token token;
        token.text = secret(std::move(*signed_token));
        token.lifetime = std::chrono::seconds(lifetime);
        co_return token;
    }

private:
    /// The most that Snowflake takes.
    static constexpr std::int64_t lifetime = 3600;
    secret key_;
    std::string subject_, issuer_, identity_;
};
using snowflake_token_source = LLMX_PLAIN(basic_snowflake_token_source);

/// "ACCOUNT.USER", as a token names them: the account without host and region, in capitals.
LLMX_DECL [[nodiscard]] std::string snowflake_subject(std::string_view text, std::string_view user) {
    if (const std::size_t host = text.find(".snowflakecomputing."); host != std::string_view::npos) text = text.substr(0, host);
    // The external id of a global account is behind a hyphen.
    const bool global = text.find(".global") != std::string_view::npos;
    text = text.substr(0, text.find(global ? '-' : '.'));
    std::string subject(text);
    subject.append(".").append(user);
    for (char& c : subject)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return subject;
}

} // namespace detail

LLMX_DECL result<void> snowflake_credentials::find(const deployment& d, const variable_lookup& variables) {
    const auto search = [&variables](auto& member, std::initializer_list<std::string_view> names) {
        using type = std::remove_cvref_t<decltype(member)>;
        for (const std::string_view name : names)
            if (member.empty()) member = type(detail::variable_or_empty(variables, name));
    };
    search(account, {"SNOWFLAKE_ACCOUNT_ID", "SNOWFLAKE_ACCOUNT"});
    search(user, {"SNOWFLAKE_USER"});
    if (private_key_file.empty()) search(private_key, {"SNOWFLAKE_PRIVATE_KEY"});
    if (private_key.empty()) search(private_key_file, {"SNOWFLAKE_PRIVATE_KEY_FILE", "SNOWFLAKE_PRIVATE_KEY_PATH"});
    if (user.empty() || (private_key.empty() && private_key_file.empty()))
        return error(errc::bad_configuration, "provider 'snowflake' needs a token or a user's key pair; give api_key (SNOWFLAKE_PAT, SNOWFLAKE_JWT), or "
                                              "snowflake_user (SNOWFLAKE_USER) and snowflake_private_key_file (SNOWFLAKE_PRIVATE_KEY_FILE)");
    if (private_key.empty()) {
        result<std::string> text = detail::read_credentials_file(private_key_file, "snowflake_private_key_file");
        if (!text) return text.error();
        private_key = secret(std::move(*text));
    }
    // As variables of one line have it.
    if (std::string text(private_key.reveal()); text.find('\n') == std::string::npos) {
        for (std::size_t at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at + 1)) text.replace(at, 2, "\n");
        private_key = secret(std::move(text));
    }
    if (account.empty() && d.api_base.where.host.find(".snowflakecomputing.") != std::string::npos) account = d.api_base.where.host;
    if (account.empty())
        return error(errc::bad_configuration, "the tokens of a Snowflake key pair name the account: give snowflake_account or set SNOWFLAKE_ACCOUNT_ID");
    const result<std::string> fingerprint = public_key_fingerprint(private_key);
    if (!fingerprint) return error(errc::bad_configuration, "snowflake_private_key: " + fingerprint.error().message());
    std::string subject = detail::snowflake_subject(account, user);
    std::string issuer = subject;
    issuer.append(".SHA256:").append(*fingerprint);
    result<std::string> identity = detail::credential_identity("snowflake", {issuer});
    if (!identity) return identity.error();
    tokens = std::make_shared<const detail::snowflake_token_source>(private_key, std::move(subject), std::move(issuer), std::move(*identity));
    return success();
}

LLMX_DECL boost::asio::awaitable<result<void>> snowflake::authorize(runtime& on, const deployment& d, http_request& out,
                                                                    const http_limits& limits, cancellation& stop) const {
    token_source_ptr from = d.settings.get<settings>().tokens;
    const bool pair = d.key.empty() && from != nullptr;
    result<void> added = co_await authorize_unless_keyed(on, std::move(from), d, out, limits, stop);
    if (added && pair) out.add_field(token_type_field, "KEYPAIR_JWT");
    co_return added;
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
