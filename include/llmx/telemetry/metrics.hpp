// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>
#include <llmx/telemetry/detail/metric_family.hpp>

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

// The series of a metric: handles as small as a pointer, free to copy, valid as long as their
// registry. Recording takes no lock and, after a thread's first use of a series, no memory; each
// thread writes numbers of its own, which share no cache line with those of others. A
// default-made handle records nothing. Any thread may record at any time, but see `gauge_series`.

/// Goes up only, in whole units.
class counter_series {
public:
    counter_series() = default;
    explicit counter_series(detail::metric_series* s) noexcept : series_(s) {}
    static constexpr detail::metric_kind kind = detail::metric_kind::counter;

    LLMX_DECL void add(std::uint64_t n = 1) const noexcept {
        if (series_ == nullptr) return;
        const detail::metric_place p = series_->place();
        detail::add_to(p.words[0], n, p.shard);
    }

private:
    detail::metric_series* series_ = nullptr;
};

/// Goes up and down by steps from any thread: calls in flight, open connections. Exact when all
/// steps are done; while another thread takes one, a reader may see a later one first.
class updown_series {
public:
    updown_series() = default;
    explicit updown_series(detail::metric_series* s) noexcept : series_(s) {}
    static constexpr detail::metric_kind kind = detail::metric_kind::updown;

    LLMX_DECL void add(std::int64_t n = 1) const noexcept {
        if (series_ == nullptr) return;
        const detail::metric_place p = series_->place();
        detail::add_to(p.words[0], static_cast<std::uint64_t>(n), p.shard);
    }
    LLMX_DECL void subtract(std::int64_t n = 1) const noexcept { add(-n); }

private:
    detail::metric_series* series_ = nullptr;
};

/// A level that is set: a remaining budget, the state of a deployment. One number for all
/// threads, thus not for values that every call of every core sets.
class gauge_series {
public:
    gauge_series() = default;
    explicit gauge_series(detail::metric_series* s) noexcept : series_(s) {}
    static constexpr detail::metric_kind kind = detail::metric_kind::gauge;

    LLMX_DECL void set(double value) const noexcept;
    LLMX_DECL void add(double n) const noexcept;

private:
    detail::metric_series* series_ = nullptr;
};

/// How observations are distributed. In one exposition the buckets, their number and the sum
/// are those of the same observations; only threads beyond `metrics_options::threads` may be
/// counted before their value is in the sum.
class histogram_series {
public:
    histogram_series() = default;
    explicit histogram_series(detail::metric_series* s) noexcept : series_(s) {}
    static constexpr detail::metric_kind kind = detail::metric_kind::histogram;

    /// NaN and infinite values are ignored: one would invalidate the sum permanently.
    LLMX_DECL void observe(double value) const noexcept;
    /// In seconds, Prometheus' unit of time.
    LLMX_DECL void observe(duration took) const noexcept { observe(std::chrono::duration<double>(took).count()); }

private:
    detail::metric_series* series_ = nullptr;
};

/// The series of one name with \p N labels. As small as a pointer; valid as long as its registry.
template <class Series, std::size_t N> class metric_family {
public:
    using series = Series;
    metric_family() = default;
    explicit metric_family(detail::metric_family& f) noexcept : family_(&f) {}

    /// The series of these label values, in the order in which the labels were declared; made by
    /// its first use, under a lock. Later uses take neither a lock nor memory, and a caller that
    /// keeps the handle does not search at all.
    ///
    /// Values may have any bytes: bytes that are not UTF-8 become U+FFFD, and bytes after the 256th are
    /// cut off. Beyond `metrics_options::max_series` the result is the series whose labels all
    /// are "other", and `llmx_metrics_overflow_total` counts that.
    template <class... V>
        requires(sizeof...(V) == N && (std::convertible_to<const V&, std::string_view> && ...))
    [[nodiscard]] Series with(const V&... values) const noexcept {
        if (family_ == nullptr) return Series();
        const std::array<std::string_view, N> all{std::string_view(values)...};
        return Series(&family_->find(all));
    }
    /// Series there are, "other" not included.
    [[nodiscard]] std::size_t size() const noexcept { return family_ == nullptr ? 0 : family_->size(); }

private:
    detail::metric_family* family_ = nullptr;
};
template <std::size_t N = 0> using counter_family = metric_family<counter_series, N>;
template <std::size_t N = 0> using updown_family = metric_family<updown_series, N>;
template <std::size_t N = 0> using gauge_family = metric_family<gauge_series, N>;
template <std::size_t N = 0> using histogram_family = metric_family<histogram_series, N>;

