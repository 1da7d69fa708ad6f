// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/gemini/detail/ruler.hpp>
#include <llmx/dialects/detail/json_object_end.hpp>
#include <llmx/dialects/detail/stream_weight.hpp>
#include <llmx/dialects/chat_codec.hpp>
#include <llmx/wire/json_array_stream.hpp>
#include <llmx/wire/sse.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

class json_cursor;

/// Google's `generateContent` and `streamGenerateContent`, `alt=sse` or a JSON array.
///
/// Sources: google.ai.generativelanguage.v1beta in the published protos,
/// https://ai.google.dev/api/generate-content; members newer than the protos
/// (`thinkingLevel`, `serviceTier`, …) as Google's Gen AI SDK sends them.
///
/// Both spellings of proto3's JSON are read (`inlineData`, `inline_data`), lowerCamelCase is
/// written. Decisions where the vocabulary and the wire differ:
/// - Model and stream are in the path, so the body names neither.
/// - Members that llmx does not know are kept in `extra`; nested ones in that of the object
///   which owns them, under a dotted name, and go back to their place:
///   "generationConfig.speechConfig", "toolConfig.retrievalConfig",
///   "generationConfig.thinkingConfig.x", "inlineData.displayName", "functionCall.x".
/// - A turn that holds function responses alone is a message of role `tool`; mixed with
///   other parts they stay in place in a user message. Neighbouring turns of the model are
///   one message, and pieces of text or thought at their seam are joined: SDKs keep a
///   streamed answer as one turn per chunk.
/// - Tool calls may have no id. Decoding makes one up that begins "llmx_call_", always the
///   same for the same bytes, and matches results to calls by name and order; encoding
///   leaves made-up ids out and writes all others.
/// - A tool result's text that is a JSON object is the response itself, other text is
///   {"result": text}, a failure {"error": …}; "output" is read like "result".
/// - Function parameters and `responseSchema` are Google's Schema (see
///   `append_gemini_schema`); with `model_traits::native_json_schema` (Gemini 2.0 and newer)
///   the response schema goes out unchanged as `responseJsonSchema`. Its description becomes the
///   schema's own; its name and strictness have no equivalent, and the name is read as "response".
/// - Settings for thinking that do not mention `includeThoughts` are read as
///   `include_thoughts = false`, Google's default; a caller that sets an effort or a budget
///   and leaves `include_thoughts` out gets the thoughts.
/// - With `reasoning_style::level` or `effort` (Gemini 3) the server refuses a turn whose first call
///   has no thought signature. A call that came from elsewhere gets the text that Google
///   gives for this case.
/// - Before Gemini 3 (the other styles) a response of a function holds no media:
///   they follow the turn's last response. Neither Google's own tools nor a JSON
///   format may be beside functions there; the functions stay, the others are lost.
/// - Offsets of citations are bytes on this wire. A stream's citations are given twice, as
///   the metadata of this language and one by one in the vocabulary's terms.
/// - A signature of another vendor is returned as base64 of "llmx::anthropic_messages:…" and
///   goes back to that vendor alone.
/// - A finish reason that the canonical one does not distinguish (RECITATION, …) is kept in
///   the choice's `extra` as "finishReason". Generations that broke off (malformed calls,
///   OTHER, unknown words) are `finish_reason::failed`, never a stop.
struct gemini_generate {
    using operation = chat;
    static constexpr std::string_view name = "gemini_generate", language = "gemini";
    static constexpr std::string_view path = ":generateContent", stream_path = ":streamGenerateContent?alt=sse";
    static constexpr std::string_view stream_content_type = "text/event-stream";
    /// An empty piece of text, as Google's own streams have it: Google's SDKs for Go and Python fail on comments, and that for Go
    /// on empty lines too.
    static constexpr std::string_view ping =
        "data: {\"candidates\": [{\"content\": {\"parts\": [{\"text\": \"\"}],\"role\": \"model\"},\"index\": 0}]}\r\n\r\n";
    static constexpr tool_name_rule tool_names{64, "_-.:", true};
    static constexpr bool model_in_body = false;

    /// Finds the values that routing needs. Fails unless the body is one JSON object with contents.
    LLMX_DECL [[nodiscard]] static result<request_head> scan_request(std::string_view body,
                                                                     const request_target& target);
    /// See `codec_ops::exceeds_model`.
    LLMX_DECL [[nodiscard]] static bool exceeds_model(std::string_view body, const member_spans& known, const model_traits& traits);
    /// See `codec_ops::scan_view`.
    LLMX_DECL [[nodiscard]] static bool scan_view(std::string_view body, request_view& to);
    LLMX_DECL [[nodiscard]] static result<chat_request> decode_request(std::string_view body,
                                                                       const request_target& target);
    /// Fails with `errc::invalid_request` when a tool result answers no earlier call or a
    /// schema is not a JSON object; \p out is then as it was.
    LLMX_DECL static result<void> encode_request(const chat_request& request, const encode_options& options,
                                                 std::string& out, drop_report& drops);
    LLMX_DECL [[nodiscard]] static std::string caller_path(const request_place& at, const chat_request& request);

