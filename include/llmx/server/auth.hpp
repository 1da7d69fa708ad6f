// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/server/http_request_reader.hpp>

#include <string_view>
#include <utility>

namespace llmx::inline v0 {

/// Whether a server on \p host can be reached from this machine alone: "localhost",
/// 127.0.0.0/8 or ::1.
[[nodiscard]] LLMX_DECL bool is_loopback_host(std::string_view host) noexcept;

/// Who may call: the holders of one master key, or, without a key, programs on this
/// machine.
///
/// The key is taken from any of the places where the vendors' SDKs put it:
/// `Authorization: Bearer`, `x-api-key` (Anthropic), `api-key` (Azure), `x-goog-api-key`
/// and the query's `key` (Gemini). Comparison takes the same time wherever a wrong key
/// differs. Immutable; thread-safe.
class master_key {
public:
    master_key() = default;
    explicit master_key(secret key) noexcept : key_(std::move(key)) {}

    /// False when no key is configured.
    [[nodiscard]] bool required() const noexcept { return !key_.empty(); }

    /// The caller's alias for logs, or `errc::authentication`. Without a key a request
    /// that a web page sent is `errc::permission_denied`: any site a user visits could
    /// otherwise spend through the gateway on that user's machine.
    [[nodiscard]] LLMX_DECL result<std::string_view> check(const http_request_head& request) const;

private:
    secret key_;
};

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/auth.ipp>
#endif