/// Limits of a `metrics_registry`.
struct metrics_options {
    metrics_options() = default;
    /// Series of each family. A series takes about 0.4 KiB and a word for each thread that records
    /// in it, a histogram a word for each bucket.
    std::size_t max_series = 10'000;
    /// Threads with numbers of their own, up to 128; 0: twice the processors, at least 16. Others
    /// share one set, which is slower and correct.
    std::size_t threads = 0;
};

/// Bounds for whole calls to models, in seconds.
[[nodiscard]] inline std::vector<double> latency_buckets() {
    return {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300};
}
/// \p count bounds from \p first on, each \p factor times the one before.
LLMX_DECL [[nodiscard]] std::vector<double> exponential_buckets(double first, double factor, std::size_t count);

/// The metrics of a program and their text for Prometheus.
///
/// \code
/// llmx::metrics_registry metrics;
/// auto requests = metrics.counter("llmx_requests_total", "Calls.", "model", "code").value();
/// requests.with("gpt-4o", "200").add();
/// std::string text;
/// metrics.append(text);
/// \endcode
/// The functions that make a family fail with `errc::bad_configuration` for a name that Prometheus
/// does not allow, more than 16 labels, and a name that another kind of family has; the same
/// declaration again gives the same family. Names of counters should end with "_total".
/// Thread-safe. Must outlive its handles.
class metrics_registry {
public:
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    LLMX_DECL explicit metrics_registry(const metrics_options& o = metrics_options());
    metrics_registry(const metrics_registry&) = delete;
    metrics_registry& operator=(const metrics_registry&) = delete;
    LLMX_INLINE ~metrics_registry();

    template <std::convertible_to<std::string_view>... L>
    [[nodiscard]] result<counter_family<sizeof...(L)>> counter(std::string_view name, std::string_view help,
                                                               const L&... labels) {
        return declared<counter_series, sizeof...(L)>(describe(name, help, {std::string_view(labels)...}));
    }
    /// A counter in units of which 10^\p digits are one, written exactly: billionths of a dollar
    /// with \p digits 9.
    template <std::convertible_to<std::string_view>... L>
    [[nodiscard]] result<counter_family<sizeof...(L)>> fixed_counter(std::string_view name, std::string_view help,
                                                                     unsigned digits, const L&... labels) {
        detail::metric_description d = describe(name, help, {std::string_view(labels)...});
        d.digits = digits;
        return declared<counter_series, sizeof...(L)>(std::move(d));
    }
    template <std::convertible_to<std::string_view>... L>
    [[nodiscard]] result<updown_family<sizeof...(L)>> updown(std::string_view name, std::string_view help,
                                                             const L&... labels) {
        return declared<updown_series, sizeof...(L)>(describe(name, help, {std::string_view(labels)...}));
    }
    template <std::convertible_to<std::string_view>... L>
    [[nodiscard]] result<gauge_family<sizeof...(L)>> gauge(std::string_view name, std::string_view help,
                                                           const L&... labels) {
        return declared<gauge_series, sizeof...(L)>(describe(name, help, {std::string_view(labels)...}));
    }
    /// \p bounds: upper bounds of the buckets, rising, at most 64 and finite; "+Inf" is added.
    template <std::convertible_to<std::string_view>... L>
    [[nodiscard]] result<histogram_family<sizeof...(L)>> histogram(std::string_view name, std::string_view help,
                                                                   std::vector<double> bounds, const L&... labels) {
        detail::metric_description d = describe(name, help, {std::string_view(labels)...});
        d.bounds = std::move(bounds);
        return declared<histogram_series, sizeof...(L)>(std::move(d));
    }

    /// Appends everything in the text format 0.0.4. Families without series are left out. Takes
    /// no lock; the work is linear in the text.
    LLMX_DECL void append(std::string& out) const;

private:
    LLMX_DECL [[nodiscard]] static detail::metric_description describe(std::string_view name, std::string_view help,
                                                                       std::vector<std::string_view> labels);
    LLMX_DECL [[nodiscard]] result<detail::metric_family*> declare(detail::metric_description what);
    LLMX_DECL detail::metric_family& add(detail::metric_description what, std::size_t max_series,
                                         detail::metric_series* overflow);
    template <class Series, std::size_t N>
    [[nodiscard]] result<metric_family<Series, N>> declared(detail::metric_description what) {
        what.kind = Series::kind;
        const result<detail::metric_family*> made = declare(std::move(what));
        if (!made) return made.error();
        return metric_family<Series, N>(**made);
    }

    const std::size_t max_series_;
    detail::metric_storage storage_;
    std::vector<std::unique_ptr<detail::metric_family>> families_;
    std::atomic<detail::metric_family*> first_{nullptr};
    detail::metric_family* overflow_ = nullptr;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/telemetry/impl/metrics.ipp>
#endif
