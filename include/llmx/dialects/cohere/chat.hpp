// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/cohere/detail/chat.hpp>
#include <llmx/dialects/detail/json_object_end.hpp>
#include <llmx/dialects/detail/stream_weight.hpp>
#include <llmx/wire/json_cursor.hpp>
#include <llmx/wire/sse.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Cohere's chat, second version (POST /v2/chat).
///
/// Source: Cohere's OpenAPI description (ChatRequest of /v2/chat, ChatResponseV2, StreamedChatResponseV2) and docs.cohere.com/v2/docs.
///
/// Decisions where the vocabulary and the wire differ:
/// - The text of an assistant's message with calls is its `tool_plan`; in a stream, which may bring calls later, it is content.
/// - `documents` are files in a user's message of their own, before the last one of the user; the document itself is kept beside
///   them for Cohere. Other files that are text are sent as text.
/// - A function that is demanded is the only one that is sent, and the choice is `REQUIRED`.
/// - Tokens are the billed ones (`usage.billed_units`), which are what costs and limits count; where there are none, `usage.tokens`.
/// - Thoughts have no signature: those of other vendors are sent as text.
/// - An answer that a safety system withheld has no reason of its own here: a façade answers `ERROR`.
struct cohere_chat {
    using operation = chat;
    static constexpr std::string_view name = "cohere_chat", language = "cohere";
    static constexpr std::string_view path = "/v2/chat";
    static constexpr std::string_view stream_content_type = "text/event-stream";
    /// Letters, digits and "_", no digit first (docs.cohere.com/v1/reference/chat, `tools.name`, which states the rule).
    static constexpr tool_name_rule tool_names{64, "_", true};

