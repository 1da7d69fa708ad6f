// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

// The mark of authenticity needs OpenSSL.
#if !defined(LLMX_NO_TLS)

#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace llmx::inline LLMX_ABI {

/// Where a file, a batch, a job or another thing that outlives its call is kept.
struct resource_ref {
    resource_ref() = default;
    resource_ref(std::string where, std::string what) : deployment(std::move(where)), id(std::move(what)) {}
    /// `deployment::id` of the vendor's account that has it; empty: the gateway itself has it.
    std::string deployment;
    /// Its id there.
    std::string id;
    [[nodiscard]] bool is_own() const noexcept { return deployment.empty(); }
    friend bool operator==(const resource_ref&, const resource_ref&) = default;
};

/// The model that pins a call to the deployment with the id \p deployment (`topology::find`).
[[nodiscard]] inline std::string pinned_model(std::string_view deployment) { return std::string("deployment:").append(deployment); }

/// Ids that callers get in place of those of vendors: each names the deployment that made it, so that the next call reaches the same account.
///
/// An id is the beginning of the vendor's ("file-", "batch_"), the word "llmx", and in base64url (RFC 4648 section 5) 16 bytes of an
/// HMAC-SHA-256 (RFC 2104) and the reference. The owner is part of what the HMAC covers and not of the id: an id that was changed, made up or made for
/// another caller is the same `errc::not_found`, and no store is asked. Ids stay valid as long as the key and the deployment's id do, over
/// restarts and in each process with that key. One type for all kinds of things.
///
/// Immutable and thread-safe.
class resource_ids {
public:
    /// Characters of an id that is read at most; those that are made are shorter than 512 unless the deployment's id is long.
    static constexpr std::size_t longest = 2048;

    /// \p key should have 32 random bytes; a shorter one makes ids that are easier to forge.
    explicit resource_ids(secret key) noexcept : key_(std::move(key)) {}

    /// The id of \p of for the caller \p owner (`principal::id`, empty without keys). Fails with `errc::internal` when OpenSSL does.
    LLMX_DECL [[nodiscard]] result<std::string> make(std::string_view owner, const resource_ref& of) const;
    /// What \p id refers to. `errc::not_found` for an id that is not one of \p owner.
    LLMX_DECL [[nodiscard]] result<resource_ref> read(std::string_view owner, std::string_view id) const;
    /// Whether \p id has the form of one that `make` has made, whoever made it.
    LLMX_DECL [[nodiscard]] static bool has_form(std::string_view id) noexcept;
    /// Names an owner in a store: 16 hexadecimal digits, from which nothing about the owner can be found without the key.
    LLMX_DECL [[nodiscard]] result<std::string> owner_tag(std::string_view owner) const;

private:
    static constexpr std::size_t mark_bytes = 16;
    LLMX_DECL [[nodiscard]] result<std::string> mark(std::string_view owner, std::string_view beginning, std::string_view reference) const;
    secret key_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/resource_id.ipp>
#endif

#endif // LLMX_NO_TLS
