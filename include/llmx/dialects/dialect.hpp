// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/chat_event.hpp>
#include <llmx/core/chat_reply.hpp>
#include <llmx/core/chat_request.hpp>
#include <llmx/core/model_traits.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/tool_names.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llmx::inline v0 {

/// What the URL of a request says, for dialects that put it there.
struct request_target {
    /// Model from the path; empty when the body names it.
    std::string_view model;
    /// The path asks for a stream (Gemini's streamGenerateContent).
    bool stream = false;
};

/// The few members of a request body that routing needs, found without parsing.
struct request_head {
    std::string_view model;
    bool stream = false;
    bool include_usage = false;
    /// Output limit asked for; 0 when unsaid.
    std::int64_t max_output_tokens = 0;
    /// Bytes [begin, end) of the model's JSON value in the body, quotes included;
    /// both 0 when the body has no such member. The value may be null.
    std::size_t model_begin = 0, model_end = 0;
    /// Bytes [cut_begin, cut_end) of the body that are not sent on: a model that it names beside
    /// the target's, which alone is routed, with the member's comma. Both 0 when there is none.
    std::size_t cut_begin = 0, cut_end = 0;
    /// The body cannot be sent as it is and must be written anew: `stream` is what the target asked for
    /// and the body says otherwise, or the body names its model in places that no splice reaches.
    bool stream_differs = false;
    /// Embeddings are asked for as base64 of little-endian float32 (`reply_options::base64`).
    bool base64 = false;
};

/// How a request is to be written.
struct encode_options {
    /// Upstream's name of the model.
    std::string_view model;
    model_traits traits;
    /// Have a stream end with the usage even when the caller did not ask: the gateway
    /// accounts for it and the façade leaves it out again.
    bool include_usage = false;
    /// Overrides `chat_request::stream` when set.
    std::optional<bool> stream;
};

/// What a request says that the target dialect cannot.
///
/// A request decides how much that is, so only so much is kept: the first `most_entries`, and the
/// first that matters.
class drop_report {
public:
    struct entry {
        std::string parameter;
        /// The answer means the same without it (cache hints, foreign thinking): never an error.
        bool hint = false;
    };
    static constexpr std::size_t most_entries = 1000;
    /// The answer would differ without \p parameter, named by the vocabulary: "top_k",
    /// "tools[1]", "messages[2].content[0]". A dialect's `caller_path` says it in a caller's words.
    void lost(std::string parameter) { add(std::move(parameter), false); }
    void hint(std::string parameter) { add(std::move(parameter), true); }
    /// A member that only another dialect has: a hint when it steers storage, caching,
    /// speed or abuse detection, lost when the answer may depend on it.
    void foreign(std::string parameter) {
        for (const std::string_view harmless :
             {"store", "prediction", "prompt_cache_key", "prompt_cache_retention", "safety_identifier", "inference_geo"})
            if (parameter == harmless) return hint(std::move(parameter));
        lost(std::move(parameter));
    }
    /// The form asked for the answer has no words here: a tool stands for it, and the reply has
    /// to be decoded knowing so (`decode_options`).
    void answer_by_tool() noexcept { answer_by_tool_ = true; }
    [[nodiscard]] bool answered_by_tool() const noexcept { return answer_by_tool_; }
    [[nodiscard]] const std::vector<entry>& entries() const noexcept { return entries_; }
    /// How many there were, those that were not kept included.
    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// First parameter whose loss matters, or null.
    [[nodiscard]] const std::string* first_lost() const noexcept {
        return first_lost_ < entries_.size() ? &entries_[first_lost_].parameter : nullptr;
    }

private:
    void add(std::string parameter, bool hint) {
        ++count_;
        const bool first = !hint && first_lost_ == none;
        if (entries_.size() >= most_entries && !first) return;
        if (first) first_lost_ = entries_.size();
        entry& e = entries_.emplace_back();
        e.parameter = std::move(parameter);
        e.hint = hint;
    }
    static constexpr std::size_t none = static_cast<std::size_t>(-1);
    std::vector<entry> entries_;
    std::size_t first_lost_ = none;
    std::size_t count_ = 0;
    bool answer_by_tool_ = false;
};

