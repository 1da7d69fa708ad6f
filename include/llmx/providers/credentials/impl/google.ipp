// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/providers/credentials/google.hpp>
#include <llmx/wire/digest.hpp>
#include <llmx/wire/json_writer.hpp>
#include <llmx/wire/jwt.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A member of the credentials that was missing is empty.
struct google_grant {
    google_grant() = default;
    base_url token_uri;
    std::string scope;
    /// Of a service account.
    std::string client_email, private_key_id;
    secret private_key;
    /// Of a user.
    std::string client_id;
    secret client_secret, refresh_token;
};

LLMX_DECL class basic_google_token_source final : public token_source {
public:
    basic_google_token_source(google_grant grant, std::string identity) : grant_(std::move(grant)), identity_(std::move(identity)) {}
    [[nodiscard]] std::string_view identity() const noexcept override { return identity_; }
    boost::asio::awaitable<result<access_token>> fetch(runtime& on, const http_limits& limits,
                                                       cancellation& stop) const override {
        result<std::string> form = request_form(on.unix_seconds());
        if (!form) co_return form.error();
        http_request out;
        out.target = grant_.token_uri.path;
        out.fields = "content-type: application/x-www-form-urlencoded\r\naccept: application/json\r\n";
        out.body.assign(*form);
        const result<token_answer> answer = co_await ask_token_server(on, grant_.token_uri, out, limits, stop);
        result<access_token> token = answer ? read_answer(*answer, *form) : result<access_token>(answer.error());
        // A user's secrets are in it.
        wipe(*form);
        co_return token;
    }

private:
    [[nodiscard]] result<std::string> request_form(std::int64_t now) const {
        std::string form;
        if (grant_.private_key.empty()) {
            append_form_field(form, "grant_type", "refresh_token");
            append_form_field(form, "client_id", grant_.client_id);
            append_form_field(form, "client_secret", grant_.client_secret.reveal());
            append_form_field(form, "refresh_token", grant_.refresh_token.reveal());
            return form;
        }
        std::string audience(grant_.token_uri.where.tls ? "https://" : "http://");
        audience += grant_.token_uri.where.authority + grant_.token_uri.path;
        std::string claims;
        json_writer w(claims);
        w.object();
        w.key("iss").value(grant_.client_email);
        w.key("scope").value(grant_.scope);
        w.key("aud").value(audience);
        w.key("iat").value(now);
        // An hour is the most that Google allows.
        w.key("exp").value(now + 3600);
        w.end_object();
        const result<std::string> assertion = sign_jwt(claims, grant_.private_key, grant_.private_key_id);
        if (!assertion) return assertion.error();
        append_form_field(form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
        append_form_field(form, "assertion", *assertion);
        return form;
    }

    [[nodiscard]] result<access_token> read_answer(const token_answer& answer, std::string_view form) const {
        if (answer.good()) return read_bearer_token(grant_.token_uri, answer);
        token_json members;
        const bool readable = members.parse(answer.body);
        const std::string_view assertion = form.substr(form.rfind('=') + 1);
        return token_refused(grant_.token_uri, answer.status, readable ? members.text("error") : std::string(),
                             readable ? members.text("error_description") : std::string(),
                             grant_.private_key.empty()
                                 ? "log in again with gcloud auth application-default login"
                                 : "check that the service account's key is still active and that this machine's clock is right",
                             {assertion, grant_.client_secret.reveal(), grant_.refresh_token.reveal()});
    }

    google_grant grant_;
    std::string identity_;
};
using google_token_source = LLMX_PLAIN(basic_google_token_source);

/// The service account of the machine, whose tokens the metadata server gives without credentials.
LLMX_DECL class basic_google_metadata_source final : public token_source {
public:
    explicit basic_google_metadata_source(base_url server) : server_(std::move(server)), identity_("google-metadata:" + server_.where.authority) {}
    [[nodiscard]] std::string_view identity() const noexcept override { return identity_; }
    boost::asio::awaitable<result<access_token>> fetch(runtime& on, const http_limits& limits,
                                                       cancellation& stop) const override {
        http_request out;
        out.method = "GET";
        out.target = "/computeMetadata/v1/instance/service-accounts/default/token";
        out.fields = "metadata-flavor: Google\r\n";
        const result<token_answer> answer = co_await ask_token_server(on, server_, out, limits, stop);
        if (!answer) co_return answer.error();
        if (answer->good()) co_return read_bearer_token(server_, *answer);
        co_return token_refused(server_, answer->status, std::string(), std::string(),
                                "check that a service account is attached to this machine", std::vector<std::string_view>());
    }

private:
    base_url server_;
    std::string identity_;
};
using google_metadata_source = LLMX_PLAIN(basic_google_metadata_source);

LLMX_DECL [[nodiscard]] error google_unusable(std::string_view why) {
    return error(errc::bad_configuration, "Google credentials: " + std::string(why));
}

} // namespace detail

