// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/transport/io_executor.hpp>

#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/strand.hpp>

namespace llmx::inline LLMX_ABI {
namespace detail {

using plain_io_executor = boost::asio::io_context::executor_type;
using tracked_io_executor =
    decltype(boost::asio::require(std::declval<plain_io_executor>(), boost::asio::execution::outstanding_work.tracked));
using io_strand = boost::asio::strand<plain_io_executor>;
using any_io_strand = boost::asio::strand<boost::asio::any_io_executor>;

/// The `io_context` that \p executor leads to, through any number of strands; null when it is of another kind.
LLMX_DECL [[nodiscard]] boost::asio::io_context* io_context_of(const boost::asio::any_io_executor& executor) {
    if (const auto* plain = executor.target<plain_io_executor>()) return &plain->context();
    if (const auto* tracked = executor.target<tracked_io_executor>()) return &tracked->context();
    if (const auto* strand = executor.target<io_strand>()) return &strand->get_inner_executor().context();
    if (const auto* strand = executor.target<any_io_strand>()) return io_context_of(strand->get_inner_executor());
    return nullptr;
}

} // namespace detail

LLMX_DECL io_executor::io_executor(boost::asio::any_io_executor executor)
    : executor_(std::move(executor)), context_(detail::io_context_of(executor_)) {
    is_strand_ = executor_.target<detail::io_strand>() != nullptr || executor_.target<detail::any_io_strand>() != nullptr;
    // One form of a plain executor, so that executors of one place are equal.
    if (context_ != nullptr && !is_strand_) executor_ = context_->get_executor();
}

LLMX_DECL io_executor::io_executor(boost::asio::io_context& io) : io_executor(boost::asio::any_io_executor(io.get_executor())) {}

LLMX_DECL result<void> io_executor::check() const {
    if (context_ != nullptr) return success();
    return error(errc::bad_configuration, "this executor belongs to no io_context: give an io_context that one thread runs, or "
                                          "boost::asio::make_strand(io) of one that several threads run");
}

LLMX_DECL boost::asio::io_context& io_executor::context() const {
    check().value();
    return *context_;
}

LLMX_DECL bool io_executor::running_in_this_thread() const noexcept {
    if (const auto* strand = executor_.target<detail::io_strand>()) return strand->running_in_this_thread();
    if (const auto* strand = executor_.target<detail::any_io_strand>()) return strand->running_in_this_thread();
    return context_ != nullptr && context_->get_executor().running_in_this_thread();
}

} // namespace llmx::inline LLMX_ABI
