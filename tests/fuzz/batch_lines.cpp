// SPDX-License-Identifier: BSL-1.0
// A line of a batch's file: read, or refused with a code and a sentence; what is read is in the line.
#include "support.hpp"

#include <llmx/server/detail/batch_line.hpp>
#include <llmx/wire/json_scan.hpp>

#include <optional>
#include <string_view>

LLMX_FUZZ_TARGET(in) {
    using namespace llmx;
    const fuzz::exact_copy kept(in.text());
    const std::string_view text = kept.view();
    for (const std::string_view endpoint : {"/v1/chat/completions", "/v1/embeddings", "/v1/moderations"}) {
        detail::batch_line line;
        const std::optional<detail::batch_fault> fault = detail::read_batch_line(text, endpoint, line);
        if (fault) {
            fuzz::require(!fault->code.empty() && !fault->message.empty(), "a fault has a code and a sentence", text);
            fuzz::require(valid_utf8(fault->message) && fault->message.find('\n') == std::string::npos, "it is one line of UTF-8", fault->message);
            continue;
        }
        // What is malformed deeper is for the codec that decodes the body.
        fuzz::require(scan_json_members(text, [](const json_member&) {}).has_value(), "a line that is read is an object", text);
        fuzz::require_equal(line.url, endpoint, "its URL is the batch's");
        fuzz::require(!line.custom_id.empty() && line.custom_id.size() <= 512 && valid_utf8(line.custom_id), "it has an id", line.custom_id);
        fuzz::require(line.body.data() >= text.data() && line.body.data() + line.body.size() <= text.data() + text.size(), "its body is within it", text);
        fuzz::require(line.body.starts_with('{'), "its body begins an object", line.body);
    }
}
