// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

// Requests are signed, which needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/deployment.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/core/settings_keys.hpp>
#include <llmx/core/variable_lookup.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/providers/credentials/aws.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// The account of a deployment at AWS: region and credentials, which the settings of its provider have as their base.
///
/// Empty ones are filled in when the deployment is completed, in the order that `find_aws_credentials` (providers/credentials/aws.hpp) has.
struct aws_account {
    aws_account() = default;
    std::string region;
    /// Hidden like the others, so that a deployment keeps its id when its keys are rotated.
    secret access_key_id, secret_access_key, session_token;
    /// A section of AWS's files.
    std::string profile;
    /// ARN of a role that is assumed with the other credentials, or with the web identity.
    std::string role_arn, role_session_name, external_id, web_identity_token_file, sts_endpoint;
    /// The credentials found; null before `find_credentials`. Its region is empty when only the model's name may have one.
    std::shared_ptr<const aws_credentials> credentials;

    /// Sets `credentials`, from the members above, \p variables, and the files that these name; \p key is a Bedrock API
    /// key, which may be empty. Reads files: call it while the deployment is configured. Fails like `find_aws_credentials`.
    LLMX_DECL [[nodiscard]] result<void> find_credentials(const variable_lookup& variables, const secret& key = secret());
    /// Finds the credentials of \p d, unless they have been found before, and the region, \p in_model first; a key of \p d, which may come
    /// from the environment, replaces none that the settings name. Fails when there are neither credentials nor a key.
    LLMX_DECL [[nodiscard]] result<void> find_for(const deployment& d, std::string_view in_model, const variable_lookup& variables);

    /// The keys of the settings \p S, which have this as their base, after those of their \p own.
    template <class S, class... Ts> [[nodiscard]] static constexpr auto keys_with(const member_key<S, Ts>&... own) noexcept {
        using text = member_key<S, std::string>;
        using hidden = member_key<S, secret>;
        return settings_keys(text("aws_region_name", &aws_account::region), hidden("aws_access_key_id", &aws_account::access_key_id),
                             hidden("aws_secret_access_key", &aws_account::secret_access_key),
                             hidden("aws_session_token", &aws_account::session_token), text("aws_profile_name", &aws_account::profile),
                             text("aws_role_name", &aws_account::role_arn), text("aws_session_name", &aws_account::role_session_name),
                             text("aws_external_id", &aws_account::external_id),
                             text("aws_web_identity_token_file", &aws_account::web_identity_token_file),
                             text("aws_sts_endpoint", &aws_account::sts_endpoint), own...);
    }
};

namespace detail {
/// The domain of a region's partition (botocore's partitions.json).
LLMX_DECL [[nodiscard]] std::string_view aws_domain(std::string_view region) noexcept;
/// \p by_status with the code that the type of AWS's exception in \p reported has, where it is known.
LLMX_DECL [[nodiscard]] error with_aws_errc(error by_status, const error_body& reported);
} // namespace detail

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/credentials/impl/aws_account.ipp>
#endif

#endif // LLMX_NO_TLS
