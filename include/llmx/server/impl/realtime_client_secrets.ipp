// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/connection.hpp>
#include <llmx/server/endpoints/realtime_client_secrets.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_writer.hpp>

#include <optional>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// `expires_after` of a request: an object with `anchor` and `seconds`.
LLMX_DECL [[nodiscard]] result<std::int64_t> read_expiry(std::string_view json) {
    constexpr std::int64_t shortest = 10, longest = 7200;
    std::int64_t seconds = 600;
    if (is_json_null(json)) return seconds;
    const error wrong = error(errc::invalid_request, "expires_after is {\"anchor\":\"created_at\",\"seconds\":N} with 10 <= N <= 7200")
                            .with_param("expires_after");
    bool good = true;
    const result<void> read = scan_json_members(json, [&](const json_member& m) {
        if (m.named("anchor")) good = good && unescape_json_string(m.value) == "created_at";
        if (!m.named("seconds")) return;
        const std::optional<std::int64_t> n = json_integer(m.value);
        good = good && n && *n >= shortest && *n <= longest;
        if (n) seconds = *n;
    });
    if (!read || !good) return wrong;
    return seconds;
}

/// The model of a transcription session stands in its settings of the input.
LLMX_DECL [[nodiscard]] std::string model_of_transcription(std::string_view json) {
    for (const std::string_view step : {"audio", "input", "transcription"}) {
        std::string_view inner;
        static_cast<void>(scan_json_members(json, [&](const json_member& m) {
            if (m.named(step) && m.value.starts_with('{')) inner = m.value;
        }));
        if (inner.empty()) return std::string();
        json = inner;
    }
    std::string model;
    static_cast<void>(scan_json_members(json, [&](const json_member& m) {
        if (m.named("model") && is_json_string(m.value)) model = unescape_json_string(m.value);
    }));
    return model;
}

LLMX_DECL result<ephemeral_grant> read_secret_request(std::string_view body, bool beta, std::int64_t now) {
    constexpr std::size_t largest = 64 * 1024;
    ephemeral_grant grant;
    std::string_view session;
    std::int64_t lasts = 600;
    result<void> good = success();
    if (beta) session = body;
    else if (body.find_first_not_of(" \t\r\n") != std::string_view::npos)
        good = scan_json_members(body, [&](const json_member& m) -> result<void> {
            if (m.named("session") && !is_json_null(m.value)) session = m.value;
            if (!m.named("expires_after")) return success();
            const result<std::int64_t> read = read_expiry(m.value);
            if (!read) return read.error();
            lasts = *read;
            return success();
        });
    if (!good) return good.error();
    if (session.size() > largest)
        return error(errc::payload_too_large, "the session of an ephemeral key has 64 KiB at most").with_param("session");
    std::string kept = "{", type;
    if (!session.empty())
        good = scan_json_members(session, [&](const json_member& m) -> result<void> {
            if (m.named("model")) {
                if (!is_json_string(m.value)) return error(errc::invalid_request, "'model' is not a string").with_param("model");
                grant.model = unescape_json_string(m.value);
                return success();
            }
            if (m.named("type")) type = m.value;
            if (beta && m.named("client_secret")) {
                result<void> read = success();
                if (m.value.starts_with('{'))
                    read = scan_json_members(m.value, [&](const json_member& inner) -> result<void> {
                        if (!inner.named("expires_after")) return success();
                        const result<std::int64_t> seconds = read_expiry(inner.value);
                        if (!seconds) return seconds.error();
                        lasts = *seconds;
                        return success();
                    });
                return read;
            }
            // What the gateway names itself.
            if (m.named("id") || m.named("object") || m.named("expires_at")) return success();
            if (kept.size() > 1) kept += ',';
            kept.append("\"").append(m.key).append("\":").append(m.value);
            return success();
        });
    if (!good) return error(good.error()).with_param(good.error().param().empty() ? std::string("session")
        : std::string(good.error().param()));
    if (grant.model.empty() && type == "\"transcription\"") grant.model = model_of_transcription(session);
    if (grant.model.empty()) return error(errc::invalid_request, "the session must name a model").with_param(beta ? "model"
        : "session.model");
    // A star would be read as a pattern of names.
    if (grant.model.find('*') != std::string::npos)
        return error(errc::invalid_request, "an ephemeral key is for one model, whose name has no '*'").with_param(beta ? "model"
            : "session.model");
    const bool anything = kept.size() > 1 && !(kept.size() == 8 + type.size() && !type.empty());
    if (anything && type.empty() && !beta) kept += ",\"type\":\"realtime\"";
    kept += '}';
    if (anything) grant.session = std::move(kept);
    grant.expires_at = now + lasts;
    return grant;
}

LLMX_DECL result<void> may_issue(const ephemeral_grant& grant, const principal* who, const topology& served) {
    if (who != nullptr && !who->may_use(grant.model))
        return error(errc::permission_denied, "the key '" + who->alias + "' may not use the model '" + grant.model + "'")
            .with_param("model");
    if (served.find(grant.model) == nullptr)
        return error(errc::not_found, "no such model: '" + grant.model + "'; a server lists its models at GET /v1/models")
            .with_param("model");
    return success();
}

LLMX_DECL void append_client_secret(std::string& out, const ephemeral_grant& grant, std::string_view key, bool beta) {
    // The public part of the key names the session.
    const std::string id = std::string("sess_").append(key.substr(ephemeral_keys::prefix.size(), ephemeral_id_size));
    json_writer w(out);
    w.object();
    if (!beta) w.member("value", key).member("expires_at", grant.expires_at).key("session").object();
    w.member("id", id).member("object", "realtime.session").member("model", grant.model);
    bool typed = false;
    if (!grant.session.empty())
        static_cast<void>(scan_json_members(grant.session, [&](const json_member& m) {
            typed = typed || m.named("type");
            w.key(unescape_json_string(m.key)).raw(m.value);
        }));
    if (!typed && !beta) w.member("type", "realtime");
    if (beta) w.key("client_secret").object().member("value", key).member("expires_at", grant.expires_at).end_object();
    else w.end_object();
    w.end_object();
}

} // namespace detail

LLMX_DECL result<void> realtime_client_secrets_endpoint::issue(server_connection& peer, const topology& served) const {
    if (keys_ == nullptr) return error(errc::unsupported_operation, "this server issues no ephemeral keys");
    const bool old = peer.match().form == beta;
    const std::int64_t now = peer.on().unix_seconds();
    result<ephemeral_grant> grant = detail::read_secret_request(peer.body(), old, now);
    if (!grant) return grant.error();
    peer.log_model(grant->model, false);
    const principal* const who = peer.context().principal.get();
    const result<void> may = detail::may_issue(*grant, who, served);
    if (!may) return may;
    if (who != nullptr) grant->principal_id = who->id;
    const ephemeral_grant kept = *grant;
    const result<secret> key = keys_->issue(std::move(*grant), now);
    if (!key) return key.error();
    detail::append_client_secret(peer.scratch(), kept, key->reveal(), old);
    return success();
}

} // namespace llmx::inline LLMX_ABI
