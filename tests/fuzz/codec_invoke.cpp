// SPDX-License-Identifier: BSL-1.0
// The codecs of chats within AWS's event streams and SAP's events: InvokeModel's languages, SageMaker's containers, orchestrations. A text
// that is an object or a list is a whole reply; any other is a stream, one message a line: "!type " before an exception, "chunk " before the
// JSON of a chunk, any other line a part of bytes that ends with a line end. Streams give the same events however they are cut.
#include "codec.hpp"
#include "codec_stream.hpp"

#include <llmx/dialects/bedrock/invoke.hpp>
#include <llmx/dialects/sagemaker/chat.hpp>
#include <llmx/dialects/sagemaker/text.hpp>
#include <llmx/dialects/sap/orchestration.hpp>
#include <llmx/wire/aws_event_stream.hpp>
#include <llmx/wire/base64.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace {

/// The messages that the lines of \p text stand for.
std::string stream_of(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        const bool exception = line.starts_with('!'), chunk = line.starts_with("chunk ");
        std::string_view type = chunk ? std::string_view("chunk") : std::string_view("PayloadPart");
        std::string payload;
        if (exception) {
            type = line.substr(1, line.find(' ') - 1);
            payload = line.substr(std::min(line.find(' '), line.size()));
        } else {
            payload = chunk ? R"({"bytes":")" + llmx::base64_encode(line.substr(6)) + "\"}" : std::string(line) + "\n";
        }
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

template <class C> void check_reply(std::string_view text) {
    fuzz::check_usage(C::scan_usage(text));
    (void)C::holds_answer(text);
    const llmx::error_body reported = C::decode_error(text);
    fuzz::require(llmx::valid_utf8(reported.message) && llmx::valid_utf8(reported.type), "the words of an error are UTF-8", text);
    const auto reply = C::decode_reply(text);
    if (!reply) return fuzz::require_sentence(reply.error());
    fuzz::check_usage(reply->usage);
    std::string out;
    llmx::openai_chat::encode_reply(*reply, llmx::reply_options(), out);
    (void)fuzz::require_object(out, "a reply that is written");
}

template <class C> void check_stream(const fuzz::input& stream) {
    const fuzz::told_stream whole = fuzz::decode_stream<C>(stream, fuzz::cut::nowhere);
    for (const fuzz::cut how : fuzz::all_cuts) {
        fuzz::require_equal(whole.account, fuzz::decode_stream<C>(stream, how).account, "a stream's events do not depend on where it is cut");
        fuzz::require_equal(fuzz::watch_stream<C>(stream, fuzz::cut::nowhere), fuzz::watch_stream<C>(stream, how),
                            "what a stream's watch sees does not depend on where it is cut");
    }
}

/// A request of an OpenAI client as each of them writes it.
template <class C> void check_request(const llmx::chat_request& request, std::string_view model) {
    llmx::encode_options options;
    options.model = model;
    llmx::drop_report drops;
    std::string body;
    const auto encoded = C::encode_request(request, options, body, drops);
    if (!encoded) {
        fuzz::require(body.empty(), "what cannot be written leaves nothing behind", body);
        return fuzz::require_sentence(encoded.error());
    }
    (void)fuzz::require_object(body, "a request that is written");
    for (const auto& e : drops.entries()) (void)llmx::openai_chat::caller_path(e.at, request);
}

template <class... Cs> void check_all(const fuzz::input& in, std::string_view text, bool reply) {
    if (!reply) return (check_stream<Cs>(in), ...);
    (check_reply<Cs>(text), ...);
    const auto request = llmx::openai_chat::decode_request(text, llmx::request_target());
    if (!request) return;
    for (const std::string_view model : {"amazon.titan-text-express-v1", "meta.llama3-8b-instruct-v1:0", "cohere.command-r-v1:0", "mistral.mixtral-8x7b"})
        (check_request<Cs>(*request, model), ...);
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const fuzz::exact_copy copy(in.text());
    const std::string_view text = copy.view();
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    const bool reply = first != std::string_view::npos && (text[first] == '{' || text[first] == '[') && text.find('\n') == std::string_view::npos;
    std::string bytes = (in.choice(2) & 4) != 0 ? std::string(text) : stream_of(text);
    // As `input` has it; steering bytes hold no mark.
    bytes.append("\xff").append(in.steering());
    const fuzz::input stream(bytes);
    check_all<llmx::bedrock_invoke_messages, llmx::bedrock_invoke_nova, llmx::bedrock_invoke_chat, llmx::bedrock_invoke_text,
              llmx::sagemaker_messages, llmx::sagemaker_text, llmx::sap_orchestration>(stream, text, reply);
}
