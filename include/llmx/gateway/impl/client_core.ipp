// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/detail/client_core.hpp>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL client_core::client_core(io_executor on, http_pool_options pool)
    : where_(std::move(on)), io_(&where_.context()), context_(&boost::asio::use_service<client_contexts>(*io_)),
      pool_(std::make_shared<http_pool>(where_, std::move(pool))),
      runtime_(std::make_shared<asio_runtime>(where_, *pool_)) {
    context_->add(*this);
}

LLMX_DECL client_core::client_core(io_executor on, error why)
    : where_(std::move(on)), io_(where_.check() ? &where_.context() : nullptr), broken_(std::move(why)) {
    if (io_ == nullptr) return;
    context_ = &boost::asio::use_service<client_contexts>(*io_);
    context_->add(*this);
}

LLMX_INLINE client_core::~client_core() {
    if (context_ != nullptr) context_->remove(*this);
}

LLMX_DECL result<void> client_core::ready() const {
    if (closed_.load(std::memory_order_acquire))
        return error(errc::cancelled, "the client was destroyed before the call began");
    if (const result<void> there = where_.check(); !there) return there;
    if (io_ == nullptr)
        return error(errc::bad_configuration, "the client's io_context has been destroyed; it must outlive the calls");
    if (broken_) return *broken_;
    return success();
}

LLMX_DECL void client_core::close() noexcept {
    refuse();
    calls_.cancel_all();
}

LLMX_DECL void client_core::context_gone() noexcept {
    io_ = nullptr;
    context_ = nullptr;
    calls_.context_gone();
    pool_.reset();
}

// Coroutines that wait on the context end after this, with what they hold themselves. No thread runs the
// context any more, so that no lock is held while what clients hold ends.
LLMX_INLINE void client_contexts::shutdown() noexcept {
    while (client_core* const c = clients_.front()) {
        clients_.remove(*c);
        c->context_gone();
    }
}

LLMX_DECL void client_core_deleter::operator()(client_core* core) const noexcept {
    std::unique_ptr<client_core> owned(core);
    if (!owned->outside()) return;
    const io_executor where = owned->where();
    boost::asio::post(where.executor(), [ends_here = std::move(owned)] {});
}

LLMX_DECL void end_client(std::shared_ptr<client_core> core) noexcept {
    if (core == nullptr) return;
    core->refuse();
    if (!core->outside()) return core->close();
    const io_executor where = core->where();
    boost::asio::dispatch(where.executor(), [core = std::move(core)] { core->close(); });
}

LLMX_DECL error moved_from_client() {
    return error(errc::bad_configuration, "this client was moved from; use the one it was moved to");
}

} // namespace llmx::inline LLMX_ABI::detail
