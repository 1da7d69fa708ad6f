// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/credentials/oauth.hpp>
#include <llmx/wire/base64.hpp>
#include <llmx/wire/digest.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/url.hpp>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL class basic_oauth_token_source final : public token_source {
public:
    basic_oauth_token_source(oauth_client client, std::string identity) : client_(std::move(client)), identity_(std::move(identity)) {}
    [[nodiscard]] std::string_view identity() const noexcept override { return identity_; }
    boost::asio::awaitable<result<access_token>> fetch(runtime& on, const http_limits& limits,
                                                       cancellation& stop) const override {
        std::string assertion;
        if (!client_.assertion_file.empty()) {
            result<std::string> text = co_await read_token_file(on, client_.assertion_file, stop);
            if (!text) co_return text.error();
            assertion = std::move(*text);
        }
        std::string form = request_form(assertion);
        http_request out;
        out.target = client_.token_server.path;
        out.fields = "content-type: application/x-www-form-urlencoded\r\naccept: application/json\r\n";
        if (client_.basic) append_basic(out.fields);
        out.body.assign(form);
        const result<token_answer> answer = co_await ask_token_server(on, client_.token_server, out, limits, stop);
        result<access_token> token = answer ? read_answer(*answer, assertion) : result<access_token>(answer.error());
        wipe(form);
        wipe(out.fields);
        wipe(assertion);
        co_return token;
    }

private:
    [[nodiscard]] std::string request_form(std::string_view assertion) const {
        std::string form;
        append_form_field(form, "grant_type", client_.grant_type);
        if (!client_.grant_field.empty()) {
            append_form_field(form, client_.grant_field, client_.client_secret.reveal());
        } else if (!client_.basic) {
            append_form_field(form, "client_id", client_.client_id);
            if (assertion.empty()) {
                append_form_field(form, "client_secret", client_.client_secret.reveal());
            } else {
                append_form_field(form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
                append_form_field(form, "client_assertion", assertion);
            }
        }
        if (!client_.scope.empty()) append_form_field(form, "scope", client_.scope);
        return form;
    }
    /// RFC 6749 section 2.3.1: both are encoded as in a form before they are joined.
    void append_basic(std::string& fields) const {
        std::string pair;
        append_percent_encoded(pair, client_.client_id);
        pair += ':';
        append_percent_encoded(pair, client_.client_secret.reveal());
        fields += "authorization: Basic ";
        append_base64(fields, pair);
        fields += "\r\n";
        wipe(pair);
    }
    [[nodiscard]] result<access_token> read_answer(const token_answer& answer, std::string_view assertion) const {
        if (answer.good()) return read_bearer_token(client_.token_server, answer);
        token_json members;
        const bool readable = members.parse(answer.body);
        std::string code = readable ? members.text("error") : std::string();
        std::string words = readable ? members.text("error_description") : std::string();
        // IBM Cloud's own form (cloud.ibm.com/apidocs/iam-identity-token-api).
        if (readable && code.empty()) code = members.text("errorCode");
        if (readable && words.empty()) words = members.text("errorMessage");
        std::vector<std::string_view> secrets = {client_.client_secret.reveal()};
        if (!assertion.empty()) secrets.push_back(assertion);
        return token_refused(client_.token_server, answer.status, std::move(code), std::move(words), client_.advice, secrets);
    }

    oauth_client client_;
    std::string identity_;
};
using oauth_token_source = LLMX_PLAIN(basic_oauth_token_source);

LLMX_DECL class basic_fixed_token_source final : public token_source {
public:
    basic_fixed_token_source(secret token, std::string identity) : token_(std::move(token)), identity_(std::move(identity)) {}
    [[nodiscard]] std::string_view identity() const noexcept override { return identity_; }
    boost::asio::awaitable<result<access_token>> fetch(runtime&, const http_limits&, cancellation&) const override {
        access_token token;
        token.text = token_;
        token.lifetime = std::chrono::hours(24 * 365);
        co_return token;
    }

private:
    secret token_;
    std::string identity_;
};
using fixed_token_source = LLMX_PLAIN(basic_fixed_token_source);

} // namespace detail

LLMX_DECL result<token_source_ptr> make_oauth_source(oauth_client client) {
    result<std::string> identity = detail::credential_identity(
        "oauth", {client.token_server.where.authority, client.token_server.path, client.grant_type, client.client_id,
                  client.client_secret.reveal(), client.scope, client.assertion_file, client.grant_field, client.basic ? "basic" : ""});
    if (!identity) return identity.error();
    return token_source_ptr(std::make_shared<const detail::oauth_token_source>(std::move(client), std::move(*identity)));
}

LLMX_DECL result<token_source_ptr> make_fixed_token(const secret& token, std::string_view what) {
    if (!safe_field_value(token.reveal())) return error(errc::bad_configuration, std::string(what).append(" holds a line break"));
    result<std::string> identity = detail::credential_identity("token", {token.reveal()});
    if (!identity) return identity.error();
    return token_source_ptr(std::make_shared<const detail::fixed_token_source>(token, std::move(*identity)));
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
