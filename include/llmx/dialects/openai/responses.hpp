// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/detail/json_object_end.hpp>
#include <llmx/dialects/openai/chat.hpp>
#include <llmx/dialects/openai/detail/custom_tools.hpp>
#include <llmx/wire/member_spans.hpp>
#include <llmx/wire/sse.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// OpenAI's Responses API, `POST /v1/responses`, whole and streamed.
///
/// Sources: OpenAI's OpenAPI description (CreateResponse, Response, ResponseStreamEvent),
/// https://platform.openai.com/docs/api-reference/responses and /responses-streaming.
///
/// Decisions where the vocabulary and the wire differ:
/// - `instructions` are the first system message. Consecutive items of the model (reasoning, messages, calls) are one message of the
///   assistant, consecutive results of tools one message of role `tool`.
/// - A function of a namespace has both names, "namespace.function"; a codec whose vendor takes no dot renames it and its calls.
/// - A custom tool is a function with one string, `input`, marked in `extra`: its calls are custom again for the caller.
/// - The thoughts of a reasoning item are its content or, without one, its summary. `encrypted_content` is the signature. One of another
///   vendor names its signer ("llmx::gemini_generate:…"); "llmx::redacted:…" is encrypted thinking; and "llmx::last:…" and
///   "llmx::next:…", in items without thoughts, are the signatures of the text before and the call behind them.
/// - Records of what the vendor's own tools did (searches, code, MCP) are thinking parts without text, which another vendor does
///   not need; calls of tools that the client runs (computer, shell, patches) are opaque parts.
/// - `store` is false unless a request sets it: a request that does not name it has it, unreported, in `extra`.
/// - `strict` is written even when it is false, because the API takes a function without it for a strict one.
/// - `previous_response_id`, `conversation`, `prompt`, `background`, items that are references and compacted conversations are state
///   that only the vendor has: such a request is refused for another one.
/// - A reply repeats the settings of its request (`reply_options::request`), as the API does.
struct openai_responses {
    using operation = chat;
    static constexpr std::string_view name = "openai_responses", language = "openai";
    static constexpr std::string_view path = "/responses";
    static constexpr std::string_view stream_content_type = "text/event-stream";
    static constexpr tool_name_rule tool_names{128, "_-."};
    /// Replies repeat members of their request: façades set `reply_options::request`.
    static constexpr bool repeats_request = true;

    /// Finds the values that routing needs. Fails unless the body is one JSON object with a model (here or in \p target).
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body, const request_target& target);
    /// See `codec_ops::exceeds_model`.
    LLMX_DECL [[nodiscard]] static bool exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits);
    /// The model of \p target, when it has one, wins over the body's.
    LLMX_DECL [[nodiscard]] static result<chat_request> decode_request(std::string_view body, const request_target& target);
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options, std::string& out,
                                                 drop_report& drops);
    /// \p at as the caller wrote it, from whose body \p request was decoded.
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const chat_request& request);

    /// A reply with the status "failed" is the failure that its `error` names.
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    /// The first choice of \p reply: the API has no other.
    LLMX_DECL static void encode_reply(const chat_reply& reply, const reply_options& options, std::string& out);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// An item or a status (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    /// Whether an `encrypted_content` may be another vendor's: it is marked so.
    LLMX_DECL [[nodiscard]] static bool has_foreign_signature(std::string_view body) noexcept;

    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
    /// The same form as `openai_chat::encode_error`.
    LLMX_DECL static void encode_error(const error& failure, std::string& out);

    class stream_decoder;
    class stream_encoder;
    class stream_watch;
};

/// Reads a stream of `response.*` events. The end is clean after `response.completed` or `response.incomplete`.
class openai_responses::stream_decoder {
public:
    stream_decoder() = default;
    LLMX_DECL result<void> feed(std::string_view bytes, event_batch& out) {
        return parser_.feed(bytes, [this, &out](const sse_event& e) { return take(e, out); });
    }
    LLMX_DECL result<void> finish(event_batch& out);

private:
    /// What an item has brought so far.
    struct item_state {
        item_state() = default;
        /// The parts of the vocabulary, by their position in the item, and where the text of each begins.
        std::map<std::int64_t, std::uint32_t> parts;
        std::map<std::int64_t, std::int64_t> begins;
        /// The kind of thoughts that come, and which summary.
        std::int64_t summary = 0;
        bool by_summary = false, by_content = false;
        /// A call has begun; arguments came; they are the text of a custom call.
        bool begun = false, has_arguments = false, custom = false, ended = false;
    };
    struct reader;
    LLMX_DECL result<void> take(const sse_event& event, event_batch& out);

    sse_parser parser_;
    std::map<std::int64_t, item_state> items_;
    std::uint32_t parts_ = 0;
    std::int64_t characters_ = 0;
    /// The latest part that a signature of its own can belong to; -1: none.
    std::int64_t last_part_ = -1;
    /// Of the next call.
    std::string next_signature_, scratch_;
    std::int64_t searches_ = 0;
    bool started_ = false, done_ = false, called_ = false;
};

