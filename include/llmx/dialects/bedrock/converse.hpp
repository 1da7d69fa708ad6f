// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/bedrock/detail/converse.hpp>
#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/detail/answer_tool.hpp>
#include <llmx/dialects/detail/call_signatures.hpp>
#include <llmx/dialects/detail/json_object_end.hpp>
#include <llmx/dialects/detail/stream_weight.hpp>
#include <llmx/wire/aws_event_stream.hpp>
#include <llmx/wire/json_cursor.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// Amazon Bedrock's Converse API (`POST /model/{modelId}/converse`, streams `/converse-stream`), both directions.
///
/// What a request for a provider is:
///
/// Turns alternate: messages of one side in a row are joined, results of tools come first in a user's turn,
/// blank texts are left out, as the API refuses all others. System prompts are beside the conversation. A JSON
/// answer comes by `json_tool_name` unless the model has, by `model_traits::native_json_schema`, a form for
/// it. The members that the API leaves to models are written as the vendor in the model's id has them
/// (`detail::bedrock_vendor`). Members of a request's `extra` under the name of this codec are written as they are,
/// in place of those made here: `guardrailConfig`, `performanceConfig`, `promptVariables`,
/// `additionalModelRequestFields` and similar members. Thoughts are sent only with a signature of this codec's.
///
/// How a client's request is read: model and stream are in the path. A `cachePoint` is the cache breakpoint of the block or the tool before
/// it. Of `additionalModelRequestFields` the settings of reasoning, `top_k` and Claude's `disable_parallel_tool_use` are the vocabulary's; the
/// rest, and members of the API's own (`guardrailConfig`, `performanceConfig`, …), are kept in `extra`. A result's `json` and a
/// `searchResult` are their text for other languages. An answer's signature of another vendor comes back as "llmx::gemini_generate:…", its
/// encrypted thinking as the base64 of such a text, and both go back to that vendor alone; the signature of a call is in a block of
/// reasoning before it.
///
/// Source: docs.aws.amazon.com/bedrock/latest/APIReference (API_runtime_Converse, API_runtime_ConverseStream and the
/// types they name); lengths and patterns are those of the service's public model (botocore, bedrock-runtime
/// 2023-09-30).
struct bedrock_converse {
    using operation = chat;
    static constexpr std::string_view name = "bedrock_converse", language = "bedrock";
    /// Behind "/model/{modelId}".
    static constexpr std::string_view path = "/converse", stream_path = "/converse-stream";
    static constexpr std::string_view stream_content_type = "application/vnd.amazon.eventstream";
    static constexpr bool model_in_body = false;
    static constexpr tool_name_rule tool_names{64, "_-"};
    /// Tool that carries a JSON answer: the request forces it where the model can be forced, and its call comes
    /// back as the answer's only text.
    static constexpr std::string_view json_tool_name = "json_tool_call";
    /// Smallest thinking budget that Claude accepts.
    static constexpr std::int64_t min_budget_tokens = 1024;

