// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/realtime.hpp>
#include <llmx/dialects/gemini/detail/live_setup.hpp>
#include <llmx/dialects/gemini/generate.hpp>
#include <llmx/dialects/openai/realtime.hpp>
#include <llmx/dialects/realtime_translation.hpp>
#include <llmx/wire/json_writer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// A session of Gemini's Live API behind the events of OpenAI's Realtime API (https://ai.google.dev/api/live,
/// https://platform.openai.com/docs/api-reference/realtime).
///
/// Gemini takes its configuration once, before all else. So every `session.update` until the first other event makes up the configuration,
/// which
/// is sent then; a later one that would change it is an `error` event. Texts and results of functions are kept until `response.create`,
/// because
/// Gemini answers, or breaks off its answer, when it gets them. Without turn detection the audio between two `response.create` is one
/// activity;
/// with it Gemini decides when a turn ends, and events about speech come when its transcription or its answer shows it. A
/// `response.cancel` ends the
/// response for the client and leaves out what Gemini still generates. What Gemini has no way to do (deleting items, taking back audio
/// that was
/// sent, instructions of one response) is an `error` event that names it. Audio is PCM of 16 bits at 24 kHz both ways; no other format is
/// taken.
LLMX_DECL class basic_gemini_live_session final : public realtime_translation {
public:
    explicit basic_gemini_live_session(realtime_translation_options o) : options_(std::move(o)) {}

    void begin(realtime_messages& out) override;
    void from_client(std::string_view event, realtime_messages& out) override;
    void from_upstream(std::string_view message, realtime_messages& out) override;
    void upstream_closed(std::uint16_t code, std::string_view reason, realtime_messages& out) override;
    [[nodiscard]] bool ready() const noexcept override { return !setup_sent_ || setup_done_ || held_bytes_ < most_held; }

private:
    /// Bytes for the provider that wait for its `setupComplete`, before the client is read no further.
    static constexpr std::size_t most_held = 256 * 1024;
    /// Bytes of texts and results that wait for `response.create`, and of the texts of one response.
    static constexpr std::size_t most_kept = 16 * 1024 * 1024;
    /// Calls of functions whose results may still come.
    static constexpr std::size_t most_calls = 1024;
    enum class part : std::uint8_t { none, audio, text };

    [[nodiscard]] std::string next_id(std::string_view kind);
    /// An event for the client; \p members writes what is in it beside type and id.
    template <class Members> void event(realtime_messages& out, std::string_view type, Members members) {
        std::string text;
        json_writer w(text);
        w.object().member("type", name_of(type)).member("event_id", next_id("event_"));
        members(w);
        w.end_object();
        out.down.push_back(std::move(text));
    }
    [[nodiscard]] std::string name_of(std::string_view type) const;
    void refuse(realtime_messages& out, std::string_view code, std::string_view message, std::string_view param = std::string_view());
    void send(realtime_messages& out, std::string text);
    void ensure_setup(realtime_messages& out);

    // Of the client.
    void update_session(std::string_view event, realtime_messages& out);
    void append_audio(std::string_view event, realtime_messages& out);
    void commit_audio(realtime_messages& out);
    void clear_audio(realtime_messages& out);
    void create_item(std::string_view event, realtime_messages& out);
    bool create_message(std::string_view item, std::string_view id, realtime_messages& out);
    bool create_result(std::string_view item, realtime_messages& out);
    void create_response(std::string_view event, realtime_messages& out);
    void flush_turns(bool complete, realtime_messages& out);
    void announce_item(std::string_view item, std::string_view id, realtime_messages& out);
    void commit_user_item(realtime_messages& out);
    void end_transcript(realtime_messages& out);

    // Of the provider.
    void take_content(std::string_view content, realtime_messages& out);
    void take_parts(std::string_view turn, realtime_messages& out);
    void take_calls(std::string_view call, realtime_messages& out);
    void cancel_calls(std::string_view cancellation, realtime_messages& out);

    // The response under way.
    void begin_response(realtime_messages& out);
    void open_item(realtime_messages& out);
    void open_part(part kind, realtime_messages& out);
    void close_part(realtime_messages& out);
    void close_item(std::string_view status, realtime_messages& out);
    void end_response(std::string_view status, std::string_view reason, realtime_messages& out);
    void write_response(json_writer& w, std::string_view status, std::string_view reason);
    void write_place(json_writer& w) const;
    void write_message(json_writer& w, std::string_view status) const;

    realtime_translation_options options_;
    live_setup setup_;
    std::string sent_setup_;
    std::vector<std::string> held_;
    std::size_t held_bytes_ = 0;
    /// Turns and results that wait for `response.create`: elements of arrays, with commas.
    std::string turns_, results_;
    /// Calls without a result: id and name.
    std::vector<std::pair<std::string, std::string>> calls_;
    std::uint64_t count_ = 0;
    std::uint64_t audio_bytes_ = 0, uncommitted_ = 0;
    std::string last_item_, user_item_, transcript_item_, input_transcript_, broken_item_;
    std::string response_, item_, metadata_, items_, text_, contents_;
    std::size_t output_index_ = 0, content_index_ = 0;
    live_usage usage_;
    part part_ = part::none;
    bool setup_sent_ = false, setup_done_ = false, activity_ = false, stream_ended_ = false, speaking_ = false, dropping_ = false;
};
using gemini_live_session = LLMX_PLAIN(basic_gemini_live_session);

[[nodiscard]] inline std::unique_ptr<realtime_translation> translate_gemini_live(realtime_translation_options o) {
    return std::make_unique<gemini_live_session>(std::move(o));
}

} // namespace detail

/// Gemini's Live API, `BidiGenerateContent` over WebSocket (https://ai.google.dev/api/live), for providers alone: its sessions are
/// translated to the events of OpenAI's Realtime API.
struct gemini_live {
    using operation = realtime;
    static constexpr std::string_view name = "gemini_live", language = "gemini";
    /// Behind the base's host, with the version in its middle: see `gemini::prepare`.
    static constexpr std::string_view path = "GenerativeService.BidiGenerateContent";
    static constexpr session_codec_ops sessions{&detail::translate_gemini_live};
    LLMX_DECL static void encode_error(const error& failure, std::string& out) { gemini_generate::encode_error(failure, out); }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/live_client.ipp>
#include <llmx/dialects/gemini/impl/live_server.ipp>
#endif
