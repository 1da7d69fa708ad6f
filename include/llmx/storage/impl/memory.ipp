// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/storage/detail/key_range.hpp>
#include <llmx/storage/detail/memory_shards.hpp>
#include <llmx/storage/detail/memory_tables.hpp>
#include <llmx/storage/memory.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// \p a plus \p b, held at the ends of 64 bits.
[[nodiscard]] constexpr std::int64_t saturating_sum(std::int64_t a, std::int64_t b) noexcept {
    using limits = std::numeric_limits<std::int64_t>;
    if (b > 0 && a > limits::max() - b) return limits::max();
    if (b < 0 && a < limits::min() - b) return limits::min();
    return a + b;
}

LLMX_DECL class basic_memory_counters final : public counter_store {
public:
    explicit basic_memory_counters(const memory_store_options& o)
        : now_(o.now), each_(std::max<std::size_t>(1, o.max_counters / memory_shards<part>::count)) {}

    boost::asio::awaitable<result<std::int64_t>> add(std::string_view key, std::int64_t delta, duration ttl,
                                                     cancellation& stop) override {
        return completed(do_add(key, delta, ttl, stop));
    }
    boost::asio::awaitable<result<std::int64_t>> get(std::string_view key, cancellation& stop) override {
        return completed(do_get(key, stop));
    }
    boost::asio::awaitable<result<counter_lease>> take(std::string_view key, std::int64_t amount, std::int64_t limit,
                                                       duration window, cancellation& stop) override {
        return completed(do_take(key, amount, limit, window, stop));
    }
    boost::asio::awaitable<result<void>> give_back(std::string_view key, const counter_lease& lease, std::int64_t amount,
                                                   cancellation& stop) override {
        return completed(do_give_back(key, lease, amount, stop));
    }
    boost::asio::awaitable<result<void>> erase(std::string_view key, cancellation& stop) override {
        return completed(do_erase(key, stop));
    }

private:
    struct entry {
        std::int64_t value = 0;
        time_point end{};
        std::uint64_t window = 0;
    };
    struct part {
        std::unordered_map<std::string, entry, text_hash, std::equal_to<>> counters, windows;
        /// Where entries with an end are, the nearest first.
        std::set<std::pair<time_point, std::pair<bool, std::string>>> ends;
        std::uint64_t last_window = 0;

        auto& of(bool is_window) noexcept { return is_window ? windows : counters; }
        void remove(bool is_window, std::string_view key) {
            auto& all = of(is_window);
            const auto at = all.find(key);
            if (at == all.end()) return;
            if (at->second.end != time_point::max()) ends.erase({at->second.end, {is_window, at->first}});
            all.erase(at);
        }
        /// The entry of \p key, made when there is none in force; null when there is no room.
        entry* live(bool is_window, std::string_view key, time_point now, duration ttl, std::size_t most) {
            while (!ends.empty() && ends.begin()->first <= now) remove_first();
            auto& all = of(is_window);
            if (const auto at = all.find(key); at != all.end()) return &at->second;
            if (counters.size() + windows.size() >= most) {
                if (ends.empty()) return nullptr;
                remove_first();
            }
            std::string name(key);
            entry e;
            e.end = end_of(now, ttl);
            e.window = ++last_window;
            if (e.end != time_point::max()) ends.emplace(e.end, std::make_pair(is_window, name));
            return &all.emplace(std::move(name), e).first->second;
        }
        void remove_first() {
            const auto first = ends.begin();
            of(first->second.first).erase(first->second.second);
            ends.erase(first);
        }
    };

    result<std::int64_t> do_add(std::string_view key, std::int64_t delta, duration ttl, const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        if (ttl <= duration::zero()) return error(errc::invalid_request, "a time to live must be positive");
        return parts_.with(key, [&](part& p) -> result<std::int64_t> {
            entry* const e = p.live(false, key, now_(), ttl, each_);
            if (e == nullptr) return error(errc::shed, "the store is full: it holds its maximum number of counters");
            return e->value = saturating_sum(e->value, delta);
        });
    }
    result<std::int64_t> do_get(std::string_view key, const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        return parts_.with(key, [&](part& p) -> result<std::int64_t> {
            const auto at = p.counters.find(key);
            return at == p.counters.end() || at->second.end <= now_() ? std::int64_t{0} : at->second.value;
        });
    }
    result<counter_lease> do_take(std::string_view key, std::int64_t amount, std::int64_t limit, duration window,
                                  const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        if (amount < 0 || limit < 0 || window <= duration::zero())
            return error(errc::invalid_request, "a lease needs an amount, a limit and a positive window");
        return parts_.with(key, [&](part& p) -> result<counter_lease> {
            const time_point now = now_();
            entry* const e = p.live(true, key, now, window, each_);
            if (e == nullptr) return error(errc::shed, "the store is full: it holds its maximum number of counters");
            counter_lease given;
            given.granted = std::clamp<std::int64_t>(limit - e->value, 0, amount);
            e->value += given.granted;
            given.left = std::max<std::int64_t>(0, limit - e->value);
            given.ends_in = e->end == time_point::max() ? no_ttl : e->end - now;
            given.window = e->window;
            return given;
        });
    }
    result<void> do_give_back(std::string_view key, const counter_lease& lease, std::int64_t amount,
                              const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        if (amount < 0 || amount > lease.granted)
            return error(errc::invalid_request, "a lease returns at most the units that it was granted");
        parts_.with(key, [&](part& p) {
            const auto at = p.windows.find(key);
            if (at == p.windows.end() || at->second.window != lease.window || at->second.end <= now_()) return;
            at->second.value = std::max<std::int64_t>(0, at->second.value - amount);
        });
        return success();
    }
    result<void> do_erase(std::string_view key, const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        parts_.with(key, [&](part& p) {
            p.remove(false, key);
            p.remove(true, key);
        });
        return success();
    }

    const std::function<time_point()> now_;
    const std::size_t each_;
    memory_shards<part> parts_;
};
using memory_counters = LLMX_PLAIN(basic_memory_counters);

