// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/telemetry/detail/metric_family.hpp>
#include <llmx/wire/utf8.hpp>

#include <bit>
#include <charconv>
#include <cmath>

// Prometheus' text format 0.0.4: prometheus.io/docs/instrumenting/exposition_formats

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL bool valid_label_name(std::string_view name) noexcept {
    if (name.empty() || name.starts_with("__") || (name[0] >= '0' && name[0] <= '9')) return false;
    for (const char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    return true;
}

LLMX_DECL bool valid_metric_name(std::string_view name) noexcept {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    for (const char c : name)
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':'))
            return false;
    return true;
}

LLMX_DECL void append_clean_utf8(std::string& out, std::string_view text) {
    const char* p = text.data();
    for (const char* const end = p + text.size(); p != end;) {
        const std::size_t n = utf8_sequence(p, end);
        if (n != 0) out.append(p, n);
        else out += "\xef\xbf\xbd";
        p += n != 0 ? n : utf8_maximal_subpart(p, end);
    }
}

LLMX_DECL void append_metric_number(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "NaN";
        return;
    }
    if (std::isinf(value)) {
        out += value > 0 ? "+Inf" : "-Inf";
        return;
    }
    char text[32];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

LLMX_DECL void append_metric_count(std::string& out, std::uint64_t value) {
    char text[24];
    out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

/// \p value units of which 10^\p digits are one, exactly.
LLMX_DECL void append_fixed(std::string& out, std::uint64_t value, unsigned digits) {
    char text[24];
    const auto size = static_cast<std::size_t>(std::to_chars(text, text + sizeof text, value).ptr - text);
    if (digits == 0) {
        out.append(text, size);
        return;
    }
    std::size_t whole = 0;
    if (size > digits) out.append(text, whole = size - digits);
    else out += '0';
    std::size_t end = size;
    while (end > whole && text[end - 1] == '0') --end;
    if (end == whole) return;
    out += '.';
    if (size < digits) out.append(digits - size, '0');
    out.append(text + whole, end - whole);
}

LLMX_DECL void metric_family::write_head() {
    static constexpr std::string_view types[] = {"counter", "gauge", "gauge", "histogram"};
    head_ = "# HELP " + what_.name + ' ';
    std::string help;
    append_clean_utf8(help, what_.help);
    for (const char c : help) {
        if (c == '\n') head_ += "\\n";
        else if (c == '\\') head_ += "\\\\";
        else head_ += c;
    }
    head_ += "\n# TYPE " + what_.name + ' ';
    head_ += types[static_cast<std::size_t>(what_.kind)];
    head_ += '\n';
    if (what_.kind != metric_kind::histogram) return;
    const auto le = [this](double bound) {
        std::string& text = les_.emplace_back("le=\"");
        append_metric_number(text, bound);
        text += "\"} ";
    };
    for (const double bound : what_.bounds) le(bound);
    le(HUGE_VAL);
}

LLMX_DECL void metric_family::append_value(std::string& out, const metric_series& s) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < storage_->shards; ++i)
        if (const metric_word* const w = s.words(i)) sum += w->load(std::memory_order_relaxed);
    out += what_.name;
    if (!s.labels_.empty()) ((out += '{') += s.labels_) += '}';
    out += ' ';
    switch (what_.kind) {
    case metric_kind::counter: append_fixed(out, sum, what_.digits); break;
    case metric_kind::updown: {
        // Two's complement: the sum of the shards is right although each may be below zero.
        const auto level = static_cast<std::int64_t>(sum);
        if (level < 0) out += '-';
        append_metric_count(out, level < 0 ? 0 - sum : sum);
        break;
    }
    default: append_metric_number(out, std::bit_cast<double>(sum));
    }
    out += '\n';
}

/// Adds one shard of a histogram to \p counts and \p sum: the values that its thread had recorded at one
/// moment.
LLMX_DECL void read_histogram(const metric_word* words, std::vector<std::uint64_t>& counts, double& sum) {
    // Read again as long as the thread continues to record meanwhile. One that does nothing else could
    // make this endless: at last the numbers are taken as they are, an observation half in.
    constexpr int tries = 10'000;
    const std::size_t n = counts.size() / 2;
    for (int i = 0;; ++i) {
        const std::uint64_t before = words[0].load(std::memory_order_acquire);
        const metric_word* const copy = words + 1 + (before % 2 == 0 ? 0 : n + 1);
        const double shard_sum = std::bit_cast<double>(copy[0].load(std::memory_order_acquire));
        for (std::size_t b = 0; b < n; ++b) counts[n + b] = copy[1 + b].load(std::memory_order_acquire);
        if (words[0].load(std::memory_order_relaxed) != before && i != tries) continue;
        sum += shard_sum;
        for (std::size_t b = 0; b < n; ++b) counts[b] += counts[n + b];
        return;
    }
}

LLMX_DECL void metric_family::append_histogram(std::string& out, const metric_series& s,
                                               std::vector<std::uint64_t>& scratch) const {
    double sum = 0;
    scratch.assign(2 * les_.size(), 0);
    for (std::size_t i = 0; i < storage_->shards; ++i)
        if (const metric_word* const w = s.words(i)) read_histogram(w, scratch, sum);
    std::uint64_t below = 0;
    for (std::size_t b = 0; b < les_.size(); ++b) {
        below += scratch[b];
        (out += what_.name) += "_bucket{";
        if (!s.labels_.empty()) (out += s.labels_) += ',';
        out += les_[b];
        append_metric_count(out, below);
        out += '\n';
    }
    const auto line = [&](std::string_view suffix) {
        (out += what_.name) += suffix;
        if (!s.labels_.empty()) ((out += '{') += s.labels_) += '}';
        out += ' ';
    };
    line("_sum");
    append_metric_number(out, sum);
    out += '\n';
    line("_count");
    append_metric_count(out, below);
    out += '\n';
}

LLMX_DECL void metric_family::append(std::string& out, std::vector<std::uint64_t>& scratch) const {
    const metric_series* s = first_.load(std::memory_order_acquire);
    const metric_series* const other = other_used_.load(std::memory_order_relaxed) ? other_ : nullptr;
    if (s == nullptr && other == nullptr) return;
    out += head_;
    const auto one = [&](const metric_series& which) {
        if (what_.kind == metric_kind::histogram) append_histogram(out, which, scratch);
        else append_value(out, which);
    };
    for (; s != nullptr; s = s->next_.load(std::memory_order_acquire)) one(*s);
    if (other != nullptr) one(*other);
}

} // namespace llmx::inline LLMX_ABI::detail
