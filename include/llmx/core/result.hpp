// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/error.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace llmx::inline LLMX_ABI {

template <class T = void> class result;

/// Makes a `result` from the arguments of its value or of its error, where the plain
/// constructors could not decide.
struct in_place_value_t {
    explicit in_place_value_t() = default;
};
/// Selects the constructor of a failure.
struct in_place_error_t {
    explicit in_place_error_t() = default;
};
inline constexpr in_place_value_t in_place_value{};
inline constexpr in_place_error_t in_place_error{};

namespace detail {

template <class T> inline constexpr bool is_result = false;
template <class T> inline constexpr bool is_result<result<T>> = true;

/// \p A makes a value of type \p T and could not be meant as an error.
template <class T, class A>
concept value_argument =
    !is_result<std::remove_cvref_t<A>> && std::is_constructible_v<T, A> && !std::is_constructible_v<error, A>;

/// Throws `call_failed`; without exceptions prints the sentence and aborts. Out of line, so that
/// a checked access costs its caller one test and one jump.
LLMX_DECL [[noreturn, gnu::cold]] void throw_call_failed(const error& e);
/// The error that `result::error` returns for a success.
LLMX_DECL [[nodiscard, gnu::cold]] const error& error_of_success() noexcept;

} // namespace detail

/// A value or an `error`: how every function of llmx reports failure.
///
/// `r->text()`, `*r` and `r.value()` give the value; on a failure each throws `call_failed`,
/// whose `what()` is the error's sentence. `if (r)` or `has_value()` tests first. `r.error()` is
/// why it failed; on a success it is `errc::internal` with a sentence to that effect, never
/// undefined.
///
/// Made implicitly from a `T`, a type that converts to one, an `error` or an `errc`. Never empty: an
/// assignment whose copy throws leaves the old content. A moved-from result still has the state
/// it had. Distinct objects may be used from distinct threads. With `-fno-exceptions` the
/// sentence goes to standard error and the program aborts.
template <class T> class result {
    static_assert(std::is_object_v<T> && !std::is_array_v<T> && !std::is_const_v<T>,
                  "llmx: a result holds an object: use a pointer instead of a reference, a container instead of an "
                  "array, and no const");
    static_assert(!std::is_same_v<T, llmx::error> && !std::is_same_v<T, errc>,
                  "llmx: result<error> could not distinguish its value from a failure");

public:
    using value_type = T;
    using error_type = llmx::error;

    /// A success with a value-initialised \p T.
    result() noexcept(std::is_nothrow_default_constructible_v<T>)
        requires std::is_default_constructible_v<T>
        : value_(), good_(true) {}

    template <class A = T>
        requires detail::value_argument<T, A>
    explicit(!std::is_convertible_v<A, T>) result(A&& value) noexcept(std::is_nothrow_constructible_v<T, A>)
        : value_(std::forward<A>(value)), good_(true) {}
    result(llmx::error e) noexcept : error_(std::move(e)), good_(false) {} // NOLINT: a failure is a result
    result(errc code) noexcept : error_(code), good_(false) {}             // NOLINT

    template <class A, class B, class... More>
        requires(std::is_constructible_v<T, A, B, More...> && !std::is_constructible_v<llmx::error, A, B, More...>)
    explicit result(A&& a, B&& b, More&&... more) noexcept(std::is_nothrow_constructible_v<T, A, B, More...>)
        : value_(std::forward<A>(a), std::forward<B>(b), std::forward<More>(more)...), good_(true) {}
    template <class A, class B, class... More>
        requires(!std::is_constructible_v<T, A, B, More...> && std::is_constructible_v<llmx::error, A, B, More...>)
    explicit result(A&& a, B&& b, More&&... more)
        : error_(std::forward<A>(a), std::forward<B>(b), std::forward<More>(more)...), good_(false) {}

    template <class... A>
        requires std::is_constructible_v<T, A...>
    explicit result(in_place_value_t, A&&... a) noexcept(std::is_nothrow_constructible_v<T, A...>)
        : value_(std::forward<A>(a)...), good_(true) {}
    template <class... A>
        requires std::is_constructible_v<llmx::error, A...>
    explicit result(in_place_error_t, A&&... a) noexcept(std::is_nothrow_constructible_v<llmx::error, A...>)
        : error_(std::forward<A>(a)...), good_(false) {}

    /// From a result whose value converts.
    template <class U>
        requires(!std::is_same_v<U, T> && std::is_convertible_v<const U&, T>)
    result(const result<U>& other) : good_(other.has_value()) { // NOLINT
        if (good_) std::construct_at(std::addressof(value_), *other);
        else std::construct_at(std::addressof(error_), other.error());
    }
    template <class U>
        requires(!std::is_same_v<U, T> && std::is_convertible_v<U, T>)
    result(result<U>&& other) : good_(other.has_value()) { // NOLINT
        if (good_) std::construct_at(std::addressof(value_), *std::move(other));
        else std::construct_at(std::addressof(error_), std::move(other).error());
    }

    result(const result& other) noexcept(std::is_nothrow_copy_constructible_v<T>)
        requires std::is_copy_constructible_v<T>
        : good_(other.good_) {
        if (good_) std::construct_at(std::addressof(value_), other.value_);
        else std::construct_at(std::addressof(error_), other.error_);
    }
    result(result&& other) noexcept(std::is_nothrow_move_constructible_v<T>)
        requires std::is_move_constructible_v<T>
        : good_(other.good_) {
        if (good_) std::construct_at(std::addressof(value_), std::move(other.value_));
        else std::construct_at(std::addressof(error_), std::move(other.error_));
    }
    result& operator=(const result& other)
        requires(std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T>)
    {
        if (good_ && other.good_) value_ = other.value_;
        else if (good_) become_error(other.error_);
        else if (other.good_) become_value(other.value_);
        else error_ = other.error_;
        return *this;
    }
    result& operator=(result&& other) noexcept(std::is_nothrow_move_constructible_v<T> &&
                                               std::is_nothrow_move_assignable_v<T>)
        requires(std::is_move_constructible_v<T> && std::is_move_assignable_v<T>)
    {
        if (good_ && other.good_) value_ = std::move(other.value_);
        else if (good_) become_error(std::move(other.error_));
        else if (other.good_) become_value(std::move(other.value_));
        else error_ = std::move(other.error_);
        return *this;
    }
    ~result() {
        if (good_) std::destroy_at(std::addressof(value_));
        else std::destroy_at(std::addressof(error_));
    }

    [[nodiscard]] bool has_value() const noexcept { return good_; }
    [[nodiscard]] bool has_error() const noexcept { return !good_; }
    explicit operator bool() const noexcept { return good_; }

    /// The value; throws `call_failed` on a failure, as `*` and `->` do. From a temporary result
    /// the value is moved out, so that nothing refers to an object that is about to end.
    T& value() & { return check(), value_; }
    const T& value() const& { return check(), value_; }
    T value() && { return check(), std::move(value_); }
    void value() const&& = delete;

    [[nodiscard]] T& operator*() & { return check(), value_; }
    [[nodiscard]] const T& operator*() const& { return check(), value_; }
    [[nodiscard]] T operator*() && { return check(), std::move(value_); }
    void operator*() const&& = delete;

    [[nodiscard]] T* operator->() { return check(), std::addressof(value_); }
    [[nodiscard]] const T* operator->() const { return check(), std::addressof(value_); }

    /// Why it failed. On a success: `errc::internal` with a sentence to that effect.
    [[nodiscard]] const llmx::error& error() const& noexcept { return good_ ? detail::error_of_success() : error_; }
    [[nodiscard]] llmx::error error() && noexcept {
        return good_ ? detail::error_of_success() : std::move(error_);
    }
    [[nodiscard]] llmx::error error() const&& noexcept { return good_ ? detail::error_of_success() : error_; }

    /// Replaces whatever is here by a value made of \p a.
    template <class... A>
        requires std::is_constructible_v<T, A...>
    T& emplace(A&&... a) {
        *this = result(in_place_value, std::forward<A>(a)...);
        return value_;
    }

    void swap(result& other) noexcept(std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T>) {
        result kept(std::move(other));
        other = std::move(*this);
        *this = std::move(kept);
    }
    friend void swap(result& a, result& b) noexcept(noexcept(a.swap(b))) { a.swap(b); }

    /// Equal values, or equal errors.
    friend bool operator==(const result& a, const result& b)
        requires requires(const T& x, const T& y) { bool(x == y); }
    {
        if (a.good_ != b.good_) return false;
        return a.good_ ? bool(a.value_ == b.value_) : a.error_ == b.error_;
    }

private:
    void check() const {
        if (!good_) [[unlikely]]
            detail::throw_call_failed(error_);
    }
    void become_error(llmx::error e) noexcept {
        std::destroy_at(std::addressof(value_));
        std::construct_at(std::addressof(error_), std::move(e));
        good_ = false;
    }
    template <class A> void become_value(A&& value) {
        if constexpr (std::is_nothrow_constructible_v<T, A>) {
            std::destroy_at(std::addressof(error_));
            std::construct_at(std::addressof(value_), std::forward<A>(value));
        } else {
            restorer back(*this);
            std::construct_at(std::addressof(value_), std::forward<A>(value));
            back.to = nullptr;
        }
        good_ = true;
    }
    /// Puts the error back when making the value throws.
    struct restorer {
        explicit restorer(result& r) noexcept : kept(std::move(r.error_)), to(&r) {
            std::destroy_at(std::addressof(r.error_));
        }
        restorer(const restorer&) = delete;
        restorer& operator=(const restorer&) = delete;
        ~restorer() {
            if (to != nullptr) std::construct_at(std::addressof(to->error_), std::move(kept));
        }
        llmx::error kept;
        result* to;
    };

    union {
        T value_;
        llmx::error error_;
    };
    bool good_;
};

