// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/chat_stream.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace llmx::inline v0 {

namespace detail {
/// One read of a stream, decoded.
class piece_decoding final : public offloaded_work {
public:
    piece_decoding(any_stream_decoder& decoder, std::string_view piece, event_batch& to, std::size_t undecoded) noexcept
        : decoder_(&decoder), piece_(piece), to_(&to), undecoded_(undecoded) {}
    result<void> decoded = success();
    std::size_t bytes() const noexcept override { return undecoded_; }
    void run() override { decoded = piece_.empty() ? decoder_->finish(*to_) : decoder_->feed(piece_, *to_); }

private:
    any_stream_decoder* decoder_;
    std::string_view piece_;
    event_batch* to_;
    std::size_t undecoded_;
};
} // namespace detail

LLMX_DECL chat_stream::chat_stream(std::unique_ptr<call> c, reply r)
    : call_(std::move(c)), reply_(std::move(r)),
      decoder_(reply_.dialect->make_decoder(decode_options(reply_.answer_by_tool, reply_.tool_names.get()))) {}

LLMX_DECL boost::asio::awaitable<bool> chat_stream::read_more() {
    batch_.clear();
    while (!ended_) {
        auto got = co_await reply_.stream->read_some();
        if (got.has_error()) {
            failure_ = got.error();
            ended_ = true;
            break;
        }
        const bool last = got->empty();
        undecoded_ += got->size();
        detail::piece_decoding work(*decoder_, *got, batch_, undecoded_);
        if (undecoded_ > offload_translation_above) {
            const result<void> ran = co_await call_->on->offload(work, call_->context->cancellation);
            if (!ran) work.decoded = ran.error();
        } else {
            work.run();
        }
        if (!batch_.empty()) undecoded_ = 0;
        if (work.decoded.has_error()) {
            failure_ = work.decoded.error();
            ended_ = true;
            // Lets go of the upstream and tells the call's listeners.
            reply_.stream.reset();
            break;
        }
        if (last) ended_ = true;
        if (!batch_.empty()) co_return true;
    }
    co_return !batch_.empty();
}

LLMX_DECL boost::asio::awaitable<result<chat_reply>> chat_stream::collect() {
    reply_builder builder;
    while (co_await read_more())
        while (const chat_event* e = try_next()) builder.add(*e);
    if (failure_) co_return *failure_;
    co_return builder.take();
}

LLMX_DECL chat_choice& reply_builder::choice(std::uint32_t index) {
    while (reply_.choices.size() <= index) {
        reply_.choices.emplace_back();
        parts_.emplace_back();
    }
    return reply_.choices[index];
}

template <class Part> Part& reply_builder::part(const chat_event& event) {
    auto& content = choice(event.choice).answer.content;
    auto& ordinals = parts_[event.choice];
    for (std::size_t i = 0; i < ordinals.size(); ++i)
        if (ordinals[i] == event.part)
            if (auto* same = std::get_if<Part>(&content[i])) return *same;
    ordinals.push_back(event.part);
    return std::get<Part>(content.emplace_back(Part()));
}

namespace detail {
/// Two OpenAI logprobs objects as one: each chunk lists its own tokens.
[[nodiscard]] LLMX_DECL std::string join_logprobs(std::string_view first, std::string_view second) {
    auto a = parse_json_object(first);
    auto b = parse_json_object(second);
    if (a.has_error() || b.has_error()) return std::string(first);
    for (const auto& [key, value] : *b) {
        boost::json::value& to = (*a)[key];
        if (to.is_array() && value.is_array())
            to.get_array().insert(to.get_array().end(), value.get_array().begin(), value.get_array().end());
        else if (to.is_null())
            to = value;
    }
    return boost::json::serialize(*a);
}
/// A citation in nobody's words.
LLMX_DECL void read_citation(std::string_view json, citation& to) {
    const auto parsed = parse_json_object(json);
    if (parsed.has_error()) return;
    const json_reader in(*parsed);
    to.url = in.string_or("url");
    to.title = in.string_or("title");
    to.quote = in.string_or("cited_text");
    to.start = in.int_or("start_index", -1);
    to.end = in.int_or("end_index", -1);
}
} // namespace detail