/// Writes a stream of events of the Responses API, each with its `sequence_number`.
///
/// A part of the answer is an item, texts in a row are one message. An item ends when the next one begins; a call whose arguments
/// are not complete stays open, because some providers send those of several calls by turns. The last event has the whole reply, so
/// that all of it is kept.
class openai_responses::stream_encoder {
public:
    LLMX_DECL explicit stream_encoder(const reply_options& options);
    LLMX_DECL void encode(const chat_event& event, std::string& out);
    /// The ends of open items, then `response.completed` or `response.incomplete`.
    LLMX_DECL void finish(std::string& out);
    /// `error`, and `response.failed` when the stream has begun.
    LLMX_DECL void fail(const error& failure, std::string& out);

private:
    enum class kind : std::uint8_t { message, reasoning, call, custom, whole };
    struct item {
        item(kind k, std::size_t at, std::uint32_t of) noexcept : what(k), index(at), part(of) {}
        kind what;
        std::size_t index;
        /// The vocabulary's part; of a message the one that is open.
        std::uint32_t part;
        bool part_open = false, refusal = false;
        /// The text of the open part, the summary, or the arguments.
        std::string text;
        std::string id, name, call_id, signature;
        /// Of a message: the parts that have ended, as JSON, and how many.
        std::string content;
        std::size_t content_index = 0;
        /// Of its open part: annotations, log probabilities, both as JSON.
        std::string annotations, logprobs;
        std::size_t annotation_count = 0;
        std::int64_t part_begin = 0;
        /// Citations of the open part without a range, as JSON: they cover all of it.
        std::vector<std::string> unranged;
        detail::json_object_end arguments_end;
        /// Of a custom tool's call.
        detail::custom_input_reader input;
        /// Of an item that has ended: all of it.
        std::string json;
    };

    LLMX_DECL void begin_event(std::string_view type, std::string& out);
    LLMX_DECL void begin_item_event(std::string_view type, const item& i, std::string& out);
    LLMX_DECL void response_event(std::string_view type, std::string_view status, std::string& out,
                                  std::string_view failure = std::string_view());
    LLMX_DECL void begin(std::string& out);
    LLMX_DECL item& add(kind k, std::uint32_t part, std::string_view id_prefix);
    LLMX_DECL void announce(const item& i, std::string_view json, std::string& out);
    LLMX_DECL void complete(std::size_t index, std::string& out);
    LLMX_DECL void complete_message(item& i, std::string& out);
    LLMX_DECL void complete_reasoning(item& i, std::string& out);
    LLMX_DECL void complete_call(item& i, std::string& out);
    LLMX_DECL void end_items(std::string& out, bool all);
    LLMX_DECL void end_part(item& i, std::string& out);
    [[nodiscard]] item* last_open(kind k) noexcept;
    LLMX_DECL item& open_text(std::uint32_t part, bool refusal, std::string& out);
    LLMX_DECL item& open_reasoning(std::uint32_t part, std::string& out);
    LLMX_DECL void text(const chat_event& event, std::string& out);
    LLMX_DECL void thinking(const chat_event& event, std::string& out);
    LLMX_DECL void signature(const chat_event& event, std::string& out);
    LLMX_DECL void call(const chat_event& event, std::string& out);
    LLMX_DECL void arguments(const chat_event& event, std::string& out);
    LLMX_DECL void custom_input(const item& i, std::string_view piece, std::string& out);
    LLMX_DECL void citation(const chat_event& event, std::string& out);
    LLMX_DECL void annotate(item& i, std::string_view json, std::string& out);
    LLMX_DECL void logprobs(const chat_event& event, std::string& out);
    LLMX_DECL void opaque(const chat_event& event, std::string& out);
    /// An item that is there at once: \p json has it without its id, from its type on, unless the prefix is empty.
    LLMX_DECL void whole_item(std::string_view id_prefix, std::string_view json, std::string& out);

    std::string id_, model_, echo_;
    std::set<std::string, std::less<>> custom_;
    std::int64_t created_;
    /// The id is the gateway's (`reply_options::kept_as`).
    bool kept_;
    std::int64_t sequence_ = 0;
    std::int64_t characters_ = 0;
    usage tokens_;
    finish_reason reason_ = finish_reason::none;
    bool begun_ = false;
    std::vector<item> items_;
    /// Positions of the items that have not ended, and of the calls, by their parts.
    std::vector<std::size_t> open_;
    std::map<std::uint32_t, std::size_t> calls_;
};

/// Follows a stream without decoding it: searches in `data` lines only.
class openai_responses::stream_watch {
public:
    LLMX_DECL const stream_progress& feed(std::string_view bytes);

private:
    static constexpr std::size_t usual_line = std::size_t{64} * 1024;
    LLMX_DECL void line(std::string_view text);

    stream_progress progress_;
    std::string partial_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/responses_common.ipp>
#include <llmx/dialects/openai/impl/responses_decode_items.ipp>
#include <llmx/dialects/openai/impl/responses_decode_request.ipp>
#include <llmx/dialects/openai/impl/responses_encode_items.ipp>
#include <llmx/dialects/openai/impl/responses_encode_request.ipp>
#include <llmx/dialects/openai/impl/responses_reply.ipp>
#include <llmx/dialects/openai/impl/responses_scan.ipp>
#include <llmx/dialects/openai/impl/responses_stream_decoder.ipp>
#include <llmx/dialects/openai/impl/responses_stream_encoder.ipp>
#include <llmx/dialects/openai/impl/responses_stream_items.ipp>
#include <llmx/dialects/openai/impl/responses_stream_watch.ipp>
#endif
