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
#include <type_traits>
#include <utility>

/// \file
/// `boost::asio::awaitable`, whose coroutines keep their frames in `llmx::frame_cache` when they return a
/// `llmx::result` or work on a `server_connection`. Headers of llmx include this one instead of Asio's.
///
/// A call through a gateway nests about ten coroutines. Asio recycles two frames per thread, up to 1,020 bytes each, and
/// the macro that raises the number changes the layout of an object that Asio code of the same program shares, which
/// crashes units compiled without it. llmx therefore specialises the promise of coroutines that return
/// `awaitable<result<T>>`, a type that only llmx defines, and leaves every other coroutine of the program as it is; the
/// few that return nothing or a `bool` are known by the type of their first parameter (`detail::keeps_frames`).
///
/// The promise has the members and the layout of Asio's own (the test suite compares them). With an Asio whose promise
/// was not compared, or when `BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING` is defined, Asio's own frames are used.

namespace llmx::inline LLMX_ABI::detail {
/// Whether coroutines whose first parameter (or object) is an \p A keep their frames in `frame_cache`, whatever they
/// return. Specialised beside the definition of a class, so that all units agree.
template <class A> inline constexpr bool keeps_frames = false;
} // namespace llmx::inline LLMX_ABI::detail

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

namespace llmx::inline LLMX_ABI::detail {

template <class T> inline constexpr bool is_awaitable = false;
template <class T>
inline constexpr bool is_awaitable<boost::asio::awaitable<T, boost::asio::any_io_executor>> = true;

/// Asio's promise with the frame in `frame_cache`. It adds no data: Asio refers to the coroutine by the address of the
/// base, which is that of this object.
template <class T> class kept_frame final : public boost::asio::detail::awaitable_frame<T, boost::asio::any_io_executor> {
    using base = boost::asio::detail::awaitable_frame<T, boost::asio::any_io_executor>;

    /// An awaitable accepts the handle of a promise of Asio's alone.
    template <class A> struct waiting {
        A awaited;
        base* self;
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<>) {
            awaited.await_suspend(std::coroutine_handle<base>::from_promise(*self));
        }
        auto await_resume() { return awaited.await_resume(); }
    };

public:
    kept_frame() noexcept {
        static_assert(sizeof(kept_frame) == sizeof(base) && alignof(kept_frame) == alignof(base));
    }

    static void* operator new(std::size_t size) { return frame_cache::of_thread().take(size); }
    static void operator delete(void* frame, std::size_t size) noexcept { frame_cache::of_thread().give(frame, size); }

    template <class A> auto await_transform(A&& a) {
        if constexpr (is_awaitable<std::remove_cvref_t<A>>)
            return waiting<std::remove_cvref_t<A>>{base::await_transform(std::forward<A>(a)), this};
        else return base::await_transform(std::forward<A>(a));
    }
};

} // namespace llmx::inline LLMX_ABI::detail

template <class T, class A, class... More>
    requires(!llmx::detail::is_result<T> && llmx::detail::keeps_frames<std::remove_cvref_t<A>>)
struct std::coroutine_traits<boost::asio::awaitable<T, boost::asio::any_io_executor>, A, More...> {
    using promise_type = llmx::detail::kept_frame<T>;
};

#endif
