// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/any_message.hpp>
#include <llmx/core/model_traits.hpp>
#include <llmx/core/operation.hpp>
#include <llmx/core/request_view.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/usage.hpp>
#include <llmx/dialects/drop_report.hpp>
#include <llmx/dialects/request_head.hpp>
#include <llmx/wire/member_spans.hpp>
#include <llmx/wire/splice_list.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// How a request is to be written.
struct encode_options {
    /// Upstream's name of the model.
    std::string_view model;
    model_traits traits;
    /// Makes a stream end with the usage even when the caller did not request it: the gateway
    /// accounts for it and the façade leaves it out again.
    bool include_usage = false;
    /// Overrides `chat_request::stream` when set.
    std::optional<bool> stream;
};

/// How a reply is to be written for its caller.
struct reply_options {
    /// Id and time for dialects that need them when the upstream gave none.
    std::string_view id;
    std::int64_t created = 0;
    /// Model named in the reply when the upstream did not name one.
    std::string_view model;
    /// OpenAI: send the usage chunk at the end of the stream.
    bool include_usage = false;
    /// Gemini without alt=sse: the stream is one JSON array.
    bool json_array = false;
    /// OpenAI: embeddings as base64 of little-endian float32.
    bool base64 = false;
    /// OpenAI Responses: the bytes of the request, whose settings its reply repeats; empty: the defaults are written. They
    /// outlive what is written with the options.
    std::string_view request = std::string_view();
    /// OpenAI Responses: the id under which the gateway keeps the answer; empty: it does not.
    std::string_view kept_as = std::string_view();
};

/// An error body in a provider's words, taken apart.
struct error_body {
    std::string message, type, code, param;
    /// The provider's name for the quota that is used up (Gemini QuotaFailure).
    std::string quota;
    /// Seconds to wait that the body names (Gemini RetryInfo); negative for none.
    double retry_after_s = -1;
};

namespace detail {
/// Bytes of a provider's id or name of a model that a stream's writer repeats with each event.
inline constexpr std::size_t max_stream_label = 512;
} // namespace detail

/// Follows a stream that is passed through unchanged: whether it began, whether it ended
/// properly, and its cost. Cheaper than decoding.
struct stream_progress {
    /// Real content has been seen (not only pings and empty role chunks).
    bool begun = false;
    /// The dialect's own end marker has been seen.
    bool complete = false;
    /// The answer is over although its end marker has not come: enough when the transport
    /// ends properly, as some servers leave the marker out.
    bool answered = false;
    /// The provider reported an error inside the stream.
    bool failed = false;
    /// How many of the bytes fed last belong to an event that has not ended, and may so still
    /// turn out to be an error; bytes of earlier calls are counted in.
    std::size_t pending = 0;
    usage tokens;
};

/// Bytes [begin, end) of a stream, counted from its beginning.
struct stream_cut {
    stream_cut() = default;
    stream_cut(std::uint64_t from, std::uint64_t to) noexcept : begin(from), end(to) {}
    std::uint64_t begin = 0, end = 0;
};

/// A stream watch of any codec: follows a relayed stream without decoding it.
class any_stream_watch {
public:
    virtual ~any_stream_watch() = default;
    /// Inspects the next bytes, split anywhere.
    virtual const stream_progress& feed(std::string_view bytes) = 0;
    /// Appends to \p to, in the order of the stream, the ranges of the bytes fed since the last call that only the
    /// gateway has requested, and that its caller must not receive. Such bytes were `pending` until now.
    virtual void take_unasked(std::vector<stream_cut>& to) { static_cast<void>(to); }
    /// An estimate of the answer's tokens, made of the sizes of the events so far; zero when the provider has reported them itself, zeros
    /// included, and where the operation has none.
    [[nodiscard]] virtual std::uint64_t estimated_tokens() const noexcept { return 0; }
};

/// The changes of a request's encoder that only its reply's decoder can undo: functions that were renamed,
/// a tool that represents the form of the answer. Each codec has a type of its own for it.
class rendering {
public:
    virtual ~rendering() = default;
};

/// Where a request is written to.
struct encoded_request {
    explicit encoded_request(std::string& to) noexcept : body(to) {}
    /// Appended to.
    std::string& body;
    /// Media type of the body; empty: `application/json`.
    std::string content_type;
    /// What the URL has behind the codec's path, where the request decides on it: segments, a query with its question mark; escaped.
    std::string url_end;
    /// Null: the bytes of the reply need no rendering to be decoded.
    std::unique_ptr<const rendering> how;
};

