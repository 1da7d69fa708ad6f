// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/any_settings.hpp>
#include <llmx/core/origin.hpp>
#include <llmx/core/secret.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

struct connection_rules;

/// What callers may bring for their own requests to a deployment, in place of what the deployment has (LiteLLM's
/// `configurable_clientside_auth_params`; docs.litellm.ai/docs/proxy/clientside_auth).
struct callers_access {
    callers_access() = default;
    /// `api_key`, `api_base` (or `base_url`) and `api_version` of a request's body.
    bool key = false, base = false, version = false;
    /// The bases that they may name; empty: any. A host that begins with "*." stands for all hosts below what follows, and a path for
    /// itself and all paths below it.
    std::vector<base_url> bases;
    /// How connections to a base of theirs are made; null: as to the deployment's own.
    std::shared_ptr<const connection_rules> connection;
    /// The provider that answers in place of the deployment's when a request brings the answer (`mock_response`), and its settings for
    /// such an answer; empty and null: none does.
    std::string mock_provider;
    any_settings (*mock_settings)(std::string_view answer) = nullptr;
};

/// What a request brings of it.
struct brought_access {
    brought_access() = default;
    secret key;
    /// A URL as the caller wrote it, under the name `base_member`.
    std::string base, base_member;
    std::string version;
    std::string mock;
};

} // namespace llmx::inline LLMX_ABI