/// A success without a value, or an `error`. `value()` and `*` throw `call_failed` on a failure.
template <> class result<void> {
public:
    using value_type = void;
    using error_type = llmx::error;

    result() noexcept : none_(), good_(true) {}
    explicit result(in_place_value_t) noexcept : result() {}
    result(llmx::error e) noexcept : error_(std::move(e)), good_(false) {} // NOLINT: a failure is a result
    result(errc code) noexcept : error_(code), good_(false) {}             // NOLINT
    result(errc code, std::string message) : error_(code, std::move(message)), good_(false) {}
    template <class... A>
        requires std::is_constructible_v<llmx::error, A...>
    explicit result(in_place_error_t, A&&... a) : error_(std::forward<A>(a)...), good_(false) {}

    result(const result& other) noexcept : none_(), good_(other.good_) {
        if (!good_) std::construct_at(std::addressof(error_), other.error_);
    }
    result(result&& other) noexcept : none_(), good_(other.good_) {
        if (!good_) std::construct_at(std::addressof(error_), std::move(other.error_));
    }
    result& operator=(const result& other) noexcept {
        if (this != &other) *this = result(other);
        return *this;
    }
    result& operator=(result&& other) noexcept {
        if (this == &other) return *this;
        if (!good_) std::destroy_at(std::addressof(error_));
        good_ = other.good_;
        if (!good_) std::construct_at(std::addressof(error_), std::move(other.error_));
        return *this;
    }
    ~result() {
        if (!good_) std::destroy_at(std::addressof(error_));
    }

    [[nodiscard]] bool has_value() const noexcept { return good_; }
    [[nodiscard]] bool has_error() const noexcept { return !good_; }
    explicit operator bool() const noexcept { return good_; }

    void value() const {
        if (!good_) [[unlikely]]
            detail::throw_call_failed(error_);
    }
    void operator*() const { value(); }

    [[nodiscard]] const llmx::error& error() const& noexcept { return good_ ? detail::error_of_success() : error_; }
    [[nodiscard]] llmx::error error() && noexcept {
        return good_ ? detail::error_of_success() : std::move(error_);
    }
    [[nodiscard]] llmx::error error() const&& noexcept { return good_ ? detail::error_of_success() : error_; }

    void emplace() noexcept { *this = result(); }
    void swap(result& other) noexcept { std::swap(*this, other); }
    friend void swap(result& a, result& b) noexcept { std::swap(a, b); }
    friend bool operator==(const result& a, const result& b) noexcept {
        return a.good_ == b.good_ && (a.good_ || a.error_ == b.error_);
    }

private:
    union {
        char none_;
        llmx::error error_;
    };
    bool good_;
};

/// A success without a value, for `co_return` and `return`.
[[nodiscard]] inline result<void> success() noexcept { return result<void>(); }

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/core/impl/result.ipp>
#endif
