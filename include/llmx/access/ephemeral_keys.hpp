// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace llmx::inline LLMX_ABI {

namespace detail {
/// Characters of an ephemeral key's public part, behind the prefix.
inline constexpr std::size_t ephemeral_id_size = 16;
} // namespace detail

/// What an ephemeral key stands for.
struct ephemeral_grant {
    ephemeral_grant() = default;
    /// `principal::id` of the caller that it was issued to; empty: a caller without a principal.
    std::string principal_id;
    /// The one model that it may use.
    std::string model;
    /// The session that its client begins with, a JSON object; empty: none was given.
    std::string session;
    /// Seconds since 1970, when it expires.
    std::int64_t expires_at = 0;
};

/// Keys that a gateway issues for realtime sessions of browsers and devices: each is bound to the principal that
/// asked for it and to one model, and expires.
///
/// They are in this process's memory alone: a restart, or another machine, does not know them. At most `limits::max_keys` keys and
/// `limits::max_bytes` of their sessions are kept, and of one principal a quarter of either; beyond that `issue` fails until keys expire.
/// A key
/// has 256 random bits of the system; its time of comparison does not depend on where a candidate differs. Thread-safe.
class ephemeral_keys {
public:
    /// What all keys start with, as OpenAI's do.
    static constexpr std::string_view prefix = "ek_";

    struct limits {
        limits() = default;
        std::size_t max_keys = 16 * 1024;
        std::size_t max_bytes = 64 * 1024 * 1024;
    };

    ephemeral_keys() = default;
    explicit ephemeral_keys(const limits& l) : limits_(l) {}
    ephemeral_keys(const ephemeral_keys&) = delete;
    ephemeral_keys& operator=(const ephemeral_keys&) = delete;

    /// A new key for \p grant at the time \p now, in seconds since 1970. Fails with `errc::shed` when there are too many.
    LLMX_DECL [[nodiscard]] result<secret> issue(ephemeral_grant grant, std::int64_t now);
    /// What \p candidate stands for at \p now; null when it is no key of these or has expired.
    LLMX_DECL [[nodiscard]] std::shared_ptr<const ephemeral_grant> find(std::string_view candidate, std::int64_t now) const;
    LLMX_DECL [[nodiscard]] std::size_t size() const;

private:
    struct entry {
        entry() = default;
        secret key;
        std::shared_ptr<const ephemeral_grant> grant;
    };
    struct share {
        share() = default;
        std::size_t keys = 0, bytes = 0;
    };
    LLMX_DECL void forget_expired(std::int64_t now);

    mutable std::mutex mutex_;
    limits limits_;
    /// By the public part of the key, so that no secret is compared by a table.
    std::unordered_map<std::string, entry> entries_;
    std::multimap<std::int64_t, std::string> by_expiry_;
    std::unordered_map<std::string, share> shares_;
    std::size_t bytes_ = 0;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/access/impl/ephemeral_keys.ipp>
#endif
