// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>
#include <llmx/core/frame_cache.hpp>
#include <llmx/core/result.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/version.hpp>

#include <cstddef>
#include <optional>
#include <utility>

/// \file
/// `boost::asio::awaitable`, whose coroutines keep their frames in `llmx::frame_cache` when they return a
/// `llmx::result`. Headers of llmx include this one instead of Asio's.
///
/// A call through a gateway nests about ten coroutines. Asio recycles two frames per thread, up to 1,020 bytes each, and
/// the macro that raises the number changes the layout of an object that Asio code of the same program shares, which
/// crashes units compiled without it. llmx therefore specialises the promise of coroutines that return
/// `awaitable<result<T>>`, a type that only llmx defines, and leaves every other coroutine of the program as it is.
///
/// The promise has the members and the layout of Asio's own (the test suite compares them). With an Asio whose promise
/// was not compared, or when `BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING` is defined, Asio's own frames are used.

// Asio 1.26 (Boost 1.81).
#if BOOST_ASIO_VERSION == 102600 && defined(BOOST_ASIO_HAS_STD_COROUTINE) && \
    !defined(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
#define LLMX_RECYCLES_FRAMES 1

namespace boost::asio::detail {

template <class T>
class awaitable_frame<llmx::result<T>, any_io_executor> : public awaitable_frame_base<any_io_executor> {
    using value = llmx::result<T>;
    static_assert(alignof(value) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__,
                  "llmx: the result of a coroutine may not be aligned more strictly than operator new aligns");

public:
    awaitable_frame() noexcept = default;
    awaitable_frame(const awaitable_frame&) = delete;
    awaitable_frame& operator=(const awaitable_frame&) = delete;

    static void* operator new(std::size_t size) { return llmx::frame_cache::of_thread().take(size); }
    static void operator delete(void* frame, std::size_t size) noexcept {
        llmx::frame_cache::of_thread().give(frame, size);
    }

    awaitable<value, any_io_executor> get_return_object() noexcept {
        this->coro_ = std::coroutine_handle<awaitable_frame>::from_promise(*this);
        return awaitable<value, any_io_executor>(this);
    }
    template <class U> void return_value(U&& u) { value_.emplace(std::forward<U>(u)); }
    value get() {
        this->caller_ = nullptr;
        this->rethrow_exception();
        return std::move(*value_);
    }

private:
    std::optional<value> value_;
};

} // namespace boost::asio::detail

#endif
