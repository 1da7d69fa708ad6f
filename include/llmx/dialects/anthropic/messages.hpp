// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/detail/call_signatures.hpp>
#include <llmx/dialects/detail/stream_weight.hpp>
#include <llmx/dialects/anthropic/detail/messages.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/sse.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// Anthropic's Messages API, version 2023-06-01 (POST /v1/messages).
///
/// Tool results are in user messages; system prompts are beside the conversation.
/// Members without an equivalent are in the drop report of `encode_request`. A signature of another
/// vendor is returned as "llmx::gemini_generate:…" and is sent back to that vendor alone.
/// Source: the types of the official SDK (npm package anthropic-ai/sdk, resources/messages).
struct anthropic_messages {
    using operation = chat;
    static constexpr std::string_view name = "anthropic_messages", language = "anthropic";
    static constexpr std::string_view path = "/v1/messages";
    static constexpr std::string_view stream_content_type = "text/event-stream";
    /// The event that keeps a silent stream open. Source: https://docs.anthropic.com/en/docs/build-with-claude/streaming#ping-events.
    static constexpr std::string_view ping = "event: ping\ndata: {\"type\": \"ping\"}\n\n";
    static constexpr tool_name_rule tool_names{128, "_-"};
    /// Tool that carries a JSON answer for models without native structured output: the
    /// request forces it where it can, and its call comes back as the answer's only text.
    static constexpr std::string_view json_tool_name = "json_tool_call";
    /// Begins the signature of a thinking block that carries the signature of the tool call
    /// behind it. Gemini signs calls and requires the proof back; a call has no member for it
    /// here, and every client returns a thinking block's signature unchanged.
    static constexpr std::string_view call_signature_prefix = detail::call_signature_mark;
    /// Smallest thinking budget that the API accepts.
    static constexpr std::int64_t min_budget_tokens = 1024;