    /// An error object in a body that came with status 200 is a failure too.
    LLMX_DECL [[nodiscard]] static result<chat_reply> decode_reply(std::string_view body);
    /// A call whose arguments are not a JSON object cannot be written: the candidate then ends
    /// with MALFORMED_FUNCTION_CALL and names the call.
    LLMX_DECL static void encode_reply(const chat_reply& reply, const reply_options& options, std::string& out);
    LLMX_DECL [[nodiscard]] static usage scan_usage(std::string_view body);
    /// A candidate with content or the reason why it ended, or why the prompt was blocked (`codec_ops::holds_answer`).
    LLMX_DECL [[nodiscard]] static bool holds_answer(std::string_view body) noexcept;
    LLMX_DECL [[nodiscard]] static bool has_foreign_signature(std::string_view body) noexcept;

    /// Reads google.rpc.Status as `{"error":{…}}`, also inside an array, with the delay of
    /// RetryInfo and the reason of ErrorInfo (as `code`).
    LLMX_DECL [[nodiscard]] static error_body decode_error(std::string_view body);
    /// `{"error":{"code","message","status","details"}}`; the text is llmx's, then the provider's.
    LLMX_DECL static void encode_error(const error& failure, std::string& out);

    class stream_decoder;
    class stream_encoder;
    class stream_watch;
};

/// Reads a stream of GenerateContentResponse messages, as SSE or as one JSON array: the
/// first byte that is not white space decides which.
///
/// Nothing is allocated per token once the batch and the parsers have their sizes: a
/// chunk's tree is on the stack. A part with a thought signature is always a part of its
/// own, as it has to go back. The wire has no end marker: a choice's finish event is given
/// by `finish`, because servers exist that put a finishReason into every chunk, and
/// `finish` fails with `errc::truncated` unless every choice that began had one in its last
/// chunk (and the array was closed).
class gemini_generate::stream_decoder {
public:
    stream_decoder() = default;
    LLMX_DECL result<void> feed(std::string_view bytes, event_batch& out);
    LLMX_DECL result<void> finish(event_batch& out);

private:
    enum class framing : std::uint8_t { unknown, sse, array };
    enum class kind : std::uint8_t { none, text, thinking };
    struct choice_state {
        choice_state() = default;
        std::uint32_t index = 0;
        std::uint32_t parts = 0;
        kind open = kind::none;
        /// The text that was seen last, which citations are about.
        std::uint32_t text_part = 0;
        detail::gemini_ruler text;
        bool has_calls = false;
        bool finished = false;
        finish_reason reason = finish_reason::none;
        /// Google's reason and words, of a candidate that failed.
        std::string failure;
    };

    LLMX_DECL result<void> take(std::string_view json, event_batch& out);
    LLMX_DECL result<void> candidate(const json_cursor& c, std::size_t position, event_batch& out);
    LLMX_DECL void add_usage(const json_cursor& metadata, const json_cursor& candidates, event_batch& out);
    LLMX_DECL void part(const json_cursor& p, choice_state& s, event_batch& out);
    LLMX_DECL void cite(const json_cursor& c, const choice_state& s, event_batch& out);
    /// Null for an index that is invalid, or of one choice too many.
    LLMX_DECL choice_state* state_of(std::int64_t index);

    sse_parser sse_;
    json_array_stream array_;
    std::vector<choice_state> choices_;
    std::string call_id_begin_;
    usage tokens_;
    std::int64_t searches_ = 0;
    std::uint32_t calls_ = 0;
    framing framing_ = framing::unknown;
    bool started_ = false;
};

