// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/chat_codec.hpp>
#include <llmx/dialects/detail/stream_weight.hpp>
#include <llmx/dialects/openai/detail/custom_tools.hpp>
#include <llmx/wire/member_spans.hpp>
#include <llmx/wire/splice_list.hpp>
#include <llmx/wire/sse.hpp>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// OpenAI's Chat Completions, `POST /v1/chat/completions`, and the extensions that compatible servers
/// added to it.
///
/// Sources: OpenAI's OpenAPI description (CreateChatCompletionRequest,
/// CreateChatCompletionResponse, CreateChatCompletionStreamResponse, ErrorResponse),
/// https://platform.openai.com/docs/api-reference/chat. Conventions beyond it that are
/// understood: `reasoning_content`, `thinking_blocks`, `thinking` and `cache_control`
/// (LiteLLM), `reasoning` and `images` (OpenRouter), `extra_content.google.thought_signature`
/// (Google's OpenAI endpoint), content arrays with thinking (Mistral), `top_k`.
///
/// Decisions where the vocabulary and the wire differ:
/// - An empty content string is a message without parts.
/// - The functions API that tools replaced (`functions`, `function_call`, role `function`)
///   is read and becomes tools with made-up call ids; it is never written.
/// - A request's thinking and cache hints are not written; a strict server refuses them.
/// - `web_search_options` is a built-in tool that searches the web, the opaque part
///   `{"type":"web_search_options","web_search_options":{…}}`.
/// - A signature in `thinking_blocks` names the vendor that made it ("llmx::gemini_generate:…");
///   one without a name is Anthropic's, as LiteLLM has it.
/// - A reply's reason `none` is written "stop" (or "tool_calls" when there are calls),
///   because the schema demands a word. `finish_reason::failed` has none there: a gateway
///   turns such a reply into an error before it encodes, and if one comes here all the
///   same it is written "content_filter", so that no client takes it for a finished answer.
/// - "stop" beside tool calls is read as `finish_reason::tool_calls`, since some servers
///   never send the latter.
/// - Opaque parts of this language are objects with a `type`: unknown content parts, tool
///   calls of types beside "function" and "custom", and `{"type":"audio","audio":{…}}` for a message's audio.
/// - A custom tool is a function with one string, `input`, marked in `extra`: its calls are custom again for the caller. A provider
///   without custom tools (`model_traits::custom_tools`) gets the function.
/// - Members unknown inside an object that has no `extra` of its own are kept in its
///   owner's under a dotted name ("image_url.format", "response_format.json_schema.x").
struct openai_chat {
    using operation = chat;
    static constexpr std::string_view name = "openai_chat", language = "openai";
    static constexpr std::string_view path = "/chat/completions";
    static constexpr std::string_view stream_content_type = "text/event-stream";
    static constexpr tool_name_rule tool_names{64, "_-"};
    /// Of the request, replies need the names of its custom tools: façades set `reply_options::request`.
    static constexpr bool repeats_request = true;
    static constexpr std::string_view end_marker = "data: [DONE]\n\n";

    /// Finds the values that routing needs. Fails unless the body is one JSON object with a model
    /// (here or in \p target) and messages. When the model is written with escapes,
    /// `model` is empty and [model_begin, model_end) holds it: `unescape_json_string`.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body,
                                                                     const request_target& target);
    /// See `codec_ops::exceeds_model`.
    LLMX_DECL [[nodiscard]] static bool exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits);
    /// See `codec_ops::scan_view`.
    LLMX_DECL [[nodiscard]] static bool scan_view(std::string_view body, request_view& to);
    /// The model of \p target, when it has one, wins over the body's.
    LLMX_DECL [[nodiscard]] static result<chat_request> decode_request(std::string_view body,
                                                                       const request_target& target);
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options,
                                                 std::string& out, drop_report& drops);
    /// \p at as the caller wrote it, from whose body \p request was decoded.
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const chat_request& request);

    /// An error object in a body that came with status 200 is a failure too.
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    LLMX_DECL static void encode_reply(const chat_reply& reply, const reply_options& options,
                                       std::string& out);
    /// Gives the whole reply \p body, which has no usage or null, the member `usage` with \p tokens; false when it is no reply.
    LLMX_DECL static bool add_usage(std::string& body, const usage& tokens);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// See `codec_ops::scan_reply`.
    LLMX_DECL [[nodiscard]] static usage scan_reply(std::string_view body, bool& answered);
    /// A choice with a message or the reason why it ended (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    /// Finds what makes a translation necessary: `format`, LiteLLM's media type of an image or a file, which OpenAI refuses and which is
    /// in no place that a splice reaches. Signatures do not: no vendor of this language reads any, and those in LiteLLM's
    /// `thinking_blocks` go on as they are.
    LLMX_DECL [[nodiscard]] static bool has_foreign_signature(std::string_view body) noexcept;

    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
    /// `{"error":{"message","type","param","code"}}`; the text is llmx's, then the provider's.
    LLMX_DECL static void encode_error(const error& failure, std::string& out);

    /// Has a stream end with its usage, by `stream_options.include_usage` (`codec_ops::ask_usage`).
    LLMX_DECL static bool ask_usage(std::string_view body, const member_spans& known, splice_list& edits);

    class stream_decoder;
    class stream_encoder;
    class stream_watch;
};

