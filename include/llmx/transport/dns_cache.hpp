// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>
#include <llmx/transport/io_executor.hpp>

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace llmx::inline LLMX_ABI {

namespace detail {
struct dns_state;
}

/// Addresses of a host, in the order to try them.
using ip_addresses = std::shared_ptr<const std::vector<boost::asio::ip::address>>;

/// Name resolution by the system, remembered for a short time.
///
/// Concurrent questions for one name cause one query. The system's resolver runs on a
/// thread of Asio's and cannot be interrupted: a caller whose time is over leaves, and
/// the answer is stored when it comes. Stores at most `max_names`. One object per
/// executor; not thread-safe.
class dns_cache {
public:
    static constexpr std::size_t max_names = 256;

    /// Throws `call_failed` when \p on leads to no `io_context`.
    LLMX_DECL dns_cache(const io_executor& on, duration time_to_live);
    dns_cache(const dns_cache&) = delete;
    dns_cache& operator=(const dns_cache&) = delete;
    LLMX_INLINE ~dns_cache();

    /// Addresses of \p host; a literal address is its own. Fails with `connect_failed`
    /// when there are none, it cannot be determined or \p until passes first, `cancelled`, or
    /// `shed` when too many names are being resolved.
    LLMX_DECL boost::asio::awaitable<result<ip_addresses>> resolve(std::string host, time_point until,
                                                                   cancellation& stop);

private:
    std::shared_ptr<detail::dns_state> state_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/transport/impl/dns_cache.ipp>
#endif
