// SPDX-License-Identifier: BSL-1.0
#include "pipeline.hpp"

#include <llmx/dialects/detail/name_drops.hpp>

#include <algorithm>
#include <optional>

namespace growth {
namespace {

template <class D> void encode_reply(const llmx::chat_reply& reply, std::string& out) {
    llmx::reply_options how;
    how.id = "id";
    how.model = "m";
    D::encode_reply(reply, how, out);
}

template <class D> bool translate(const llmx::codec_ops& from, std::string_view body, std::size_t piece) {
    const auto decoder = llmx::stream_codec<llmx::chat>(from)->make_decoder(nullptr);
    llmx::reply_options how;
    how.id = "id";
    how.model = "m";
    how.include_usage = true;
    typename D::stream_encoder encoder(how);
    llmx::event_batch batch;
    std::string out;
    for (bool last = false; !last;) {
        last = body.empty();
        const std::string_view bytes = body.substr(0, piece);
        body.remove_prefix(bytes.size());
        batch.clear();
        out.clear();
        const auto good = last ? decoder->finish(batch) : decoder->feed(bytes, batch);
        while (const llmx::chat_event* const event = batch.try_next()) encoder.encode(*event, out);
        if (good.has_error()) {
            encoder.fail(good.error(), out);
            return false;
        }
    }
    encoder.finish(out);
    return true;
}

template <class D> language of(std::string (*with_schema)(const std::string&), const generators& (*requests)(),
                               const generators& (*replies)(), const generators& (*streams)()) {
    language l;
    l.name = D::name;
    l.ops = &llmx::codec_of<D>;
    l.encode_reply = &encode_reply<D>;
    l.translate = &translate<D>;
    l.with_schema = with_schema;
    l.requests = requests;
    l.replies = replies;
    l.streams = streams;
    return l;
}

} // namespace

const std::array<language, 3>& languages() {
    static const std::array<language, 3> all{
        of<llmx::openai_chat>(&openai_with_schema, &openai_requests, &openai_replies, &openai_streams),
        of<llmx::anthropic_messages>(&anthropic_with_schema, &anthropic_requests, &anthropic_replies, &anthropic_streams),
        of<llmx::gemini_generate>(&gemini_with_schema, &gemini_requests, &gemini_replies, &gemini_streams)};
    return all;
}

bool translate_request(const language& caller, const language& provider, std::string_view body) {
    llmx::request_target target;
    if (caller.name == llmx::gemini_generate::name) target.model = "m";
    if (caller.ops->scan_request(body, target).has_error()) return false;
    // Its own language passes through, unless a signature is another vendor's.
    if (caller.ops == provider.ops && !caller.ops->must_translate(body)) return true;
    const auto request = caller.ops->decode_request(body, std::string_view(), target);
    if (request.has_error()) return false;
    llmx::encode_options options;
    options.model = "m";
    llmx::drop_report drops;
    std::string out;
    llmx::encoded_request written(out);
    if (provider.ops->encode_request(*request, options, written, drops).has_error()) return false;
    static_cast<void>(llmx::detail::name_drops(drops, caller.ops, *request));
    return true;
}

bool translate_reply(const language& provider, const language& caller, std::string_view body) {
    static_cast<void>(provider.ops->scan_usage(body));
    const auto reply = provider.ops->decode_reply(body, std::string_view(), nullptr);
    if (reply.has_error()) return false;
    std::string out;
    caller.encode_reply(*reply->get<llmx::chat_reply>(), out);
    return true;
}

bool watch_stream(const language& provider, std::string_view body, std::size_t piece) {
    const auto watch = provider.ops->make_watch("text/event-stream");
    bool good = true;
    while (!body.empty()) {
        good = !watch->feed(body.substr(0, piece)).failed && good;
        body.remove_prefix(std::min(piece, body.size()));
    }
    return good;
}

} // namespace growth
