// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/client_core.hpp>

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL client_core::client_core(boost::asio::io_context& io)
    : io_(&io), context_(&boost::asio::use_service<client_contexts>(io)), pool_(std::make_shared<http_pool>(io)),
      runtime_(std::make_shared<asio_runtime>(io, *pool_)) {
    context_->add(*this);
}

LLMX_DECL client_core::client_core(boost::asio::io_context& io, error why)
    : io_(&io), context_(&boost::asio::use_service<client_contexts>(io)), broken_(std::move(why)) {
    context_->add(*this);
}

LLMX_INLINE client_core::~client_core() {
    if (context_ != nullptr) context_->remove(*this);
}

LLMX_DECL result<void> client_core::ready() const {
    if (closed_) return error(errc::cancelled, "the client was destroyed before the call began");
    if (io_ == nullptr)
        return error(errc::bad_configuration, "the client's io_context has been destroyed; it must outlive the calls");
    if (broken_) return *broken_;
    return success();
}

LLMX_DECL void client_core::close() noexcept {
    closed_ = true;
    calls_.cancel_all();
}

LLMX_DECL void client_core::context_gone() noexcept {
    io_ = nullptr;
    context_ = nullptr;
    calls_.context_gone();
    pool_.reset();
}

// Coroutines that wait on the context end after this, with what they hold themselves.
LLMX_INLINE void client_contexts::shutdown() noexcept {
    while (client_core* const c = clients_.front()) {
        clients_.remove(*c);
        c->context_gone();
    }
}

LLMX_DECL void end_own_context(std::shared_ptr<boost::asio::io_context> io) noexcept {
    using context_ptr = std::shared_ptr<boost::asio::io_context>;
    const auto runs = [](const context_ptr& c) { return c->get_executor().running_in_this_thread(); };
    // Contexts that were running when their client ended: none can end inside of its own `run`.
    thread_local std::vector<context_ptr> running;
    std::vector<context_ptr> over;
    const auto first_over = std::partition(running.begin(), running.end(), runs);
    over.assign(std::move_iterator(first_over), std::move_iterator(running.end()));
    running.erase(first_over, running.end());
    if (runs(io)) return running.push_back(std::move(io));
    // Enough for every call to end; a handler that always posts another does not keep us.
    constexpr int most = 100000;
    io->restart();
    for (int i = 0; i < most; ++i) {
        try {
            if (io->poll_one() == 0) return;
        } catch (...) { // NOLINT: the handler's, and its client has ended
        }
    }
}

LLMX_DECL result<void> may_block_on(boost::asio::io_context& io) {
    if (!io.get_executor().running_in_this_thread()) return success();
    return error(errc::bad_configuration,
                 "a blocking call from inside the client's own io_context would wait for itself: co_await chat(context, "
                 "request) or use async_chat");
}

LLMX_DECL error moved_from_client() {
    return error(errc::bad_configuration, "this client was moved from; use the one it was moved to");
}

} // namespace llmx::inline LLMX_ABI::detail