    /// Finds the values that routing needs. Fails unless the body is one JSON object with messages.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    /// See `codec_ops::exceeds_model`.
    LLMX_DECL [[nodiscard]] static bool exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits);
    /// See `codec_ops::scan_view`.
    LLMX_DECL [[nodiscard]] static bool scan_view(std::string_view body, request_view& to);
    /// Strict: a wrong type, an unknown format of media and a block of several members are `errc::invalid_request`.
    LLMX_DECL [[nodiscard]] static result<chat_request> decode_request(std::string_view body, const request_target& target);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const chat_request& request);
    LLMX_DECL [[nodiscard]] static bool has_foreign_signature(std::string_view body) noexcept;
    /// Appends the body. `errc::invalid_request` when a tool's schema or the arguments of a call in the history are
    /// not a JSON object, a document has no text beside it, or nothing is left to answer.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                       drop_report& drops);
    /// Lenient; `errc::bad_response` for bytes without a message. The API names neither model nor id.
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    /// Appends a whole reply; `metrics.latencyMs`, at its end, is 0 until `set_latency`.
    LLMX_DECL static void encode_reply(const chat_reply& reply, const reply_options& options, std::string& out);
    /// Sets `metrics.latencyMs` of \p body, which `encode_reply` has written, to \p milliseconds.
    LLMX_DECL static void set_latency(std::string& body, std::int64_t milliseconds);
    /// Usage of a reply body, found without parsing the rest; zeros when there is none.
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// A message, or the reason why it ended (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    /// See `codec_ops::limits_count_cached`.
    static constexpr bool limits_count_cached = false;
    /// The type is in the field `x-amzn-errortype`; of a body that names it too (`__type`) it is in `type`.
    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
    /// `{"__type":"ValidationException","message":…}`. The type is `error_type`'s, which a server sends as `x-amzn-errortype` too.
    LLMX_DECL static void encode_error(const llmx::error& failure, std::string& out);
    /// The API's exception for \p failure (API_runtime_Converse, "Errors").
    LLMX_DECL [[nodiscard]] static std::string_view error_type(const llmx::error& failure) noexcept;

    /// Turns the event stream into `chat_event`s.
    ///
    /// Where the answer is to come by `json_tool_name`, text is kept back until that tool is called, and then left
    /// out, or until the message ends. Server tools, their results and images come as `opaque` when they are whole.
    /// After a failure every later call returns the same failure. Not thread-safe.
    class stream_decoder {
    public:
        stream_decoder() = default;
        explicit stream_decoder(const decode_options& options) noexcept : prose_(options.answer_by_tool) {}
        /// An exception in the stream is its typed failure; a checksum that does not match and bytes that are not JSON are
        /// `errc::bad_response`. Unknown events are skipped.
        LLMX_DECL result<void> feed(std::string_view bytes, event_batch& out);
        /// `errc::truncated` unless messageStop was seen and the bytes end with an event.
        LLMX_DECL result<void> finish(event_batch& out);

    private:
        enum class block_kind : std::uint8_t { text, thinking, tool, json_answer, ignored, opaque };
        struct open_block {
            std::uint32_t part = 0;
            block_kind kind = block_kind::text;
            /// Decoded bytes of encrypted thinking.
            std::string redacted;
            /// Opaque: the member of the block, the object as it began, and the deltas streamed after it.
            std::string name, began, streamed;
        };
        LLMX_DECL result<void> take(const aws_event& event, event_batch& out);
        LLMX_DECL void begin(event_batch& out);
        LLMX_DECL open_block& block_at(std::int64_t index);
        LLMX_DECL void begin_block(open_block& block, const json_cursor& start, event_batch& out);
        LLMX_DECL void begin_tool(open_block& block, const json_cursor& use, event_batch& out);
        LLMX_DECL void begin_opaque(open_block& block, std::string_view name, const json_cursor& start);
        LLMX_DECL result<void> add_delta(open_block& block, const json_cursor& delta, event_batch& out);
        LLMX_DECL result<void> add_thought(open_block& block, const json_cursor& thought, event_batch& out);
        LLMX_DECL void add_input(open_block& block, std::string_view input, event_batch& out);
        LLMX_DECL void end_block(std::int64_t index, event_batch& out);
        LLMX_DECL void end_message(const json_cursor& event, event_batch& out);
        LLMX_DECL chat_event& add(chat_event::kind kind, std::uint32_t part, std::string_view text, event_batch& out);

        static constexpr std::size_t arena_size = 8192;
        aws_event_decoder events_;
        std::unique_ptr<unsigned char[]> arena_; // one event's JSON tree
        std::map<std::int64_t, open_block> open_; // by the index that the API gave them
        detail::held_prose prose_;
        detail::bedrock_counts counts_;
        std::optional<llmx::error> failure_;
        std::uint32_t next_part_ = 0;
        bool started_ = false, stopped_ = false;
        bool called_tool_ = false, answer_said_ = false;
    };

    /// Writes the event stream, its blocks one after the other: what belongs to a later block waits for the end of the call that is being
    /// written. A citation keeps its source, title and quote. Events of other choices, audio and logprobs have no form here. The usage comes
    /// last, behind the reason of the end. Not thread-safe.
    class stream_encoder {
    public:
        explicit stream_encoder(const reply_options&) noexcept {}
        LLMX_DECL void encode(const chat_event& event, std::string& out);
        LLMX_DECL void finish(std::string& out);
        /// Writes an exception; afterwards nothing more is written.
        LLMX_DECL void fail(const llmx::error& failure, std::string& out);
        /// The milliseconds of the whole answer, for its metadata.
        void took(std::int64_t milliseconds) noexcept { latency_ms_ = milliseconds; }

    private:
        enum class block_kind : std::uint8_t { none, text, thinking, tool };
        /// An event whose block cannot begin yet; `arguments` are those of a held call.
        struct held_event {
            chat_event::kind what = chat_event::kind::ping;
            std::uint32_t part = 0;
            std::string text, id, name, arguments;
        };
        LLMX_DECL void begin(std::string& out);
        LLMX_DECL void accept(const chat_event& event, std::string& out);
        LLMX_DECL void emit(const chat_event& event, std::string& out);
        LLMX_DECL void hold(const chat_event& event);
        /// Writes what is held; \p all: also behind calls that have not ended.
        LLMX_DECL void release(bool all, std::string& out);
        LLMX_DECL void need_block(block_kind kind, std::uint32_t part, std::string& out);
        LLMX_DECL void open_tool(const chat_event& event, std::string& out);
        LLMX_DECL void close_block(std::string& out);
        LLMX_DECL void delta(std::string_view json, std::string& out);
        LLMX_DECL void opaque_block(const chat_event& event, std::string& out);
        LLMX_DECL void stop(std::string& out);
        [[nodiscard]] bool tool_unfinished() const noexcept { return open_ == block_kind::tool && !arguments_.complete(); }

        std::deque<held_event> held_;
        std::map<std::uint32_t, held_event*> held_calls_; // by their part
        detail::json_object_end arguments_; // of the open call
        usage tokens_;
        std::int64_t latency_ms_ = 0;
        std::uint32_t part_ = 0, next_index_ = 0, calls_ = 0;
        block_kind open_ = block_kind::none;
        finish_reason reason_ = finish_reason::stop;
        std::string sequence_; // that ended the answer
        bool started_ = false, signed_ = false, ended_ = false, over_ = false;
    };

    /// Follows the stream; reads JSON only where the usage is. It is complete with the metadata after messageStop.
    /// Not thread-safe.
    class stream_watch {
    public:
        LLMX_DECL const stream_progress& feed(std::string_view bytes);
        /// `any_stream_watch::estimated_tokens`.
        [[nodiscard]] std::uint64_t estimated_tokens() const noexcept { return weight_.tokens(); }

    private:
        LLMX_DECL void take(const aws_event& event);
        aws_event_decoder events_;
        stream_progress progress_;
        detail::stream_weight weight_{std::string_view(R"({"contentBlockIndex":0,"delta":{"text":""}})").size()};
        detail::bedrock_counts counts_;
    };
};

static_assert(chat_codec<bedrock_converse>);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/bedrock/impl/converse_common.ipp>
#include <llmx/dialects/bedrock/impl/converse_decode_content.ipp>
#include <llmx/dialects/bedrock/impl/converse_decode_request.ipp>
#include <llmx/dialects/bedrock/impl/converse_encode_content.ipp>
#include <llmx/dialects/bedrock/impl/converse_encode_request.ipp>
#include <llmx/dialects/bedrock/impl/converse_error.ipp>
#include <llmx/dialects/bedrock/impl/converse_fields.ipp>
#include <llmx/dialects/bedrock/impl/converse_object.ipp>
#include <llmx/dialects/bedrock/impl/converse_reply.ipp>
#include <llmx/dialects/bedrock/impl/converse_scan.ipp>
#include <llmx/dialects/bedrock/impl/converse_stream_decoder.ipp>
#include <llmx/dialects/bedrock/impl/converse_stream_encoder.ipp>
#include <llmx/dialects/bedrock/impl/converse_stream_watch.ipp>
#include <llmx/dialects/bedrock/impl/converse_thinking.ipp>
#include <llmx/dialects/bedrock/impl/converse_view.ipp>
#endif
