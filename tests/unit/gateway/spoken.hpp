// SPDX-License-Identifier: BSL-1.0
// A chat request in the language of each vendor, and answers in each.
#pragma once

#include "fixture.hpp"

namespace gateway_test {

struct spoken {
    const char* vendor;
    const codec_ops* codec;
    std::string request;
};
inline const std::vector<spoken>& all_spoken() {
    static const std::vector<spoken> all = {
        {"openai", &codec_of<openai_chat>, R"({"model":"m","messages":[{"role":"user","content":"hi"}]})"},
        {"anthropic", &codec_of<anthropic_messages>, R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"}]})"},
        {"gemini", &codec_of<gemini_generate>, R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}]})"}};
    return all;
}

/// "The sec", "ret is a sec", "ret.", as \p to writes it, an event a piece.
inline std::vector<std::string> streamed(const codec_ops& to, bool broken = false) {
    reply_options how;
    how.id = "id";
    how.model = "x";
    how.include_usage = true;
    const auto encoder = stream_codec<chat>(to)->make_encoder(how);
    std::vector<std::string> pieces;
    const auto add = [&](const chat_event& e) { encoder->encode(e, pieces.emplace_back()); };
    chat_event e;
    e.what = chat_event::kind::start;
    e.id = "id";
    e.name = "x";
    add(e);
    for (const char* text : {"The sec", "ret is a sec", "ret.", " s"}) {
        chat_event t;
        t.what = chat_event::kind::text;
        t.text = text;
        add(t);
    }
    if (broken) return pieces;
    chat_event end;
    end.what = chat_event::kind::finish;
    end.reason = finish_reason::stop;
    add(end);
    chat_event tokens;
    tokens.what = chat_event::kind::usage;
    tokens.tokens.input_tokens = 3;
    tokens.tokens.output_tokens = 8;
    add(tokens);
    encoder->finish(pieces.emplace_back());
    return pieces;
}

/// \p said as \p to writes it.
inline std::string whole(const codec_ops& to, const std::string& said) {
    chat_reply r;
    r.choices.emplace_back();
    r.choices[0].answer.content.emplace_back(text_part(said));
    r.choices[0].finish = finish_reason::stop;
    std::string body;
    reply_options how;
    how.id = "id";
    how.model = "x";
    to.encode_reply(any_message::borrow(r), how, body);
    return body;
}

/// \p c asks what \p from writes.
inline void set_up(call& c, const spoken& from, bool stream) {
    c.in.codec = from.codec;
    c.in.body = from.request;
    c.model = "m";
    c.in.path_model = "m";
    c.in.stream = stream;
    const std::size_t at = from.request.find("\"m\"");
    if (at == std::string::npos) return;
    c.in.model_begin = at;
    c.in.model_end = at + 3;
}

} // namespace gateway_test
