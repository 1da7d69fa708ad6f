// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/detail/metric_shard.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

enum class metric_kind : std::uint8_t { counter, gauge, updown, histogram };

/// The declaration of a family; two registrations that agree in all of it mean the same family.
struct metric_description {
    metric_description() = default;
    std::string name, help;
    metric_kind kind = metric_kind::counter;
    /// Digits after the decimal point of a counter, whose words count units of the last one.
    unsigned digits = 0;
    std::vector<std::string> labels;
    std::vector<double> bounds;
    friend bool operator==(const metric_description&, const metric_description&) = default;

    /// Words of one shard: a value, or a sequence number and two copies of a sum and a count for
    /// each bucket.
    [[nodiscard]] std::size_t words() const noexcept {
        return kind == metric_kind::histogram ? 1 + 2 * (bounds.size() + 2) : 1;
    }
};

/// The shared state of a registry's families.
struct metric_storage {
    explicit metric_storage(std::size_t shard_count) : shards(shard_count), arenas(shard_count) {}
    const std::size_t shards;
    /// Guards the making of families and series, and the arena of the shared shard.
    std::mutex mutex;
    std::vector<metric_arena> arenas;
    /// Secret: callers choose label values, and must not be able to choose collisions.
    std::uint64_t salt[2] = {};
};

/// The words to record in, and whose they are.
struct metric_place {
    metric_word* words;
    std::size_t shard;
};

class metric_family;

/// One combination of label values. Its address stays; it is valid as long as its registry.
class metric_series {
public:
    /// Where the calling thread records. Allocates at a thread's first use of the series; when
    /// there is no memory, the thread uses the shared words.
    LLMX_DECL [[nodiscard]] metric_place place() noexcept {
        const std::size_t shard = metric_shard_of_thread();
        if (shard < shards_) {
            metric_word* const words = words_[shard].load(std::memory_order_relaxed);
            if (words != nullptr) return {words, shard};
        }
        return first_place(shard);
    }
    /// The first of the words that all threads may use, always there.
    [[nodiscard]] metric_word* shared_place() noexcept {
        return words_[shared_metric_shard].load(std::memory_order_relaxed);
    }
    [[nodiscard]] const std::vector<double>& bounds() const noexcept { return *bounds_; }
    /// Words of shard \p i; null when no thread has recorded there.
    [[nodiscard]] const metric_word* words(std::size_t i) const noexcept {
        return words_[i].load(std::memory_order_acquire);
    }

private:
    friend class metric_family;
    LLMX_DECL [[nodiscard, gnu::cold]] metric_place first_place(std::size_t shard) noexcept;

    std::unique_ptr<std::atomic<metric_word*>[]> words_;
    std::size_t shards_ = 0, count_ = 0;
    const std::vector<double>* bounds_ = nullptr;
    metric_storage* storage_ = nullptr;
    std::uint64_t hash_ = 0;
    /// The values, a byte 0xFF after each, which no UTF-8 has.
    std::string key_;
    /// `name="value",name="value"`, escaped.
    std::string labels_;
    std::atomic<metric_series*> next_{nullptr};
};

/// All series of one name.
///
/// A series is found in an open-addressed table of pointers without a lock. A full table is
/// replaced by one of twice its size; old ones stay until the end, because others may be
/// reading them, and together have no more slots than the newest.
class metric_family {
public:
    /// Label values have at most so many bytes; longer ones are cut before the code point that
    /// does not fit.
    static constexpr std::size_t max_value = 256;
    static constexpr std::size_t max_labels = 16;

    /// \p overflow counts calls recorded in the series "other"; may be null. The storage's mutex is held.
    LLMX_DECL metric_family(metric_storage& storage, metric_description what, std::size_t max_series,
                            metric_series* overflow);
    metric_family(const metric_family&) = delete;
    metric_family& operator=(const metric_family&) = delete;

    /// \p values: one for each label. Takes the storage's mutex when there is no such series yet.
    LLMX_DECL [[nodiscard]] metric_series& find(std::span<const std::string_view> values) noexcept;
    /// Appends the family in the text format; nothing when it has no series.
    LLMX_DECL void append(std::string& out, std::vector<std::uint64_t>& scratch) const;
    [[nodiscard]] const metric_description& what() const noexcept { return what_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

    std::atomic<metric_family*> next{nullptr};

private:
    struct table {
        explicit table(std::size_t size) : mask(size - 1), slots(std::make_unique<std::atomic<metric_series*>[]>(size)) {}
        std::size_t mask;
        std::unique_ptr<std::atomic<metric_series*>[]> slots;
    };
    LLMX_DECL [[nodiscard]] metric_series& find_clean(std::span<const std::string_view> values) noexcept;
    LLMX_DECL [[nodiscard]] std::uint64_t hash_of(std::span<const std::string_view> values) const noexcept;
    LLMX_DECL [[nodiscard]] metric_series* look_up(std::uint64_t hash, std::span<const std::string_view> values) const noexcept;
    /// The storage's mutex is held.
    LLMX_DECL metric_series& make(std::uint64_t hash, std::span<const std::string_view> values);
    LLMX_DECL void put(table& t, metric_series& s) const noexcept;
    LLMX_DECL void write_head();
    LLMX_DECL [[nodiscard]] metric_series& overflow() noexcept;
    LLMX_DECL void append_value(std::string& out, const metric_series& s) const;
    LLMX_DECL void append_histogram(std::string& out, const metric_series& s, std::vector<std::uint64_t>& scratch) const;

    metric_storage* storage_;
    const metric_description what_;
    const std::size_t max_series_;
    metric_series* overflow_counter_;
    /// The lines before the series, and `le` labels, ready to be written.
    std::string head_;
    std::vector<std::string> les_;
    std::vector<std::unique_ptr<table>> tables_;
    std::atomic<const table*> table_{nullptr};
    std::vector<std::unique_ptr<metric_series>> series_;
    std::atomic<std::size_t> size_{0};
    std::atomic<metric_series*> first_{nullptr};
    metric_series* last_ = nullptr;
    /// The series whose labels all are "other"; listed once it has been used.
    metric_series* other_ = nullptr;
    std::atomic<bool> other_used_{false};
};

/// `name` as Prometheus allows it for a metric ([a-zA-Z_:][a-zA-Z0-9_:]*) or a label (no colon,
/// not beginning with "__", which Prometheus keeps for itself).
LLMX_DECL [[nodiscard]] bool valid_metric_name(std::string_view name) noexcept;
LLMX_DECL [[nodiscard]] bool valid_label_name(std::string_view name) noexcept;
/// Appends \p text with bytes that are not UTF-8 replaced by U+FFFD.
LLMX_DECL void append_clean_utf8(std::string& out, std::string_view text);
/// Shortest text that reads back as \p value; "+Inf", "-Inf", "NaN".
LLMX_DECL void append_metric_number(std::string& out, double value);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/metric_exposition.ipp>
#include <llmx/telemetry/impl/metric_family.ipp>
#endif
