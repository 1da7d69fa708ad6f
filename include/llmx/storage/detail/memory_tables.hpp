// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/storage/row_store.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The `row_store` of a `memory_store`.
LLMX_DECL class basic_memory_tables final : public row_store {
public:
    basic_memory_tables(std::size_t max_bytes, std::size_t max_tables) noexcept : most_(max_bytes), most_tables_(max_tables) {}

    boost::asio::awaitable<result<void>> create(const table_schema& table, cancellation& stop) override;
    boost::asio::awaitable<result<void>> append(std::string_view table, std::vector<table_row> rows,
                                                          cancellation& stop) override;
    boost::asio::awaitable<result<void>> put(std::string_view table, table_row row, cancellation& stop) override;
    boost::asio::awaitable<result<std::optional<table_row>>> find(std::string_view table, const row_value& key,
                                                                            cancellation& stop) override;
    boost::asio::awaitable<result<row_page>> query(std::string_view table, const row_range& range,
                                                             cancellation& stop) override;
    boost::asio::awaitable<result<std::size_t>> erase(std::string_view table, const row_range& range,
                                                                cancellation& stop) override;

private:
    /// Key, and a number that rises with each row of a log and is 0 in unique tables.
    using position = std::pair<row_value, std::uint64_t>;
    using row_map = std::map<position, table_row>;
    struct table_data {
        table_schema schema;
        row_map rows;
        /// Rows of a log, the oldest first.
        std::map<std::uint64_t, typename row_map::iterator> by_age;
        std::uint64_t last = 0;
        std::size_t bytes = 0;
    };

    [[nodiscard]] result<table_data*> table_of(std::string_view name, const cancellation& stop);
    [[nodiscard]] static result<void> check(const table_data& t, const table_row& row);
    [[nodiscard]] static result<void> check(const table_data& t, const row_range& range);
    [[nodiscard]] static std::size_t cost(const table_row& row) noexcept;
    void insert(table_data& t, table_row row);
    typename row_map::iterator remove(table_data& t, typename row_map::iterator at);
    /// Drops rows of a log until \p more bytes fit; false, and nothing dropped, when they never do.
    [[nodiscard]] bool make_room(table_data& t, std::size_t more);
    [[nodiscard]] result<void> do_create(const table_schema& schema, const cancellation& stop);
    [[nodiscard]] result<void> do_append(std::string_view table, std::vector<table_row> rows,
                                                   const cancellation& stop);
    [[nodiscard]] result<void> do_put(std::string_view table, table_row row, const cancellation& stop);
    [[nodiscard]] result<std::optional<table_row>> do_find(std::string_view table, const row_value& key,
                                                                     const cancellation& stop);
    [[nodiscard]] result<row_page> do_query(std::string_view table, const row_range& range,
                                                      const cancellation& stop);
    [[nodiscard]] result<std::size_t> do_erase(std::string_view table, const row_range& range,
                                                         const cancellation& stop);

    const std::size_t most_, most_tables_;
    std::mutex mutex_;
    std::map<std::string, table_data, std::less<>> tables_;
    std::size_t bytes_ = 0;
};
using memory_tables = LLMX_PLAIN(basic_memory_tables);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/storage/impl/memory_rows.ipp>
#endif
