// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/conversations.hpp>

#include <llmx/server/detail/conversation_store.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/detail/response_keeper.hpp>
#include <llmx/server/detail/response_work.hpp>
#include <llmx/server/impl/conversation_store.ipp>
#include <llmx/service/offload.hpp>
#include <llmx/wire/json_writer.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// The parts of a path below `/conversations`, as they are written.
struct conversation_path {
    std::string_view id, item;
    /// The path is that of the items, or of one.
    bool items = false, good = false;
};
[[nodiscard]] constexpr conversation_path parse_conversation_path(std::string_view path) noexcept {
    conversation_path p;
    p.good = path.empty();
    if (path.size() < 2 || path.front() != '/') return p;
    path.remove_prefix(1);
    const std::size_t end = path.find('/');
    p.id = path.substr(0, end);
    p.good = !p.id.empty();
    if (end == std::string_view::npos) return p;
    path.remove_prefix(end + 1);
    constexpr std::string_view items = "items";
    p.items = path == items || path.starts_with("items/");
    if (p.items && path.size() > items.size()) p.item = path.substr(items.size() + 1);
    p.good = p.good && p.items && (path == items || (!p.item.empty() && p.item.find('/') == std::string_view::npos));
    return p;
}

LLMX_DECL endpoint_match match_conversations(std::string_view method, std::string_view path, std::uint8_t form) noexcept {
    const conversation_path p = parse_conversation_path(path);
    if (!p.good) return endpoint_match();
    const std::string_view allowed = p.id.empty() ? "POST" : !p.items ? "GET, POST, DELETE" : p.item.empty() ? "GET, POST" : "GET, DELETE";
    return endpoint_match::of(method, allowed, path, form);
}

/// Reads the body of a request for a conversation.
class conversation_change_reading final : public offloaded_work {
public:
    conversation_change_reading(std::string_view body, std::string_view salt, result<conversation_change>& to) noexcept
        : body_(body), salt_(salt), to_(&to) {}
    std::size_t bytes() const noexcept override { return body_.size(); }
    void run() override { *to_ = read_conversation_change(body_, salt_); }

private:
    std::string_view body_, salt_;
    result<conversation_change>* to_;
};

/// Lists a page of a conversation's items, or finds one of them.
class conversation_items_listing final : public offloaded_work {
public:
    conversation_items_listing(const std::vector<std::string>& turns, std::string_view query, std::string_view item, result<std::string>& to) noexcept
        : turns_(&turns), query_(query), item_(item), to_(&to) {}
    std::size_t bytes() const noexcept override {
        std::size_t n = 0;
        for (const std::string& t : *turns_) n += t.size();
        return n;
    }
    void run() override {
        std::vector<responses_listed_item> all;
        for (std::size_t i = 0; i < turns_->size(); ++i) {
            result<conversation_turn> read = read_conversation_turn((*turns_)[i]);
            if (!read) {
                *to_ = read.error();
                return;
            }
            for (std::size_t k = 0; k < read->items.size(); ++k) {
                if (!item_.empty() && read->items[k].id == item_) return found(i, k, *read);
                if (item_.empty()) all.push_back(std::move(read->items[k]));
            }
        }
        if (item_.empty()) *to_ = page_of_items(all, query_);
        else *to_ = error(errc::not_found, std::string("Item with id '").append(item_).append("' not found.")).with_param("item_id");
    }
    /// Of the item that was found: its turn's number, and the turn without it.
    std::size_t turn = 0;
    std::string without;

private:
    void found(std::size_t i, std::size_t k, conversation_turn& in) {
        turn = i;
        *to_ = std::move(in.items[k].json);
        in.items.erase(in.items.begin() + static_cast<std::ptrdiff_t>(k));
        without = write_conversation_turn(in);
    }

    const std::vector<std::string>* turns_;
    std::string_view query_, item_;
    result<std::string>* to_;
};

/// One request.
struct conversation_request {
    server_connection& peer;
    const response_store_options& in;
    std::string owner, id, item;
    bool items = false;
};

/// The body's demands; \p salt makes the ids of items.
LLMX_DECL boost::asio::awaitable<result<conversation_change>> read_change(conversation_request& r, std::string salt) {
    result<conversation_change> change = error(errc::cancelled);
    conversation_change_reading reading(r.peer.body(), salt, change);
    if (reading.bytes() > offload_translation_above) {
        const result<void> ran = co_await r.peer.on().offload(reading, r.peer.context().cancellation);
        if (!ran) co_return ran.error();
    } else {
        reading.run();
    }
    co_return change;
}

/// The conversation; fails when there is none.
LLMX_DECL boost::asio::awaitable<result<conversation_head>> need_conversation(conversation_request& r) {
    result<std::optional<conversation_head>> found = co_await find_conversation(r.in, r.owner, r.id, r.peer.context().cancellation);
    if (!found) co_return found.error();
    if (!*found) co_return no_such_conversation(r.id);
    co_return std::move(**found);
}

