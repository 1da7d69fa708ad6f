// SPDX-License-Identifier: BSL-1.0
// The strings of a JSON text without a tree: each is where the item says, in order, and a text in which nothing is replaced stays the same.
#include "support.hpp"

#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/json_strings.hpp>
#include <llmx/wire/json_text.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

LLMX_FUZZ_TARGET(in) {
    using namespace llmx;
    const fuzz::exact_copy kept(in.text());
    const std::string_view text = kept.view();
    const auto parsed = parse_json(text);
    json_strings all(text);
    json_strings::item one;
    std::size_t at = 0, found = 0;
    while (all.next(one)) {
        ++found;
        fuzz::require(one.begin > at || found == 1, "strings come in order", text);
        fuzz::require(one.begin <= one.end && one.end <= text.size(), "a string is within the text", text);
        fuzz::require(one.begin > 0 && text[one.begin - 1] == '"', "a string begins behind its quote", text);
        fuzz::require(one.end < text.size() && text[one.end] == '"', "a string ends before its quote", text);
        fuzz::require_equal(one.value, text.substr(one.begin, one.end - one.begin), "a value is that part of the text");
        fuzz::require(one.escaped == (one.value.find('\\') != std::string_view::npos), "escapes are seen", one.value);
        fuzz::require(one.key.empty() || (one.key.data() >= text.data() && one.key.data() + one.key.size() <= text.data() + text.size()),
                      "a name is within the text", text);
        if (parsed) fuzz::require(parse_json("\"" + std::string(one.value) + "\"").has_value(), "a string of JSON is JSON", one.value);
        at = one.begin;
    }
    const std::string same = with_json_strings(text, [](const json_strings::item&) { return std::optional<std::string>(); });
    fuzz::require_equal(same, text, "what replaces nothing changes nothing");
    if (!parsed) return;
    const std::string again = with_json_strings(text, [](const json_strings::item& s) { return std::optional<std::string>(unescape_json_string(s.value)); });
    const auto read = parse_json(again);
    fuzz::require(read.has_value(), "strings that are written anew leave JSON", again);
    fuzz::require(json_text(*read) == json_text(*parsed), "and it means the same", again);
}
