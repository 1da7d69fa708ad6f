// SPDX-License-Identifier: BSL-1.0
// Ids of resources: one that was not made for the caller is none, and one that was refers to the same thing.
// Switches: 0: which character of an id is changed; 1: what it becomes.
#include "support.hpp"

#include <llmx/gateway/resource_id.hpp>

#include <string>
#include <string_view>

LLMX_FUZZ_TARGET(in) {
    using namespace llmx;
    const fuzz::exact_copy kept(in.text());
    const std::string_view text = kept.view();
    static const resource_ids ids{secret(std::string(32, 'k'))};
    static const resource_ids others{secret(std::string(32, 'o'))};
    const auto read = ids.read("owner", text);
    fuzz::require(read.has_error(), "nobody guesses an id", text);
    fuzz::require_sentence(read.error());
    static_cast<void>(resource_ids::has_form(text));

    // The first line is the deployment, the rest the vendor's id.
    const std::size_t line = text.find('\n');
    if (line == std::string_view::npos || text.find('\0') != std::string_view::npos || line + 1 == text.size()) return;
    const resource_ref of(std::string(text.substr(0, line)), std::string(text.substr(line + 1)));
    const auto made = ids.make("owner", of);
    fuzz::require(made.has_value(), "an id is made");
    fuzz::require(resource_ids::has_form(*made), "it has the form of one", *made);
    fuzz::require(made->find_first_of("/?#% \"\\\r\n") == std::string::npos, "it stands in a path and in JSON as it is", *made);
    if (made->size() > resource_ids::longest) {
        fuzz::require(ids.read("owner", *made).has_error(), "one that is too long is not read");
        return;
    }
    const auto back = ids.read("owner", *made);
    fuzz::require(back.has_value() && *back == of, "it refers to what it was made for", *made);
    fuzz::require(ids.read("another", *made).has_error() && others.read("owner", *made).has_error(), "it is its owner's alone", *made);
    std::string changed = *made;
    char& c = changed[in.choice(0) % changed.size()];
    const char to = static_cast<char>('!' + in.choice(1) % 94);
    if (c == to) return;
    c = to;
    fuzz::require(ids.read("owner", changed).has_error(), "a changed one is none", changed);
}
