// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/access/key_ring.hpp>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <unordered_map>

namespace llmx::inline LLMX_ABI {

LLMX_DECL result<std::shared_ptr<const key_ring>> key_ring::make(std::vector<access_key> keys) {
    std::random_device random;
    const std::shared_ptr<key_ring> ring(new key_ring((std::uint64_t(random()) << 32) ^ random()));
    std::unordered_map<std::string_view, const principal*> ids;
    for (access_key& k : keys) {
        if (!k.who) return error(errc::bad_configuration, "a key has no principal");
        const auto named = [&k](const char* what) {
            return error(errc::bad_configuration, "the key of '" + k.who->alias + "' " + what);
        };
        if (k.key.empty()) return named("is empty");
        const principal* const known = ids.try_emplace(k.who->id, k.who.get()).first->second;
        if (known != k.who.get())
            return error(errc::bad_configuration, "two keys belong to different principals with the id '" + k.who->id + "'");
        entry e;
        e.hash = ring->hash_of(k.key.reveal());
        e.key = std::move(k);
        ring->entries_.push_back(std::move(e));
    }
    std::sort(ring->entries_.begin(), ring->entries_.end(), [](const entry& a, const entry& b) { return a.hash < b.hash; });
    for (std::size_t i = 1; i < ring->entries_.size(); ++i) {
        const access_key &a = ring->entries_[i - 1].key, &b = ring->entries_[i].key;
        if (a.key.matches(b.key.reveal()))
            return error(errc::bad_configuration, "'" + a.who->alias + "' and '" + b.who->alias + "' have the same key");
    }
    return std::shared_ptr<const key_ring>(ring);
}

LLMX_DECL std::uint64_t key_ring::hash_of(std::string_view key) const noexcept {
    // The finaliser of SplitMix64 over the salted hash: the order of the entries depends on the salt.
    std::uint64_t x = std::hash<std::string_view>()(key) ^ salt_;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

LLMX_DECL const principal* key_ring::find(std::string_view candidate) const noexcept {
    // A hash costs as much as the comparison with a few keys.
    constexpr std::size_t few = 4;
    if (entries_.size() <= few) {
        const principal* found = nullptr;
        for (const entry& e : entries_)
            if (e.key.key.matches(candidate)) found = e.key.who.get();
        return found;
    }
    const std::uint64_t hash = hash_of(candidate);
    auto at = std::lower_bound(entries_.begin(), entries_.end(), hash,
                               [](const entry& e, std::uint64_t h) { return e.hash < h; });
    for (; at != entries_.end() && at->hash == hash; ++at)
        if (at->key.key.matches(candidate)) return at->key.who.get();
    return nullptr;
}

LLMX_DECL const principal* key_ring::find_id(std::string_view id) const noexcept {
    for (const entry& e : entries_)
        if (e.key.who->id == id) return e.key.who.get();
    return nullptr;
}

} // namespace llmx::inline LLMX_ABI
