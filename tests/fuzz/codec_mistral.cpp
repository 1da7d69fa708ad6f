// SPDX-License-Identifier: BSL-1.0
// mistral_chat: what is decoded is encoded in all dialects, and each time JSON in UTF-8 that its reader
// accepts; streams give the same events however they are cut, and are written in this language too. See codec.hpp.
#include "codec.hpp"

#include <llmx/dialects/mistral/chat.hpp>

LLMX_FUZZ_TARGET(in) {
    fuzz::check_codec<llmx::mistral_chat>(in);
    const std::string_view text = in.text();
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || text[first] != '{')
        return fuzz::check_stream_written<llmx::mistral_chat>(fuzz::answering_of(in), fuzz::decode_stream<llmx::mistral_chat>(in, fuzz::cut::nowhere));
    const auto request = llmx::mistral_chat::decode_request(text, llmx::request_target());
    if (request) fuzz::check_request_written<llmx::mistral_chat, llmx::mistral_chat>(in, *request);
    const auto reply = llmx::mistral_chat::decode_reply(text);
    if (!reply) return;
    std::string out;
    llmx::mistral_chat::encode_reply(*reply, fuzz::answering_of(in), out);
    (void)fuzz::require_object(out, "a reply that is written");
}
