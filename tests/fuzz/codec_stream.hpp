// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "json.hpp"

#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/wire/aws_event_stream.hpp>
#include <llmx/wire/json_array_stream.hpp>
#include <llmx/wire/ndjson.hpp>
#include <llmx/wire/sse.hpp>

#include <concepts>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace fuzz {

/// An event that outlives its batch.
struct kept_event {
    explicit kept_event(const llmx::chat_event& e) : event(e), text(e.text), id(e.id), name(e.name) {}
    [[nodiscard]] llmx::chat_event view() const {
        llmx::chat_event e = event;
        e.text = text;
        e.id = id;
        e.name = name;
        return e;
    }
    llmx::chat_event event;
    std::string text, id, name;
};

/// A stream as its decoder reported it.
struct told_stream {
    std::vector<kept_event> events;
    std::optional<llmx::error> failure;
    /// All of it in words.
    std::string account;
};

inline std::string in_words(const llmx::usage& u) {
    std::string words;
    for (const std::int64_t n : {u.input_tokens, u.output_tokens, u.cached_tokens, u.cache_write_tokens, u.reasoning_tokens,
                                 u.input_audio_tokens, u.output_audio_tokens})
        words += " " + std::to_string(n);
    return words;
}

template <class Source> told_stream decode_stream(const input& in, cut how) {
    told_stream told;
    const llmx::detail::chat_rendering rendered((in.choice(2) & 2) != 0, nullptr);
    auto decoder = llmx::stream_codec<llmx::chat>(llmx::codec_of<Source>)->make_decoder(&rendered);
    llmx::event_batch batch;
    const auto take = [&](const llmx::result<void>& done) {
        for (const llmx::chat_event& e : batch.events()) {
            const kept_event& kept = told.events.emplace_back(e);
            told.account += std::to_string(static_cast<int>(e.what)) + " " + std::to_string(static_cast<int>(e.reason)) + " " +
                            std::to_string(e.choice) + "." + std::to_string(e.part) + " [" + kept.text + "|" + kept.id + "|" +
                            kept.name + "]" + std::to_string(e.created) + in_words(e.tokens) + "\n";
        }
        batch.clear();
        if (done.has_value()) return true;
        require_sentence(done.error());
        told.failure = done.error();
        told.account += "failed: " + done.error().message() + "|" + done.error().provider_message();
        return false;
    };
    in_pieces(in.text(), how, in.steering(), [&](std::span<char> piece) {
        return take(decoder->feed(std::string_view(piece.data(), piece.size()), batch));
    });
    if (!told.failure) take(decoder->finish(batch));
    return told;
}

/// What the watch of a passed-through stream saw, until it saw a failure.
template <class Source> std::string watch_stream(const input& in, cut how) {
    auto watch = llmx::codec_of<Source>.make_watch("text/event-stream");
    llmx::stream_progress seen;
    in_pieces(in.text(), how, in.steering(), [&](std::span<char> piece) {
        seen = watch->feed(std::string_view(piece.data(), piece.size()));
        return !seen.failed;
    });
    // What stands behind a failure in one block belongs to no event.
    if (seen.failed) return "failed";
    return std::string(seen.begun ? "begun" : "") + (seen.complete ? " complete" : "") + (seen.answered ? " answered" : "") +
           in_words(seen.tokens);
}

/// Every event of \p out, a whole event stream, must be a JSON object, or OpenAI's end.
inline void check_events(std::string_view out, bool with_done) {
    llmx::sse_parser parser;
    bool done = false;
    const auto fed = parser.feed(out, [&](const llmx::sse_event& e) {
        require(!done, "nothing follows the end of a stream", out);
        done = with_done && e.data == "[DONE]";
        if (!done) (void)require_object(e.data, "an event that is written");
    });
    require(fed.has_value(), "a stream that is written is an event stream", out);
    require(out.empty() || out.ends_with("\n\n") || out.ends_with("\r\n\r\n"), "a stream ends behind an event", out);
}

/// The objects of a stream that is one JSON array; \p whole: the array is closed.
inline void check_array(std::string_view out, bool whole) {
    if (whole) {
        require(require_json(out, "a stream as an array").is_array(), "a stream as an array is one", out);
        return;
    }
    llmx::json_array_stream parser;
    const auto fed = parser.feed(out, [](std::string_view object) { (void)require_object(object, "an element that is written"); });
    require(fed.has_value() && !parser.complete(), "a stream that broke off is an open array", out);
}

