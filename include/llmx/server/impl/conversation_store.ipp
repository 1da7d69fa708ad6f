// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/conversation_store.hpp>

#include <llmx/server/impl/response_store.ipp>
#include <llmx/service/offload.hpp>
#include <llmx/wire/json_scan.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL error no_such_conversation(std::string_view id) {
    return error(errc::not_found, std::string("Conversation with id '").append(id).append("' not found.")).with_param("conversation");
}

/// How many turns there are at least has a value of its own: a request that adds one must not undo a change of the metadata.
LLMX_DECL [[nodiscard]] std::string conversation_count_key(std::string_view owner, std::string_view id) {
    return response_key("conversation-count:", owner, id);
}

LLMX_DECL [[nodiscard]] std::string conversation_turn_key(std::string_view owner, std::string_view id, std::size_t index) {
    return response_key("conversation-turn:", owner, id).append("\n").append(std::to_string(index));
}

LLMX_DECL boost::asio::awaitable<result<std::optional<conversation_head>>> find_conversation(const response_store_options& in,
                                                                                            std::string_view owner, std::string_view id,
                                                                                            cancellation& stop) {
    const std::string key = response_key("conversation:", owner, id);
    const result<std::optional<std::string>> got = co_await in.values->get(key, stop);
    std::optional<conversation_head> head;
    if (!got) co_return got.error();
    if (!*got) co_return head;
    result<conversation_head> read = read_conversation_head(**got);
    if (!read) co_return read.error();
    const std::string count = conversation_count_key(owner, id);
    const result<std::optional<std::string>> turns = co_await in.values->get(count, stop);
    if (!turns) co_return turns.error();
    head.emplace(std::move(*read));
    if (*turns) head->turns = static_cast<std::size_t>(std::max<std::int64_t>(json_integer(**turns).value_or(0), 0));
    co_return head;
}

LLMX_DECL boost::asio::awaitable<result<void>> keep_conversation(const response_store_options& in, std::string_view owner,
                                                                 std::string_view id, const conversation_head& head, cancellation& stop) {
    const std::string key = response_key("conversation:", owner, id);
    std::string value = write_conversation_head(head);
    co_return co_await in.values->put(key, std::move(value), in.conversation_ttl, stop);
}

LLMX_DECL boost::asio::awaitable<result<bool>> erase_conversation(const response_store_options& in, std::string_view owner,
                                                                  std::string_view id, cancellation& stop) {
    const result<std::optional<conversation_head>> head = co_await find_conversation(in, owner, id, stop);
    if (!head) co_return head.error();
    if (!*head) co_return false;
    // First of all, so that nothing is added meanwhile.
    const std::string key = response_key("conversation:", owner, id);
    const result<bool> had = co_await in.values->erase(key, stop);
    if (!had) co_return had.error();
    const std::string count = conversation_count_key(owner, id);
    const result<bool> counted = co_await in.values->erase(count, stop);
    if (!counted) co_return counted.error();
    for (std::size_t i = 0; i < most_conversation_turns; ++i) {
        const std::string turn = conversation_turn_key(owner, id, i);
        const result<bool> gone = co_await in.values->erase(turn, stop);
        if (!gone) co_return gone.error();
        if (!*gone && i >= (*head)->turns) break;
    }
    co_return *had;
}

LLMX_DECL boost::asio::awaitable<result<void>> add_conversation_turn(const response_store_options& in, std::string_view owner,
                                                                     std::string_view id, std::string turn, cancellation& stop) {
    result<std::optional<conversation_head>> found = co_await find_conversation(in, owner, id, stop);
    if (!found) co_return found.error();
    if (!*found) co_return no_such_conversation(id);
    conversation_head head = std::move(**found);
    for (; head.turns < most_conversation_turns; ++head.turns) {
        const std::string key = conversation_turn_key(owner, id, head.turns);
        std::string value = turn;
        const result<bool> put = co_await in.values->put_if_absent(key, std::move(value), in.conversation_ttl, stop);
        if (!put) co_return put.error();
        if (!*put) continue; // another request was faster
        const std::string count = conversation_count_key(owner, id);
        std::string number = std::to_string(head.turns + 1);
        co_return co_await in.values->put(count, std::move(number), in.conversation_ttl, stop);
    }
    co_return error(errc::invalid_request, "the conversation has 10000 turns, which is the most; create another one").with_param("conversation");
}

LLMX_DECL boost::asio::awaitable<result<void>> keep_conversation_turn(const response_store_options& in, std::string_view owner,
                                                                      std::string_view id, std::size_t index, std::string turn,
                                                                      cancellation& stop) {
    const std::string key = conversation_turn_key(owner, id, index);
    co_return co_await in.values->put(key, std::move(turn), in.conversation_ttl, stop);
}

LLMX_DECL boost::asio::awaitable<result<std::vector<std::string>>> conversation_turns(const response_store_options& in,
                                                                                      std::string_view owner, std::string_view id,
                                                                                      memory_lease& memory, cancellation& stop) {
    std::vector<std::string> all;
    const result<std::optional<conversation_head>> head = co_await find_conversation(in, owner, id, stop);
    if (!head) co_return head.error();
    if (!*head) co_return no_such_conversation(id);
    while (all.size() < most_conversation_turns) {
        const std::string key = conversation_turn_key(owner, id, all.size());
        result<std::optional<std::string>> one = co_await in.values->get(key, stop);
        if (!one) co_return one.error();
        // The head of another process may be older than its turns.
        if (!*one && all.size() >= (*head)->turns) break;
        if (!*one)
            co_return error(errc::invalid_request, std::string("a part of the conversation '").append(id).append(
                                                       "' is not kept any more; create another one with the items that matter"))
                .with_param("conversation");
        // Once as it is, and once in what is made of it.
        if (!memory.grow(2 * (*one)->size())) {
            error full(errc::shed, "the gateway has no memory for the conversation now; try again later");
            co_return full.with_retry_after(std::chrono::seconds(1));
        }
        all.push_back(std::move(**one));
    }
    co_return all;
}

/// Writes the turn that a response is.
class conversation_turn_writing final : public offloaded_work {
public:
    conversation_turn_writing(std::string_view input, std::string_view response, bool native, std::string& to) noexcept
        : input_(input), response_(response), native_(native), to_(&to) {}
    std::size_t bytes() const noexcept override { return input_.size() + response_.size(); }
    void run() override { *to_ = write_conversation_turn(turn_of_response(input_, response_, native_)); }

private:
    std::string_view input_, response_;
    bool native_;
    std::string* to_;
};

LLMX_DECL boost::asio::awaitable<result<void>> add_response_turn(const response_store_options& in, runtime& on, std::string_view owner,
                                                                 std::string_view id, std::string_view input, std::string_view response,
                                                                 bool native, cancellation& stop) {
    const std::string status = response_member(response, "status");
    if (status == "failed" || status == "cancelled") co_return success();
    std::string turn;
    conversation_turn_writing writing(input, response, native, turn);
    result<void> made = success();
    if (writing.bytes() > offload_translation_above) made = co_await on.offload(writing, stop);
    else writing.run();
    if (!made) co_return made;
    result<void> added = co_await add_conversation_turn(in, owner, id, std::move(turn), stop);
    if (!added && added.error().value() == errc::not_found) co_return success();
    co_return added;
}

} // namespace llmx::inline LLMX_ABI::detail