LLMX_DECL class basic_memory_values final : public kv_store {
public:
    explicit basic_memory_values(const memory_store_options& o)
        : now_(o.now), each_(o.max_kv_bytes / memory_shards<part>::count) {}

    boost::asio::awaitable<result<std::optional<std::string>>> get(std::string_view key, cancellation& stop) override {
        return completed(do_get(key, stop));
    }
    boost::asio::awaitable<result<void>> put(std::string_view key, std::string value, duration ttl,
                                             cancellation& stop) override {
        const result<bool> done = do_put(key, std::move(value), ttl, stop, true);
        return completed(done ? success() : result<void>(done.error()));
    }
    boost::asio::awaitable<result<bool>> put_if_absent(std::string_view key, std::string value, duration ttl,
                                                       cancellation& stop) override {
        return completed(do_put(key, std::move(value), ttl, stop, false));
    }
    boost::asio::awaitable<result<bool>> erase(std::string_view key, cancellation& stop) override {
        return completed(do_erase(key, stop));
    }

private:
    struct entry {
        std::string key, value;
        time_point end{};
        [[nodiscard]] std::size_t bytes() const noexcept { return key.size() + value.size() + memory_entry_bytes; }
    };
    using entries = std::list<entry>;
    struct part {
        /// The one used last comes first.
        entries used;
        /// Views of the keys in `used`.
        std::unordered_map<std::string_view, typename entries::iterator> by_key;
        std::set<std::pair<time_point, std::string_view>> ends;
        std::size_t bytes = 0;

        void remove(typename entries::iterator e) {
            bytes -= e->bytes();
            by_key.erase(e->key);
            if (e->end != time_point::max()) ends.erase({e->end, e->key});
            used.erase(e);
        }
        void expire(time_point now) {
            while (!ends.empty() && ends.begin()->first <= now) remove(by_key.at(ends.begin()->second));
        }
    };

    result<std::optional<std::string>> do_get(std::string_view key, const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        return parts_.with(key, [&](part& p) {
            std::optional<std::string> found;
            const auto at = p.by_key.find(key);
            if (at != p.by_key.end() && at->second->end > now_()) {
                p.used.splice(p.used.begin(), p.used, at->second);
                found = at->second->value;
            }
            return result<std::optional<std::string>>(std::move(found));
        });
    }
    result<bool> do_put(std::string_view key, std::string value, duration ttl, const cancellation& stop, bool replace) {
        if (stop.cancelled()) return errc::cancelled;
        if (ttl <= duration::zero()) return error(errc::invalid_request, "a time to live must be positive");
        entry fresh;
        fresh.key = key;
        fresh.value = std::move(value);
        if (fresh.bytes() > each_) return error(errc::shed, "the value is too large for the store");
        return parts_.with(key, [&](part& p) -> result<bool> {
            const time_point now = now_();
            p.expire(now);
            fresh.end = end_of(now, ttl);
            if (const auto at = p.by_key.find(key); at != p.by_key.end()) {
                if (!replace) return false;
                p.remove(at->second);
            }
            while (p.bytes + fresh.bytes() > each_) p.remove(std::prev(p.used.end()));
            p.used.push_front(std::move(fresh));
            const auto e = p.used.begin();
            p.by_key.emplace(e->key, e);
            if (e->end != time_point::max()) p.ends.emplace(e->end, e->key);
            p.bytes += e->bytes();
            return true;
        });
    }
    result<bool> do_erase(std::string_view key, const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        return parts_.with(key, [&](part& p) -> result<bool> {
            const auto at = p.by_key.find(key);
            if (at == p.by_key.end()) return false;
            const bool live = at->second->end > now_();
            p.remove(at->second);
            return live;
        });
    }

    const std::function<time_point()> now_;
    const std::size_t each_;
    memory_shards<part> parts_;
};
using memory_values = LLMX_PLAIN(basic_memory_values);

