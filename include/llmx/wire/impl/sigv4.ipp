// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/wire/sigv4.hpp>

#include <llmx/wire/digest.hpp>
#include <llmx/wire/url.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// "20150830T123600Z".
LLMX_DECL [[nodiscard]] std::string sigv4_time(std::int64_t unix_seconds) {
    const std::chrono::sys_seconds when{std::chrono::seconds(unix_seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(when);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(when - day);
    char text[40];
    const int n = std::snprintf(text, sizeof text, "%04d%02u%02uT%02d%02d%02dZ", static_cast<int>(date.year()),
                                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                                static_cast<int>(time.seconds().count()));
    return std::string(text, static_cast<std::size_t>(n));
}

/// The path without empty and dot segments, encoded once more.
LLMX_DECL [[nodiscard]] std::string sigv4_path(std::string_view path, bool normalize) {
    if (path.empty()) return "/";
    if (!normalize) return std::string(path);
    std::vector<std::string_view> segments;
    for (std::string_view rest = path; !rest.empty();) {
        const std::string_view segment = rest.substr(0, rest.find('/'));
        rest.remove_prefix(std::min(segment.size() + 1, rest.size()));
        if (segment == "..") {
            if (!segments.empty()) segments.pop_back();
        } else if (!segment.empty() && segment != ".") {
            segments.push_back(segment);
        }
    }
    std::string out;
    for (const std::string_view segment : segments) {
        out += '/';
        append_percent_encoded(out, segment);
    }
    if (segments.empty() || path.ends_with('/')) out += '/';
    return out;
}

/// The parameters, each decoded and encoded anew, in the order of their names and values.
LLMX_DECL [[nodiscard]] result<std::string> sigv4_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> parameters;
    while (!query.empty()) {
        const std::string_view one = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(one.size() + 1, query.size()));
        if (one.empty()) continue;
        const std::size_t equals = std::min(one.find('='), one.size());
        const result<std::string> name = percent_decode(one.substr(0, equals));
        const result<std::string> value = percent_decode(one.substr(std::min(equals + 1, one.size())));
        if (!name || !value)
            return error(errc::invalid_request, "the query of a request to sign has a malformed percent-encoding");
        auto& [n, v] = parameters.emplace_back();
        append_percent_encoded(n, *name);
        append_percent_encoded(v, *value);
    }
    std::sort(parameters.begin(), parameters.end());
    std::string out;
    for (const auto& [n, v] : parameters) {
        if (!out.empty()) out += '&';
        out.append(n).append("=").append(v);
    }
    return out;
}

/// Whether an intermediary between llmx and AWS may change, add or remove the field; \p name is in small letters.
LLMX_DECL [[nodiscard]] bool sigv4_leaves_out(std::string_view name) noexcept {
    for (const std::string_view one :
         {"authorization", "cache-control", "connection", "expect", "from", "keep-alive", "max-forwards", "pragma",
          "referer", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id"})
        if (name == one) return true;
    return name.starts_with("proxy-") || name.starts_with("sec-");
}

/// Names in small letters and values with single spaces, in the order of the names; of one name in the order in
/// which they are sent.
using sigv4_fields = std::vector<std::pair<std::string, std::string>>;

LLMX_DECL void sigv4_add_field(sigv4_fields& to, std::string_view name, std::string_view value) {
    std::string lower(name);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if (sigv4_leaves_out(lower)) return;
    std::string single;
    for (const char c : value) {
        const bool space = c == ' ' || c == '\t';
        if (!space) single += c;
        else if (!single.empty() && single.back() != ' ') single += ' ';
    }
    if (single.ends_with(' ')) single.pop_back();
    for (auto& [n, v] : to)
        if (n == lower) {
            v.append(",").append(single);
            return;
        }
    to.emplace_back(std::move(lower), std::move(single));
}

LLMX_DECL sigv4_fields sigv4_fields_of(const http_request& out) {
    sigv4_fields fields;
    for (std::string_view rest = out.fields; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(line.size() + 2, rest.size()));
        const std::size_t colon = std::min(line.find(':'), line.size());
        sigv4_add_field(fields, line.substr(0, colon), line.substr(std::min(colon + 1, line.size())));
    }
    if (out.to != nullptr) sigv4_add_field(fields, "host", out.to->authority);
    return fields;
}

/// The text under the signature's key.
LLMX_DECL [[nodiscard]] result<sha256_digest> sigv4_signature(const aws_keys& keys, const sigv4_options& how,
                                                              std::string_view date, std::string_view text) {
    std::string start("AWS4");
    start += keys.secret_access_key.reveal();
    result<sha256_digest> key = hmac_sha256(start, date);
    wipe(start);
    for (const std::string_view part : {how.region, how.service, std::string_view("aws4_request"), text}) {
        if (!key) return key;
        result<sha256_digest> next = hmac_sha256(bytes_of(*key), part);
        wipe(key->data(), key->size());
        key = std::move(next);
    }
    return key;
}

LLMX_DECL [[nodiscard]] result<void> sigv4_check(const http_request& out, const aws_keys& keys, const sigv4_options& how) {
    if (keys.access_key_id.empty() || keys.secret_access_key.empty())
        return error(errc::bad_configuration, "no AWS keys to sign with: give an access key id and a secret access key");
    if (how.region.empty() || how.service.empty())
        return error(errc::bad_configuration, "no AWS region to sign for: give one, such as us-east-1");
    for (const std::string_view text : {std::string_view(keys.access_key_id), keys.session_token.reveal(), how.region, how.service})
        if (!safe_field_value(text))
            return error(errc::bad_configuration, "an AWS access key id, session token or region holds a line break");
    if (out.source != nullptr)
        return error(errc::unsupported_operation,
                     "a request to AWS is signed with the hash of its body, so a body that is still being uploaded cannot be sent");
    return success();
}

} // namespace detail