    /// Finds the values that routing needs and checks that model and messages are there; the rest of the body is not inspected.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    /// See `codec_ops::scan_view`.
    LLMX_DECL [[nodiscard]] static bool scan_view(std::string_view body, request_view& to);
    /// Strict: a missing or mistyped member is `errc::invalid_request` naming its path.
    LLMX_DECL [[nodiscard]] static result<chat_request> decode_request(std::string_view body, const request_target& target);
    /// Appends the body. `errc::invalid_request` when a tool's schema is not a JSON object, or nothing is left to answer.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                       drop_report& drops);
    /// The place \p at as the caller wrote it, from whose request \p request was decoded.
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const chat_request& request);

    /// Lenient; `errc::bad_response` for bytes that have no message.
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    /// Appends a whole reply, made of the first choice. The wire has no name of the model.
    LLMX_DECL static void encode_reply(const chat_reply& reply, const reply_options& options, std::string& out);
    /// Usage of a reply body, found without parsing the rest; zeros when there is none.
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// A message, or the reason why it ended (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    /// The language has no signatures.
    [[nodiscard]] static bool has_foreign_signature(std::string_view) noexcept { return false; }

    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
    LLMX_DECL static void encode_error(const llmx::error& failure, std::string& out);

    /// Turns the event stream into `chat_event`s.
    ///
    /// After a failure every later call returns the same failure. Not thread-safe.
    class stream_decoder {
    public:
        /// Bytes that are not JSON, and an error in place of an event, are `errc::bad_response`. Unknown events are skipped.
        LLMX_DECL result<void> feed(std::string_view bytes, event_batch& out);
        /// `errc::truncated` unless message-end was seen.
        LLMX_DECL result<void> finish(event_batch& out);

    private:
        struct open_block {
            open_block(std::uint32_t number, bool thought) noexcept : part(number), thinks(thought) {}
            std::uint32_t part;
            bool thinks;
        };
        LLMX_DECL result<void> take(const sse_event& event, event_batch& out);
        LLMX_DECL void begin(std::string_view id, event_batch& out);
        LLMX_DECL void add_content(const json_cursor& in, bool begins, event_batch& out);
        LLMX_DECL void add_plan(const json_cursor& in, event_batch& out);
        LLMX_DECL void add_call(const json_cursor& in, bool begins, event_batch& out);
        LLMX_DECL void add_citation(const json_cursor& in, event_batch& out);
        LLMX_DECL void end_message(const json_cursor& in, event_batch& out);
        LLMX_DECL chat_event& add(chat_event::kind kind, std::uint32_t part, std::string_view text, event_batch& out);

        static constexpr std::size_t arena_size = 8192;
        sse_parser sse_;
        std::unique_ptr<unsigned char[]> arena_; // one event's JSON tree
        std::map<std::int64_t, open_block> blocks_;     // by the index that the provider gave them
        std::map<std::int64_t, std::uint32_t> calls_;   // parts, likewise
        std::string reply_;                             // its id, for calls without one
        std::optional<std::uint32_t> plan_;             // the part of the tool plan
        std::optional<llmx::error> failure_;
        std::uint32_t next_part_ = 0;
        bool started_ = false, done_ = false;
    };

    /// Writes the official event sequence.
    ///
    /// One content block is open at a time; calls are beside them, each by its own index. `message-end` is written by
    /// `finish`, so that usage which comes after the finish event is in it. Events of other choices, signatures, audio
    /// and parts of other vendors have no form here. Not thread-safe.
    class stream_encoder {
    public:
        LLMX_DECL explicit stream_encoder(const reply_options& options);
        LLMX_DECL void encode(const chat_event& event, std::string& out);
        LLMX_DECL void finish(std::string& out);
        /// Writes a `message-end` with the reason `ERROR`; afterwards nothing more is written.
        LLMX_DECL void fail(const llmx::error& failure, std::string& out);

    private:
        struct sent_call {
            explicit sent_call(std::uint32_t number) noexcept : index(number) {}
            std::uint32_t index;
            detail::json_object_end arguments;
            bool any = false;
        };
        enum class block_kind : std::uint8_t { none, text, thinking };
        LLMX_DECL void open_message(std::string& out);
        LLMX_DECL void need_block(block_kind kind, std::uint32_t part, std::string& out);
        LLMX_DECL void close_block(std::string& out);
        LLMX_DECL void content_delta(std::string_view text, std::string& out);
        LLMX_DECL void write_logprobs(std::string_view openai, std::string& out);
        LLMX_DECL void open_call(const chat_event& event, std::string& out);
        LLMX_DECL void add_arguments(const chat_event& event, std::string& out);
        LLMX_DECL void write_arguments(std::uint32_t index, std::string_view text, std::string& out);
        LLMX_DECL void end_call(std::uint32_t index, std::string& out);
        LLMX_DECL void end_calls(std::string& out);
        LLMX_DECL void cite(const chat_event& event, std::string& out);
        LLMX_DECL void end(std::string_view reason, std::string_view why, std::string& out);

        std::string id_, scratch_;
        std::map<std::uint32_t, sent_call> calls_; // those that are not ended, by part
        usage tokens_;
        std::uint32_t next_block_ = 0, next_call_ = 0, next_citation_ = 0;
        std::uint32_t part_ = 0; // of the open block
        block_kind open_ = block_kind::none;
        finish_reason reason_ = finish_reason::none;
        bool opened_ = false, over_ = false;
    };

    /// Follows a stream that is passed through; reads JSON only where the usage is. Not thread-safe.
    class stream_watch {
    public:
        LLMX_DECL const stream_progress& feed(std::string_view bytes);
        /// `any_stream_watch::estimated_tokens`.
        [[nodiscard]] std::uint64_t estimated_tokens() const noexcept { return weight_.tokens(); }

    private:
        LLMX_DECL void take(const sse_event& event);
        sse_parser sse_;
        stream_progress progress_;
        detail::stream_weight weight_{
            std::string_view(R"({"type":"content-delta","index":0,"delta":{"message":{"content":{"text":""}}}})").size()};
    };
};

static_assert(chat_codec<cohere_chat>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/cohere/impl/chat_common.ipp>
#include <llmx/dialects/cohere/impl/chat_decode_content.ipp>
#include <llmx/dialects/cohere/impl/chat_decode_request.ipp>
#include <llmx/dialects/cohere/impl/chat_encode_content.ipp>
#include <llmx/dialects/cohere/impl/chat_encode_request.ipp>
#include <llmx/dialects/cohere/impl/chat_error.ipp>
#include <llmx/dialects/cohere/impl/chat_fields.ipp>
#include <llmx/dialects/cohere/impl/chat_reply.ipp>
#include <llmx/dialects/cohere/impl/chat_scan.ipp>
#include <llmx/dialects/cohere/impl/chat_stream_decoder.ipp>
#include <llmx/dialects/cohere/impl/chat_stream_encoder.ipp>
#include <llmx/dialects/cohere/impl/chat_view.ipp>
#endif