/// Reads a stream of `chat.completion.chunk` objects.
///
/// Nothing is allocated per token once the batch and the parser have their sizes: a
/// chunk's tree is on the stack. The end is clean after "[DONE]", or, for servers that
/// leave it out, when every choice that began has its finish reason.
class openai_chat::stream_decoder {
public:
    stream_decoder() = default;
    LLMX_DECL result<void> feed(std::string_view bytes, event_batch& out) {
        return parser_.feed(bytes, [this, &out](const sse_event& e) { return take(e, out); });
    }
    LLMX_DECL result<void> finish(event_batch& out);

private:
    enum class kind : std::uint8_t { none, text, refusal, thinking };
    struct call_state {
        call_state() = default;
        std::int64_t index = 0;
        std::uint32_t part = 0;
        bool begun = false;
        /// Of a custom tool, whose input has begun.
        bool custom = false, has_input = false;
        std::string id;
    };
    struct choice_state {
        choice_state() = default;
        std::int64_t index = 0;
        std::uint32_t parts = 0;
        std::uint32_t open_part = 0;
        kind open = kind::none;
        /// The open thinking part has its signature; more thoughts begin another part.
        bool sealed = false;
        /// The open thinking part came as `thinking_blocks` alone.
        bool by_blocks = false;
        bool finished = false;
        std::int64_t audio_part = -1;
        std::vector<call_state> calls;
        /// Of each index the latest call's place in `calls`.
        std::map<std::int64_t, std::size_t> by_index;
    };
    struct reader;

    LLMX_DECL result<void> take(const sse_event& event, event_batch& out);

    sse_parser parser_;
    std::vector<choice_state> choices_;
    std::string id_, scratch_;
    bool started_ = false, counted_ = false;
    bool done_ = false;
};

/// Writes a stream of `chat.completion.chunk` objects.
///
/// A thinking part goes out as `reasoning_content`; once its signature is complete, a
/// `thinking_blocks` chunk carries the whole block, as the caller has to send it back.
class openai_chat::stream_encoder {
public:
    LLMX_DECL explicit stream_encoder(const reply_options& options);
    LLMX_DECL void encode(const chat_event& event, std::string& out);
    /// The usage chunk, when it was requested and is known, and "[DONE]".
    LLMX_DECL void finish(std::string& out);
    /// The error in place of an end; "[DONE]" is never written.
    LLMX_DECL void fail(const error& failure, std::string& out);

private:
    struct sent_call {
        explicit sent_call(std::size_t i, bool whole = false) noexcept : index(i), has_arguments(whole) {}
        /// The wire's index.
        std::size_t index;
        bool has_arguments;
        /// Of a custom tool's call.
        bool custom = false;
        detail::custom_input_reader input;
    };
    struct choice_state {
        choice_state() = default;
        std::uint32_t choice = 0;
        bool begun = false;
        /// A thinking part is open, and this is all of it so far.
        bool thinks = false;
        std::uint32_t thinking_part = 0;
        std::string thought, signature;
        std::int64_t text_part = -1;
        /// Characters of the text so far, and of it before the part `text_part`.
        std::int64_t characters = 0, part_begin = 0;
        /// Citations of that part without a range of their own, as JSON: they cover the part, whose end is not known yet.
        std::vector<std::string> citations;
        std::size_t citation_bytes = 0;
        /// The calls, by their parts.
        std::map<std::uint32_t, sent_call> calls;
        /// The id of the answer's audio has been written.
        bool has_audio = false;
    };
    LLMX_DECL void set_head(std::string_view id, std::int64_t created, std::string_view model);
    LLMX_DECL choice_state& begin(std::uint32_t choice, std::string& out);
    LLMX_DECL void end_thinking(choice_state& s, std::string& out) const;
    LLMX_DECL void begin_text(choice_state& s, std::uint32_t part, std::string& out) const;
    LLMX_DECL void end_citations(choice_state& s, std::string& out) const;
    LLMX_DECL void write_annotation(const choice_state& s, std::string_view citation, std::int64_t begin, std::int64_t end,
                                    std::string& out) const;
    LLMX_DECL void custom_input(std::uint32_t choice, std::size_t index, std::string_view piece, std::string& out) const;
    LLMX_DECL void end_calls(choice_state& s, std::string& out) const;
    LLMX_DECL void open_delta(std::uint32_t choice, std::string& out) const;
    LLMX_DECL void close_delta(std::string& out) const;
    LLMX_DECL void close_chunk(std::string& out) const;
    LLMX_DECL void encode_thinking(choice_state& s, const chat_event& event, std::string& out) const;
    LLMX_DECL void encode_signature(choice_state& s, const chat_event& event, std::string& out) const;
    LLMX_DECL void encode_call(choice_state& s, const chat_event& event, std::string& out) const;
    LLMX_DECL void encode_foreign(choice_state& s, const chat_event& event, std::string& out) const;