LLMX_DECL result<google_credentials> read_google_credentials(std::string_view json, std::string_view scope) {
    detail::token_json members;
    if (!members.parse(json)) return detail::google_unusable("not a JSON object");
    const std::string type = members.text("type");
    detail::google_grant grant;
    std::string token_uri = members.text("token_uri");
    if (token_uri.empty()) token_uri = "https://oauth2.googleapis.com/token";
    result<base_url> uri = detail::parse_token_server(token_uri, "Google credentials: token_uri");
    if (!uri) return uri.error();
    grant.token_uri = std::move(*uri);
    grant.scope = scope;
    if (type == "service_account") {
        grant.client_email = members.text("client_email");
        grant.private_key_id = members.text("private_key_id");
        grant.private_key = secret(members.text("private_key"));
        if (grant.client_email.empty() || grant.private_key.empty())
            return detail::google_unusable("client_email or private_key is missing; download the service account's key again");
        if (const result<void> good = check_jwt_key(grant.private_key); !good)
            return detail::google_unusable("private_key: " + good.error().message());
    } else if (type == "authorized_user") {
        grant.client_id = members.text("client_id");
        grant.client_secret = secret(members.text("client_secret"));
        grant.refresh_token = secret(members.text("refresh_token"));
        if (grant.client_id.empty() || grant.client_secret.empty() || grant.refresh_token.empty())
            return detail::google_unusable("client_id, client_secret or refresh_token is missing; log in again with gcloud auth application-default login");
    } else {
        return detail::google_unusable("type is neither \"service_account\" nor \"authorized_user\"; other kinds are not supported");
    }
    result<std::string> identity = detail::credential_identity(
        "google", {type, grant.scope, grant.token_uri.where.authority, grant.token_uri.path, grant.client_email, grant.private_key.reveal(),
                   grant.client_id, grant.client_secret.reveal(), grant.refresh_token.reveal()});
    if (!identity) return identity.error();

    google_credentials made;
    made.project_id = members.text("project_id");
    made.quota_project_id = members.text("quota_project_id");
    if (made.project_id.empty()) made.project_id = made.quota_project_id;
    made.tokens = std::make_shared<const detail::google_token_source>(std::move(grant), std::move(*identity));
    return made;
}

LLMX_DECL result<google_credentials> google_metadata_credentials(const variable_lookup& variables) {
    std::string host = detail::variable_or_empty(variables, "GCE_METADATA_HOST");
    if (host.empty()) host = "metadata.google.internal";
    result<base_url> server = parse_base_url("http://" + host);
    if (!server) return detail::google_unusable("GCE_METADATA_HOST is not host or host:port");
    google_credentials made;
    made.tokens = std::make_shared<const detail::google_metadata_source>(std::move(*server));
    return made;
}

LLMX_DECL result<google_credentials> find_google_credentials(std::string_view given, const variable_lookup& variables) {
    const std::size_t first = given.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && given[first] == '{') return read_google_credentials(given);
    if (given == "metadata") return google_metadata_credentials(variables);
    std::string path(given);
    // A value that does not look like a path may be a key in some other form: it is not quoted.
    const bool like_a_path = path.size() <= 256 && path.find('\n') == std::string::npos &&
                             (path.starts_with('/') || path.starts_with('.') || path.starts_with('~') || path.ends_with(".json"));
    std::error_code absent;
    if (!path.empty() && !like_a_path && (path.size() > 256 || !std::filesystem::exists(path, absent)))
        return detail::google_unusable("vertex_credentials is neither JSON, nor the path of a file that is there, nor \"metadata\"");
    if (path.empty()) path = detail::variable_or_empty(variables, "GOOGLE_APPLICATION_CREDENTIALS");
    if (path.empty()) {
        const std::string home = detail::variable_or_empty(variables, "HOME");
        const std::string usual = home + "/.config/gcloud/application_default_credentials.json";
        std::error_code failed;
        if (home.empty() || !std::filesystem::exists(usual, failed)) {
            if (!detail::variable_or_empty(variables, "GCE_METADATA_HOST").empty()) return google_metadata_credentials(variables);
            return detail::google_unusable("none found; give vertex_credentials, \"metadata\" on a machine of Google's, or set "
                                           "GOOGLE_APPLICATION_CREDENTIALS to the path of a service account's key");
        }
        path = usual;
    }
    const result<std::string> text = detail::read_credentials_file(path, "the file of Google credentials");
    if (!text) return text.error();
    result<google_credentials> made = read_google_credentials(*text);
    if (made) return made;
    error e = made.error();
    return e.with_message(path + ": " + e.message());
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
