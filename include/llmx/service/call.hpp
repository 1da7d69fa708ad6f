// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/call_context.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/tool_names.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/fwd.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/wire/http_message.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline v0 {

/// What became of an attempt or a call, for those who asked to be told.
struct outcome {
    /// `none` set: it succeeded.
    std::optional<errc> failure;
    std::optional<std::chrono::milliseconds> retry_after;
    usage tokens;
    /// Moment of the first event or byte of the answer; zero when none came.
    time_point first_token{};
    time_point began{};
    time_point ended{};
};

/// One caller's request on its way through the layers.
///
/// For experts, façades and layers: `client` and `gateway::chat` make one themselves. It lives in
/// the caller's frame (or in the stream handed out) until the reply has been consumed, and owns
/// none of what it points to: runtime, context, body and request must outlive it. The request is
/// either the bytes a client sent (`body` in the language `dialect`) or a `canonical` request made
/// by the program; the innermost service passes bytes through when the provider speaks the same
/// language and translates otherwise. Not thread-safe.
struct call {
    /// \p budget, which may be null, accounts for what the call buffers: see `memory`.
    call(runtime& where, call_context& ctx, memory_budget* budget = nullptr) noexcept
        : on(&where), context(&ctx), memory(budget) {
        if (budget != nullptr) limits.memory = &memory;
    }
    call(const call&) = delete;
    call& operator=(const call&) = delete;
    ~call() { finish(aborted()); }

    runtime* on;
    call_context* context;
    operation op = operation::chat;

    /// Model as the caller named it; a fallback replaces it.
    std::string_view model;
    bool stream = false;
    /// Tokens to reserve with rate limiters: prompt estimate plus output limit.
    std::uint64_t estimated_tokens = 0;

    /// The request as received and its language, or empty and null.
    const dialect_ops* dialect = nullptr;
    std::string_view body;
    /// Where the value of the member "model" stands in `body`; equal when there is none. It may
    /// be null.
    std::size_t model_begin = 0, model_end = 0;
    /// [cut_begin, cut_end) of `body` is not sent on (`request_head::cut_begin`).
    std::size_t cut_begin = 0, cut_end = 0;
    /// `body` says something else than what was routed (`request_head::stream_differs`): it is
    /// written anew, to its own dialect too.
    bool must_rewrite = false;
    /// URL facts that decoding `body` needs.
    std::string_view path_model;
    /// The request in nobody's dialect, made by the program or decoded on demand.
    const chat_request* canonical = nullptr;
    std::unique_ptr<chat_request> decoded;
    /// Functions that the provider of the attempt knows by other names than the caller; goes on
    /// into its reply. It stands here and not in the attempt so that a large one outlives it.
    std::unique_ptr<llmx::tool_names> tool_names;
    /// Client headers that go on to a provider of the same dialect.
    std::array<http_field, 4> forwarded{};
    std::size_t forwarded_count = 0;
    /// Caller's wish; unset: the deployment's, then the gateway's.
    std::optional<bool> drop_params;
    /// Caller's wish: no other group than the one asked for.
    bool no_fallback = false;
    /// What a translation left out, for the caller's headers and logs: as many names as a header
    /// field can hold, and a few more where it cannot hold them all.
    std::vector<std::string> dropped;

    /// Set by the gateway: the topology the call began with, and what keeps it and the layers
    /// alive that the call is inside of.
    const topology* world = nullptr;
    std::shared_ptr<const void> keep_alive;

    /// Set by the gateway or the fallback layer; the group being served now. Null outside of
    /// the fallback layer when no group has the model's name and a fallback stands in.
    const model_group* group = nullptr;
    /// Set by the route layer: the deployment of this attempt.
    const deployment* target = nullptr;
    /// Deployments that already failed in this call, by index; routers avoid them.
    std::vector<std::size_t> tried;
    /// When the call last went on: it came in, or what it waited for has come. Layers that
    /// decide take the time from here: one look at the clock serves all.
    time_point moment{};
    /// Limits of the attempt; set by the timeout layer, obeyed by the transport.
    http_limits limits;
    /// What this call holds beside `body`: the provider's answer as it came, and translated copies,
    /// each of which (the JSON's tree, the decoded form, the new text) is taken to be as large as
    /// what it is made of. Given back with the call.
    memory_lease memory;

    /// A party to be told how the call (or the attempt, when registered inside the route
    /// layer) ended: exactly once, also when it is abandoned or cancelled.
    struct listener {
        void (*told)(void* self, const call& c, const deployment* d, const outcome& how) noexcept;
        void* self;
        const deployment* about;
    };
    static constexpr std::size_t max_listeners = 24;

    /// Registers \p told; a 25th listener is a defect of a layer and ends the program, since
    /// dropping one would leak what it gives back.
    void on_finish(void* self, void (*told)(void*, const call&, const deployment*, const outcome&) noexcept) noexcept {
        if (listener_count_ == max_listeners) std::terminate();
        listener& l = listeners_[listener_count_++];
        l.told = told;
        l.self = self;
        l.about = target;
    }
    [[nodiscard]] std::size_t listeners() const noexcept { return listener_count_; }
    /// Tells and forgets the listeners registered after the first \p keep, newest first.
    void finish(const outcome& how, std::size_t keep = 0) noexcept {
        while (listener_count_ > keep) {
            const listener l = listeners_[--listener_count_];
            l.told(l.self, *this, l.about, how);
        }
    }

    /// When \p how ended, for listeners: a look at the clock less where it says so.
    [[nodiscard]] time_point end_of(const outcome& how) const noexcept {
        return how.ended != time_point() ? how.ended : on->now();
    }

    [[nodiscard]] bool has_tried(const deployment& d) const noexcept {
        for (const std::size_t i : tried)
            if (i == d.index) return true;
        return false;
    }

private:
    [[nodiscard]] outcome aborted() const noexcept {
        outcome o;
        o.failure = errc::cancelled;
        o.tokens = context->tokens;
        o.first_token = context->first_token;
        return o;
    }
    std::array<listener, max_listeners> listeners_; // the first listener_count_ of them
    std::size_t listener_count_ = 0;
};

} // namespace llmx::inline v0