LLMX_DECL result<void> sign_sigv4(http_request& out, const aws_keys& keys, const sigv4_options& how) {
    if (auto good = detail::sigv4_check(out, keys, how); !good) return good;
    sha256 body;
    for (const std::string_view piece : out.body) body.add(piece);
    const result<sha256_digest> body_digest = body.finish();
    if (!body_digest) return body_digest.error();
    std::string payload_hash;
    append_hex(payload_hash, bytes_of(*body_digest));
    const std::string time = detail::sigv4_time(how.unix_seconds);
    const std::string_view date = std::string_view(time).substr(0, time.find('T'));

    detail::sigv4_fields fields = detail::sigv4_fields_of(out);
    detail::sigv4_add_field(fields, "x-amz-date", time);
    if (how.send_payload_hash) detail::sigv4_add_field(fields, "x-amz-content-sha256", payload_hash);
    if (!keys.session_token.empty())
        detail::sigv4_add_field(fields, "x-amz-security-token", keys.session_token.reveal());
    std::sort(fields.begin(), fields.end());

    const std::string_view target = out.target;
    const std::string_view path = target.substr(0, target.find('?'));
    const result<std::string> query = detail::sigv4_query(target.substr(std::min(path.size() + 1, target.size())));
    if (!query) return query.error();
    std::string canonical(out.method), names;
    canonical.append("\n").append(detail::sigv4_path(path, how.normalize_path)).append("\n").append(*query).append("\n");
    for (const auto& [name, value] : fields) {
        canonical.append(name).append(":").append(value).append("\n");
        if (!names.empty()) names += ';';
        names += name;
    }
    canonical.append("\n").append(names).append("\n").append(payload_hash);

    const result<sha256_digest> canonical_digest = sha256_of(canonical);
    // It has the session token in it, and so has the list of fields.
    wipe(canonical);
    for (auto& field : fields) wipe(field.second);
    if (!canonical_digest) return canonical_digest.error();
    std::string scope(date);
    scope.append("/").append(how.region).append("/").append(how.service).append("/aws4_request");
    std::string text("AWS4-HMAC-SHA256\n");
    text.append(time).append("\n").append(scope).append("\n");
    append_hex(text, bytes_of(*canonical_digest));
    const result<sha256_digest> signature = detail::sigv4_signature(keys, how, date, text);
    if (!signature) return signature.error();

    out.add_field("x-amz-date", time);
    if (how.send_payload_hash) out.add_field("x-amz-content-sha256", payload_hash);
    if (!keys.session_token.empty()) out.add_field("x-amz-security-token", keys.session_token.reveal());
    std::string authorization("AWS4-HMAC-SHA256 Credential=");
    authorization.append(keys.access_key_id).append("/").append(scope);
    authorization.append(", SignedHeaders=").append(names).append(", Signature=");
    append_hex(authorization, bytes_of(*signature));
    out.add_field("authorization", authorization);
    return success();
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
