// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/deployment.hpp>
#include <llmx/core/money.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/origin.hpp>
#include <llmx/core/usage.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/gateway/upstream.hpp>
#include <llmx/wire/http_message.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The head of an answer that is relayed as it came, and the body of one that the layers count as a failure.
struct pass_through_answer {
    pass_through_answer() = default;
    int status = 0;
    /// Fields for the caller, "name: value\r\n" each: those of the other server without those of its connection, its cookies, and what
    /// holds for its host alone.
    std::string fields;
    /// Length of the body, where the other server states it.
    std::optional<std::uint64_t> length;
    /// The status is 400 or above and `body` is whole: the call fails with the error that it describes, and its caller gets it as it is.
    bool refused = false;
    std::string body;
};

/// A request that goes to a vendor, or to another server, as it came: method, path, query, fields and body.
///
/// Views: their owner keeps them until the answer has been relayed. The body is the call's (`inbound::body`, `inbound::source`).
struct pass_through_request : detail::own_attempt {
    /// Writes into \p to what was answered.
    LLMX_DECL explicit pass_through_request(pass_through_answer& to) noexcept;

    std::string_view method = "POST";
    /// Begins with "/"; the caller of this has checked it with `check_forwarded_path`.
    std::string_view path;
    /// Without the "?"; empty: none.
    std::string_view query;
    /// The caller's fields that go on. One that the provider writes takes the place of one of the same name.
    std::vector<http_field> fields;
    /// Fields that the operator has set for the target; they take the place of all others.
    std::vector<http_field> own_fields;
    /// `path` is appended to the base as it is, without `join_forwarded_path`.
    bool verbatim = false;
    /// The client asks for a WebSocket, whose handshake is among `fields`. When the other server switches, `pass_through_answer::status`
    /// is 101
    /// and the answer a `reply_tunnel`, which the limits of the call end by its deadline alone.
    bool upgrade = false;
    /// The request goes to this place in place of the deployment's, with its path alone before `path` and without the credentials of the
    /// deployment: what a vendor has made is elsewhere. Null: to the deployment's.
    const base_url* elsewhere = nullptr;
    /// The model that the request names, for the report; empty: none is known.
    std::string_view model;
    /// The codec of the answer, for its tokens; null: it is not known.
    const codec_ops* codec = nullptr;
    /// What the price of units in the answer depends on.
    unit_measures measures;
    /// What the call costs, whatever its tokens; unset: what its tokens cost.
    std::optional<money> cost;
    pass_through_answer* answer;
};

/// The operation of requests that are passed on. Layers admit, limit and observe it as any other; it is tried once.
///
/// A call has `inbound::canonical` borrowed from a `pass_through_request`, as `detail::own_attempt`, and `inbound::stream` set. The answer is
/// a `reply_stream` of octets; its status and fields are in `pass_through_answer`.
struct pass_through {
    using request = pass_through_request;
    using reply = pass_through_answer;
    static constexpr operation_info info{"pass_through", operation_info::answers::passed};
};

/// The model group of the deployment whose credentials requests to \p provider's own paths are sent with.
[[nodiscard]] inline std::string pass_through_group(std::string_view provider) {
    return std::string("pass-through:").append(provider);
}
/// Whether \p group is one of them; they are in no list of models.
[[nodiscard]] constexpr bool is_pass_through_group(std::string_view group) noexcept { return group.starts_with("pass-through:"); }

/// For each provider of \p all the deployment for requests to its own paths: a copy of its first one by `deployment::order`, with limits and a breaker
/// of its own. Append them to the deployments before the topology is made.
[[nodiscard]] inline std::vector<deployment> pass_through_deployments(const std::vector<deployment>& all) {
    std::vector<deployment> made;
    for (const deployment& d : all) {
        if (is_pass_through_group(d.model_group)) continue;
        const auto same = std::find_if(made.begin(), made.end(), [&d](const deployment& m) { return m.provider == d.provider; });
        if (same != made.end() && same->order <= d.order) continue;
        deployment own = d;
        own.id = own.model_group = pass_through_group(d.provider);
        own.other_names.clear();
        own.takes_known_names = false;
        // Any model of the vendor; its facts are those of each.
        own.model = "*";
        own.base_model.clear();
        own.model_info.clear();
        own.facts.reset();
        own.traits.reset();
        if (same != made.end()) *same = std::move(own);
        else made.push_back(std::move(own));
    }
    return made;
}

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/pass_through.ipp>
#endif
