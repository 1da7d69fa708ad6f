// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/storage/blob_store.hpp>
#include <llmx/storage/counter_store.hpp>
#include <llmx/storage/kv_store.hpp>
#include <llmx/storage/row_store.hpp>

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace llmx::inline LLMX_ABI::testing {

/// Which calls of a store fail. Thread-safe.
class store_faults {
public:
    /// The \p n-th call from now (1 is the next) fails with \p e and has no effect.
    void fail_call(std::size_t n, error e) {
        const std::lock_guard<std::mutex> lock(mutex_);
        faults_.insert_or_assign(calls_ + n, std::move(e));
    }
    /// Every call from now on, until `recover`.
    void fail_always(error e) {
        const std::lock_guard<std::mutex> lock(mutex_);
        always_ = std::move(e);
    }
    void recover() {
        const std::lock_guard<std::mutex> lock(mutex_);
        always_.reset();
        faults_.clear();
    }
    /// Calls since the beginning, those that failed included.
    [[nodiscard]] std::size_t calls() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return calls_;
    }
    /// Counts a call; why it fails, or nothing.
    [[nodiscard]] std::optional<error> next() {
        const std::lock_guard<std::mutex> lock(mutex_);
        ++calls_;
        const auto at = faults_.find(calls_);
        if (at == faults_.end()) return always_;
        std::optional<error> fault = std::move(at->second);
        faults_.erase(at);
        return fault;
    }

private:
    mutable std::mutex mutex_;
    std::map<std::size_t, error> faults_;
    std::optional<error> always_;
    std::size_t calls_ = 0;
};

namespace detail {
template <class T> [[nodiscard]] boost::asio::awaitable<result<T>> failed_store_call(error e) { co_return e; }
/// Calls \p call, which makes an awaitable of `result<T>`, unless \p faults has something against it.
template <class T, class F> [[nodiscard]] boost::asio::awaitable<result<T>> unless_faulty(store_faults& faults, F&& call) {
    if (std::optional<error> e = faults.next()) return failed_store_call<T>(std::move(*e));
    return std::forward<F>(call)();
}
} // namespace detail

/// Stores in front of others, whose calls fail when a test requests it. A call counts when it is
/// made, not when it is awaited. The inner store must outlive them.
LLMX_DECL class basic_failing_counter_store final : public counter_store, public store_faults {
public:
    explicit basic_failing_counter_store(counter_store& inner) noexcept : inner_(&inner) {}
    boost::asio::awaitable<result<std::int64_t>> add(std::string_view key, std::int64_t delta, duration ttl,
                                                     cancellation& stop) override {
        return detail::unless_faulty<std::int64_t>(*this, [&] { return inner_->add(key, delta, ttl, stop); });
    }
    boost::asio::awaitable<result<std::int64_t>> get(std::string_view key, cancellation& stop) override {
        return detail::unless_faulty<std::int64_t>(*this, [&] { return inner_->get(key, stop); });
    }
    boost::asio::awaitable<result<counter_lease>> take(std::string_view key, std::int64_t amount, std::int64_t limit,
                                                       duration window, cancellation& stop) override {
        return detail::unless_faulty<counter_lease>(*this, [&] { return inner_->take(key, amount, limit, window, stop); });
    }
    boost::asio::awaitable<result<void>> give_back(std::string_view key, const counter_lease& lease, std::int64_t amount,
                                                   cancellation& stop) override {
        return detail::unless_faulty<void>(*this, [&] { return inner_->give_back(key, lease, amount, stop); });
    }
    boost::asio::awaitable<result<void>> erase(std::string_view key, cancellation& stop) override {
        return detail::unless_faulty<void>(*this, [&] { return inner_->erase(key, stop); });
    }

private:
    counter_store* inner_;
};
using failing_counter_store = LLMX_PLAIN(basic_failing_counter_store);

