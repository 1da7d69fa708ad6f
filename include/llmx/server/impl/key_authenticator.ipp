// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/key_authenticator.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL std::uint64_t key_authenticator::next_generation() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

LLMX_DECL result<std::shared_ptr<const key_ring>> key_authenticator::keys_of(const server_options& o) {
    std::vector<access_key> keys = o.keys;
    if (!o.key.empty()) {
        auto master = std::make_shared<principal>();
        master->id = master->alias = "master";
        keys.emplace_back(o.key, std::move(master));
    }
    return key_ring::make(std::move(keys));
}

LLMX_DECL result<void> key_authenticator::replace(std::shared_ptr<const key_ring> keys) {
    if (!keys || keys->empty()) return error(errc::bad_configuration, "no keys: the gateway would be open to everyone");
    const std::lock_guard<std::mutex> lock(shared_->mutex);
    shared_->keys = std::move(keys);
    shared_->generation.store(next_generation(), std::memory_order_release);
    return success();
}

LLMX_DECL const key_authenticator::handle& key_authenticator::handle_on(runtime& on) const {
    handle& mine = on.use<handle>();
    if (mine.generation != shared_->generation.load(std::memory_order_acquire)) {
        const std::lock_guard<std::mutex> lock(shared_->mutex);
        mine.keys = std::make_shared<const std::shared_ptr<const key_ring>>(shared_->keys);
        mine.generation = shared_->generation.load(std::memory_order_relaxed);
    }
    return mine;
}

LLMX_DECL std::optional<result<principal_ptr>> key_authenticator::try_identify(runtime& on,
                                                                               const http_request_head& head) const {
    using answer = result<principal_ptr>;
    const handle& mine = handle_on(on);
    const key_ring& keys = **mine.keys;
    if (keys.empty()) {
        if (from_foreign_page(head))
            return answer(error(errc::permission_denied, "requests from web pages are refused while the gateway has no key"));
        return answer(principal_ptr());
    }
    bool given = false;
    const principal* found = nullptr;
    for_each_key(head, [&](std::string_view candidate) {
        given = true;
        if (const principal* const p = keys.find(candidate); p != nullptr && found == nullptr) found = p;
    });
    // Shares the ownership of this core's handle, which keeps the ring.
    if (found != nullptr) return answer(principal_ptr(mine.keys, found));
    if (given) {
        result<principal_ptr> issued = find_ephemeral(on, head, keys);
        if (!issued || *issued != nullptr) return issued;
    }
    if (!given && head.find("authorization").starts_with("AWS4-HMAC-SHA256"))
        return answer(error(errc::authentication, "the request is signed with AWS keys, of which the gateway has none: give the gateway's key as "
                                                  "AWS_BEARER_TOKEN_BEDROCK"));
    return answer(error(errc::authentication,
                        given ? "the key is wrong"
                              : "no key was sent: use Authorization: Bearer, x-api-key, api-key or x-goog-api-key"));
}

LLMX_DECL result<principal_ptr> key_authenticator::find_ephemeral(runtime& on, const http_request_head& head, const key_ring& keys) const {
    std::shared_ptr<const ephemeral_grant> grant;
    for_each_key(head, [&](std::string_view candidate) {
        if (grant == nullptr && candidate.starts_with(ephemeral_keys::prefix)) grant = shared_->ephemeral->find(candidate,
            on.unix_seconds());
    });
    if (grant == nullptr) return principal_ptr();
    const principal* const owner = keys.find_id(grant->principal_id);
    if (owner == nullptr) return principal_ptr();
    if (!is_realtime_path(head.path)) return error(errc::permission_denied,
        "an ephemeral key opens realtime sessions only: send a key of the gateway");
    if (!owner->may_use(grant->model))
        return error(errc::permission_denied,
            "the key that this ephemeral key was issued to may not use the model '" + grant->model + "' any more");
    auto narrowed = std::make_shared<principal>(*owner);
    narrowed->models.assign(1, grant->model);
    return principal_ptr(std::move(narrowed));
}

LLMX_DECL boost::asio::awaitable<result<principal_ptr>> key_authenticator::identify(runtime& on,
                                                                                    const http_request_head& head) const {
    std::optional<result<principal_ptr>> who = try_identify(on, head);
    co_return std::move(*who);
}

} // namespace llmx::inline LLMX_ABI
