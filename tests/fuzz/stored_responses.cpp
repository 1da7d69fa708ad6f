// SPDX-License-Identifier: BSL-1.0
// What a gateway that keeps responses writes: requests with a conversation before them, records, lists of items, responses and events.
#include "support.hpp"

#include <llmx/dialects/openai/detail/responses_stored.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/sse.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace llmx;
using namespace llmx::detail;

bool is_object(std::string_view text) {
    return scan_json_members(text, [](const json_member&) {}).has_value();
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy kept(in.text());
    const std::string_view text = kept.view();
    const auto what = responses_demands_of(text);
    fuzz::require(what.has_value() == is_object(text), "a request is one JSON object", text);
    if (!what) {
        fuzz::require_sentence(what.error());
        fuzz::require(read_response_record(text).has_error(), "what is no object is no record", text);
        return;
    }
    response_record r;
    r.model = "m";
    r.deployment = (in.choice(0) & 1) != 0 ? "d" : "";
    r.previous = what->previous;
    r.input = std::string(what->input);
    // A value has no white space around it.
    const std::size_t begin = text.find('{'), end = text.rfind('}');
    r.response = std::string(text.substr(begin, end - begin + 1));
    const std::string written = write_response_record(r);
    const auto read = read_response_record(written);
    fuzz::require(read.has_value(), "a record that is written is one", written);
    fuzz::require_equal(read->response, r.response, "a record keeps its response");
    fuzz::require(is_json_null(r.input) ? read->input.empty() : read->input == r.input, "a record keeps its input", written);
    fuzz::require_equal(read->previous, r.previous, "a record keeps what it continues");

    std::string history;
    append_response_history(r, history);
    responses_change change;
    change.history = history;
    change.previous = (in.choice(1) & 1) != 0 ? "resp_1" : "";
    change.detached = (in.choice(2) & 1) != 0;
    const std::string changed = responses_changed(text, change);
    fuzz::require(is_object(changed), "a changed request is one JSON object", changed);
    fuzz::require_equal(responses_demands_of(changed)->previous, change.previous, "a changed request continues what it should");
    if (change.detached) fuzz::require(responses_demands_of(changed)->stream && !responses_demands_of(changed)->background, "it is a stream", changed);

    std::vector<responses_listed_item> items;
    list_response_input(what->input, "resp_1", items);
    list_response_output(text, items);
    for (const responses_listed_item& item : items)
        fuzz::require(parse_json(item.json).has_value() && !item.id.empty(), "an item is JSON with an id", item.json);

    responses_override other;
    other.id = "resp_2";
    other.status = "failed";
    std::string response, event;
    override_response(text, other, response);
    fuzz::require(is_object(response), "a response with other members is one JSON object", response);
    append_response_event("response.completed", text, 7, other, event);
    sse_parser parser;
    std::size_t events = 0;
    const auto fed = parser.feed(event, [&](const sse_event& e) {
        ++events;
        fuzz::require(is_object(e.data), "an event is one JSON object", e.data);
    });
    fuzz::require(fed.has_value() && events == 1, "an event is one", event);
}
