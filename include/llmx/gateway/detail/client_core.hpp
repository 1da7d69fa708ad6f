// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/gateway/detail/client_calls.hpp>
#include <llmx/service/asio_runtime.hpp>
#include <llmx/transport/detail/chain.hpp>
#include <llmx/transport/http_pool.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <optional>

namespace llmx::inline LLMX_ABI::detail {

class client_contexts;

/// What a client and its calls under way share: connections, time, and the list of the calls.
///
/// Calls hold it, so that it ends after the last of them. The client closes it; the
/// `io_context`, when it is destroyed first, takes away what belongs to it.
class client_core {
public:
    LLMX_DECL explicit client_core(boost::asio::io_context& io);
    /// A client that cannot work: each call fails with \p why.
    LLMX_DECL client_core(boost::asio::io_context& io, error why);
    client_core(const client_core&) = delete;
    client_core& operator=(const client_core&) = delete;
    LLMX_INLINE ~client_core();

    /// Whether a call may begin.
    LLMX_DECL [[nodiscard]] result<void> ready() const;
    /// The client has ended: its calls are cancelled, no other begins.
    LLMX_DECL void close() noexcept;
    /// Null once it has been destroyed.
    [[nodiscard]] boost::asio::io_context* io() const noexcept { return io_; }
    [[nodiscard]] runtime& on() noexcept { return *runtime_; }
    [[nodiscard]] client_calls& calls() noexcept { return calls_; }

    chain_link<client_core> link;

private:
    friend class client_contexts;
    LLMX_DECL void context_gone() noexcept;

    boost::asio::io_context* io_;
    client_contexts* context_ = nullptr;
    std::optional<error> broken_;
    std::shared_ptr<http_pool> pool_;
    std::shared_ptr<asio_runtime> runtime_;
    client_calls calls_;
    bool closed_ = false;
};

/// Of each `io_context` with clients: hears of its end before its sockets and timers go.
class client_contexts final : public boost::asio::execution_context::service {
public:
    static inline boost::asio::execution_context::id id;
    explicit client_contexts(boost::asio::execution_context& owner) : service(owner) {}
    void add(client_core& c) noexcept { clients_.push_back(c); }
    void remove(client_core& c) noexcept { clients_.remove(c); }

private:
    LLMX_INLINE void shutdown() noexcept override;
    chain<client_core, &client_core::link> clients_;
};

/// Lets the handlers of a client's own context run that are ready now, the client having been
/// closed, and lets go of the context. One that is running on this thread ends with the thread
/// or with the next such context, whichever comes first.
LLMX_DECL void end_own_context(std::shared_ptr<boost::asio::io_context> io) noexcept;

/// Why a blocking function may not be called here, if so.
LLMX_DECL [[nodiscard]] result<void> may_block_on(boost::asio::io_context& io);
LLMX_DECL [[nodiscard]] error moved_from_client();

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/client_core.ipp>
#endif
