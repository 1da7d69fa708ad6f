// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/storage/detail/memory_shards.hpp>
#include <llmx/storage/detail/memory_tables.hpp>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>
#include <variant>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL [[nodiscard]] bool valid_table_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > 63 || (name[0] >= '0' && name[0] <= '9')) return false;
    return std::all_of(name.begin(), name.end(),
                       [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

/// Whether a column of type \p type may hold \p value.
LLMX_DECL [[nodiscard]] bool fits_column(const row_value& value, column_type type) noexcept {
    switch (type) {
    case column_type::integer: return std::holds_alternative<std::int64_t>(value);
    case column_type::real: return std::holds_alternative<double>(value);
    case column_type::text: return std::holds_alternative<std::string>(value);
    }
    return false;
}

/// "number:key", for `row_page::next`.
LLMX_DECL [[nodiscard]] std::string row_cursor(const row_value& key, std::uint64_t number) {
    std::string text = std::to_string(number) + ':';
    if (const auto* const n = std::get_if<std::int64_t>(&key)) text += std::to_string(*n);
    else text += std::get<std::string>(key);
    return text;
}

/// The bytes that `row_cursor` wrote for a key of type \p type.
LLMX_DECL [[nodiscard]] std::optional<std::pair<row_value, std::uint64_t>> read_row_cursor(std::string_view text,
                                                                                          column_type type) {
    std::pair<row_value, std::uint64_t> at;
    const char* const end = text.data() + text.size();
    const auto number = std::from_chars(text.data(), end, at.second);
    if (number.ec != std::errc() || number.ptr == end || *number.ptr != ':') return std::nullopt;
    const std::string_view key(number.ptr + 1, static_cast<std::size_t>(end - number.ptr - 1));
    if (type == column_type::text) {
        at.first = std::string(key);
        return at;
    }
    std::int64_t n = 0;
    const auto read = std::from_chars(key.data(), end, n);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    at.first = n;
    return at;
}

LLMX_DECL auto LLMX_OF(memory_tables)::table_of(std::string_view name, const cancellation& stop) -> result<table_data*> {
    if (stop.cancelled()) return errc::cancelled;
    const auto at = tables_.find(name);
    if (at == tables_.end()) return error(errc::not_found, "there is no table '" + std::string(name) + "'");
    return &at->second;
}

LLMX_DECL result<void> LLMX_OF(memory_tables)::check(const table_data& t, const table_row& row) {
    const auto& columns = t.schema.columns;
    if (row.size() != columns.size())
        return error(errc::invalid_request, "table '" + t.schema.name + "' has " + std::to_string(columns.size()) +
                                                " columns, not " + std::to_string(row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) {
        if (fits_column(row[i], columns[i].type)) continue;
        if (i != 0 && std::holds_alternative<std::monostate>(row[i])) continue;
        return error(errc::invalid_request,
                     "a value does not fit column '" + columns[i].name + "' of table '" + t.schema.name + "'");
    }
    return success();
}

LLMX_DECL result<void> LLMX_OF(memory_tables)::check(const table_data& t, const row_range& range) {
    for (const row_value* const bound : {&range.first, &range.end})
        if (!std::holds_alternative<std::monostate>(*bound) && !fits_column(*bound, t.schema.columns[0].type))
            return error(errc::invalid_request, "a bound is not of the type of the keys of table '" + t.schema.name + "'");
    return success();
}

LLMX_DECL std::size_t LLMX_OF(memory_tables)::cost(const table_row& row) noexcept {
    std::size_t bytes = memory_entry_bytes;
    for (const row_value& v : row) {
        bytes += sizeof v;
        if (const auto* const text = std::get_if<std::string>(&v)) bytes += text->size();
    }
    return bytes;
}

LLMX_DECL void LLMX_OF(memory_tables)::insert(table_data& t, table_row row) {
    const std::size_t bytes = cost(row);
    position at(row[0], t.schema.unique ? 0 : t.last + 1);
    const auto made = t.rows.emplace(std::move(at), std::move(row)).first;
    if (!t.schema.unique) t.by_age.emplace(++t.last, made);
    t.bytes += bytes;
    bytes_ += bytes;
}

LLMX_DECL auto LLMX_OF(memory_tables)::remove(table_data& t, typename row_map::iterator at) -> typename row_map::iterator {
    const std::size_t bytes = cost(at->second);
    t.bytes -= bytes;
    bytes_ -= bytes;
    if (!t.schema.unique) t.by_age.erase(at->first.second);
    return t.rows.erase(at);
}

LLMX_DECL bool LLMX_OF(memory_tables)::make_room(table_data& t, std::size_t more) {
    const std::size_t others = bytes_ - (t.schema.unique ? 0 : t.bytes);
    if (more > most_ || others > most_ - more) return false;
    while (bytes_ > most_ - more) remove(t, t.by_age.begin()->second);
    return true;
}

LLMX_DECL result<void> LLMX_OF(memory_tables)::do_create(const table_schema& schema, const cancellation& stop) {
    if (stop.cancelled()) return errc::cancelled;
    bool fine = valid_table_name(schema.name) && !schema.columns.empty() && schema.columns.size() <= 64 &&
                schema.columns[0].type != column_type::real;
    std::set<std::string_view> names;
    for (const table_column& c : schema.columns) fine = fine && valid_table_name(c.name) && names.insert(c.name).second;
    if (!fine)
        return error(errc::invalid_request, "table '" + schema.name +
                                                "' needs a key of integers or texts and columns with distinct names");
    const std::lock_guard<std::mutex> lock(mutex_);
    if (const auto at = tables_.find(schema.name); at != tables_.end()) {
        if (at->second.schema == schema) return success();
        return error(errc::conflict, "table '" + schema.name + "' exists with other columns");
    }
    if (tables_.size() >= most_tables_) return error(errc::shed, "the store is full: it holds its maximum number of tables");
    tables_[schema.name].schema = schema;
    return success();
}

LLMX_DECL result<void> LLMX_OF(memory_tables)::do_append(std::string_view table, std::vector<table_row> rows,
                                                const cancellation& stop) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const result<table_data*> found = table_of(table, stop);
    if (!found) return found.error();
    table_data& t = **found;
    std::size_t bytes = 0;
    std::set<row_value> keys;
    for (const table_row& row : rows) {
        if (const result<void> fits = check(t, row); !fits) return fits;
        bytes += cost(row);
        if (t.schema.unique && (!keys.insert(row[0]).second || t.rows.contains(position(row[0], 0))))
            return error(errc::conflict, "table '" + t.schema.name + "' has a row with this key");
    }
    if (!make_room(t, bytes)) return error(errc::shed, "table '" + t.schema.name + "' is full");
    for (table_row& row : rows) insert(t, std::move(row));
    return success();
}

LLMX_DECL result<void> LLMX_OF(memory_tables)::do_put(std::string_view table, table_row row, const cancellation& stop) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const result<table_data*> found = table_of(table, stop);
    if (!found) return found.error();
    table_data& t = **found;
    if (!t.schema.unique) return error(errc::invalid_request, "the rows of table '" + t.schema.name + "' cannot be replaced");
    if (const result<void> fits = check(t, row); !fits) return fits;
    const auto old = t.rows.find(position(row[0], 0));
    const std::size_t had = old == t.rows.end() ? 0 : cost(old->second), has = cost(row);
    if (has > had && !make_room(t, has - had)) return error(errc::shed, "table '" + t.schema.name + "' is full");
    if (old != t.rows.end()) remove(t, old);
    insert(t, std::move(row));
    return success();
}

LLMX_DECL result<std::optional<table_row>> LLMX_OF(memory_tables)::do_find(std::string_view table, const row_value& key,
                                                                  const cancellation& stop) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const result<table_data*> found = table_of(table, stop);
    if (!found) return found.error();
    table_data& t = **found;
    if (!t.schema.unique || !fits_column(key, t.schema.columns[0].type))
        return error(errc::invalid_request, "table '" + t.schema.name + "' is not unique or has keys of another type");
    std::optional<table_row> row;
    if (const auto at = t.rows.find(position(key, 0)); at != t.rows.end()) row = at->second;
    return result<std::optional<table_row>>(std::move(row));
}

