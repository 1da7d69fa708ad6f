// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_event.hpp>
#include <llmx/core/result.hpp>
#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/codec.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// \file
/// Chat in one language whose streams are within another framing: an event stream of AWS that carries pieces of server-sent events.

namespace llmx::inline LLMX_ABI::detail {

/// Takes a language's stream out of its framing. Not thread-safe.
template <class F>
concept stream_frames = std::default_initializable<F> && requires(F& f, const F& c, std::string_view bytes, std::string& inner) {
    /// Appends what \p bytes, split anywhere, complete of the inner stream. A failure that the framing reports comes back with every later call.
    { f.feed(bytes, inner) } -> std::same_as<result<void>>;
    /// `errc::truncated` within a frame.
    { f.finish() } -> std::same_as<result<void>>;
    /// Bytes fed that belong to a frame which has not ended.
    { c.pending() } -> std::convertible_to<std::size_t>;
};

/// Decodes the stream of \p Inner within \p Frames.
template <class Inner, stream_frames Frames> class framed_stream_decoder {
public:
    framed_stream_decoder() = default;
    explicit framed_stream_decoder(const decode_options& options)
        requires(std::constructible_from<typename Inner::stream_decoder, const decode_options&>)
        : inner_(options) {}

    result<void> feed(std::string_view bytes, event_batch& out) {
        text_.clear();
        const result<void> framed = frames_.feed(bytes, text_);
        // What came before the failure counts.
        if (!text_.empty())
            if (const result<void> read = inner_.feed(text_, out); !read) return read;
        return framed;
    }
    result<void> finish(event_batch& out) {
        if (const result<void> ended = frames_.finish(); !ended) return ended;
        return inner_.finish(out);
    }

private:
    Frames frames_;
    typename Inner::stream_decoder inner_;
    std::string text_;
};

/// Follows the stream of \p Inner within \p Frames.
template <class Inner, stream_frames Frames> class framed_stream_watch {
public:
    const stream_progress& feed(std::string_view bytes) {
        if (progress_.failed) return progress_;
        text_.clear();
        const result<void> framed = frames_.feed(bytes, text_);
        progress_ = inner_.feed(text_);
        // An upper bound: the inner bytes are fewer than those that carry them.
        progress_.pending += frames_.pending();
        progress_.failed = progress_.failed || !framed;
        return progress_;
    }
    /// `any_stream_watch::estimated_tokens`.
    [[nodiscard]] std::uint64_t estimated_tokens() const noexcept { return inner_.estimated_tokens(); }

private:
    Frames frames_;
    typename Inner::stream_watch inner_;
    std::string text_;
    stream_progress progress_;
};

/// The parts of a codec for providers alone whose whole replies are those of \p Inner and whose streams are within \p Frames. The URL names
/// the model.
template <class Inner, stream_frames Frames> struct framed_chat_codec {
    using operation = chat;
    static constexpr bool model_in_body = false;
    static constexpr tool_name_rule tool_names = Inner::tool_names;

    [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body) { return Inner::decode_reply(body); }
    [[nodiscard]] static usage scan_usage(std::string_view body) { return Inner::scan_usage(body); }
    [[nodiscard]] static bool holds_answer(std::string_view body) noexcept { return Inner::holds_answer(body); }

    using stream_decoder = framed_stream_decoder<Inner, Frames>;
    using stream_watch = framed_stream_watch<Inner, Frames>;
};

} // namespace llmx::inline LLMX_ABI::detail
