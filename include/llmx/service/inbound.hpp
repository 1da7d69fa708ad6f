// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/any_message.hpp>
#include <llmx/core/callers_access.hpp>
#include <llmx/core/chat.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/request_view.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/fwd.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/member_spans.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// The request of a call, shared by all of its attempts: either the bytes that a client sent (`body`
/// in the form of `codec`) or a `canonical` request made by the program.
///
/// Views: the owner of the call keeps the viewed objects alive. Not thread-safe.
struct inbound {
    inbound() = default;
    /// \p budget, which may be null, accounts for the request that is decoded.
    explicit inbound(memory_budget* budget) noexcept : memory(budget) {}
    inbound(const inbound&) = delete;
    inbound& operator=(const inbound&) = delete;

    /// The requested operation.
    const operation_info* operation = &chat::info;
    /// Form of `body`; null when there is none.
    const codec_ops* codec = nullptr;
    /// Codecs that the operation brings (`forms_of`), for providers that list their names; null when it brings none.
    const codec_ops* const* forms = nullptr;
    std::string_view body;
    /// Media type of `body`; empty: `application/json`.
    std::string_view content_type;
    /// The rest of the request's bytes, after `body`, which is pulled while it is sent; null when `body`
    /// is all. It can be sent once.
    body_source* source = nullptr;
    /// Something of `source` has been taken: no other attempt can be made.
    bool source_begun = false;
    /// It failed: its client was too slow, left or sent something malformed.
    bool source_failed = false;
    /// The answer is to be a stream of events.
    bool stream = false;
    /// `body` differs from the bytes that were routed (`request_head::must_translate`), or from the bytes that
    /// a layer made of it (`edit`): it is written anew, to its own codec too.
    bool must_translate = false;
    /// `codec_ops::must_translate` need not look at `body` (`request_head::known_to_pass`).
    bool known_to_pass = false;
    /// The caller's option: no other group than the requested one.
    bool no_fallback = false;
    /// The model pins a deployment ("deployment:ID") that has a thing of the caller, as the endpoint has found by the thing's id: `model_access`
    /// does not look at that name.
    bool pinned_by_id = false;
    /// The caller's own list of models, for `fallback`: tried in this order when an attempt fails, in place of the policy's general list.
    /// The caller may use each of them. Null: none.
    std::unique_ptr<const std::vector<std::string>> fallbacks;
    /// The caller's option; unset: the deployment's, then the gateway's.
    std::optional<bool> drop_params;
    /// The caller's options for `retry` and `timeout`: how often an attempt is repeated, in place of the general number and of the
    /// deployment's; and how long a whole answer may take, or a streamed one until it begins, when that is shorter than the
    /// policy's own limit. Zero: none.
    std::optional<std::uint32_t> retries;
    duration time_limit{};
    /// `body` has members that are for a gateway and no vendor, and are not sent on (`request_head::has_gateway_members`).
    bool has_gateway_members = false;
    /// Those of them that nothing here obeys, for `attempt::dropped`.
    std::vector<std::string> not_obeyed;
    /// The key, the address or the answer that the body brings; null: nothing of it.
    std::unique_ptr<brought_access> brought;
    /// Where the value of the member "model" is in `body`; equal when there is none. It may
    /// be null.
    std::size_t model_begin = 0, model_end = 0;
    /// [cut_begin, cut_end) of `body` is not sent on (`request_head::cut_begin`).
    std::size_t cut_begin = 0, cut_end = 0;
    /// Where the members of the top level of `body` are (`request_head::members`); an incomplete list is
    /// found by a scan where it is needed.
    member_spans members;
    /// URL facts that decoding `body` needs.
    std::string_view path_model;
    /// Tokens to reserve with rate limiters: prompt estimate plus output limit. Layers read it with
    /// `reserved_tokens`.
    std::uint64_t estimated_tokens = 0;
    /// The output limit's part of it.
    std::uint64_t reserved_output = 0;
    /// Set by `edit`: `estimated_tokens` is to be made anew of the changed request.
    std::uint64_t (*estimate)(const any_message& changed) noexcept = nullptr;
    /// What `view_of` has made; null until then.
    std::unique_ptr<request_view> view;
    /// The request in the vocabulary of its operation: made by the program (borrowed), or decoded on
    /// demand (owned).
    any_message canonical;
    /// Bytes of `canonical` that was decoded: they belong to no attempt, whichever of them decoded it.
    memory_lease memory;
    /// How the answer is to be written for a client of `codec`; for layers that write it anew.
    reply_options answer;
    /// Client headers that go on to a provider of the same language: the façade's own. Policies use
    /// `call::upstream_fields`, which are always sent.
    std::array<http_field, 6> forwarded{};
    std::size_t forwarded_count = 0;
    /// Client headers that go on to every provider, whatever its language: trace context, the call's id, and those that the
    /// server's options name. A field of the same name that the provider writes takes their place.
    std::array<http_field, 12> relayed{};
    std::size_t relayed_count = 0;

    /// A limit has reserved `estimated_tokens`, which are given back later and so stay as they are.
    bool reserved = false;
    /// For limits: tokens to reserve, of the request as it is when the first of them asks.
    [[nodiscard]] std::uint64_t reserved_tokens() noexcept {
        reserved = true;
        if (estimate != nullptr) estimated_tokens = std::exchange(estimate, nullptr)(canonical);
        return estimated_tokens;
    }
    /// Whether another attempt could send the request.
    [[nodiscard]] bool may_be_repeated() const noexcept { return source == nullptr || !source_begun; }
    /// Whether the request was made by the program, in the vocabulary's form: there is no body.
    [[nodiscard]] bool made_by_program() const noexcept { return codec == nullptr; }
};

} // namespace llmx::inline LLMX_ABI