/// Writes a stream of GenerateContentResponse messages, as SSE or, with
/// `reply_options::json_array`, as one JSON array.
///
/// Function calls are whole on this wire: a call's arguments are collected until its part
/// has ended. When they are not a JSON object then, an error object takes the call's place,
/// nothing more is written and `failed` is true. Finish reasons and usage are in the last
/// chunk, which `finish` writes.
class gemini_generate::stream_encoder {
public:
    LLMX_DECL explicit stream_encoder(const reply_options& options);
    LLMX_DECL void encode(const chat_event& event, std::string& out);
    LLMX_DECL void finish(std::string& out);
    /// The error in place of an end; the array is never closed.
    LLMX_DECL void fail(const error& failure, std::string& out);
    /// An error has been written: the bytes sent so far are not a whole answer.
    [[nodiscard]] bool failed() const noexcept { return failed_; }

private:
    struct call_state {
        call_state() = default;
        std::uint32_t part = 0;
        std::string id, name, signature, arguments;
        detail::json_object_end end;
        /// The arguments' brackets are closed, and their content is not a JSON object.
        bool broken = false;
    };
    struct choice_state {
        choice_state() = default;
        std::uint32_t index = 0;
        /// The text or thought written last, and the signature collected for it.
        std::uint32_t part = 0;
        bool has_part = false, thinking = false;
        std::string signature, signer;
        std::deque<call_state> calls;
        /// The number of a part's call, counted from the first of the stream; `written` have gone.
        std::map<std::uint32_t, std::size_t> places;
        std::size_t written = 0;
        detail::gemini_ruler text;
        /// Bytes of the text so far, and of it before the part `text_part`.
        std::int64_t text_bytes = 0, part_begin = 0;
        std::int64_t text_part = -1;
        /// Citations of that part without a range of their own, as JSON: they cover the part, whose end is not known yet.
        std::vector<std::string> citations;
        std::size_t citation_bytes = 0;
        /// Citations of this language have been written, so those of the vocabulary repeat them.
        bool grounded = false;
        bool finished = false;
        finish_reason reason = finish_reason::none;
    };

    LLMX_DECL choice_state& state_of(std::uint32_t index);
    LLMX_DECL void open_chunk(std::string& out);
    LLMX_DECL void close_chunk(std::string& out);
    LLMX_DECL void open_part(std::string& out);
    LLMX_DECL void close_part(const choice_state& s, std::string& out);
    /// A chunk with the members of \p object in the candidate.
    LLMX_DECL void candidate_members(const choice_state& s, std::string_view object, std::string& out);
    LLMX_DECL void flush_signature(choice_state& s, std::string& out);
    LLMX_DECL void flush_calls(choice_state& s, bool whole_ones_only, std::string& out);
    LLMX_DECL void take_arguments(choice_state& s, const chat_event& event, std::string& out);
    LLMX_DECL void begin_text(choice_state& s, std::uint32_t part, std::string& out);
    LLMX_DECL void end_citations(choice_state& s, std::string& out);
    LLMX_DECL void write_call(const choice_state& s, const call_state& c, std::string& out);
    LLMX_DECL void set_tail(std::string_view id, std::string_view model);

    std::string tail_;
    std::string id_, model_;
    std::map<std::uint32_t, choice_state> choices_;
    usage tokens_;
    bool has_usage_ = false;
    bool array_;
    bool first_ = true;
    bool failed_ = false;
};

/// Follows a stream of either framing without decoding it: searches each chunk, and scans
/// the top levels of those that may begin or end something.
class gemini_generate::stream_watch {
public:
    LLMX_DECL const stream_progress& feed(std::string_view bytes);
    /// `any_stream_watch::estimated_tokens`.
    [[nodiscard]] std::uint64_t estimated_tokens() const noexcept { return weight_.tokens(); }

private:
    LLMX_DECL void chunk(std::string_view json);
    LLMX_DECL void whole_chunk(std::string_view json);
    /// Takes a chunk that only continues open parts; false when it may be more.
    LLMX_DECL bool plain_chunk(std::string_view json);
    LLMX_DECL void candidate(std::string_view json, std::size_t position);

    stream_progress progress_;
    detail::stream_weight weight_{384};
    sse_parser sse_;
    json_array_stream array_;
    /// One bit per choice (indexes above 63 share the last).
    std::uint64_t seen_ = 0, finished_ = 0;
    std::int64_t searches_ = 0;
    bool known_ = false, is_array_ = false, blocked_ = false, broken_ = false;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/dialects/gemini/impl/generate_common.ipp>
#include <llmx/dialects/gemini/impl/generate_decode_content.ipp>
#include <llmx/dialects/gemini/impl/generate_decode_request.ipp>
#include <llmx/dialects/gemini/impl/generate_encode_content.ipp>
#include <llmx/dialects/gemini/impl/generate_encode_request.ipp>
#include <llmx/dialects/gemini/impl/generate_error.ipp>
#include <llmx/dialects/gemini/impl/generate_exceeds.ipp>
#include <llmx/dialects/gemini/impl/generate_grounding.ipp>
#include <llmx/dialects/gemini/impl/generate_reply.ipp>
#include <llmx/dialects/gemini/impl/generate_scan.ipp>
#include <llmx/dialects/gemini/impl/generate_stream_decoder.ipp>
#include <llmx/dialects/gemini/impl/generate_stream_encoder.ipp>
#include <llmx/dialects/gemini/impl/generate_stream_watch.ipp>
#include <llmx/dialects/gemini/impl/generate_view.ipp>
#endif