    /// Finds the values that routing needs and checks that model, messages and max_tokens are there;
    /// the rest of the body is not inspected.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    /// See `codec_ops::exceeds_model`.
    LLMX_DECL [[nodiscard]] static bool exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits);
    /// See `codec_ops::scan_view`.
    LLMX_DECL [[nodiscard]] static bool scan_view(std::string_view body, request_view& to);
    /// Strict: a missing or mistyped member is `errc::invalid_request` naming its path.
    LLMX_DECL [[nodiscard]] static result<chat_request> decode_request(std::string_view body, const request_target& target);
    /// Appends the body. `errc::invalid_request` when a tool's schema or the arguments of
    /// a call in the history are not a JSON object, or nothing is left to answer.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options,
                                       std::string& out, drop_report& drops);
    /// The place \p at as the caller wrote it, from whose request \p request was decoded.
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const chat_request& request);

    /// Lenient; `errc::bad_response` for bytes that are not a message.
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    /// Appends a whole Message object, made of the first choice.
    LLMX_DECL static void encode_reply(const chat_reply& reply, const reply_options& options, std::string& out);
    /// Usage of a reply body, found without parsing the rest; zeros when there is none.
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// Content, or none and the reason why it ended (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    /// See `codec_ops::limits_count_cached`.
    static constexpr bool limits_count_cached = false;
    /// Also an empty signature: a façade writes it with thoughts that no vendor signed.
    LLMX_DECL [[nodiscard]] static bool has_foreign_signature(std::string_view body) noexcept;

    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
    LLMX_DECL static void encode_error(const llmx::error& failure, std::string& out);

    /// Turns the event stream into `chat_event`s.
    ///
    /// Allocates only until its buffers have seen the largest event. Where the answer is to come
    /// by `json_tool_name`, text is kept back until that tool is called, and then left out, or
    /// until the message ends. After a failure every later call returns the same failure. Not
    /// thread-safe.
    class stream_decoder {
    public:
        stream_decoder() = default;
        explicit stream_decoder(const decode_options& options) noexcept : holds_text_(options.answer_by_tool) {}
        /// `error` events of the stream are returned as failures, bytes that are not JSON as
        /// `errc::bad_response`. Unknown events are skipped.
        LLMX_DECL result<void> feed(std::string_view bytes, event_batch& out);
        /// `errc::truncated` unless message_stop was seen.
        LLMX_DECL result<void> finish(event_batch& out);

    private:
        enum class block_kind : std::uint8_t { text, thinking, tool, json_answer, ignored, opaque };
        struct open_block {
            std::int64_t index = 0;
            std::uint32_t part = 0;
            block_kind kind = block_kind::text;
            std::string json;  // opaque: the block as it began
            std::string input; // opaque: fragments of its input
        };
        /// Text or a citation of it.
        struct held_text {
            chat_event::kind what;
            std::uint32_t part;
            std::string text;
        };
        LLMX_DECL result<void> take(const sse_event& event, event_batch& out);
        LLMX_DECL void begin(const json_cursor& message, event_batch& out);
        LLMX_DECL void begin_block(std::int64_t index, const json_cursor& in, event_batch& out);
        LLMX_DECL void add_delta(const open_block& block, const json_cursor& in, event_batch& out);
        LLMX_DECL void end_block(std::int64_t index, event_batch& out);
        LLMX_DECL void end_message(const json_cursor& in, event_batch& out);
        LLMX_DECL void add_usage(const json_cursor& used, event_batch& out);
        LLMX_DECL open_block* find_block(std::int64_t index) noexcept;
        LLMX_DECL void add_prose(chat_event::kind kind, std::uint32_t part, std::string_view text, event_batch& out);
        LLMX_DECL void release_text(event_batch& out);
        LLMX_DECL void add_signature(std::uint32_t part, std::string_view text, event_batch& out);
        LLMX_DECL chat_event& add(chat_event::kind kind, std::uint32_t part, std::string_view text, event_batch& out);

        static constexpr std::size_t arena_size = 8192;
        sse_parser sse_;
        std::unique_ptr<unsigned char[]> arena_; // one event's JSON tree
        std::map<std::int64_t, open_block> open_; // by the index that the provider gave them
        std::string scratch_;
        std::string call_signature_; // of the next tool call
        detail::anthropic_counts counts_;
        std::optional<llmx::error> failure_;
        std::uint32_t next_part_ = 0;
        bool started_ = false, done_ = false;
        bool called_tool_ = false, answered_by_tool_ = false, has_answer_ = false;
        bool holds_text_ = false;
        std::vector<held_text> held_;
    };

    /// Writes the official event sequence.
    ///
    /// Content blocks never interleave. While the arguments of a tool call are not yet a
    /// whole JSON object, events of other parts are kept back, because a closed block
    /// cannot be opened again; they follow as soon as the object closes, or at the finish.
    /// `message_delta` is written by `finish`, so that usage which comes after the finish
    /// event is in it. Events of other choices, audio and logprobs have no form here.
    /// Not thread-safe.
    class stream_encoder {
    public:
        LLMX_DECL explicit stream_encoder(const reply_options& options);
        LLMX_DECL void encode(const chat_event& event, std::string& out);
        LLMX_DECL void finish(std::string& out);
        /// Writes an `error` event; afterwards nothing more is written.
        LLMX_DECL void fail(const llmx::error& failure, std::string& out);

    private:
        enum class block_kind : std::uint8_t { none, text, thinking, tool };
        struct held_event {
            held_event() = default;
            chat_event::kind what = chat_event::kind::ping;
            std::uint32_t part = 0;
            std::string text, id, name;
            LLMX_DECL [[nodiscard]] chat_event view() const noexcept;
        };
        LLMX_DECL void open_message(std::string& out);
        LLMX_DECL void accept(const chat_event& event, std::string& out);
        LLMX_DECL void emit(const chat_event& event, std::string& out);
        LLMX_DECL void hold(const chat_event& event);
        LLMX_DECL void release_held(std::string& out);
        LLMX_DECL void close_all(std::string& out);
        LLMX_DECL void need_block(block_kind kind, std::uint32_t part, std::string& out);
        LLMX_DECL void open_tool(const chat_event& event, std::string& out);
        LLMX_DECL void close_block(std::string& out);
        LLMX_DECL void whole_block(std::string_view json, std::string& out);
        LLMX_DECL void text_delta(std::string_view type, std::string_view member, std::string_view text, std::string& out);
        LLMX_DECL void cite(const chat_event& event, std::string& out);
        LLMX_DECL void emit_held_arguments(std::uint32_t part, std::string& out);
        LLMX_DECL [[nodiscard]] bool live(const chat_event& event) const noexcept;
        [[nodiscard]] bool tool_unfinished() const noexcept {
            return open_ == block_kind::tool && !arguments_.complete();
        }

        std::string id_, model_;
        std::string stop_sequence_, signature_, scratch_;
        std::deque<held_event> held_;
        /// Arguments of the calls that are held, by part.
        std::map<std::uint32_t, std::vector<std::string>> held_arguments_;
        std::optional<std::uint32_t> held_last_; // the part of the arguments held last
        detail::json_object_end arguments_;
        usage tokens_;
        std::uint32_t next_index_ = 0;
        std::uint32_t part_ = 0;       // of the open block
        std::uint32_t fresh_part_ = 0; // no part from here on has been seen
        std::uint32_t calls_ = 0;
        block_kind open_ = block_kind::none;
        finish_reason reason_ = finish_reason::none;
        bool begun_ = false, opened_ = false, over_ = false, refused_ = false;
    };

    /// Follows a stream that is passed through; reads JSON only where the usage is.
    class stream_watch {
    public:
        LLMX_DECL const stream_progress& feed(std::string_view bytes);
        /// `any_stream_watch::estimated_tokens`.
        [[nodiscard]] std::uint64_t estimated_tokens() const noexcept { return weight_.tokens(); }

    private:
        LLMX_DECL void take(const sse_event& event);
        sse_parser sse_;
        stream_progress progress_;
        detail::stream_weight weight_{std::string_view(R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":""}})").size()};
        detail::anthropic_counts counts_;
    };
};

static_assert(chat_codec<anthropic_messages>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/anthropic/impl/messages_common.ipp>
#include <llmx/dialects/anthropic/impl/messages_decode_content.ipp>
#include <llmx/dialects/anthropic/impl/messages_decode_request.ipp>
#include <llmx/dialects/anthropic/impl/messages_encode_content.ipp>
#include <llmx/dialects/anthropic/impl/messages_encode_request.ipp>
#include <llmx/dialects/anthropic/impl/messages_servers.ipp>
#include <llmx/dialects/anthropic/impl/messages_thinking.ipp>
#include <llmx/dialects/anthropic/impl/messages_error.ipp>
#include <llmx/dialects/anthropic/impl/messages_exceeds.ipp>
#include <llmx/dialects/anthropic/impl/messages_fields.ipp>
#include <llmx/dialects/anthropic/impl/messages_reply.ipp>
#include <llmx/dialects/anthropic/impl/messages_scan.ipp>
#include <llmx/dialects/anthropic/impl/messages_stream_decoder.ipp>
#include <llmx/dialects/anthropic/impl/messages_stream_encoder.ipp>
#include <llmx/dialects/anthropic/impl/messages_view.ipp>
#endif