/// A `kv_store` in front of another; see `failing_counter_store`.
LLMX_DECL class basic_failing_kv_store final : public kv_store, public store_faults {
public:
    explicit basic_failing_kv_store(kv_store& inner) noexcept : inner_(&inner) {}
    boost::asio::awaitable<result<std::optional<std::string>>> get(std::string_view key, cancellation& stop) override {
        return detail::unless_faulty<std::optional<std::string>>(*this, [&] { return inner_->get(key, stop); });
    }
    boost::asio::awaitable<result<void>> put(std::string_view key, std::string value, duration ttl,
                                             cancellation& stop) override {
        return detail::unless_faulty<void>(*this, [&] { return inner_->put(key, std::move(value), ttl, stop); });
    }
    boost::asio::awaitable<result<bool>> put_if_absent(std::string_view key, std::string value, duration ttl,
                                                       cancellation& stop) override {
        return detail::unless_faulty<bool>(*this, [&] { return inner_->put_if_absent(key, std::move(value), ttl, stop); });
    }
    boost::asio::awaitable<result<bool>> erase(std::string_view key, cancellation& stop) override {
        return detail::unless_faulty<bool>(*this, [&] { return inner_->erase(key, stop); });
    }

private:
    kv_store* inner_;
};
using failing_kv_store = LLMX_PLAIN(basic_failing_kv_store);

/// A `row_store` in front of another; see `failing_counter_store`.
LLMX_DECL class basic_failing_row_store final : public row_store, public store_faults {
public:
    explicit basic_failing_row_store(row_store& inner) noexcept : inner_(&inner) {}
    boost::asio::awaitable<result<void>> create(const table_schema& table, cancellation& stop) override {
        return detail::unless_faulty<void>(*this, [&] { return inner_->create(table, stop); });
    }
    boost::asio::awaitable<result<void>> append(std::string_view table, std::vector<table_row> rows,
                                                cancellation& stop) override {
        return detail::unless_faulty<void>(*this, [&] { return inner_->append(table, std::move(rows), stop); });
    }
    boost::asio::awaitable<result<void>> put(std::string_view table, table_row row, cancellation& stop) override {
        return detail::unless_faulty<void>(*this, [&] { return inner_->put(table, std::move(row), stop); });
    }
    boost::asio::awaitable<result<std::optional<table_row>>> find(std::string_view table, const row_value& key,
                                                                  cancellation& stop) override {
        return detail::unless_faulty<std::optional<table_row>>(*this, [&] { return inner_->find(table, key, stop); });
    }
    boost::asio::awaitable<result<row_page>> query(std::string_view table, const row_range& range,
                                                   cancellation& stop) override {
        return detail::unless_faulty<row_page>(*this, [&] { return inner_->query(table, range, stop); });
    }
    boost::asio::awaitable<result<std::size_t>> erase(std::string_view table, const row_range& range,
                                                      cancellation& stop) override {
        return detail::unless_faulty<std::size_t>(*this, [&] { return inner_->erase(table, range, stop); });
    }

private:
    row_store* inner_;
};
using failing_row_store = LLMX_PLAIN(basic_failing_row_store);

/// A `blob_store` in front of another; see `failing_counter_store`.
LLMX_DECL class basic_failing_blob_store final : public blob_store, public store_faults {
public:
    explicit basic_failing_blob_store(blob_store& inner) noexcept : inner_(&inner) {}
    boost::asio::awaitable<result<void>> put(std::string_view key, std::string bytes, cancellation& stop) override {
        return detail::unless_faulty<void>(*this, [&] { return inner_->put(key, std::move(bytes), stop); });
    }
    boost::asio::awaitable<result<void>> append(std::string_view key, std::uint64_t offset, std::string_view bytes,
                                                cancellation& stop) override {
        return detail::unless_faulty<void>(*this, [&] { return inner_->append(key, offset, bytes, stop); });
    }
    boost::asio::awaitable<result<std::string>> read(std::string_view key, std::uint64_t offset, std::size_t most,
                                                     cancellation& stop) override {
        return detail::unless_faulty<std::string>(*this, [&] { return inner_->read(key, offset, most, stop); });
    }
    boost::asio::awaitable<result<std::optional<std::uint64_t>>> size(std::string_view key, cancellation& stop) override {
        return detail::unless_faulty<std::optional<std::uint64_t>>(*this, [&] { return inner_->size(key, stop); });
    }
    boost::asio::awaitable<result<bool>> erase(std::string_view key, cancellation& stop) override {
        return detail::unless_faulty<bool>(*this, [&] { return inner_->erase(key, stop); });
    }
    boost::asio::awaitable<result<std::vector<std::string>>> list(std::string_view prefix, std::string_view after, std::size_t most,
                                                                  cancellation& stop) override {
        return detail::unless_faulty<std::vector<std::string>>(*this, [&] { return inner_->list(prefix, after, most, stop); });
    }

private:
    blob_store* inner_;
};
using failing_blob_store = LLMX_PLAIN(basic_failing_blob_store);

} // namespace llmx::inline LLMX_ABI::testing
