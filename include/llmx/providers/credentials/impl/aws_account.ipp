// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/providers/credentials/aws_account.hpp>

#include <optional>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL std::string_view aws_domain(std::string_view region) noexcept {
    if (region.starts_with("cn-")) return ".amazonaws.com.cn";
    if (region.starts_with("eusc-")) return ".amazonaws.eu";
    return ".amazonaws.com";
}

LLMX_DECL error with_aws_errc(error by_status, const error_body& reported) {
    const std::optional<errc> code = bedrock_errc(reported.type, reported.message);
    if (!code || *code == by_status.value()) return by_status;
    // A code cannot be changed.
    error e(*code, by_status.message());
    e.with_provider(by_status.provider()).with_provider_status(by_status.provider_status());
    e.with_provider_code(by_status.provider_code()).with_provider_message(by_status.provider_message());
    if (by_status.retry_after()) e.with_retry_after(*by_status.retry_after());
    e.with_request_id(by_status.request_id());
    return e;
}

} // namespace detail

LLMX_DECL result<void> aws_account::find_credentials(const variable_lookup& variables, const secret& key) {
    aws_settings given;
    given.access_key_id = access_key_id.reveal();
    given.secret_access_key = secret_access_key;
    given.session_token = session_token;
    given.profile = profile;
    given.role_arn = role_arn;
    given.role_session_name = role_session_name;
    given.external_id = external_id;
    given.web_identity_token_file = web_identity_token_file;
    given.sts_endpoint = sts_endpoint;
    given.region = region;
    // Keys, a profile or a role of the deployment's own count for more than a key from the environment.
    const bool own = !access_key_id.empty() || !profile.empty() || !role_arn.empty();
    if (!own) given.bearer_token = key;
    result<aws_credentials> found = find_aws_credentials(given, variables);
    if (!found && region.empty()) {
        // The region may be in the model's name: `find_for` and the provider's check find it there.
        given.region = "unknown";
        if (result<aws_credentials> without = find_aws_credentials(given, variables); without && without->role == nullptr) {
            without->region.clear();
            found = std::move(without);
        }
    }
    if (!found) return found.error();
    credentials = std::make_shared<const aws_credentials>(std::move(*found));
    return success();
}

LLMX_DECL result<void> aws_account::find_for(const deployment& d, std::string_view in_model, const variable_lookup& variables) {
    if (!in_model.empty()) region = in_model;
    const bool names_some = !access_key_id.empty() || !secret_access_key.empty() || !profile.empty() || !role_arn.empty() ||
                            !web_identity_token_file.empty();
    if (credentials == nullptr)
        if (const result<void> found = find_credentials(variables, d.key); !found && (names_some || d.key.empty())) return found;
    if (region.empty() && credentials != nullptr) region = credentials->region;
    if (region.empty()) region = d.region;
    if (credentials != nullptr && credentials->region != region) {
        aws_credentials moved = *credentials;
        moved.region = region;
        credentials = std::make_shared<const aws_credentials>(std::move(moved));
    }
    return success();
}

} // namespace llmx::inline LLMX_ABI

#endif // LLMX_NO_TLS
