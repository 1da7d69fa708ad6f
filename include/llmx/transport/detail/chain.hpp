// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/config.hpp>

#include <cstddef>

namespace llmx::inline LLMX_ABI::detail {

/// The links of an object in one `chain`.
template <class T> struct chain_link {
    T* previous = nullptr;
    T* next = nullptr;
};

/// Doubly linked list through a member of its elements: no allocation, O(1) removal.
/// Does not own the linked objects. Not thread-safe.
template <class T, chain_link<T> T::*Link> class chain {
public:
    chain() = default;
    chain(const chain&) = delete;
    chain& operator=(const chain&) = delete;

    [[nodiscard]] bool empty() const noexcept { return front_ == nullptr; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T* front() const noexcept { return front_; }
    [[nodiscard]] T* back() const noexcept { return back_; }

    void push_front(T& t) noexcept {
        (t.*Link).previous = nullptr;
        (t.*Link).next = front_;
        (front_ != nullptr ? (front_->*Link).previous : back_) = &t;
        front_ = &t;
        ++size_;
    }
    void push_back(T& t) noexcept {
        (t.*Link).previous = back_;
        (t.*Link).next = nullptr;
        (back_ != nullptr ? (back_->*Link).next : front_) = &t;
        back_ = &t;
        ++size_;
    }
    /// \p t must be in this chain.
    void remove(T& t) noexcept {
        chain_link<T>& l = t.*Link;
        (l.previous != nullptr ? (l.previous->*Link).next : front_) = l.next;
        (l.next != nullptr ? (l.next->*Link).previous : back_) = l.previous;
        l.previous = l.next = nullptr;
        --size_;
    }

private:
    T* front_ = nullptr;
    T* back_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace llmx::inline LLMX_ABI::detail
