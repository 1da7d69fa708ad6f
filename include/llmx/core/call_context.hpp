// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/error.hpp>
#include <llmx/core/principal.hpp>
#include <llmx/core/usage.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline v0 {

/// What belongs to one call whatever it says: who, until when, and what happened.
///
/// Must outlive a `gateway::chat` or `execute` it is given to. Calls of a `client` and streams have
/// a context of their own, linked to it: it may end before them. Not thread-safe.
struct call_context {
    call_context() = default;

    /// Given out by the caller or by llmx; in logs and in the reply's headers.
    std::string request_id;
    /// Alias of the key that made the call, never the key itself.
    std::string caller;
    /// Who makes the call, with limits of its own; null when only `caller` is known, or nothing.
    principal_ptr principal;
    time_point started{};
    /// No layer may move it later; `tighten` moves it nearer.
    time_point deadline = time_point::max();
    llmx::cancellation cancellation;

    /// Filled in on the way: what answered, and how often it took. The views are valid as long
    /// as the context is; for a call made with `gateway::execute`, as long as that `call` is.
    std::string_view provider;
    std::string_view deployment_id;
    std::string_view upstream_model;
    /// Memory of `upstream_model` when a wildcard made the name.
    std::string resolved_model;
    std::uint32_t retries = 0;
    std::uint32_t fallbacks = 0;
    std::vector<failed_attempt> trail;
    usage tokens;
    /// Time spent waiting for the upstream (connect, request, reply head), all attempts.
    duration upstream_time{};
    /// First event or byte of the answer, on the clock; zero until then.
    time_point first_token{};
    /// Set by `gateway::chat` and `stream`: what the views above point into.
    std::shared_ptr<const void> keep_alive;

    void tighten(time_point limit) noexcept {
        if (limit < deadline) deadline = limit;
    }
};

} // namespace llmx::inline v0