LLMX_DECL result<row_page> LLMX_OF(memory_tables)::do_query(std::string_view table, const row_range& range,
                                                   const cancellation& stop) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const result<table_data*> found = table_of(table, stop);
    if (!found) return found.error();
    const table_data& t = **found;
    if (const result<void> fits = check(t, range); !fits) return fits.error();
    if (range.limit == 0 || range.limit > row_range::most_rows)
        return error(errc::invalid_request, "a page has between 1 and 1000 rows");
    const bool has_end = !std::holds_alternative<std::monostate>(range.end);
    // An empty bound compares less than every key.
    auto from = t.rows.lower_bound(position(range.first, 0));
    auto to = has_end ? t.rows.lower_bound(position(range.end, 0)) : t.rows.end();
    row_page page;
    if (has_end && !(range.first < range.end)) return result<row_page>(std::move(page));
    if (!range.after.empty()) {
        const auto at = read_row_cursor(range.after, t.schema.columns[0].type);
        if (!at) return error(errc::invalid_request, "there is no such page");
        // Outside of the bounds it is not from a page of these.
        const bool inside = !(at->first < range.first) && (!has_end || at->first < range.end);
        if (!inside) return error(errc::invalid_request, "there is no such page");
        (range.descending ? to : from) = range.descending ? t.rows.lower_bound(*at) : t.rows.upper_bound(*at);
    }
    const position* last = nullptr;
    while (from != to && page.rows.size() < range.limit) {
        const auto at = range.descending ? std::prev(to) : from;
        last = &at->first;
        page.rows.push_back(at->second);
        if (range.descending) to = at;
        else ++from;
    }
    if (from != to) page.next = row_cursor(last->first, last->second);
    return result<row_page>(std::move(page));
}

