// SPDX-License-Identifier: BSL-1.0
// What a gateway that keeps conversations reads and writes: bodies of requests, records of conversations and of turns.
#include "support.hpp"

#include <llmx/dialects/openai/detail/conversation.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>

#include <string>
#include <string_view>

namespace {

using namespace llmx;
using namespace llmx::detail;

void check_turn(const conversation_turn& t) {
    for (const responses_listed_item& item : t.items)
        fuzz::require(parse_json(item.json).has_value() && !item.id.empty(), "an item is JSON with an id", item.json);
    const std::string written = write_conversation_turn(t);
    const auto back = read_conversation_turn(written);
    fuzz::require(back.has_value() && back->native == t.native && back->items.size() == t.items.size(), "a turn reads back the same", written);
    for (std::size_t i = 0; i < t.items.size(); ++i) fuzz::require_equal(back->items[i].id, t.items[i].id, "an item keeps its id");
    const auto record = record_of_turn(written);
    fuzz::require(record.has_value() && record->deployment.empty() == !t.native, "a turn is a response before", written);
    std::string history;
    append_response_history(*record, history);
    fuzz::require(parse_json("[" + history + "]").has_value(), "its items are JSON", history);
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy kept(in.text());
    const std::string_view text = kept.view();
    const auto change = read_conversation_change(text, "resp_1");
    if (change) {
        fuzz::require(text.empty() || scan_json_members(text, [](const json_member&) {}).has_value(), "a body is an object", text);
        fuzz::require(change->added.items.size() <= most_added_items, "items are few", text);
        check_turn(change->added);
        conversation_head head;
        head.created = 7;
        if (change->metadata) head.metadata = *change->metadata;
        const std::string written = write_conversation_head(head);
        const auto back = read_conversation_head(written);
        fuzz::require(back.has_value() && back->metadata == head.metadata && back->created == 7, "a record reads back the same", written);
        std::string shown;
        write_conversation("conv_1", head, shown);
        fuzz::require(parse_json(shown).has_value(), "a conversation is JSON", shown);
    } else {
        fuzz::require_sentence(change.error());
        fuzz::require(change.error().value() == errc::invalid_request || change.error().value() == errc::payload_too_large, "a failure is the caller's");
    }
    const auto what = responses_demands_of(text);
    if (what && parse_json(text)) {
        check_turn(turn_of_response(what->input, text, (in.choice(0) & 1) != 0));
        responses_change dropped;
        dropped.in_conversation = true;
        fuzz::require(responses_demands_of(responses_changed(text, dropped))->conversation.empty(), "a conversation that is sent is not named", text);
    }
    static_cast<void>(read_conversation_turn(text));
    static_cast<void>(read_conversation_head(text));
    static_cast<void>(record_of_turn(text));
}
