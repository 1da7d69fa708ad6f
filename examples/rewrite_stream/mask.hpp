// SPDX-License-Identifier: BSL-1.0
// A policy of your own that changes answers: masks a word in them, whole or streamed, whatever
// language the caller and the provider use.
#pragma once

#include <llmx/core/chat.hpp>
#include <llmx/service/layer.hpp>
#include <llmx/service/map_events.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>

struct mask {
    mask() = default;
    explicit mask(std::string w) : word(std::move(w)) {}
    static constexpr llmx::stage_position position = llmx::at(llmx::stage::guard);

    /// Not empty.
    std::string word = "secret";

    void apply(std::string& text) const {
        for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + word.size())) text.replace(at, word.size(), word.size(), '*');
    }
    /// How much of the end of \p text may be the beginning of the word.
    [[nodiscard]] std::size_t unsure(const std::string& text) const {
        for (std::size_t n = std::min(text.size(), word.size() - 1); n != 0; --n)
            if (text.ends_with(word.substr(0, n))) return n;
        return 0;
    }

    class stream;
    template <class Next> class layer;
};

/// Text deltas pass when they cannot be part of the word any more.
class mask::stream {
public:
    explicit stream(const mask& m) : mask_(m) {}
    template <class Emit> llmx::event_action operator()(llmx::chat_event& e, const Emit& emit) {
        using kind = llmx::chat_event::kind;
        if (e.what == kind::finish || e.what == kind::tool_call) end(emit); // what was held goes before it
        if (e.what != kind::text) return llmx::event_action::keep;
        std::string& held = held_[e.choice];
        held += e.text;
        mask_.apply(held);
        const std::size_t ready = held.size() - mask_.unsure(held);
        last_[e.choice] = e.part;
        ready_.assign(held, 0, ready);
        held.erase(0, ready);
        e.text = ready_;
        return ready != 0 ? llmx::event_action::keep : llmx::event_action::drop;
    }
    template <class Emit> void end(const Emit& emit) {
        for (auto& [choice, held] : held_) {
            if (held.empty()) continue;
            llmx::chat_event e;
            e.what = llmx::chat_event::kind::text;
            e.choice = choice;
            e.part = last_[choice];
            e.text = held;
            emit(e);
            held.clear();
        }
    }

private:
    mask mask_;
    std::string ready_;
    std::map<std::uint32_t, std::string> held_;
    std::map<std::uint32_t, std::uint32_t> last_;
};

template <class Next> class mask::layer : public llmx::layer_base<Next> {
public:
    layer(const mask& policy, std::shared_ptr<const llmx::topology>, Next next)
        : llmx::layer_base<Next>(std::move(next)), policy_(policy) {}
    boost::asio::awaitable<llmx::result<llmx::reply>> operator()(llmx::call& c) {
        llmx::result<llmx::reply> r = co_await this->next_(c);
        if (!r || c.in.operation != &llmx::chat::info) co_return std::move(r);
        if (r->stream != nullptr) co_return llmx::map_events(c, std::move(*r), stream(policy_));
        auto whole = [this](llmx::chat_reply& reply) {
            for (auto& choice : reply.choices)
                for (auto& part : choice.answer.content)
                    if (auto* const text = std::get_if<llmx::text_part>(&part)) policy_.apply(text->text);
        };
        const llmx::result<void> done = co_await llmx::map_reply(c, *r, whole);
        if (!done) co_return done.error();
        co_return std::move(r);
    }

private:
    mask policy_;
};
static_assert(llmx::policy<mask>);