/// `POST /v1/conversations`.
LLMX_DECL boost::asio::awaitable<result<void>> create_conversation(conversation_request& r) {
    const std::string salt = new_response_id(r.peer.on());
    result<conversation_change> change = co_await read_change(r, salt);
    if (!change) co_return change.error();
    r.id = "conv_" + new_response_id(r.peer.on()).substr(std::string_view("resp_").size());
    conversation_head head;
    head.created = r.peer.on().unix_seconds();
    if (change->metadata) head.metadata = std::move(*change->metadata);
    cancellation& stop = r.peer.context().cancellation;
    result<void> kept = co_await keep_conversation(r.in, r.owner, r.id, head, stop);
    if (kept && !change->added.items.empty()) {
        std::string turn = write_conversation_turn(change->added);
        kept = co_await add_conversation_turn(r.in, r.owner, r.id, std::move(turn), stop);
    }
    if (kept) write_conversation(r.id, head, r.peer.scratch());
    co_return kept;
}

/// `GET`, `POST` and `DELETE /v1/conversations/{id}`.
LLMX_DECL boost::asio::awaitable<result<void>> answer_conversation(conversation_request& r) {
    cancellation& stop = r.peer.context().cancellation;
    if (r.peer.head().method == "DELETE") {
        const result<bool> had = co_await erase_conversation(r.in, r.owner, r.id, stop);
        if (!had) co_return had.error();
        if (!*had) co_return no_such_conversation(r.id);
        json_writer(r.peer.scratch()).object().member("id", r.id).member("object", "conversation.deleted").member("deleted", true).end_object();
        co_return success();
    }
    result<conversation_head> head = co_await need_conversation(r);
    if (!head) co_return head.error();
    if (r.peer.head().method == "POST") {
        result<conversation_change> change = co_await read_change(r, std::string());
        if (!change) co_return change.error();
        if (!change->metadata) co_return error(errc::invalid_request, "metadata: expected an object with texts").with_param("metadata");
        head->metadata = std::move(*change->metadata);
        const result<void> kept = co_await keep_conversation(r.in, r.owner, r.id, *head, stop);
        if (!kept) co_return kept;
    }
    write_conversation(r.id, *head, r.peer.scratch());
    co_return success();
}

/// `POST /v1/conversations/{id}/items`.
LLMX_DECL boost::asio::awaitable<result<void>> create_items(conversation_request& r) {
    const std::string salt = new_response_id(r.peer.on());
    const result<conversation_change> change = co_await read_change(r, salt);
    if (!change) co_return change.error();
    if (change->added.items.empty()) co_return error(errc::invalid_request, "items: expected at least one item").with_param("items");
    std::string turn = write_conversation_turn(change->added);
    const result<void> added = co_await add_conversation_turn(r.in, r.owner, r.id, std::move(turn), r.peer.context().cancellation);
    if (!added) co_return added;
    const result<std::string> page = page_of_items(change->added.items, "order=asc&limit=100");
    if (!page) co_return page.error();
    r.peer.scratch() = *page;
    co_return success();
}

/// `GET /v1/conversations/{id}/items`; `GET` and `DELETE …/items/{item}`.
LLMX_DECL boost::asio::awaitable<result<void>> answer_items(conversation_request& r) {
    cancellation& stop = r.peer.context().cancellation;
    memory_lease memory(r.peer.memory());
    const result<std::vector<std::string>> turns = co_await conversation_turns(r.in, r.owner, r.id, memory, stop);
    if (!turns) co_return turns.error();
    result<std::string> found = error(errc::cancelled);
    conversation_items_listing listing(*turns, r.peer.head().query, r.item, found);
    if (listing.bytes() > offload_translation_above) {
        const result<void> ran = co_await r.peer.on().offload(listing, stop);
        if (!ran) co_return ran;
    } else {
        listing.run();
    }
    if (!found) co_return found.error();
    if (r.peer.head().method != "DELETE") {
        r.peer.scratch() = std::move(*found);
        co_return success();
    }
    const result<conversation_head> head = co_await need_conversation(r);
    if (!head) co_return head.error();
    const result<void> kept = co_await keep_conversation_turn(r.in, r.owner, r.id, listing.turn, std::move(listing.without), stop);
    if (kept) write_conversation(r.id, *head, r.peer.scratch());
    co_return kept;
}

LLMX_DECL boost::asio::awaitable<void> serve_conversations(server_connection& peer, std::shared_ptr<response_store> store) {
    const conversation_path path = parse_conversation_path(peer.match().name);
    result<void> done = success();
    if (store == nullptr) {
        done = error(errc::unsupported_operation, "this gateway keeps no conversations (general_settings.store_responses is false)");
    } else {
        conversation_request r{peer, store->options(), response_owner(peer), std::string(), std::string(), path.items};
        constexpr std::size_t longest = 256;
        const bool named = decode_name(path.id, r.id) && decode_name(path.item, r.item) && r.id.size() <= longest && r.item.size() <= longest;
        if (!named) done = no_such_conversation(std::string_view());
        else if (r.id.empty()) done = co_await create_conversation(r);
        else if (!r.items) done = co_await answer_conversation(r);
        else if (r.item.empty() && peer.head().method == "POST") done = co_await create_items(r);
        else done = co_await answer_items(r);
    }
    if (!done) {
        peer.scratch().clear();
        co_await peer.fail(done.error());
        co_return;
    }
    co_await peer.reply(200, "application/json", peer.scratch());
}

} // namespace llmx::inline LLMX_ABI::detail
