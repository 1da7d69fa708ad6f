// SPDX-License-Identifier: BSL-1.0
// bedrock_converse: a request is written in all languages; a reply too, and in its own, where it reads back as it was; streams give
// the same events however they are cut. A text that is no object is a stream, one message a
// line: the type ("!" before that of an exception), a space and the payload; with bit 2 of steering byte 2 its bytes are the
// stream's own. See codec.hpp.
#include "codec.hpp"

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/wire/aws_event_stream.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace {

using llmx::bedrock_converse;

/// The messages that the lines of \p text stand for.
std::string stream_of(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const bool exception = line.starts_with('!');
        if (exception) line.remove_prefix(1);
        const std::string_view type = line.substr(0, line.find(' '));
        const std::string_view payload = line.substr(std::min(type.size() + 1, line.size()));
        const std::string_view kind = exception ? "exception" : "event";
        std::string headers;
        const std::string type_header = ":" + std::string(kind) + "-type";
        for (const llmx::aws_event_header& h : {llmx::aws_event_header(type_header, llmx::aws_header_type::text, type),
                                                llmx::aws_event_header(":message-type", llmx::aws_header_type::text, kind)})
            if (!llmx::append_aws_header(headers, h)) return out;
        if (!llmx::append_aws_event(out, headers, payload)) return out;
    }
    return out;
}

void check_bedrock_reply(const fuzz::input& in, std::string_view text) {
    fuzz::check_usage(bedrock_converse::scan_usage(text));
    const llmx::error_body said = bedrock_converse::decode_error(text);
    fuzz::require(llmx::valid_utf8(said.message) && llmx::valid_utf8(said.type), "the words of an error are UTF-8", text);
    const auto reply = bedrock_converse::decode_reply(text);
    if (!reply) return fuzz::require_sentence(reply.error());
    fuzz::check_usage(reply->usage);
    if (reply->choices.front().finish == llmx::finish_reason::failed) return;
    std::string own;
    bedrock_converse::encode_reply(*reply, fuzz::answering_of(in), own);
    (void)fuzz::require_object(own, "a reply that is written");
    const auto again = bedrock_converse::decode_reply(own);
    if (!again) return fuzz::require(fuzz::nested_too_deeply(again.error()), "a reply that is written can be read", own);
    fuzz::require_equal(reply->text(), again->text(), "the text of a reply survives");
    fuzz::each_dialect([&]<class Target>() {
        std::string out;
        Target::encode_reply(*reply, fuzz::answering_of(in), out);
        (void)fuzz::require_object(out, "a reply that is written");
    });
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    fuzz::check_error<bedrock_converse>(in, text);
    if (first != std::string_view::npos && text[first] == '{') {
        fuzz::check_request<bedrock_converse>(in, text);
        return check_bedrock_reply(in, text);
    }
    std::string bytes = (in.choice(2) & 4) != 0 ? std::string(text) : stream_of(text);
    // As `input` has it; steering bytes hold no mark.
    bytes.append("\xff").append(in.steering());
    const fuzz::input stream(bytes);
    const fuzz::told_stream whole = fuzz::decode_stream<bedrock_converse>(stream, fuzz::cut::nowhere);
    for (const fuzz::cut how : fuzz::all_cuts) {
        fuzz::require_equal(whole.account, fuzz::decode_stream<bedrock_converse>(stream, how).account,
                            "a stream's events do not depend on where it is cut");
        fuzz::require_equal(fuzz::watch_stream<bedrock_converse>(stream, fuzz::cut::nowhere), fuzz::watch_stream<bedrock_converse>(stream, how),
                            "what a stream's watch sees does not depend on where it is cut");
    }
    fuzz::each_dialect([&]<class Target>() { fuzz::check_stream_written<Target>(fuzz::answering_of(in), whole); });
}
