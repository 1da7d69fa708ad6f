// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {
/// Its address identifies the type \p T.
template <class T> inline constexpr char message_key{};
} // namespace detail

/// A request or a reply of some operation, owned or borrowed, whose type is known to its users only.
///
/// The layers between a façade and a codec carry one without knowing the operation. Not
/// thread-safe.
class any_message {
public:
    any_message() noexcept {}
    template <class T>
    explicit any_message(std::unique_ptr<T> own) noexcept
        : value_(own.release(), deleter(&destroy_as<T>)), key_(value_ ? &detail::message_key<T> : nullptr) {}
    /// Refers to \p lent, which must outlive it.
    template <class T> [[nodiscard]] static any_message borrow(const T& lent) noexcept {
        any_message m;
        m.value_ = holder(&lent, deleter());
        m.key_ = &detail::message_key<T>;
        return m;
    }
    template <class T> [[nodiscard]] static any_message of(T value) {
        return any_message(std::make_unique<T>(std::move(value)));
    }

    [[nodiscard]] bool empty() const noexcept { return value_ == nullptr; }
    [[nodiscard]] bool owns() const noexcept { return value_ != nullptr && value_.get_deleter().destroy != nullptr; }
    /// Null when there is none, or it is of another type.
    template <class T> [[nodiscard]] const T* get() const noexcept {
        return key_ == &detail::message_key<T> ? static_cast<const T*>(value_.get()) : nullptr;
    }
    /// The same, to be changed or moved from; null for a borrowed one too.
    template <class T> [[nodiscard]] T* edit() noexcept { return owns() ? const_cast<T*>(get<T>()) : nullptr; }
    void reset() noexcept {
        value_.reset();
        key_ = nullptr;
    }

private:
    template <class T> static void destroy_as(const void* p) noexcept { delete static_cast<const T*>(p); }
    struct deleter {
        deleter() noexcept : destroy(nullptr) {}
        explicit deleter(void (*d)(const void*) noexcept) noexcept : destroy(d) {}
        void operator()(const void* p) const noexcept {
            if (destroy != nullptr) destroy(p);
        }
        void (*destroy)(const void*) noexcept;
    };
    using holder = std::unique_ptr<const void, deleter>;
    holder value_;
    const char* key_ = nullptr;
};

} // namespace llmx::inline LLMX_ABI
