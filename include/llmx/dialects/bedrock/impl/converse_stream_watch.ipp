// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/bedrock/impl/converse_common.ipp>
#include <llmx/wire/json_scan.hpp>

namespace llmx::inline LLMX_ABI {

LLMX_DECL const stream_progress& bedrock_converse::stream_watch::feed(std::string_view bytes) {
    if (progress_.failed) return progress_;
    // Of the event that has not ended; those that end here are taken off.
    progress_.pending += bytes.size();
    const result<void> fed = events_.feed(bytes, [this](const aws_event& e) { take(e); });
    if (!fed) progress_.failed = true;
    return progress_;
}

LLMX_DECL void bedrock_converse::stream_watch::take(const aws_event& event) {
    constexpr std::size_t around = 16; // two lengths and two checksums
    progress_.pending -= around + event.headers.size() + event.payload.size();
    if (event.message_type == "exception" || event.message_type == "error") {
        progress_.failed = true;
    } else if (event.event_type == "contentBlockDelta" || event.event_type == "contentBlockStart") {
        progress_.begun = true;
        weight_.add(event.payload);
    } else if (event.event_type == "messageStop") {
        // The metadata after it has nothing that an answer needs.
        progress_.begun = true;
        progress_.answered = true;
    } else if (event.event_type == "metadata") {
        static_cast<void>(scan_json_members(event.payload, [this](const json_member& m) {
            if (!m.value.starts_with('{')) return;
            if (m.named("usage")) weight_.note_usage(), detail::bedrock_scan_counts(m.value, counts_);
            else if (m.named("serviceTier")) detail::bedrock_scan_tier(m.value, counts_);
        }));
        progress_.tokens = counts_.totals();
        progress_.complete = progress_.answered;
    }
}

} // namespace llmx::inline LLMX_ABI
