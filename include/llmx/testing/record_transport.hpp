// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>
#include <llmx/testing/recording.hpp>
#include <llmx/transport/http_exchange.hpp>

#include <cstddef>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::testing {

/// Where exchanges are recorded: a file that grows by a line with each, or memory alone. Thread-safe, shared by the transports of all threads.
class recording_file {
public:
    /// Keeps the exchanges in memory, for `exchanges`.
    explicit recording_file(recording_options options = recording_options()) : options_(std::move(options)) {}
    recording_file(const recording_file&) = delete;
    recording_file& operator=(const recording_file&) = delete;
    /// Begins the file \p path anew. Fails with `errc::bad_configuration` when it cannot be written.
    LLMX_DECL [[nodiscard]] static result<std::shared_ptr<recording_file>> create(const std::string& path,
                                                                                 recording_options options = recording_options());
    /// The number of the next request.
    LLMX_DECL [[nodiscard]] std::size_t next_number();
    /// Removes the secrets of \p e, which is the \p number-th request, and keeps it.
    LLMX_DECL void add(recorded_exchange e, std::size_t number) noexcept;
    /// What has been recorded, in the order of the requests.
    LLMX_DECL [[nodiscard]] recording exchanges() const;
    /// Success, or why the file lacks something: the disk is full.
    LLMX_DECL [[nodiscard]] result<void> status() const;

private:
    recording_options options_;
    mutable std::mutex mutex_;
    std::ofstream out_;
    bool to_file_ = false;
    bool broken_ = false;
    std::size_t begun_ = 0;
    std::vector<std::pair<std::size_t, recorded_exchange>> all_;
};

/// A transport that records what passes through another one.
///
/// Requests and answers pass unchanged; what is kept has no secret (`recording_options`), the pieces in which the answer came and their
/// times. An exchange is recorded when its body ends, fails or is released; bodies of requests and answers are kept up to
/// `most` bytes each, and what is longer fails the exchange with `errc::bad_configuration`, as half of it could not be replayed.
/// Tunnels pass and are not recorded. One for each `io_context`; \p to, \p file and the clock outlive it.
LLMX_DECL class basic_record_transport final : public http_transport {
public:
    static constexpr std::size_t most = std::size_t{64} * 1024 * 1024;
    /// \p now is the clock of the recorded times; null: `clock::now`.
    basic_record_transport(http_transport& to, std::shared_ptr<recording_file> file, time_point (*now)() = nullptr)
        : to_(&to), file_(std::move(file)), now_(now != nullptr ? now : &clock::now) {}

    boost::asio::awaitable<result<http_response>> exchange(const http_request& request, const http_limits& limits, cancellation& stop) override;
    boost::asio::awaitable<result<tunnel_response>> open_tunnel(const http_request& request, const http_limits& limits,
                                                                cancellation& stop) override {
        return to_->open_tunnel(request, limits, stop);
    }

private:
    http_transport* to_;
    std::shared_ptr<recording_file> file_;
    time_point (*now_)();
};
using record_transport = LLMX_PLAIN(basic_record_transport);

} // namespace llmx::inline LLMX_ABI::testing

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/testing/impl/record_transport.ipp>
#endif
