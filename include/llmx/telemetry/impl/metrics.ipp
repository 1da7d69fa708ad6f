// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/metrics.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <thread>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

inline constexpr std::size_t max_metric_bounds = 64;

LLMX_DECL [[nodiscard]] std::size_t metric_shards(std::size_t threads) noexcept {
    if (threads == 0) threads = std::max<std::size_t>(16, 2 * std::thread::hardware_concurrency());
    return 1 + std::min(threads, metric_threads);
}

/// Why \p d cannot be a family; empty when it can.
LLMX_DECL [[nodiscard]] std::string metric_fault(const metric_description& d) {
    const auto quoted = [](std::string_view name) {
        std::string text = "'";
        append_clean_utf8(text, name);
        return text += '\'';
    };
    if (!valid_metric_name(d.name)) return "a metric cannot be named " + quoted(d.name);
    if (d.labels.size() > metric_family::max_labels) return "metric " + quoted(d.name) + " has more than 16 labels";
    for (std::size_t i = 0; i < d.labels.size(); ++i) {
        const std::string& label = d.labels[i];
        if (!valid_label_name(label) || (label == "le" && d.kind == metric_kind::histogram))
            return "metric " + quoted(d.name) + " cannot have a label " + quoted(label);
        if (std::find(d.labels.begin(), d.labels.begin() + static_cast<std::ptrdiff_t>(i), label) !=
            d.labels.begin() + static_cast<std::ptrdiff_t>(i))
            return "metric " + quoted(d.name) + " has two labels " + quoted(label);
    }
    if (d.digits > 18) return "metric " + quoted(d.name) + " has more than 18 digits after the decimal point";
    if (d.kind != metric_kind::histogram) return std::string();
    if (d.bounds.empty() || d.bounds.size() > max_metric_bounds)
        return "metric " + quoted(d.name) + " needs between 1 and 64 bucket bounds";
    for (std::size_t i = 0; i < d.bounds.size(); ++i)
        if (!std::isfinite(d.bounds[i]) || (i != 0 && !(d.bounds[i - 1] < d.bounds[i])))
            return "the bucket bounds of metric " + quoted(d.name) + " must be finite and increasing";
    return std::string();
}

/// Whether lines of both would have the same name.
LLMX_DECL [[nodiscard]] bool metric_names_meet(const metric_description& a, const metric_description& b) {
    if (a.name == b.name) return true;
    const auto adds = [](const metric_description& longer, const metric_description& base) {
        if (base.kind != metric_kind::histogram || !longer.name.starts_with(base.name)) return false;
        const std::string_view rest = std::string_view(longer.name).substr(base.name.size());
        return rest == "_bucket" || rest == "_sum" || rest == "_count";
    };
    return adds(a, b) || adds(b, a);
}

} // namespace detail

LLMX_DECL void gauge_series::set(double value) const noexcept {
    if (series_ == nullptr) return;
    series_->shared_place()->store(std::bit_cast<std::uint64_t>(value), std::memory_order_relaxed);
}

LLMX_DECL void gauge_series::add(double n) const noexcept {
    if (series_ == nullptr) return;
    detail::add_to(*series_->shared_place(), n, detail::shared_metric_shard);
}

LLMX_DECL void histogram_series::observe(double value) const noexcept {
    if (series_ == nullptr || !std::isfinite(value)) return;
    const std::vector<double>& bounds = series_->bounds();
    std::size_t bucket = 0;
    while (bucket != bounds.size() && value > bounds[bucket]) ++bucket;
    const detail::metric_place p = series_->place();
    const auto record = [&](detail::metric_word* copy) {
        detail::add_to(copy[1 + bucket], std::uint64_t{1}, p.shard);
        detail::add_to(copy[0], value, p.shard);
    };
    if (p.shard == detail::shared_metric_shard) return record(p.words + 1);
    // A latch: any reader finds one copy that is not being written, also when this thread loses
    // its processor in between. Odd: the first copy is being written.
    const std::uint64_t sequence = p.words[0].load(std::memory_order_relaxed);
    p.words[0].store(sequence + 1, std::memory_order_release);
    record(p.words + 1);
    p.words[0].store(sequence + 2, std::memory_order_release);
    record(p.words + 1 + bounds.size() + 2);
}

LLMX_DECL std::vector<double> exponential_buckets(double first, double factor, std::size_t count) {
    std::vector<double> bounds;
    for (; count != 0; --count, first *= factor) bounds.push_back(first);
    return bounds;
}

LLMX_DECL metrics_registry::metrics_registry(const metrics_options& o)
    : max_series_(o.max_series), storage_(detail::metric_shards(o.threads)) {
    std::random_device device;
    for (std::uint64_t& s : storage_.salt) s = (std::uint64_t{device()} << 32) | device();
    detail::metric_description d =
        describe("llmx_metrics_overflow_total",
                 "Lookups of series beyond the limit of their metric; their values are in the series \"other\".",
                 {"metric"});
    overflow_ = &add(std::move(d), static_cast<std::size_t>(-1), nullptr);
}

LLMX_INLINE metrics_registry::~metrics_registry() = default;

LLMX_DECL detail::metric_description metrics_registry::describe(std::string_view name, std::string_view help,
                                                                std::vector<std::string_view> labels) {
    detail::metric_description d;
    d.name = name;
    d.help = help;
    d.labels.assign(labels.begin(), labels.end());
    return d;
}

LLMX_DECL detail::metric_family& metrics_registry::add(detail::metric_description what, std::size_t max_series,
                                                       detail::metric_series* overflow) {
    families_.push_back(nullptr);
    try {
        families_.back() =
            std::make_unique<detail::metric_family>(storage_, std::move(what), max_series, overflow);
    } catch (...) {
        families_.pop_back();
        throw;
    }
    detail::metric_family* const made = families_.back().get();
    (families_.size() == 1 ? first_ : families_[families_.size() - 2]->next).store(made, std::memory_order_release);
    return *made;
}

LLMX_DECL result<detail::metric_family*> metrics_registry::declare(detail::metric_description what) {
    if (std::string fault = detail::metric_fault(what); !fault.empty())
        return error(errc::bad_configuration, std::move(fault));
    detail::metric_series* overflow = nullptr;
    if (!what.labels.empty()) {
        const std::string_view name = what.name;
        overflow = &overflow_->find(std::span<const std::string_view>(&name, 1));
    }
    const std::lock_guard<std::mutex> lock(storage_.mutex);
    for (const auto& f : families_) {
        if (f->what() == what) return f.get();
        if (detail::metric_names_meet(f->what(), what))
            return error(errc::bad_configuration, "metric '" + what.name + "' is declared in two ways: as '" +
                                                      f->what().name + "' with another type, help, labels or buckets");
    }
    return &add(std::move(what), max_series_, overflow);
}

LLMX_DECL void metrics_registry::append(std::string& out) const {
    std::vector<std::uint64_t> scratch;
    for (const detail::metric_family* f = first_.load(std::memory_order_acquire); f != nullptr;
         f = f->next.load(std::memory_order_acquire))
        f->append(out, scratch);
}

} // namespace llmx::inline LLMX_ABI
