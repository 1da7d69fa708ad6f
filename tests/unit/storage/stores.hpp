// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/storage/folder.hpp>
#include <llmx/storage/memory.hpp>
#include <llmx/testing/run.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <unistd.h>

namespace storage_test {

using namespace llmx;
using std::chrono::seconds;

/// The store in memory, under a clock of the test's. Every store has such a type here, and the
/// tests of `suite*.cpp` run against each in `all_stores`.
class memory_case {
public:
    explicit memory_case(memory_store_options o = memory_store_options()) : store_(with_clock(std::move(o))) {}
    counter_store& counters() { return store_.counters(); }
    kv_store& values() { return store_.values(); }
    row_store& rows() { return store_.rows(); }
    blob_store& blobs() { return store_.blobs(); }
    /// Lets time pass for the store. A store whose clock is elsewhere waits.
    void advance(duration d) { now_.fetch_add(d.count()); }

private:
    memory_store_options with_clock(memory_store_options o) {
        o.now = [this] { return time_point(duration(now_.load())); };
        return o;
    }
    std::atomic<duration::rep> now_{duration(std::chrono::hours(1)).count()};
    memory_store store_;
};

using all_stores = std::tuple<memory_case>;

/// A folder of the test's own, removed at the end.
class folder_case {
public:
    folder_case() : path_(std::filesystem::temp_directory_path() / ("llmx-folder-" + std::to_string(::getpid()) + "-" + std::to_string(++made()))) {
        reopen();
    }
    folder_case(const folder_case&) = delete;
    folder_case& operator=(const folder_case&) = delete;
    ~folder_case() {
        store_.reset();
        std::error_code ec;
        std::filesystem::remove_all(path_, ec);
    }
    folder_store_options options() const {
        folder_store_options o = limits;
        o.path = path_.string();
        return o;
    }
    /// As after a restart of the process.
    void reopen() {
        store_.reset();
        auto opened = folder_store::open(options());
        BOOST_REQUIRE_MESSAGE(opened.has_value(), opened.error().message());
        store_ = *opened;
    }
    blob_store& blobs() { return store_->blobs(); }
    const std::filesystem::path& path() const { return path_; }
    folder_store_options limits;

private:
    static std::atomic<int>& made() {
        static std::atomic<int> count{0};
        return count;
    }
    std::filesystem::path path_;
    std::shared_ptr<folder_store> store_;
};

/// Those that have blobs.
using all_blob_stores = std::tuple<memory_case, folder_case>;

/// The value of a call that must succeed.
template <class T> T good(boost::asio::awaitable<result<T>> call) {
    result<T> r = testing::run(std::move(call));
    BOOST_REQUIRE_MESSAGE(r.has_value(), r.error().message());
    return std::move(r).value();
}
inline void good(boost::asio::awaitable<result<void>> call) {
    const result<void> r = testing::run(std::move(call));
    BOOST_REQUIRE_MESSAGE(r.has_value(), r.error().message());
}
/// Why a call failed; `errc::internal` when it did not.
template <class T> errc fault(boost::asio::awaitable<result<T>> call) {
    const result<T> r = testing::run(std::move(call));
    return r.has_value() ? errc::internal : r.error().value();
}

inline table_schema log_table() {
    std::vector<table_column> columns;
    columns.emplace_back("at", column_type::integer);
    columns.emplace_back("model", column_type::text);
    columns.emplace_back("cost", column_type::real);
    return table_schema("spend", std::move(columns));
}
inline table_schema key_table() {
    std::vector<table_column> columns;
    columns.emplace_back("id", column_type::text);
    columns.emplace_back("budget", column_type::integer);
    return table_schema("keys", std::move(columns), true);
}
inline table_row log_row(std::int64_t at, std::string model, double cost = 0) {
    table_row r;
    r.emplace_back(at);
    r.emplace_back(std::move(model));
    r.emplace_back(cost);
    return r;
}
inline table_row key_row(std::string id, std::int64_t budget) {
    table_row r;
    r.emplace_back(std::move(id));
    r.emplace_back(budget);
    return r;
}
template <class... R> std::vector<table_row> rows_of(R... r) {
    std::vector<table_row> all;
    (all.push_back(std::move(r)), ...);
    return all;
}
/// The texts in column 1, or the keys of a table of keys.
inline std::string names(const std::vector<table_row>& rows, std::size_t column) {
    std::string all;
    for (const table_row& r : rows) all += std::get<std::string>(r[column]);
    return all;
}

} // namespace storage_test

BOOST_TEST_DONT_PRINT_LOG_VALUE(llmx::errc)
