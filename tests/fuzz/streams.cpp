// SPDX-License-Identifier: BSL-1.0
// SSE, NDJSON and JSON arrays: the same items and the same failure however the bytes are cut.
// Steering: byte 0 bit 0 a limit of 48 bytes; all of them cut.
#include "support.hpp"

#include <llmx/wire/json_array_stream.hpp>
#include <llmx/wire/ndjson.hpp>
#include <llmx/wire/sse.hpp>

#include <string>
#include <string_view>

namespace {

/// Feeds a parser and notes how it ended; \p feed is given bytes and the account.
template <class Feed> std::string account_of(const fuzz::input& in, fuzz::cut how, Feed feed) {
    std::string account;
    fuzz::in_pieces(in.text(), how, in.steering(), [&](std::span<char> piece) {
        const auto fed = feed(std::string_view(piece.data(), piece.size()), account);
        if (fed.has_value()) return true;
        fuzz::require_sentence(fed.error());
        account += "failed: " + fed.error().message();
        return false;
    });
    return account;
}

std::string sse(const fuzz::input& in, fuzz::cut how, std::size_t limit) {
    llmx::sse_parser parser(limit);
    std::string account = account_of(in, how, [&parser](std::string_view bytes, std::string& to) {
        return parser.feed(bytes, [&to](const llmx::sse_event& e) {
            to.append("[").append(e.event).append("|").append(e.data).append("|").append(e.id).append("]\n");
        });
    });
    if (const auto retry = parser.retry()) account += "retry " + std::to_string(retry->count());
    return account;
}

std::string ndjson(const fuzz::input& in, fuzz::cut how, std::size_t limit) {
    llmx::ndjson_parser parser(limit);
    const auto note = [](std::string& to) {
        return [&to](std::string_view line) { to.append("[").append(line).append("]\n"); };
    };
    std::string account = account_of(in, how, [&](std::string_view bytes, std::string& to) {
        return parser.feed(bytes, note(to));
    });
    const bool idle = parser.idle();
    const auto ended = parser.finish(note(account));
    account += ended.has_error() ? "at the end: " + ended.error().message() : idle ? "idle" : "open";
    return account;
}

std::string json_array(const fuzz::input& in, fuzz::cut how, std::size_t limit) {
    llmx::json_array_stream parser(limit);
    std::string account = account_of(in, how, [&parser](std::string_view bytes, std::string& to) {
        return parser.feed(bytes, [&to](std::string_view object) {
            fuzz::require(object.size() >= 2 && object.front() == '{', "what is handed on is an object", object);
            to.append(object).append("\n");
        });
    });
    account += parser.complete() ? "complete" : "open";
    return account;
}

/// What the writers write, the parser reads: the data's line ends become LF.
void check_written(std::string_view text) {
    std::string out, expected;
    llmx::append_sse_comment(out, text);
    llmx::append_sse_event(out, text, text);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r') {
            expected += '\n';
            if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
        } else {
            expected += text[i];
        }
    }
    llmx::sse_parser parser;
    std::size_t events = 0;
    const auto fed = parser.feed(out, [&](const llmx::sse_event& e) {
        ++events;
        fuzz::require_equal(e.data, expected, "an event's data reads back");
        fuzz::require_equal(e.event, text.substr(0, text.find_first_of("\r\n")), "an event's name reads back");
    });
    fuzz::require(fed.has_value() && events == 1, "one event that is written is one event", out);
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const std::size_t limit = (in.choice(0) & 1) != 0 ? 48 : llmx::sse_parser::default_max_event_size;
    for (const auto parse : {&sse, &ndjson, &json_array}) {
        const std::string whole = parse(in, fuzz::cut::nowhere, limit);
        for (const fuzz::cut how : fuzz::all_cuts)
            fuzz::require_equal(whole, parse(in, how, limit), "a stream's items do not depend on where it is cut");
    }
    check_written(in.text());
}
