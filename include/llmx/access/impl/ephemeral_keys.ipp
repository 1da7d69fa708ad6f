// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/access/ephemeral_keys.hpp>

#include <chrono>
#include <random>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

LLMX_DECL void append_random_hex(std::string& out, std::random_device& random, int words) {
    static constexpr char digits[] = "0123456789abcdef";
    for (; words != 0; --words) {
        const std::uint32_t word = random();
        for (int shift = 28; shift >= 0; shift -= 4) out += digits[(word >> shift) & 15u];
    }
}

} // namespace detail

LLMX_DECL void ephemeral_keys::forget_expired(std::int64_t now) {
    while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) {
        const auto at = entries_.find(by_expiry_.begin()->second);
        by_expiry_.erase(by_expiry_.begin());
        if (at == entries_.end()) continue;
        const ephemeral_grant& grant = *at->second.grant;
        bytes_ -= grant.session.size();
        const auto of = shares_.find(grant.principal_id);
        of->second.bytes -= grant.session.size();
        if (--of->second.keys == 0) shares_.erase(of);
        entries_.erase(at);
    }
}

LLMX_DECL result<secret> ephemeral_keys::issue(ephemeral_grant grant, std::int64_t now) {
    std::random_device random;
    std::string id, key(prefix);
    detail::append_random_hex(id, random, 2);
    key += id;
    detail::append_random_hex(key, random, 8);
    const std::lock_guard<std::mutex> lock(mutex_);
    forget_expired(now);
    const std::size_t bytes = grant.session.size();
    const auto known = shares_.find(grant.principal_id);
    const share mine = known == shares_.end() ? share() : known->second;
    const bool full = entries_.size() >= limits_.max_keys || bytes > limits_.max_bytes - bytes_;
    if (full || mine.keys >= (limits_.max_keys + 3) / 4 || bytes > limits_.max_bytes / 4 || mine.bytes > limits_.max_bytes / 4 - bytes) {
        error e(errc::shed, full ? "the gateway keeps as many ephemeral keys as it may; wait until some have expired"
                                 : "this caller has as many ephemeral keys as it may; wait until some have expired");
        if (!by_expiry_.empty()) e.with_retry_after(std::chrono::seconds(by_expiry_.begin()->first - now));
        return e;
    }
    if (entries_.find(id) != entries_.end()) return error(errc::internal, "two ephemeral keys have the same id");
    by_expiry_.emplace(grant.expires_at, id);
    share& counted = shares_[grant.principal_id];
    ++counted.keys;
    counted.bytes += bytes;
    bytes_ += bytes;
    entry e;
    e.key = secret(key);
    e.grant = std::make_shared<const ephemeral_grant>(std::move(grant));
    entries_.emplace(std::move(id), std::move(e));
    return secret(std::move(key));
}

LLMX_DECL std::shared_ptr<const ephemeral_grant> ephemeral_keys::find(std::string_view candidate, std::int64_t now) const {
    if (!candidate.starts_with(prefix) || candidate.size() < prefix.size() + detail::ephemeral_id_size) return nullptr;
    const std::string id(candidate.substr(prefix.size(), detail::ephemeral_id_size));
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto at = entries_.find(id);
    if (at == entries_.end() || !at->second.key.matches(candidate) || at->second.grant->expires_at <= now) return nullptr;
    return at->second.grant;
}

LLMX_DECL std::size_t ephemeral_keys::size() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return entries_.size();
}

} // namespace llmx::inline LLMX_ABI
