// SPDX-License-Identifier: BSL-1.0
// Lines of local programs: what is read has what its kind needs, and a line with its parts reads the same. What is written is one line.
#include "support.hpp"

#include <llmx/wire/json_scan.hpp>
#include <llmx/wire/program_line.hpp>

#include <algorithm>
#include <string>

LLMX_FUZZ_TARGET(in) {
    using kind = llmx::program_line::kind;
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    const auto read = llmx::read_program_line(text);
    if (!read) return;
    if (read->what == kind::body || read->what == kind::event) {
        fuzz::require(read->json.starts_with('{'), "a body and an event are objects");
        std::string again = "{\"id\":" + std::to_string(read->id) + (read->what == kind::body ? ",\"body\":" : ",\"event\":");
        again.append(read->json).append(1, '}');
        const auto same = llmx::read_program_line(again);
        fuzz::require(same && same->what == read->what && same->id == read->id && same->json == read->json, "the parts read the same", again);
        llmx::body_pieces body;
        body.append(read->json);
        std::string line;
        llmx::write_program_call(line, read->id, "chat", false, body);
        fuzz::require(std::count(line.begin(), line.end(), '\n') == 1 && line.ends_with('\n'), "a call is one line", line);
        const auto members = llmx::scan_json_members(std::string_view(line).substr(0, line.size() - 1), [](const llmx::json_member&) {});
        fuzz::require(members.has_value(), "a call is a JSON object", line);
    }
    fuzz::require(read->status == 0 || (read->status >= 400 && read->status <= 599), "a status is one of a failure");
}
