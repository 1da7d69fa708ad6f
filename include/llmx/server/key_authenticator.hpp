// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/access/ephemeral_keys.hpp>
#include <llmx/access/key_ring.hpp>
#include <llmx/server/auth.hpp>
#include <llmx/server/options.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace llmx::inline LLMX_ABI {

/// Identifies callers by keys: the master key, and a list of keys with principals of their own. What
/// servers use unless they are given another authenticator.
///
/// Without any key every program on this machine is let in, but not a web page: any site that a user
/// visits could otherwise spend through the gateway on that user's machine.
///
/// Copies share the keys. Thread-safe; a request takes no lock unless the keys have changed since
/// the last one of its core.
class key_authenticator {
public:
    /// \p keys must not be null.
    explicit key_authenticator(std::shared_ptr<const key_ring> keys)
        : shared_(std::make_shared<state>(std::move(keys))) {}

    /// The keys that \p o names: `server_options::key` for the principal "master", and
    /// `server_options::keys`. Fails as `key_ring::make` does.
    LLMX_DECL [[nodiscard]] static result<std::shared_ptr<const key_ring>> keys_of(const server_options& o);

    /// Keys that the gateway issues itself (`realtime_client_secrets_endpoint`), shared by all copies. One identifies requests for realtime
    /// sessions alone, as the principal that it was issued to, for one model. The principal is looked up anew each time: a key ends with
    /// that
    /// of its caller, and never may more than it.
    [[nodiscard]] std::shared_ptr<ephemeral_keys> ephemeral() const noexcept { return shared_->ephemeral; }

    /// Requests that begin from now on are identified by \p keys. Not null: a gateway that had keys
    /// must not become open by mistake, so a ring without keys is `errc::bad_configuration` and
    /// changes nothing.
    LLMX_DECL [[nodiscard]] result<void> replace(std::shared_ptr<const key_ring> keys);

    LLMX_DECL [[nodiscard]] std::optional<result<principal_ptr>> try_identify(runtime& on,
                                                                              const http_request_head& head) const;
    /// Never needed: `try_identify` always answers.
    LLMX_DECL [[nodiscard]] boost::asio::awaitable<result<principal_ptr>> identify(runtime& on,
                                                                                   const http_request_head& head) const;

private:
    struct state {
        explicit state(std::shared_ptr<const key_ring> k) : keys(std::move(k)) {}
        std::mutex mutex;
        std::shared_ptr<const key_ring> keys;
        /// Of no other authenticator and never again of this one.
        std::atomic<std::uint64_t> generation{next_generation()};
        const std::shared_ptr<ephemeral_keys> ephemeral = std::make_shared<ephemeral_keys>();
    };
    /// A core's own handle of the keys, so that cores share no counter of references.
    struct handle {
        std::uint64_t generation = 0;
        std::shared_ptr<const std::shared_ptr<const key_ring>> keys;
    };
    LLMX_DECL [[nodiscard]] static std::uint64_t next_generation() noexcept;
    LLMX_DECL [[nodiscard]] const handle& handle_on(runtime& on) const;
    /// The principal of an ephemeral key in \p head; a failure when there is one that may not be used; null: there is none.
    LLMX_DECL [[nodiscard]] result<principal_ptr> find_ephemeral(runtime& on, const http_request_head& head, const key_ring& keys) const;

    std::shared_ptr<state> shared_;
};
static_assert(authenticator<key_authenticator>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/key_authenticator.ipp>
#endif
