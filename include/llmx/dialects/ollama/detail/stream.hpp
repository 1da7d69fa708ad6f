// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/detail/json_object_end.hpp>
#include <llmx/dialects/detail/stream_weight.hpp>
#include <llmx/dialects/ollama/detail/form.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/ndjson.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// Turns the lines of a stream into `chat_event`s; the same for both forms, which differ in where the text is.
///
/// After a failure every later call returns the same failure. Not thread-safe.
class ollama_stream_decoder {
public:
    explicit ollama_stream_decoder(ollama_form form) noexcept : form_(form) {}
    /// A line with an `error` is its failure, bytes that are not JSON are `errc::bad_response`.
    LLMX_DECL result<void> feed(std::string_view bytes, event_batch& out);
    /// `errc::truncated` unless a line with `done` was seen.
    LLMX_DECL result<void> finish(event_batch& out);

private:
    LLMX_DECL result<void> take(std::string_view line, event_batch& out);
    LLMX_DECL void begin(const json_cursor& in, event_batch& out);
    LLMX_DECL void add_text(chat_event::kind kind, std::string_view text, event_batch& out);
    LLMX_DECL void add_call(const json_cursor& in, std::string_view line, event_batch& out);
    LLMX_DECL void end(const json_cursor& in, event_batch& out);

    static constexpr std::size_t arena_size = 8192;
    ndjson_parser lines_;
    std::unique_ptr<unsigned char[]> arena_; // one line's JSON tree
    std::optional<llmx::error> failure_;
    ollama_form form_;
    std::uint32_t next_part_ = 0;
    std::optional<chat_event::kind> open_; // the kind of the part before `next_part_`
    bool started_ = false, done_ = false, called_ = false;
};

/// Writes the lines of a stream. A call is one line, once its arguments are a whole object; usage that comes after the finish
/// event is in the last line, which `finish` writes. Not thread-safe.
class ollama_stream_encoder {
public:
    LLMX_DECL ollama_stream_encoder(ollama_form form, const reply_options& options);
    LLMX_DECL void encode(const chat_event& event, std::string& out);
    LLMX_DECL void finish(std::string& out);
    /// Writes a line with the `error`; afterwards nothing more is written.
    LLMX_DECL void fail(const llmx::error& failure, std::string& out);

private:
    struct held_call {
        std::string id, name, arguments;
        json_object_end end;
    };
    LLMX_DECL void text_line(std::string_view text, bool thought, std::string& out);
    LLMX_DECL void call_line(const held_call& call, std::string& out);
    LLMX_DECL void logprobs_line(std::string_view openai, std::string& out);
    /// The members of each line up to the message.
    LLMX_DECL void begin_line(json_writer& w) const;

    ollama_form form_;
    std::string model_, created_;
    std::map<std::uint32_t, held_call> calls_; // by part
    usage tokens_;
    finish_reason reason_ = finish_reason::none;
    bool over_ = false;
};

/// Follows a stream that is passed through; reads the top level of its lines. Not thread-safe.
class ollama_stream_watch {
public:
    LLMX_DECL const stream_progress& feed(std::string_view bytes);
    /// `any_stream_watch::estimated_tokens`.
    [[nodiscard]] std::uint64_t estimated_tokens() const noexcept { return weight_.tokens(); }

private:
    LLMX_DECL void take(std::string_view line);
    ndjson_parser lines_;
    stream_progress progress_;
    stream_weight weight_{
        std::string_view(R"({"model":"","created_at":"2025-01-01T00:00:00.000000000Z","message":{"role":"assistant","content":""},)"
            R"("done":false})").size()};
};

} // namespace llmx::inline LLMX_ABI::detail
