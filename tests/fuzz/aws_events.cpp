// SPDX-License-Identifier: BSL-1.0
// AWS event streams: the same messages and the same failure however the bytes are cut, and what is written
// reads back. The text is taken for a stream, for the headers of a message whose checksums fit, and for a payload.
// Steering: byte 0 bit 0 a limit of 64 bytes of payload.
#include "support.hpp"

#include <llmx/wire/aws_event_stream.hpp>

#include <string>
#include <string_view>

namespace {

std::string account_of(std::string_view bytes, fuzz::cut how, std::string_view steering, std::size_t limit) {
    llmx::aws_event_decoder decoder(limit);
    std::string account;
    fuzz::in_pieces(bytes, how, steering, [&](std::span<char> piece) {
        const auto fed = decoder.feed(std::string_view(piece.data(), piece.size()), [&](const llmx::aws_event& e) {
            account.append("[").append(e.message_type).append("|").append(e.event_type).append("|");
            account.append(e.exception_type).append("|").append(e.content_type).append("|").append(e.payload);
            std::string again;
            llmx::aws_header_reader reader(e.headers);
            for (llmx::aws_event_header h; reader.next(h);) {
                account.append("|").append(h.name).append("=").append(std::to_string(h.integer()));
                fuzz::require(llmx::append_aws_header(again, h).has_value(), "a header that was read can be written", h.name);
            }
            fuzz::require(!reader.malformed(), "headers that are handed on are well formed");
            fuzz::require_equal(again, e.headers, "headers are written as they were read");
            account.append("]\n");
        });
        if (fed.has_value()) return true;
        fuzz::require_sentence(fed.error());
        account += "failed: " + fed.error().message();
        return false;
    });
    const bool idle = decoder.idle();
    const auto ended = decoder.finish();
    account += ended.has_error() ? "at the end: " + ended.error().message() : idle ? "idle" : "open";
    return account;
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const std::size_t limit = (in.choice(0) & 1) != 0 ? 64 : llmx::aws_event_decoder::default_max_payload;
    // Random bytes hardly ever have a checksum that fits, so the text also stands within sound messages.
    std::string sound;
    const std::string_view text = in.text();
    const std::size_t half = text.size() / 2;
    if (!llmx::append_aws_event(sound, text.substr(0, half), text.substr(half)) || !llmx::append_aws_event(sound, "", text))
        sound.clear();
    for (const std::string_view bytes : {text, std::string_view(sound)}) {
        const std::string whole = account_of(bytes, fuzz::cut::nowhere, in.steering(), limit);
        for (const fuzz::cut how : fuzz::all_cuts)
            fuzz::require_equal(whole, account_of(bytes, how, in.steering(), limit),
                                "a stream's messages do not depend on where it is cut");
    }
}
