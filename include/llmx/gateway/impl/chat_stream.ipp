// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/chat_stream.hpp>
#include <llmx/gateway/credentials.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/wire/json_read.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace llmx::inline v0 {

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

LLMX_DECL result<chat_reply> decode_whole(const reply& r, const call& c) {
    if (r.stream != nullptr) return error(errc::internal, "a layer of the gateway answered a call with a stream");
    const call_context& ctx = *c.context;
    auto decoded = r.dialect->decode_reply(r.body);
    if (decoded.has_error()) {
        error e = decoded.error();
        e.with_provider(ctx.provider);
        return without_credentials(c, std::move(e));
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
        decoded = decode_whole(*reply_, *call_);
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
