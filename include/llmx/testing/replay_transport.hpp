// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/testing/recording.hpp>
#include <llmx/transport/http_exchange.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::testing {

/// How a request must be like a recorded one.
enum class replay_matching : std::uint8_t {
    /// Method, path, query and body equal, in the order of the recording. JSON bodies are equal when their content is; of forms the boundary
    /// may differ. Each exchange is replayed once, until `rewind`.
    strict,
    /// Method, path and model equal, in any order. Exchanges that are alike are replayed one after the other, and the last of them again.
    loose,
};

/// Options of a `replay_transport`.
struct replay_options {
    replay_options() = default;
    explicit replay_options(replay_matching how) : matching(how) {}
    replay_matching matching = replay_matching::strict;
    /// Answers take the time that they took when they were recorded; else none.
    bool timed = false;
    /// Those of the recording: what was removed from it is removed from requests before they are compared.
    recording_options cleaning;
};

/// A network that answers as it did when it was recorded, without sockets.
///
/// A request that no exchange fits fails with `errc::bad_configuration`, which names the nearest exchange and where the two differ; it is not
/// worth a retry. Recorded failures fail again, with their code. Answers come in their pieces. A request's source is read to its end first. The
/// limits of an exchange bound the recorded times. Must outlive its bodies; one for each `io_context`, not thread-safe.
LLMX_DECL class basic_replay_transport final : public http_transport {
public:
    explicit basic_replay_transport(recording what, replay_options options = replay_options());
    boost::asio::awaitable<result<http_response>> exchange(const http_request& request, const http_limits& limits, cancellation& stop) override;

    /// From the beginning.
    void rewind() noexcept;
    /// Exchanges that have not been replayed.
    [[nodiscard]] std::size_t unused() const noexcept;

private:
    [[nodiscard]] result<const recorded_exchange*> find(const recorded_exchange& asked);
    [[nodiscard]] error miss(const recorded_exchange& asked) const;

    recording what_;
    replay_options options_;
    /// Of each exchange, what `strict` or `loose` compares.
    std::vector<std::string> keys_;
    std::vector<bool> used_;
    std::size_t next_ = 0;
};
using replay_transport = LLMX_PLAIN(basic_replay_transport);

} // namespace llmx::inline LLMX_ABI::testing

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/testing/impl/replay_transport.ipp>
#endif
