// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/principal.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/secret.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A key of the gateway and the principal that it identifies.
struct access_key {
    access_key() = default;
    access_key(secret k, principal_ptr w) noexcept : key(std::move(k)), who(std::move(w)) {}
    secret key;
    principal_ptr who;
};

/// The keys that a gateway accepts: immutable, shared by all threads, replaced as a whole.
///
/// A candidate is found by a hash that is salted anew for each ring and then compared in a time
/// that does not depend on where it differs; so the time of a look-up shows an attacker neither a
/// key's beginning nor its hash. Logarithmic in the number of keys. Thread-safe.
class key_ring {
public:
    /// Fails with `errc::bad_configuration` when a key is empty or given twice, when a principal is
    /// missing, or when two different principals have the same id.
    LLMX_DECL [[nodiscard]] static result<std::shared_ptr<const key_ring>> make(std::vector<access_key> keys);

    key_ring(const key_ring&) = delete;
    key_ring& operator=(const key_ring&) = delete;

    [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    /// The principal of \p candidate, or null. Valid as long as the ring.
    LLMX_DECL [[nodiscard]] const principal* find(std::string_view candidate) const noexcept;
    /// The principal called \p id, or null. Valid as long as the ring. Linear in the number of keys: not for every request.
    LLMX_DECL [[nodiscard]] const principal* find_id(std::string_view id) const noexcept;

private:
    struct entry {
        std::uint64_t hash;
        access_key key;
    };
    explicit key_ring(std::uint64_t salt) noexcept : salt_(salt) {}
    LLMX_DECL [[nodiscard]] std::uint64_t hash_of(std::string_view key) const noexcept;

    std::uint64_t salt_;
    std::vector<entry> entries_; // by hash
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/access/impl/key_ring.ipp>
#endif