LLMX_DECL void reply_builder::add(const chat_event& e) {
    switch (e.what) {
    case chat_event::kind::start:
        reply_.id = e.id;
        reply_.model = e.name;
        reply_.created = e.created;
        break;
    case chat_event::kind::text: part<text_part>(e).text += e.text; break;
    case chat_event::kind::refusal: part<refusal_part>(e).text += e.text; break;
    case chat_event::kind::thinking: part<thinking_part>(e).text += e.text; break;
    case chat_event::kind::thinking_signature: {
        auto& content = choice(e.choice).answer.content;
        const auto& ordinals = parts_[e.choice];
        for (std::size_t i = 0; i < ordinals.size(); ++i)
            if (ordinals[i] == e.part)
                if (auto* t = std::get_if<text_part>(&content[i])) {
                    t->signature += e.text;
                    return;
                }
        auto& p = part<thinking_part>(e);
        p.signature += e.text;
        p.signer = e.name;
        break;
    }
    case chat_event::kind::redacted_thinking: part<thinking_part>(e).redacted_data += e.text; break;
    case chat_event::kind::tool_call: {
        auto& p = part<tool_call_part>(e);
        p.id = e.id;
        p.name = e.name;
        p.signature = e.text;
        break;
    }
    case chat_event::kind::tool_arguments: part<tool_call_part>(e).arguments += e.text; break;
    case chat_event::kind::citation: {
        citation c;
        if (e.name.empty()) detail::read_citation(e.text, c);
        else c.original.add(e.name, "citation", std::string(e.text));
        part<text_part>(e).citations.push_back(std::move(c));
        break;
    }
    case chat_event::kind::audio:
    case chat_event::kind::opaque: {
        auto& p = part<opaque_part>(e);
        p.origin = e.name;
        p.value.text = e.text;
        break;
    }
    case chat_event::kind::logprobs: {
        auto& all = choice(e.choice).logprobs.text;
        all = all.empty() ? std::string(e.text) : detail::join_logprobs(all, e.text);
        break;
    }
    case chat_event::kind::finish:
        choice(e.choice).finish = e.reason;
        reply_.choices[e.choice].stop_sequence = e.text;
        break;
    case chat_event::kind::usage: reply_.usage = e.tokens; break;
    case chat_event::kind::ping: break;
    }
}

LLMX_DECL chat_reply reply_builder::take() { return std::move(reply_); }

namespace detail {

LLMX_DECL void open_context(runtime& on, call_context& ctx) {
    if (ctx.started == time_point()) ctx.started = on.now();
    if (ctx.request_id.empty()) {
        static constexpr char hex[] = "0123456789abcdef";
        ctx.request_id.resize(32);
        for (std::size_t word = 0; word < 2; ++word) {
            std::uint64_t bits = on.random();
            for (std::size_t i = 0; i < 16; ++i, bits >>= 4) ctx.request_id[word * 16 + i] = hex[bits & 15];
        }
    }
}

LLMX_DECL void set_request(call& c, const chat_request& request, bool stream) {
    c.model = request.model;
    c.stream = stream;
    c.canonical = &request;
    std::size_t text = 0;
    for (const auto& m : request.messages)
        for (const auto& p : m.content)
            if (const auto* t = std::get_if<text_part>(&p)) text += t->text.size();
    // Four bytes a token is the usual rule of thumb for English; limits settle on the
    // true count when it is known.
    c.estimated_tokens = text / 4 + static_cast<std::uint64_t>(request.max_output_tokens.value_or(0));
}

LLMX_DECL result<chat_reply> decode_whole(const reply& r, const call_context& ctx) {
    auto decoded = r.dialect->decode_reply(r.body);
    if (decoded.has_error()) {
        error e = decoded.error();
        e.with_provider(ctx.provider);
        return e;
    }
    if (r.tool_names != nullptr) r.tool_names->restore(*decoded);
    for (const auto& choice : decoded->choices)
        if (choice.finish == finish_reason::failed) {
            error e(errc::bad_response, "the provider says that generation failed");
            e.with_provider(ctx.provider);
            return e;
        }
    return decoded;
}

/// `decode_whole`, and the end of what is not needed after it.
class whole_decoding final : public offloaded_work {
public:
    whole_decoding(call& c, reply& r) noexcept : call_(&c), reply_(&r) {}
    result<chat_reply> decoded;
    std::size_t bytes() const noexcept override { return reply_->body.size(); }
    void run() override {
        decoded = decode_whole(*reply_, *call_->context);
        reply_->tool_names.reset();
        call_->tool_names.reset();
    }

private:
    call* call_;
    reply* reply_;
};

LLMX_DECL boost::asio::awaitable<result<chat_reply>> decode_offloaded(call& c, reply& r) {
    whole_decoding work(c, r);
    const result<void> ran = co_await c.on->offload(work, c.context->cancellation);
    if (!ran) co_return ran.error();
    co_return std::move(work.decoded);
}

} // namespace detail
} // namespace llmx::inline v0