/// A codec (language x operation) as a table of functions: the layers between a façade and a
/// provider, each of which uses its own codec statically, pass it to each other.
///
/// Its address is its identity: where two are equal, bytes may pass. Requests and replies are of the
/// operation's types. Nothing in here does I/O.
///
/// A codec for providers alone (`upstream_chat_codec`) is offered to no client: `scan_request`, `decode_request`,
/// `caller_path` and `must_translate` are null, and `encode_reply` and `stream_codec_ops::make_encoder` may be.
struct codec_ops {
    /// "openai_chat"; of all codecs of a language and of its errors: "openai".
    std::string_view name, language;
    const operation_info* operation;
    /// The path that providers of the language add to a base URL; \c stream_path for streams, when not empty.
    std::string_view path, stream_path;
    /// A request's body names its model; else the URL alone does.
    bool model_in_body;
    /// Requests are JSON; else the model's value is written in their bytes as it is.
    bool json_request;
    /// Finds the values of a JSON body that routing needs; null where bodies have another form.
    result<request_head> (*scan_request)(std::string_view body, const request_target&);
    result<any_message> (*decode_request)(std::string_view body, std::string_view content_type, const request_target&);
    result<void> (*encode_request)(const any_message&, const encode_options&, encoded_request&, drop_report&);
    /// A place in the decoded request, as the caller wrote it.
    std::string (*caller_path)(const request_place&, const any_message&);
    /// Whether a request's bytes must not be passed on, although the language is the provider's.
    bool (*must_translate)(std::string_view body);
    /// Whether a request has about more than so many bytes; stops looking there.
    bool (*outweighs)(const any_message&, std::size_t bytes);
    /// \p content_type is the reply's; empty: `application/json`.
    result<any_message> (*decode_reply)(std::string_view body, std::string_view content_type, const rendering*);
    void (*encode_reply)(const any_message&, const reply_options&, std::string&);
    usage (*scan_usage)(std::string_view body);
    /// \p content_type is the reply's.
    std::unique_ptr<any_stream_watch> (*make_watch)(std::string_view content_type);
    /// The failure that the bytes of a stream report, an event whole.
    error (*stream_failure)(std::string_view bytes);
    /// `stream_codec_ops<Op>` of the operation; null: there is no form of its events.
    const void* streaming;
    /// Makes the stream that a request asks for end with its usage; false when the request asks for that itself
    /// or cannot be made to. The members of \p body are where \p known has them, when it is complete.
    /// Null: streams of the language always carry it.
    bool (*ask_usage)(std::string_view body, const member_spans& known, splice_list& edits) = nullptr;
    /// A watch of the answer to a request that only the gateway has made end with its usage
    /// (`any_stream_watch::take_unasked`). Null as `ask_usage` is.
    std::unique_ptr<any_stream_watch> (*make_usage_watch)() = nullptr;
    /// Finds by a scan of a request's body what a router may look at; false when the body is malformed as far as the scan
    /// goes. \p to is empty before. The same as `view_of` makes of the decoded request. Null: the codec has no such scan.
    bool (*scan_view)(std::string_view body, request_view& to) = nullptr;
    /// Whether a request's bytes must not be passed on to a model with these traits, which does not take all that they ask for:
    /// the encoder leaves it out. The members of \p body are where \p known has them. Null: bytes pass to every model.
    bool (*exceeds_model)(std::string_view body, const member_spans& known, const model_traits& traits) = nullptr;
    /// Whether a whole reply, which is a JSON object, holds an answer, be it an empty one. A provider's 200 without one is
    /// a failed attempt. It looks at the text and may accept a malformed reply, never refuse a legal one. Null: each reply is one.
    bool (*holds_answer)(std::string_view body) = nullptr;
    /// Event that ends a stream of the language. A provider that ends the transport properly after the answer's
    /// end (`stream_progress::answered`) without it gets it added. Empty: the language has none, or no answer is whole without.
    std::string_view end_marker = std::string_view();
    /// The vendor's limits of tokens count what a prompt cache gave (`usage::cached_tokens`). OpenAI's and Google's do
    /// (https://platform.openai.com/docs/guides/prompt-caching), Anthropic's and Amazon's do not
    /// (https://platform.claude.com/docs/en/api/rate-limits, https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html).
    bool limits_count_cached = true;
    /// `scan_usage` and `holds_answer` in one scan: sets \p answered, which is false before, when \p body holds an answer. Null: they
    /// are called one after the other.
    usage (*scan_reply)(std::string_view body, bool& answered) = nullptr;
};

/// A stream decoder behind a virtual call. \p Op has events: `Op::event` and `Op::batch`.
template <class Op> class any_stream_decoder {
public:
    virtual ~any_stream_decoder() = default;
    /// Decodes \p bytes, split anywhere, and appends to \p out (whose views are valid until
    /// it is cleared). An error inside the stream is returned as a failure; the events decoded
    /// before it are in \p out.
    virtual result<void> feed(std::string_view bytes, typename Op::batch& out) = 0;
    /// Call at the clean end of the transport: `errc::truncated` unless the language's
    /// own end marker was seen.
    virtual result<void> finish(typename Op::batch& out) = 0;
};

