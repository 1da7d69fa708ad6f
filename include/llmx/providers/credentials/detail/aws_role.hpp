// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#if !defined(LLMX_NO_TLS)

#include <llmx/core/origin.hpp>
#include <llmx/core/result.hpp>
#include <llmx/providers/credentials/token_source.hpp>
#include <llmx/wire/sigv4.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// A role to assume, and the credentials for it: keys, a source of keys, or the file of a web identity's token.
struct aws_role {
    aws_role() = default;
    base_url sts;
    std::string region, arn, session_name, external_id;
    aws_keys keys;
    /// Fetches what stands in `keys` otherwise; null: it does.
    token_source_ptr base;
    std::string web_identity_token_file;
};

/// Fetches the role's keys from the Security Token Service.
LLMX_DECL [[nodiscard]] result<token_source_ptr> assume_aws_role(aws_role role);

/// Keys that a container's agent gives (ECS, EKS Pod Identity), and the authorization for them: a token, or a file of it.
struct aws_container {
    aws_container() = default;
    base_url agent;
    secret authorization;
    std::string authorization_file;
};

/// Fetches keys from the agent. `errc::bad_configuration` when it is reached neither by https nor on this machine.
LLMX_DECL [[nodiscard]] result<token_source_ptr> ask_aws_container(aws_container from);

/// The text of the first element \p name of \p xml, its references replaced; nothing when there is none. For answers
/// whose elements of that name have no attributes and only text.
LLMX_DECL [[nodiscard]] std::optional<std::string> xml_text(std::string_view xml, std::string_view name);

/// Seconds since 1970 of "2011-07-15T23:28:33.359Z"; nothing when \p text is not such a time (RFC 3339, in UTC).
LLMX_DECL [[nodiscard]] std::optional<std::int64_t> aws_time(std::string_view text);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/providers/credentials/impl/aws_container.ipp>
#include <llmx/providers/credentials/impl/aws_role.ipp>
#endif

#endif // LLMX_NO_TLS
