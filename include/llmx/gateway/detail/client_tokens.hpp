// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/result.hpp>
#include <llmx/gateway/detail/call_bridge.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <memory>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// The completion of a call for \p Handler, on the handler's executor. Asio's cancellation does not
/// go into the coroutine, which would end it by an exception: the slot cancels the call's context.
template <class T, class Handler> class call_completion {
public:
    using executor_type = boost::asio::associated_executor_t<Handler, boost::asio::any_io_executor>;
    using allocator_type = boost::asio::associated_allocator_t<Handler>;

    call_completion(Handler handler, const boost::asio::any_io_executor& on, std::shared_ptr<call_bridge> bridge)
        : handler_(std::move(handler)), executor_(boost::asio::get_associated_executor(handler_, on)),
          bridge_(std::move(bridge)) {}

    [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }
    [[nodiscard]] allocator_type get_allocator() const noexcept { return boost::asio::get_associated_allocator(handler_); }

    void operator()(const std::exception_ptr& thrown, result<T> got) {
        bridge_->finish();
        // The slot's handler refers to the call, which is over.
        auto slot = boost::asio::get_associated_cancellation_slot(handler_);
        if (slot.is_connected()) slot.clear();
        if (thrown) got = failure_of(thrown);
        std::move(handler_)(std::move(got));
    }

private:
    /// A policy, a provider or an event handler of the program threw.
    [[nodiscard]] static error failure_of(const std::exception_ptr& thrown) {
        try {
            std::rethrow_exception(thrown);
        } catch (const std::exception& e) {
            return error(errc::internal, std::string("an exception ended the call: ") + e.what());
        } catch (...) {
            return error(errc::internal, "an exception of an unknown type ended the call");
        }
    }

    Handler handler_;
    executor_type executor_;
    std::shared_ptr<call_bridge> bridge_;
};

/// Begins \p work, which uses \p bridge, on the executor of its client.
struct call_initiation {
    explicit call_initiation(boost::asio::any_io_executor where) : on(std::move(where)) {}
    using executor_type = boost::asio::any_io_executor;
    [[nodiscard]] executor_type get_executor() const noexcept { return on; }

    template <class Handler, class T>
    void operator()(Handler&& handler, std::shared_ptr<call_bridge> bridge,
                    boost::asio::awaitable<result<T>> work) const {
        using handler_type = std::decay_t<Handler>;
        if (auto slot = boost::asio::get_associated_cancellation_slot(handler); slot.is_connected())
            slot.assign([bridge](boost::asio::cancellation_type how) {
                if (how != boost::asio::cancellation_type::none) bridge->cancel();
            });
        call_completion<T, handler_type> completion(std::forward<Handler>(handler), on, std::move(bridge));
        boost::asio::co_spawn(on, std::move(work), std::move(completion));
    }

    boost::asio::any_io_executor on;
};

/// Runs \p work on its client's executor and completes \p token with `void(result<T>)`.
template <class T, BOOST_ASIO_COMPLETION_TOKEN_FOR(void(result<T>)) Token>
auto complete_by_token(std::shared_ptr<call_bridge> bridge, boost::asio::awaitable<result<T>> work, Token&& token) {
    const boost::asio::any_io_executor on = bridge->where().executor();
    return boost::asio::async_initiate<Token, void(result<T>)>(call_initiation(on), token, std::move(bridge),
                                                               std::move(work));
}

} // namespace llmx::inline LLMX_ABI::detail