/// A stream encoder behind a virtual call.
template <class Op> class any_stream_encoder {
public:
    virtual ~any_stream_encoder() = default;
    virtual void encode(const typename Op::event& event, std::string& out) = 0;
    /// The proper end.
    virtual void finish(std::string& out) = 0;
    /// An error in its place.
    virtual void fail(const error& why, std::string& out) = 0;
};

/// How a codec reads and writes events.
template <class Op> struct stream_codec_ops {
    /// \p how, which may be null, must outlive the decoder.
    std::unique_ptr<any_stream_decoder<Op>> (*make_decoder)(const rendering* how);
    /// Null: the codec does not write replies.
    std::unique_ptr<any_stream_encoder<Op>> (*make_encoder)(const reply_options&);
};

/// The stream functions of \p codec; null when it is not a codec of \p Op, or has none.
template <operation Op> [[nodiscard]] const stream_codec_ops<Op>* stream_codec(const codec_ops& codec) noexcept {
    return codec.operation == &Op::info ? static_cast<const stream_codec_ops<Op>*>(codec.streaming) : nullptr;
}

namespace detail {
/// How the table of the codec \p C is made: `codec_functions<C>::table`. Operations specialise it.
template <class C, class Op = typename C::operation> struct codec_functions;
} // namespace detail

/// The table of \p C; equal addresses mean equal codecs.
template <class C> inline constexpr codec_ops codec_of = detail::codec_functions<C>::table();

/// Whether \p form is the table of \p C. A function that is no template and compares with `codec_of` itself makes each unit that
/// includes it compile the codec; this makes those compile it that call it.
template <class C> [[nodiscard]] bool is_codec(const codec_ops* form) noexcept { return form == &codec_of<C>; }

/// A type with the static functions of a codec: which ones depends on the operation, see
/// chat_codec.hpp and flat_codec.hpp.
template <class C>
concept codec = operation<typename C::operation> && requires {
    { C::name } -> std::convertible_to<std::string_view>;
    { C::language } -> std::convertible_to<std::string_view>;
    { C::path } -> std::convertible_to<std::string_view>;
    { detail::codec_functions<C>::table() } -> std::same_as<codec_ops>;
};

/// A codec that clients may be offered: it decodes requests and encodes replies.
template <class C>
concept facade_codec = codec<C> && detail::codec_functions<C>::for_clients;

namespace detail {
template <class C> struct check_operation_of {};
template <class C>
    requires requires { typename C::operation; }
struct check_operation_of<C> : check_operation<typename C::operation> {};
} // namespace detail

/// What each codec has, with a sentence for each member; those of its operation are checked where its table is made.
template <class C> struct check_codec : detail::check_operation_of<C> {
    static_assert(requires { typename C::operation; }, "llmx: a codec's operation is the type that it is a form of: using operation = llmx::chat;");
    static_assert(requires { { C::name } -> std::convertible_to<std::string_view>; },
                  "llmx: a codec's name is static constexpr std::string_view name");
    static_assert(requires { { C::language } -> std::convertible_to<std::string_view>; },
                  "llmx: a codec's language is static constexpr std::string_view language");
    static_assert(requires { { C::path } -> std::convertible_to<std::string_view>; },
                  "llmx: a codec's path is static constexpr std::string_view path, what providers add to their base URL");
};

/// The codecs of a provider: `using codecs = codec_list<openai_chat, openai_embeddings>;`. Of two codecs
/// of one operation requests in other languages are translated to the first.
template <class... Cs> struct codec_list {
    static_assert(((sizeof(check_codec<Cs>) != 0) && ...));
    static constexpr std::size_t size = sizeof...(Cs);
    /// Whether one of them is of the operation \p Op.
    template <class Op> static constexpr bool has = (std::same_as<typename Cs::operation, Op> || ...);
};

namespace detail {
template <class List> struct form_array;
template <class... Cs> struct form_array<codec_list<Cs...>> {
    static constexpr std::array<const codec_ops*, sizeof...(Cs) + 1> all = {&codec_of<Cs>..., nullptr};
};
} // namespace detail

/// The codecs that the operation \p Op brings (`Op::forms`), with a null pointer behind them; null when it brings none.
template <class Op> [[nodiscard]] constexpr const codec_ops* const* forms_of() noexcept {
    if constexpr (requires { typename Op::forms; }) {
        static_assert(requires { typename Op::forms::list; },
                      "llmx: this program names an operation without its codecs: include the header that defines its `forms`, or <llmx/llmx.hpp>");
        if constexpr (requires { typename Op::forms::list; }) return detail::form_array<typename Op::forms::list>::all.data();
        else return nullptr;
    } else {
        return nullptr;
    }
}

} // namespace llmx::inline LLMX_ABI