LLMX_DECL class basic_memory_blobs final : public blob_store {
public:
    explicit basic_memory_blobs(const memory_store_options& o) : most_(o.max_blob_bytes) {}

    boost::asio::awaitable<result<void>> put(std::string_view key, std::string bytes, cancellation& stop) override {
        return completed(do_put(key, std::move(bytes), stop));
    }
    boost::asio::awaitable<result<void>> append(std::string_view key, std::uint64_t offset, std::string_view bytes,
                                                cancellation& stop) override {
        return completed(do_append(key, offset, bytes, stop));
    }
    boost::asio::awaitable<result<std::string>> read(std::string_view key, std::uint64_t offset, std::size_t most,
                                                     cancellation& stop) override {
        return completed(do_read(key, offset, most, stop));
    }
    boost::asio::awaitable<result<std::optional<std::uint64_t>>> size(std::string_view key, cancellation& stop) override {
        return completed(do_size(key, stop));
    }
    boost::asio::awaitable<result<bool>> erase(std::string_view key, cancellation& stop) override {
        return completed(do_erase(key, stop));
    }
    boost::asio::awaitable<result<std::vector<std::string>>> list(std::string_view prefix, std::string_view after, std::size_t most,
                                                                  cancellation& stop) override {
        return completed(do_list(prefix, after, most, stop));
    }

private:
    using blobs = std::map<std::string, std::string, std::less<>>;

    [[nodiscard]] bool fits(std::size_t more) const noexcept { return more <= most_ && bytes_ <= most_ - more; }
    [[nodiscard]] static error full() { return error(errc::shed, "the blob does not fit into the store"); }
    [[nodiscard]] static std::size_t cost(std::string_view key, std::string_view bytes) noexcept {
        return key.size() + bytes.size() + memory_entry_bytes;
    }

    result<void> do_put(std::string_view key, std::string bytes, const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto at = all_.find(key);
        const std::size_t had = at == all_.end() ? 0 : cost(key, at->second), has = cost(key, bytes);
        if (has > had && !fits(has - had)) return full();
        // Copied: the capacity that is kept is then the size that is counted.
        if (bytes.capacity() > bytes.size() + bytes.size() / 8) bytes = std::string(bytes.data(), bytes.size());
        if (at == all_.end()) all_.emplace(std::string(key), std::move(bytes));
        else at->second = std::move(bytes);
        bytes_ = bytes_ - had + has;
        return success();
    }
    result<void> do_append(std::string_view key, std::uint64_t offset, std::string_view bytes, const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        const std::lock_guard<std::mutex> lock(mutex_);
        auto at = all_.find(key);
        if (offset != (at == all_.end() ? 0 : at->second.size()))
            return error(errc::conflict, "the piece does not begin at the end of the blob");
        const std::size_t more = at == all_.end() ? cost(key, bytes) : bytes.size();
        if (!fits(more)) return full();
        if (at == all_.end()) at = all_.emplace(std::string(key), std::string()).first;
        at->second += bytes;
        bytes_ += more;
        return success();
    }
    result<std::string> do_read(std::string_view key, std::uint64_t offset, std::size_t most, const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto at = all_.find(key);
        if (at == all_.end()) return error(errc::not_found, "there is no such blob");
        if (offset >= at->second.size()) return std::string();
        return at->second.substr(static_cast<std::size_t>(offset), most);
    }
    result<std::optional<std::uint64_t>> do_size(std::string_view key, const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        const std::lock_guard<std::mutex> lock(mutex_);
        std::optional<std::uint64_t> size;
        if (const auto at = all_.find(key); at != all_.end()) size = at->second.size();
        return size;
    }
    result<bool> do_erase(std::string_view key, const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        const std::lock_guard<std::mutex> lock(mutex_);
        const auto at = all_.find(key);
        if (at == all_.end()) return false;
        bytes_ -= cost(key, at->second);
        all_.erase(at);
        return true;
    }
    result<std::vector<std::string>> do_list(std::string_view prefix, std::string_view after, std::size_t most, const cancellation& stop) {
        if (stop.cancelled()) return errc::cancelled;
        const std::lock_guard<std::mutex> lock(mutex_);
        return keys_in(all_, prefix, after, most);
    }

    const std::size_t most_;
    std::mutex mutex_;
    blobs all_;
    std::size_t bytes_ = 0;
};
using memory_blobs = LLMX_PLAIN(basic_memory_blobs);

LLMX_DECL [[nodiscard]] memory_store_options with_clock(memory_store_options o) {
    if (!o.now) o.now = [] { return clock::now(); };
    return o;
}

} // namespace detail

LLMX_DECL LLMX_OF(memory_store)::basic_memory_store(const memory_store_options& given) {
    const memory_store_options o = detail::with_clock(given);
    counters_ = std::make_unique<detail::memory_counters>(o);
    values_ = std::make_unique<detail::memory_values>(o);
    rows_ = std::make_unique<detail::memory_tables>(o.max_row_bytes, o.max_tables);
    blobs_ = std::make_unique<detail::memory_blobs>(o);
}
LLMX_DECL LLMX_OF(memory_store)::~basic_memory_store() = default;
LLMX_DECL counter_store& LLMX_OF(memory_store)::counters() noexcept { return *counters_; }
LLMX_DECL kv_store& LLMX_OF(memory_store)::values() noexcept { return *values_; }
LLMX_DECL row_store& LLMX_OF(memory_store)::rows() noexcept { return *rows_; }
LLMX_DECL blob_store& LLMX_OF(memory_store)::blobs() noexcept { return *blobs_; }

} // namespace llmx::inline LLMX_ABI
