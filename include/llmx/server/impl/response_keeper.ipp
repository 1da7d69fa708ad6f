// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/response_keeper.hpp>

#include <llmx/server/detail/conversation_store.hpp>
#include <llmx/server/detail/response_work.hpp>
#include <llmx/server/impl/conversation_store.ipp>
#include <llmx/server/impl/response_store.ipp>
#include <llmx/server/response_head.hpp>
#include <llmx/service/offload.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL std::string response_owner(const server_connection& peer) {
    const principal* const who = peer.context().principal.get();
    return who != nullptr ? who->id : std::string();
}

LLMX_DECL std::string new_response_id(runtime& on) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string id = "resp_";
    for (int word = 0; word < 3; ++word) {
        std::uint64_t bits = on.random();
        for (int k = 0; k < 16; ++k, bits >>= 4) id += digits[bits & 15u];
    }
    return id;
}

LLMX_DECL LLMX_OF(response_keeper)::basic_response_keeper(std::shared_ptr<response_store> store, server_connection& peer,
                                                          responses_demands what)
    : store_(std::move(store)), peer_(&peer), what_(std::move(what)), owner_(response_owner(peer)), id_(new_response_id(peer.on())),
      memory_(peer.memory()) {}

LLMX_DECL boost::asio::awaitable<result<void>> LLMX_OF(response_keeper)::resolve(const topology& served) {
    responses_change change;
    change.detached = what_.background;
    std::string upstream;
    response_history turns;
    bool changes = what_.background;
    if (!what_.conversation.empty()) {
        if (!what_.previous.empty())
            co_return error(errc::invalid_request, "conversation: a response continues either a conversation or previous_response_id, not both")
                .with_param("conversation");
        const result<bool> found = co_await find_conversation_turns(turns);
        if (!found) co_return found.error();
        if (*found) change.in_conversation = changes = true;
        else what_.conversation.clear(); // one of the vendor's own, which has it
        for (const response_record& r : turns.turns) must_translate_ = must_translate_ || r.deployment.empty();
    }
    if (!what_.previous.empty()) {
        const std::string previous = what_.previous;
        result<response_history> before = co_await store_->history(owner_, previous, memory_, peer_->context().cancellation);
        const bool unknown = !before && before.error().value() == errc::not_found;
        if (!before && !unknown) co_return before.error();
        if (unknown) {
            change.previous = previous;
        } else {
            const response_record& last = before->turns.back();
            const std::string model = response_member(peer_->body(), "model");
            const model_group* const group = served.find(model);
            if (group != nullptr && !last.deployment.empty())
                for (const deployment* const d : group->members) {
                    if (d->id == last.deployment) pinned_ = true;
                    else others_.push_back(d->index);
                }
            if (pinned_) {
                upstream = last.upstream.empty() ? previous : last.upstream;
                change.previous = upstream;
                changes = changes || upstream != previous;
            } else {
                others_.clear();
                if (before->broken)
                    co_return error(errc::invalid_request, "previous_response_id: the beginning of the conversation of '" + previous +
                                                               "' is not kept any more; send the whole conversation as input")
                        .with_param("previous_response_id");
                turns = std::move(*before);
                for (const response_record& r : turns.turns) must_translate_ = must_translate_ || r.deployment.empty();
                changes = true;
            }
        }
    }
    if (!changes) co_return success();
    if (!memory_.grow(peer_->body().size())) {
        error full(errc::shed, "the gateway has no memory for the conversation now; try again later");
        co_return full.with_retry_after(std::chrono::seconds(1));
    }
    history_writing writing(turns.turns, peer_->body(), change, false, changed_);
    if (writing.bytes() > offload_translation_above) co_return co_await peer_->on().offload(writing, peer_->context().cancellation);
    writing.run();
    co_return success();
}

LLMX_DECL boost::asio::awaitable<result<bool>> LLMX_OF(response_keeper)::find_conversation_turns(response_history& to) {
    const result<std::vector<std::string>> turns =
        co_await conversation_turns(store_->options(), owner_, what_.conversation, memory_, peer_->context().cancellation);
    if (!turns && turns.error().value() == errc::not_found) co_return false;
    if (!turns) co_return turns.error();
    for (const std::string& one : *turns) {
        result<response_record> r = record_of_turn(one);
        if (!r) co_return r.error();
        to.turns.push_back(std::move(*r));
    }
    co_return true;
}

LLMX_DECL std::string_view LLMX_OF(response_keeper)::whole_input() const {
    return what_.conversation.empty() ? what_.input : response_value(body(), "input");
}

LLMX_DECL void LLMX_OF(response_keeper)::set_up(call& c) {
    c.in.answer.request = peer_->body();
    if (what_.store) c.in.answer.kept_as = id_;
    if (must_translate_) c.in.must_translate = true;
    if (!pinned_) return;
    c.tried = others_;
    c.in.no_fallback = true;
    c.in.retries = 0;
}

LLMX_DECL void LLMX_OF(response_keeper)::answered(call& c) noexcept {
    // Obeyed here.
    if (what_.store) std::erase(c.now.dropped, "store");
}

LLMX_DECL boost::asio::awaitable<void> LLMX_OF(response_keeper)::keep(const call& c, std::string_view response, bool native) {
    if (!keeps() || kept_) co_return;
    kept_ = true;
    if (!what_.conversation.empty()) {
        const result<void> added = co_await add_response_turn(store_->options(), peer_->on(), owner_, what_.conversation, what_.input, response,
                                                              native, peer_->context().cancellation);
        if (!added && !peer_->stream_begun()) append_field(peer_->fields(), "x-llmx-conversation-stored", std::string_view("false"));
    }
    if (!what_.store) co_return;
    const std::string id = response_member(response, "id");
    if (id.empty()) co_return;
    response_record r;
    r.model = std::string(c.model);
    if (native) r.deployment = std::string(c.report.deployment_id);
    r.previous = what_.previous;
    r.input = std::string(whole_input());
    r.response = std::string(response);
    const result<void> done = co_await store_->keep(owner_, id, r, peer_->context().cancellation);
    if (!done && !peer_->stream_begun()) append_field(peer_->fields(), "x-llmx-response-stored", std::string_view("false"));
}

LLMX_DECL boost::asio::awaitable<void> LLMX_OF(response_keeper)::follow(const call& c, std::string_view piece, bool native) {
    if (!keeps() || kept_) co_return;
    std::string whole;
    static_cast<void>(parser_.feed(piece, [&whole](const sse_event& e) {
        const std::string type = e.event.empty() ? response_member(e.data, "type") : std::string(e.event);
        if (ends_response(type)) whole = response_value(e.data, "response");
    }));
    if (!whole.empty()) co_await keep(c, whole, native);
}

LLMX_DECL void LLMX_OF(response_keeper)::move_to(response_job& job) {
    job.record.previous = what_.previous;
    job.record.input = std::string(whole_input());
    job.conversation = what_.conversation;
    if (!job.conversation.empty()) job.added = std::string(what_.input);
    job.record.background = true;
    job.asked = std::string(peer_->body());
    job.body = std::move(changed_);
    job.others = std::move(others_);
    job.must_translate = must_translate_;
    job.pinned = pinned_;
}

} // namespace llmx::inline LLMX_ABI::detail