/// Every message of \p out, a whole AWS event stream, has a JSON object.
inline void check_messages(std::string_view out) {
    llmx::aws_event_decoder reader;
    const auto fed = reader.feed(out, [](const llmx::aws_event& e) { (void)require_object(e.payload, "a message that is written"); });
    require(fed.has_value() && reader.finish().has_value(), "a stream that is written has whole messages");
}

/// The objects of a stream of lines.
inline void check_lines(std::string_view out) {
    llmx::ndjson_parser parser;
    const auto fed = parser.feed(out, [](std::string_view line) { (void)require_object(line, "a line that is written"); });
    require(fed.has_value() && parser.idle(), "a stream that is written is whole lines", out);
}

template <class Target> void check_written(std::string_view out, const llmx::reply_options& options, bool whole) {
    if constexpr (std::is_same_v<Target, llmx::bedrock_converse>) return check_messages(out);
    require(llmx::valid_utf8(out), "a stream that is written is UTF-8", out);
    if constexpr (requires { requires Target::stream_content_type == std::string_view("application/x-ndjson"); }) check_lines(out);
    else if (options.json_array) check_array(out, whole);
    else check_events(out, std::is_same_v<Target, llmx::openai_chat> || Target::name == "mistral_chat");
}

/// A stream that fails before its first event.
template <class Target> void check_broken_stream(const llmx::reply_options& options, const llmx::error& failure) {
    typename Target::stream_encoder encoder(options);
    std::string out;
    encoder.fail(failure, out);
    check_written<Target>(out, options, false);
}

/// Whether there is an answer and each that began was finished. Providers exist that leave that out;
/// what a reader of another language makes of it is not a matter of form.
inline bool is_finished(const told_stream& told) {
    using kind = llmx::chat_event::kind;
    std::set<std::uint32_t> begun, finished;
    for (const kept_event& e : told.events) {
        if (e.event.what == kind::finish) finished.insert(e.event.choice);
        else if (e.event.what != kind::start && e.event.what != kind::usage && e.event.what != kind::ping)
            begun.insert(e.event.choice);
    }
    return !begun.empty() && std::includes(finished.begin(), finished.end(), begun.begin(), begun.end());
}

/// What a person reads of the first answer; not every language has refusals of their own.
inline std::string text_of(const told_stream& told) {
    using kind = llmx::chat_event::kind;
    std::string text;
    for (const kept_event& e : told.events)
        if ((e.event.what == kind::text || e.event.what == kind::refusal) && e.event.choice == 0) text += e.text;
    return text;
}

/// \p told in the language \p Target, as a façade writes it, and read again.
template <class Target> void check_stream_written(const llmx::reply_options& options, const told_stream& told) {
    typename Target::stream_encoder encoder(options);
    std::optional<llmx::error> failure = told.failure;
    std::string out;
    for (const kept_event& e : told.events) {
        if (e.event.what == llmx::chat_event::kind::finish && e.event.reason == llmx::finish_reason::failed) {
            if (!failure) failure = llmx::error(llmx::errc::bad_response, "the generation broke off");
            break;
        }
        encoder.encode(e.view(), out);
    }
    if (failure) encoder.fail(*failure, out);
    else encoder.finish(out);
    // Gemini's encoder may find at the end that a call's arguments are no object.
    bool whole = !failure;
    if constexpr (requires { encoder.failed(); }) whole = whole && !encoder.failed();
    check_written<Target>(out, options, whole);
    if (!whole || !is_finished(told)) return;
    // Cohere has no reason for an answer that was withheld: it is an error, which its reader reports.
    if constexpr (Target::language == std::string_view("cohere"))
        for (const kept_event& e : told.events)
            if (e.event.reason == llmx::finish_reason::content_filter) return;
    const told_stream again = decode_stream<Target>(input(out), cut::nowhere);
    require(!again.failure, "a stream that is written can be read", (again.failure ? again.failure->message() : "") + "\n" + out);
    require_equal(text_of(told), text_of(again), "the text of a stream survives");
}

} // namespace fuzz