    /// "data: {" and the members that every chunk begins with.
    std::string head_;
    std::string id_, model_;
    std::set<std::string, std::less<>> custom_;
    std::int64_t created_;
    bool include_usage_;
    bool has_usage_ = false;
    usage tokens_;
    std::map<std::uint32_t, choice_state> choices_;
};

/// Follows a stream without decoding it: searches in `data` lines only.
///
/// A line is kept only while it is split over several blocks: `stream_progress::pending` counts it, by which the caller bounds it.
class openai_chat::stream_watch {
public:
    LLMX_DECL const stream_progress& feed(std::string_view bytes);
    /// The caller did not request the usage: the event that carries it and no choice is not for it. Called
    /// before the first byte. A chunk with both, as some vendors send, and `"usage":null` stay as they are.
    void leave_out_usage() noexcept { leaves_out_usage_ = true; }
    /// The ranges of such events among the bytes fed since the last call.
    LLMX_DECL void take_unasked(std::vector<stream_cut>& to);
    /// `any_stream_watch::estimated_tokens`.
    [[nodiscard]] std::uint64_t estimated_tokens() const noexcept { return weight_.tokens(); }

private:
    /// The memory of a longer line is released with it.
    static constexpr std::size_t usual_line = std::size_t{64} * 1024;

    LLMX_DECL void take(std::string_view text);
    LLMX_DECL void line(std::string_view text);
    LLMX_DECL void follow(std::string_view text, bool blank);
    LLMX_DECL void cut(std::uint64_t begin, std::uint64_t end);
    LLMX_DECL void payload(std::string_view json);

    stream_progress progress_;
    /// Ids, fingerprints and names of models take up to so much.
    detail::stream_weight weight_{384, std::string_view(R"("content":"",)").size()};
    std::string partial_;
    bool several_ = false;
    bool done_ = false;
    bool error_event_ = false;
    bool leaves_out_usage_ = false;
    bool is_data_ = false;      // the line just read
    bool usage_alone_ = false;  // content of the line just read
    bool drops_event_ = false;  // up to its blank line
    bool passes_event_ = false; // a line of data has shown that the event is another
    bool holds_ = false;        // the lines from held_ on, until a line of data shows which event they belong to
    // Counted from the beginning of the stream: bytes seen, where the line begins, which bytes are held.
    std::uint64_t fed_ = 0, line_ = 0, held_ = 0;
    std::vector<stream_cut> cuts_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/openai/impl/chat_common.ipp>
#include <llmx/dialects/openai/impl/chat_decode_content.ipp>
#include <llmx/dialects/openai/impl/chat_decode_request.ipp>
#include <llmx/dialects/openai/impl/chat_encode_content.ipp>
#include <llmx/dialects/openai/impl/chat_encode_request.ipp>
#include <llmx/dialects/openai/impl/chat_error.ipp>
#include <llmx/dialects/openai/impl/chat_exceeds.ipp>
#include <llmx/dialects/openai/impl/chat_reply.ipp>
#include <llmx/dialects/openai/impl/chat_scan.ipp>
#include <llmx/dialects/openai/impl/chat_stream_decoder.ipp>
#include <llmx/dialects/openai/impl/chat_stream_encoder.ipp>
#include <llmx/dialects/openai/impl/chat_stream_watch.ipp>
#include <llmx/dialects/openai/impl/chat_view.ipp>
#endif
