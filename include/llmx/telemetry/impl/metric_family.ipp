// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/detail/metric_family.hpp>
#include <llmx/wire/utf8.hpp>

#include <array>
#include <cstring>
#include <exception>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

inline constexpr std::string_view other_label_value = "other";

LLMX_DECL metric_place metric_series::first_place(std::size_t shard) noexcept {
    if (shard < shards_ && shard != shared_metric_shard) {
        try {
            metric_word* const words = storage_->arenas[shard].take(count_);
            words_[shard].store(words, std::memory_order_release);
            return {words, shard};
        } catch (const std::exception&) {
            // No memory: the shared words are always there.
        }
    }
    return {words_[shared_metric_shard].load(std::memory_order_relaxed), shared_metric_shard};
}

LLMX_DECL metric_family::metric_family(metric_storage& storage, metric_description what, std::size_t max_series,
                                       metric_series* overflow)
    : storage_(&storage), what_(std::move(what)), max_series_(max_series), overflow_counter_(overflow) {
    tables_.push_back(std::make_unique<table>(8));
    table_.store(tables_.back().get(), std::memory_order_release);
    write_head();
    if (what_.labels.empty()) {
        (void)make(hash_of({}), {});
        return;
    }
    std::array<std::string_view, max_labels> others;
    others.fill(other_label_value);
    const std::span<const std::string_view> values(others.data(), what_.labels.size());
    other_ = &make(hash_of(values), values);
}

LLMX_DECL std::uint64_t metric_family::hash_of(std::span<const std::string_view> values) const noexcept {
    // Folded products of 64 by 64 bits with a secret factor (wyhash).
    __extension__ using wide = unsigned __int128;
    const std::uint64_t factor = storage_->salt[1] | 1;
    std::uint64_t hash = storage_->salt[0];
    const auto mix = [&hash, factor](std::uint64_t word) {
        const wide product = static_cast<wide>(hash ^ word) * factor;
        hash = static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    };
    for (const std::string_view v : values) {
        std::size_t at = 0;
        for (; v.size() - at >= 8; at += 8) {
            std::uint64_t word;
            std::memcpy(&word, v.data() + at, 8);
            mix(word);
        }
        std::uint64_t rest = 0;
        if (at != v.size()) std::memcpy(&rest, v.data() + at, v.size() - at);
        mix(rest);
        mix(v.size());
    }
    return hash;
}

LLMX_DECL [[nodiscard]] bool is_metric_key(std::string_view key, std::span<const std::string_view> values) noexcept {
    for (const std::string_view v : values) {
        if (key.size() <= v.size() || !key.starts_with(v) || key[v.size()] != '\xff') return false;
        key.remove_prefix(v.size() + 1);
    }
    return key.empty();
}

LLMX_DECL metric_series* metric_family::look_up(std::uint64_t hash,
                                                std::span<const std::string_view> values) const noexcept {
    const table& t = *table_.load(std::memory_order_acquire);
    for (std::size_t i = hash & t.mask;; i = (i + 1) & t.mask) {
        metric_series* const s = t.slots[i].load(std::memory_order_acquire);
        if (s == nullptr || (s->hash_ == hash && is_metric_key(s->key_, values))) return s;
    }
}

LLMX_DECL void metric_family::put(table& t, metric_series& s) const noexcept {
    std::size_t i = s.hash_ & t.mask;
    while (t.slots[i].load(std::memory_order_relaxed) != nullptr) i = (i + 1) & t.mask;
    t.slots[i].store(&s, std::memory_order_release);
}

LLMX_DECL metric_series& metric_family::make(std::uint64_t hash, std::span<const std::string_view> values) {
    auto made = std::make_unique<metric_series>();
    metric_series& s = *made;
    s.shards_ = storage_->shards;
    s.count_ = what_.words();
    s.bounds_ = &what_.bounds;
    s.storage_ = storage_;
    s.hash_ = hash;
    for (std::size_t i = 0; i < values.size(); ++i) {
        s.key_.append(values[i]) += '\xff';
        if (i != 0) s.labels_ += ',';
        s.labels_.append(what_.labels[i]) += "=\"";
        for (const char c : values[i]) {
            if (c == '\n') s.labels_ += "\\n";
            else if (c == '\\' || c == '"') (s.labels_ += '\\') += c;
            else s.labels_ += c;
        }
        s.labels_ += '"';
    }
    s.words_ = std::make_unique<std::atomic<metric_word*>[]>(s.shards_);
    s.words_[shared_metric_shard].store(storage_->arenas[shared_metric_shard].take(s.count_), std::memory_order_release);
    if (series_.size() + 1 > (tables_.back()->mask + 1) / 2) {
        auto larger = std::make_unique<table>((tables_.back()->mask + 1) * 2);
        for (const auto& old : series_) put(*larger, *old);
        tables_.push_back(std::move(larger));
        table_.store(tables_.back().get(), std::memory_order_release);
    }
    series_.push_back(std::move(made));
    // Nothing below throws.
    put(*tables_.back(), s);
    if (series_.size() == 1 && !what_.labels.empty()) return s; // "other"
    (last_ == nullptr ? first_ : last_->next_).store(&s, std::memory_order_release);
    last_ = &s;
    size_.fetch_add(1, std::memory_order_relaxed);
    return s;
}

LLMX_DECL metric_series& metric_family::overflow() noexcept {
    if (overflow_counter_ != nullptr) {
        const metric_place p = overflow_counter_->place();
        add_to(p.words[0], std::uint64_t{1}, p.shard);
    }
    if (!other_used_.load(std::memory_order_relaxed)) other_used_.store(true, std::memory_order_relaxed);
    return *other_;
}

LLMX_DECL metric_series& metric_family::find_clean(std::span<const std::string_view> values) noexcept {
    const std::uint64_t hash = hash_of(values);
    metric_series* found = look_up(hash, values);
    if (found == nullptr) {
        // The limit is looked at first: beyond it strangers' values cost no lock.
        if (size() >= max_series_) return overflow();
        const std::lock_guard<std::mutex> lock(storage_->mutex);
        found = look_up(hash, values);
        if (found == nullptr) {
            if (size() >= max_series_) return overflow();
            try {
                return make(hash, values);
            } catch (const std::exception&) {
                return overflow();
            }
        }
    }
    if (found == other_ && !other_used_.load(std::memory_order_relaxed))
        other_used_.store(true, std::memory_order_relaxed);
    return *found;
}

LLMX_DECL metric_series& metric_family::find(std::span<const std::string_view> values) noexcept {
    bool clean = true;
    for (const std::string_view v : values) clean = clean && v.size() <= max_value && valid_utf8(v);
    if (clean) return find_clean(values);
    // Without the heap: a caller's odd bytes must not cost more than others.
    std::array<std::array<char, max_value>, max_labels> memory;
    std::array<std::string_view, max_labels> cleaned;
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::size_t n = 0;
        const char* p = values[i].data();
        for (const char* const end = p + values[i].size(); p != end;) {
            std::string_view piece(p, utf8_sequence(p, end));
            p += piece.empty() ? utf8_maximal_subpart(p, end) : piece.size();
            if (piece.empty()) piece = "\xef\xbf\xbd";
            if (piece.size() > max_value - n) break;
            std::memcpy(memory[i].data() + n, piece.data(), piece.size());
            n += piece.size();
        }
        cleaned[i] = std::string_view(memory[i].data(), n);
    }
    return find_clean(std::span<const std::string_view>(cleaned.data(), values.size()));
}

} // namespace llmx::inline LLMX_ABI::detail
