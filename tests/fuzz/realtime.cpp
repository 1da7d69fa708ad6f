// SPDX-License-Identifier: BSL-1.0
// Realtime sessions. The text is taken for the bytes of a WebSocket: the same messages however they are cut, and what is written reads
// back. Its
// lines are taken for messages of a session of Gemini's, those that begin with ">" for the provider's, the others for the client's:
// whatever
// comes, each message that is made is one JSON object, ids of events differ, and responses begin and end in turn.
// Steering: byte 0 bit 0 masked frames, bit 1 at most 64 bytes of a message, bit 2 events of the beta.
#include "support.hpp"

#include <llmx/dialects/gemini/live.hpp>
#include <llmx/dialects/openai/realtime_record.hpp>
#include <llmx/wire/json_read.hpp>
#include <llmx/wire/websocket.hpp>

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace {

std::string account_of(std::string_view bytes, fuzz::cut how, std::string_view steering, bool masked, std::size_t limit) {
    llmx::websocket_reader reader(masked, limit);
    std::string account, again;
    llmx::websocket_message m;
    fuzz::in_pieces(bytes, how, steering, [&](std::span<char> piece) {
        std::string_view rest(piece.data(), piece.size());
        for (;;) {
            const llmx::websocket_reader::step went = reader.next(rest, m);
            if (went == llmx::websocket_reader::step::more) break;
            if (went == llmx::websocket_reader::step::failed) {
                fuzz::require(llmx::may_close_with(reader.failure()), "a failure has a code that may be sent");
                account += "failed: " + std::to_string(reader.failure());
                return false;
            }
            if (m.what != llmx::websocket_opcode::binary && m.what != llmx::websocket_opcode::ping &&
                m.what != llmx::websocket_opcode::pong)
                fuzz::require(llmx::valid_utf8(m.data), "a text is UTF-8", m.data);
            fuzz::require(m.data.size() <= std::max<std::size_t>(limit, 125), "a message is within its limit");
            account.append(std::to_string(static_cast<int>(m.what))).append(" ").append(std::to_string(m.code)).append(" ").append(m.data)
                .append("\n");
        }
        return true;
    });
    return account;
}

void check_session(std::string_view text, bool beta) {
    llmx::realtime_translation_options o;
    o.model = "m";
    o.id = "f";
    o.beta = beta;
    const auto session = llmx::detail::translate_gemini_live(std::move(o));
    llmx::realtime_watch watch(1000);
    llmx::realtime_messages out;
    std::set<std::string> ids;
    bool responding = false;
    const auto check = [&] {
        for (const std::string& up : out.up) fuzz::require(llmx::parse_json_object(up).has_value(),
            "a message for the provider is a JSON object", up);
        for (const std::string& down : out.down) {
            const auto event = llmx::parse_json_object(down);
            fuzz::require(event.has_value(), "an event is a JSON object", down);
            fuzz::require(ids.insert(std::string(event->at("event_id").as_string())).second, "ids of events differ", down);
            const std::string_view type(event->at("type").as_string());
            if (type == "response.created") {
                fuzz::require(!responding, "one response at a time", down);
                responding = true;
            }
            static_cast<void>(watch.server_sent(down));
            if (type == "response.done") {
                fuzz::require(responding, "a response that ends has begun", down);
                responding = false;
            }
            fuzz::require(watch.responding() == responding, "the watch sees the response");
        }
        out.clear();
    };
    session->begin(out);
    check();
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.starts_with('>')) {
            session->from_upstream(line.substr(1), out);
        } else if (session->ready()) {
            watch.client_sent(line);
            session->from_client(line, out);
        }
        check();
    }
    session->upstream_closed(1011, "over", out);
    check();
    fuzz::require(!responding, "the end of the provider ends the response");
}

} // namespace

LLMX_FUZZ_TARGET(in) {
    const auto choice = in.choice(0);
    const bool masked = (choice & 1) != 0;
    const std::size_t limit = (choice & 2) != 0 ? 64 : std::size_t{1} << 20;
    // Bytes by chance are hardly ever whole frames, so the text also stands within sound ones.
    std::string sound;
    const std::optional<std::uint32_t> mask = masked ? std::optional<std::uint32_t>(0x1F2E3D4Cu) : std::nullopt;
    llmx::append_websocket_frame(sound, llmx::websocket_opcode::binary, in.text(), mask);
    const std::size_t frame = sound.size();
    llmx::append_websocket_frame(sound, llmx::websocket_opcode::ping, in.text().substr(0, 125), mask);
    llmx::append_websocket_close(sound, 1000, in.text(), mask);
    fuzz::require(frame >= in.text().size(), "a frame holds its payload");
    for (const std::string_view bytes : {in.text(), std::string_view(sound)}) {
        const std::string whole = account_of(bytes, fuzz::cut::nowhere, in.steering(), masked, limit);
        for (const fuzz::cut how : fuzz::all_cuts)
            fuzz::require_equal(whole, account_of(bytes, how, in.steering(), masked, limit),
                "the messages do not depend on where the bytes are cut");
    }
    check_session(in.text(), (choice & 4) != 0);
}
