// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/storage/counter_store.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace llmx::inline LLMX_ABI {

enum class column_type : std::uint8_t {
    integer, ///< 64 bits
    real,
    text, ///< any bytes
};

struct table_column {
    table_column() = default;
    table_column(std::string n, column_type t) : name(std::move(n)), type(t) {}
    std::string name;
    column_type type = column_type::text;
    friend bool operator==(const table_column&, const table_column&) = default;
};

/// The columns of a table, which never change. The first one is the key: an integer or a text,
/// never empty. Names consist of lower-case letters, digits and underscores.
struct table_schema {
    table_schema() = default;
    table_schema(std::string n, std::vector<table_column> c, bool u = false)
        : name(std::move(n)), columns(std::move(c)), unique(u) {}
    std::string name;
    std::vector<table_column> columns;
    /// One row for each key, as for records that change; otherwise a log, in which rows of the same
    /// key stand in the order of their coming.
    bool unique = false;
    friend bool operator==(const table_schema&, const table_schema&) = default;
};

/// A value of a row. Empty means that there is none.
using row_value = std::variant<std::monostate, std::int64_t, double, std::string>;
/// One value for each column.
using table_row = std::vector<row_value>;

/// A range of keys and the part of its rows that is wanted.
struct row_range {
    row_range() = default;
    /// Keys from \p first on, and less than \p end; empty: no bound.
    row_value first, end;
    /// From the largest key down.
    bool descending = false;
    /// Rows of a page, 1 to `most_rows`.
    std::size_t limit = 100;
    /// `row_page::next` of the page before; empty for the first. Order and bounds must be the same.
    std::string after;

    static constexpr std::size_t most_rows = 1000;
};

struct row_page {
    row_page() = default;
    std::vector<table_row> rows;
    /// For the next page; empty when this was the last. Opaque. Rows that come or go meanwhile
    /// move no other row to another page.
    std::string next;
};

/// Rows in tables of fixed columns, found by key: a spend log, virtual keys, teams.
///
/// Threads, arguments, cancellation and failures: see `counter_store`; besides, `errc::not_found`
/// for a table that does not exist, `errc::invalid_request` for rows that do not fit its columns.
class row_store {
public:
    virtual ~row_store() = default;
    /// Makes the table unless it exists. `errc::conflict` when it does with other columns.
    virtual boost::asio::awaitable<result<void>> create(const table_schema& table, cancellation& stop) = 0;
    /// Adds \p rows, all or none. `errc::conflict` when a unique table has a key of theirs.
    virtual boost::asio::awaitable<result<void>> append(std::string_view table, std::vector<table_row> rows,
                                                        cancellation& stop) = 0;
    /// Adds \p row to a unique table, or puts it in the place of the one with its key.
    virtual boost::asio::awaitable<result<void>> put(std::string_view table, table_row row, cancellation& stop) = 0;
    /// The row of a unique table with \p key.
    virtual boost::asio::awaitable<result<std::optional<table_row>>> find(std::string_view table, const row_value& key,
                                                                          cancellation& stop) = 0;
    /// One page of the rows in \p range, ordered by key.
    virtual boost::asio::awaitable<result<row_page>> query(std::string_view table, const row_range& range,
                                                           cancellation& stop) = 0;
    /// Removes all rows whose key is in the bounds of \p range, whatever its page; gives their number.
    virtual boost::asio::awaitable<result<std::size_t>> erase(std::string_view table, const row_range& range,
                                                              cancellation& stop) = 0;
};

} // namespace llmx::inline LLMX_ABI