LLMX_DECL result<std::size_t> LLMX_OF(memory_tables)::do_erase(std::string_view table, const row_range& range,
                                                      const cancellation& stop) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const result<table_data*> found = table_of(table, stop);
    if (!found) return found.error();
    table_data& t = **found;
    if (const result<void> fits = check(t, range); !fits) return fits.error();
    std::size_t removed = 0;
    const bool has_end = !std::holds_alternative<std::monostate>(range.end);
    for (auto at = t.rows.lower_bound(position(range.first, 0));
         at != t.rows.end() && (!has_end || at->first.first < range.end); ++removed)
        at = remove(t, at);
    return removed;
}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(memory_tables)::create(const table_schema& table, cancellation& stop) {
    return completed(do_create(table, stop));
}
LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(memory_tables)::append(std::string_view table, std::vector<table_row> rows,
                                                                     cancellation& stop) {
    return completed(do_append(table, std::move(rows), stop));
}
LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(memory_tables)::put(std::string_view table, table_row row,
                                                                  cancellation& stop) {
    return completed(do_put(table, std::move(row), stop));
}
LLMX_DECL boost::asio::awaitable<result<std::optional<table_row>>>
LLMX_OF(memory_tables)::find(std::string_view table, const row_value& key, cancellation& stop) {
    return completed(do_find(table, key, stop));
}
LLMX_DECL boost::asio::awaitable<result<row_page>> LLMX_OF(memory_tables)::query(std::string_view table, const row_range& range,
                                                                        cancellation& stop) {
    return completed(do_query(table, range, stop));
}
LLMX_DECL boost::asio::awaitable<result<std::size_t>> LLMX_OF(memory_tables)::erase(std::string_view table, const row_range& range,
                                                                           cancellation& stop) {
    return completed(do_erase(table, range, stop));
}

} // namespace llmx::inline LLMX_ABI::detail
