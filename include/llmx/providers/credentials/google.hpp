// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

// A service account signs, which needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/result.hpp>
#include <llmx/providers/credentials/detail/token_exchange.hpp>
#include <llmx/providers/credentials/token_source.hpp>

#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Google credentials as they were configured: where tokens come from, and the project they belong to.
struct google_credentials {
    google_credentials() = default;
    /// Never null when a function of this header made it.
    token_source_ptr tokens;
    /// `project_id`, else `quota_project_id`; may be empty.
    std::string project_id;
    /// `quota_project_id`: the project that requests are charged to, for the field `x-goog-user-project`; may be empty.
    std::string quota_project_id;
};

/// The scope that Google's APIs for models require.
inline constexpr std::string_view google_cloud_scope = "https://www.googleapis.com/auth/cloud-platform";

/// Reads credentials in Google's JSON.
///
/// `"type": "service_account"` with `client_email`, `private_key`, `token_uri` and `private_key_id`: a signed token is
/// exchanged for an access token (RFC 7523). `"type": "authorized_user"` with `client_id`, `client_secret` and
/// `refresh_token`: the file that `gcloud auth application-default login` writes. `token_uri` may be missing and then is
/// https://oauth2.googleapis.com/token; it must be https unless it is this machine.
///
/// Fails with `errc::bad_configuration` for text that is not JSON, another type, a missing member or a private key that
/// cannot be used; nothing of the text is quoted.
/// Source: developers.google.com/identity/protocols/oauth2/service-account, google.aip.dev/auth/4112 and 4113.
LLMX_DECL [[nodiscard]] result<google_credentials> read_google_credentials(std::string_view json,
                                                                            std::string_view scope = google_cloud_scope);

/// The service account of the machine this runs on (Compute Engine, Kubernetes Engine, Cloud Run): its tokens come from the
/// metadata server, `GCE_METADATA_HOST` or metadata.google.internal. Whether there is one shows with the first fetch. They
/// have no `project_id`.
/// Source: google.aip.dev/auth/4115.
LLMX_DECL [[nodiscard]] result<google_credentials> google_metadata_credentials(const variable_lookup& variables);

/// The credentials of a deployment: \p given, which is the JSON itself, the path of a file with it, or "metadata" for
/// `google_metadata_credentials`; when it is empty, the file named by `GOOGLE_APPLICATION_CREDENTIALS`, else the one that
/// gcloud writes, `~/.config/gcloud/application_default_credentials.json`, else the metadata server if
/// `GCE_METADATA_HOST` is set.
///
/// Files are read now, once: call it while the deployment is configured. Fails with `errc::bad_configuration`,
/// which names the file or, when there is none, what to set.
LLMX_DECL [[nodiscard]] result<google_credentials> find_google_credentials(std::string_view given,
                                                                           const variable_lookup& variables);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/credentials/impl/google.ipp>
#endif

#endif // LLMX_NO_TLS
