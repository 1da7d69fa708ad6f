// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/any_settings.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/header_fields.hpp>
#include <llmx/core/model_traits.hpp>
#include <llmx/core/origin.hpp>
#include <llmx/core/secret.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llmx::inline LLMX_ABI {

struct callers_access;
struct chat_request;
struct connection_rules;
struct model_facts;
class model_catalog;

/// One place that can serve a model group: a provider, its model, where and with
/// which key. Immutable once it is in a topology.
struct deployment {
    deployment() = default;

    /// Stable name, in headers and logs; unique within a topology.
    std::string id;
    /// Public name under which callers request it. A trailing "*" serves every name
    /// with that prefix ("openai/*"), and the rest of the caller's name replaces the
    /// "*" in `model`.
    std::string model_group;
    /// Names without the group's prefix under which callers may request it too, when the group is a wildcard: models that the
    /// provider is known for ("gpt-4o"), or their beginnings with a "*" at the end. They replace the "*" in `model` as they are.
    std::vector<std::string> other_names;
    /// `attach_facts` adds the names of the provider's models in the catalogue to `other_names`.
    bool takes_known_names = false;
    /// Registered provider ("openai") and its name of the model ("gpt-4o").
    std::string provider;
    std::string model;
    /// Where the provider is; empty host: the provider's own default.
    base_url api_base;
    secret key;
    /// In place of the version of the API that `settings` has, for a caller's own request (`callers_access::version`); empty: none.
    std::string api_version;
    /// How connections to it are made: certificates, pinned keys, a proxy of its own (<llmx/transport/connection_rules.hpp>); null: by the
    /// options of the transport.
    std::shared_ptr<const connection_rules> connection;
    /// What callers may bring for their own requests in place of the key and the address (<llmx/core/callers_access.hpp>); null: nothing.
    std::shared_ptr<const callers_access> callers;
    /// The provider's own, of the type that it names `settings`; empty: that type's defaults.
    any_settings settings;

    /// Share of traffic among equals; 0 takes none unless nothing else is left.
    double weight = 1;
    /// Deployments of a lower order are tried first.
    int order = 0;
    /// Limits per minute and at once; 0 for none.
    std::uint64_t requests_per_minute = 0, tokens_per_minute = 0;
    std::uint32_t max_parallel = 0;

    std::vector<std::string> tags;
    std::string region;

    /// Override the gateway's own when set.
    std::optional<duration> timeout, first_token_timeout, cool_down;
    std::optional<std::uint32_t> retries;
    /// Drop parameters that the provider cannot express instead of failing.
    std::optional<bool> drop_params;
    /// Members of requests that are never sent to this place: "temperature", "metadata.trace", "tools[*].input_examples", "stop[1]"
    /// (LiteLLM's `additional_drop_params`; docs.litellm.ai/docs/completion/drop_params).
    std::vector<std::string> omitted_members;
    /// Members of the top level of requests that are sent as the caller wrote them although the provider's language has no
    /// equivalent (LiteLLM's `allowed_openai_params`).
    std::vector<std::string> allowed_members;
    /// What chat requests have that do not state it themselves: all members but the model, the messages and `stream` (LiteLLM's
    /// `temperature`, `max_tokens` and so on in `litellm_params`). Null: nothing.
    std::shared_ptr<const chat_request> chat_defaults;
    /// A JSON object whose members are in each JSON request to this place, in the provider's words and in place of those of the same
    /// name (LiteLLM's `extra_body`); empty: none.
    std::string added_members;
    /// Header fields of each request to this place, in place of those of the same name, the provider's credentials among them
    /// (LiteLLM's `extra_headers`).
    header_fields added_fields{header_fields::direction::deployment};
    /// All traits of the model, for programs that have them from elsewhere. Unset: those of the facts over the provider's own, and
    /// `stated` over both.
    std::optional<model_traits> traits;
    stated_traits stated;

    /// Name under which the catalogue knows the model, where `model` is a name of the deployment's owner (Azure); empty: `model`.
    std::string base_model;
    /// A JSON object with what the owner states about the model, in the form of LiteLLM's `model_info`; empty: nothing.
    std::string model_info;
    /// What is known about the model, prices among it, and for a wildcard the catalogue, which has the facts of the models behind it;
    /// both set by `attach_facts`, null when nothing is known.
    std::shared_ptr<const model_facts> facts;
    std::shared_ptr<const model_catalog> catalog;
    /// The catalogue, for prices that depend on the size and the quality of what is made (`facts_priced_by`); null where the owner's own
    /// prices count. Set by `attach_facts`.
    std::shared_ptr<const model_catalog> price_list;

    /// Position in its topology; set by `topology::make`.
    std::size_t index = 0;
    /// Position of the provider in its registry; set by `registry::complete`. A gateway refuses
    /// a deployment without one, and one whose number is another provider's.
    static constexpr std::size_t no_provider = static_cast<std::size_t>(-1);
    std::size_t provider_index = no_provider;
};

} // namespace llmx::inline LLMX_ABI
