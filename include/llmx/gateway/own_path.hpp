// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/deployment.hpp>
#include <llmx/core/money.hpp>
#include <llmx/core/origin.hpp>
#include <llmx/core/secret.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A path of the operator's own, whose requests go to a server that the operator names (LiteLLM's `pass_through_endpoints`,
/// docs.litellm.ai/docs/proxy/pass_through). Nothing of a request decides where it goes.
struct own_path {
    own_path() = default;
    /// "/rerank": begins with "/" and ends with none.
    std::string path;
    /// Where the requests go; of a subpath, what is behind `path` is appended.
    base_url target;
    /// Fields that each request gets; they take the place of the client's.
    std::vector<std::pair<std::string, secret>> headers;
    /// Parameters of the query for requests that have none of that name, percent-encoded ("a=1&b=2").
    std::string query;
    /// Bits of `own_path_methods`; 0: all of them.
    std::uint8_t methods = 0;
    /// Paths below `path` are served too.
    bool include_subpath = false;
    /// All fields of the client's that may go to another server go on; else its `accept`, `content-type` and `content-encoding` alone.
    bool forward_headers = false;
    /// Callers need a key of the gateway.
    bool needs_key = true;
    /// What a request costs; unset: what its tokens cost.
    std::optional<money> cost_per_request;

    /// Whether it serves \p request, and what is behind `path`.
    [[nodiscard]] bool serves(std::string_view request, std::string_view& rest) const noexcept {
        if (!request.starts_with(path)) return false;
        rest = request.substr(path.size());
        return rest.empty() || (include_subpath && rest.front() == '/');
    }
};

/// The methods that an own path may have, in the order of their bits.
inline constexpr std::string_view own_path_methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

/// The deployment that the requests of \p p go to, in the group `pass_through_group(p.path)`: its provider is `openai_compatible`, which must be in
/// the registry; it has no key.
LLMX_DECL [[nodiscard]] deployment own_path_deployment(const own_path& p);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/pass_through.ipp>
#endif
