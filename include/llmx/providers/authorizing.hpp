// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/service/runtime.hpp>

#include <concepts>

namespace llmx::inline LLMX_ABI {

/// A provider whose credentials depend on the time or on the whole request: a token that must be fetched and
/// refreshed, a signature of the body.
///
/// `authorize` is awaited after `prepare`, for each attempt, when target, fields and body of \p out are final, and
/// just before they are sent; it adds fields to \p out and changes nothing else. It must end when \p stop is
/// cancelled or `limits.deadline` passes. Its failure is that of the attempt: `errc::authentication` for credentials
/// that are wrong, something retryable when they cannot be had now; the deployment is named, a secret never. What it
/// puts into a field is not known to `hide_credentials`, so that `classify` must not quote it.
///
/// A provider without it costs an attempt one test of a pointer.
template <class P>
concept authorizing_provider =
    provider<P> && requires(const P& p, runtime& on, const deployment& d, http_request& out, const http_limits& limits,
                            cancellation& stop) {
        { p.authorize(on, d, out, limits, stop) } -> std::same_as<boost::asio::awaitable<result<void>>>;
    };

namespace detail {

/// Whether \p P has something called `authorize`, which is then to be what the concept asks for.
template <class P>
concept names_authorize = requires { &P::authorize; };

} // namespace detail
} // namespace llmx::inline LLMX_ABI
