// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/gateway/detail/client_calls.hpp>
#include <llmx/gateway/detail/client_threads.hpp>
#include <llmx/service/asio_runtime.hpp>
#include <llmx/transport/detail/chain.hpp>
#include <llmx/transport/http_pool.hpp>
#include <llmx/transport/io_executor.hpp>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

namespace llmx::inline LLMX_ABI::detail {

class client_contexts;

/// What a client and its calls under way share: connections, time, and the list of the calls.
///
/// Calls hold it, so that it ends after the last of them, on its executor. The client closes it; the
/// `io_context`, when it is destroyed first, takes away what belongs to it. What is not declared
/// thread-safe is used on the executor.
class client_core {
public:
    LLMX_DECL client_core(io_executor on, http_pool_options pool);
    /// A client that cannot work: each call fails with \p why.
    LLMX_DECL client_core(io_executor on, error why);
    client_core(const client_core&) = delete;
    client_core& operator=(const client_core&) = delete;
    LLMX_INLINE virtual ~client_core();

    /// Whether a call may begin. Thread-safe.
    LLMX_DECL [[nodiscard]] result<void> ready() const;
    /// The client has ended: its calls are cancelled, no other begins.
    LLMX_DECL void close() noexcept;
    /// No call begins any more. Thread-safe.
    void refuse() noexcept { closed_.store(true, std::memory_order_release); }
    /// Null once it has been destroyed, and when there never was one.
    [[nodiscard]] boost::asio::io_context* io() const noexcept { return io_; }
    [[nodiscard]] const io_executor& where() const noexcept { return where_; }
    /// Whether the calling thread is to have the strand do what it asks for.
    [[nodiscard]] bool outside() const noexcept {
        return io_ != nullptr && where_.is_strand() && !where_.running_in_this_thread();
    }
    [[nodiscard]] runtime& on() noexcept { return *runtime_; }
    [[nodiscard]] client_calls& calls() noexcept { return calls_; }
    [[nodiscard]] client_threads& threads() noexcept { return threads_; }

    chain_link<client_core> link;

private:
    friend class client_contexts;
    LLMX_DECL void context_gone() noexcept;

    io_executor where_;
    boost::asio::io_context* io_;
    client_contexts* context_ = nullptr;
    std::optional<error> broken_;
    std::shared_ptr<http_pool> pool_;
    std::shared_ptr<asio_runtime> runtime_;
    client_calls calls_;
    client_threads threads_;
    std::atomic<bool> closed_{false};
};

/// Of each `io_context` with clients: is notified of its end before its sockets and timers go.
class client_contexts final : public boost::asio::execution_context::service {
public:
    static inline boost::asio::execution_context::id id;
    explicit client_contexts(boost::asio::execution_context& owner) : service(owner) {}
    void add(client_core& c) {
        const std::lock_guard<std::mutex> lock(mutex_);
        clients_.push_back(c);
    }
    void remove(client_core& c) {
        const std::lock_guard<std::mutex> lock(mutex_);
        clients_.remove(c);
    }

private:
    LLMX_INLINE void shutdown() noexcept override;
    std::mutex mutex_; // clients on different strands come and go at once
    chain<client_core, &client_core::link> clients_;
};

/// Frees the shared inside of a client in its strand, whichever thread is the last to let go of it.
struct client_core_deleter {
    LLMX_DECL void operator()(client_core* core) const noexcept;
};

/// Closes \p core, in its strand when it has one.
LLMX_DECL void end_client(std::shared_ptr<client_core> core) noexcept;

LLMX_DECL [[nodiscard]] error moved_from_client();

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/client_core.ipp>
#endif