/// How far the naming of one request's drops has come. Places in a body are found by counting what
/// stands before them: with this, each is counted from the one before, as drops are reported in the
/// order of the request. One for each request and dialect; it refers to nothing.
struct path_cursor {
    /// The first \p part parts of the message \p message have been counted, by kinds that the
    /// dialect chooses; the first \p tool tools have.
    std::size_t message = static_cast<std::size_t>(-1), part = 0, tool = 0;
    std::array<std::size_t, 4> parts{};
    std::array<std::size_t, 2> tools{};

    /// Makes the parts before \p upto of the message \p at counted: calls \p count(i) for each
    /// that is not yet.
    template <class Count> void count_parts(std::size_t at, std::size_t upto, Count count) {
        if (message != at || part > upto) {
            message = at;
            part = 0;
            parts = {};
        }
        for (; part < upto; ++part) count(part);
    }
    /// The same for tools.
    template <class Count> void count_tools(std::size_t upto, Count count) {
        if (tool > upto) {
            tool = 0;
            tools = {};
        }
        for (; tool < upto; ++tool) count(tool);
    }
};

/// What a stream's decoder has to know of the request.
struct decode_options {
    decode_options() = default;
    explicit decode_options(bool by_tool, const tool_names* told = nullptr) noexcept
        : answer_by_tool(by_tool), names(told != nullptr && !told->empty() ? told : nullptr) {}
    /// A tool stands for the form of the answer: see `drop_report::answer_by_tool`.
    bool answer_by_tool = false;
    /// The functions have other names for the caller; null: they have not. Outlives the decoder.
    const tool_names* names = nullptr;
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

/// Follows a stream that is passed through unchanged: did it begin, did it end
/// properly, what did it cost. Cheaper than decoding.
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

/// A wire language, both directions: a stateless type.
///
/// Encoders append to \p out. Decoders of requests are strict (wrong types are
/// `errc::invalid_request` naming the member), decoders of replies lenient. `scan_usage`
/// finds the tokens of a whole reply; none unless all of the text is one JSON object.
/// `caller_path` names what a drop report calls \p path in a request as the caller wrote it; one
/// that also takes a `path_cursor` is given the same one for all drops of a request.
/// `has_foreign_signature` searches a request, without parsing it, for signatures that its
/// own vendor would refuse: another's, or what a façade gave in place of one. It may find some
/// where there are none.
/// A stream decoder may be constructible from `decode_options`; `tool_names`, when there is such
/// a member, is the rule for names of functions, and `model_in_body` says whether a request names
/// its model in the body (true when there is no such member) or in its URL alone. Nothing here does I/O or knows
/// a vendor.
template <class D>
concept chat_dialect = requires(std::string_view bytes, const request_target& target, const chat_request& request,
                                const encode_options& encoding, std::string& out, drop_report& drops,
                                const chat_reply& reply, const reply_options& replying, const llmx::error& failure,
                                event_batch& batch, const chat_event& event, typename D::stream_decoder& decoder,
                                typename D::stream_encoder& encoder, typename D::stream_watch& watch) {
    { D::name } -> std::convertible_to<std::string_view>;
    { D::scan_request(bytes, target) } -> std::same_as<result<request_head>>;
    { D::decode_request(bytes, target) } -> std::same_as<result<chat_request>>;
    { D::encode_request(request, encoding, out, drops) } -> std::same_as<result<void>>;
    { D::caller_path(bytes, request) } -> std::same_as<std::string>;
    { D::decode_reply(bytes) } -> std::same_as<result<chat_reply>>;
    { D::encode_reply(reply, replying, out) } -> std::same_as<void>;
    { D::scan_usage(bytes) } -> std::same_as<usage>;
    { D::has_foreign_signature(bytes) } -> std::same_as<bool>;
    { D::decode_error(bytes) } -> std::same_as<error_body>;
    { D::encode_error(failure, out) } -> std::same_as<void>;
    requires std::default_initializable<typename D::stream_decoder>;
    { decoder.feed(bytes, batch) } -> std::same_as<result<void>>;
    { decoder.finish(batch) } -> std::same_as<result<void>>;
    requires std::constructible_from<typename D::stream_encoder, const reply_options&>;
    { encoder.encode(event, out) } -> std::same_as<void>;
    { encoder.finish(out) } -> std::same_as<void>;
    { encoder.fail(failure, out) } -> std::same_as<void>;
    requires std::default_initializable<typename D::stream_watch>;
    { watch.feed(bytes) } -> std::same_as<const stream_progress&>;
};

/// A stream decoder behind a virtual call, for when the dialect is known at run time.
class any_stream_decoder {
public:
    virtual ~any_stream_decoder() = default;
    /// Decodes \p bytes, split anywhere, and appends to \p out (whose views live until
    /// it is cleared). An error inside the stream is returned as a failure.
    virtual result<void> feed(std::string_view bytes, event_batch& out) = 0;
    /// Call at the clean end of the transport: `errc::truncated` unless the dialect's
    /// own end marker was seen.
    virtual result<void> finish(event_batch& out) = 0;
};

class any_stream_watch {
public:
    virtual ~any_stream_watch() = default;
    virtual const stream_progress& feed(std::string_view bytes) = 0;
};

namespace detail {
template <class D> class erased_decoder final : public any_stream_decoder {
public:
    explicit erased_decoder(const decode_options& options) : decoder_(made(options)), names_(options.names) {}
    result<void> feed(std::string_view bytes, event_batch& out) override { return named(decoder_.feed(bytes, out), out); }
    result<void> finish(event_batch& out) override { return named(decoder_.finish(out), out); }

private:
    static auto made(const decode_options& options) {
        if constexpr (std::constructible_from<typename D::stream_decoder, const decode_options&>)
            return typename D::stream_decoder(options);
        else return typename D::stream_decoder();
    }
    result<void> named(result<void> done, event_batch& out) const {
        if (names_ != nullptr) out.each([this](chat_event& e) { names_->restore(e); });
        return done;
    }
    typename D::stream_decoder decoder_;
    const tool_names* names_;
};
template <class D> class erased_watch final : public any_stream_watch {
public:
    const stream_progress& feed(std::string_view bytes) override { return watch_.feed(bytes); }

private:
    typename D::stream_watch watch_;
};
template <class D>
[[nodiscard]] std::string caller_path_of(std::string_view path, const chat_request& request, path_cursor& at) {
    if constexpr (requires { D::caller_path(path, request, at); }) return D::caller_path(path, request, at);
    else return D::caller_path(path, request);
}
template <class D> [[nodiscard]] constexpr tool_name_rule tool_name_rule_of() noexcept {
    if constexpr (requires { D::tool_names; }) return D::tool_names;
    else return tool_name_rule();
}
template <class D> [[nodiscard]] constexpr bool has_model_in_body() noexcept {
    if constexpr (requires { D::model_in_body; }) return D::model_in_body;
    else return true;
}
} // namespace detail

/// A dialect as a table of functions: what the layers between a façade and a
/// provider, each of which knows its own dialect statically, pass to each other.
struct dialect_ops {
    std::string_view name;
    tool_name_rule tool_names;
    /// A request's body names its model; else the URL alone does.
    bool model_in_body;
    result<request_head> (*scan_request)(std::string_view, const request_target&);
    result<chat_request> (*decode_request)(std::string_view, const request_target&);
    result<void> (*encode_request)(const chat_request&, const encode_options&, std::string&, drop_report&);
    std::string (*caller_path)(std::string_view, const chat_request&, path_cursor&);
    result<chat_reply> (*decode_reply)(std::string_view);
    usage (*scan_usage)(std::string_view);
    bool (*has_foreign_signature)(std::string_view);
    error_body (*decode_error)(std::string_view);
    std::unique_ptr<any_stream_decoder> (*make_decoder)(const decode_options&);
    std::unique_ptr<any_stream_watch> (*make_watch)();
};

/// The table of \p D; equal addresses mean equal dialects.
template <chat_dialect D>
inline constexpr dialect_ops dialect_of = {
    D::name,
    detail::tool_name_rule_of<D>(),
    detail::has_model_in_body<D>(),
    &D::scan_request,
    &D::decode_request,
    &D::encode_request,
    &detail::caller_path_of<D>,
    &D::decode_reply,
    &D::scan_usage,
    &D::has_foreign_signature,
    &D::decode_error,
    [](const decode_options& options) -> std::unique_ptr<any_stream_decoder> {
        return std::make_unique<detail::erased_decoder<D>>(options);
    },
    []() -> std::unique_ptr<any_stream_watch> { return std::make_unique<detail::erased_watch<D>>(); },
};

} // namespace llmx::inline v0
