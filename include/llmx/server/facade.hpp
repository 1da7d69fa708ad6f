// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/catalog/token_counter.hpp>
#include <llmx/dialects/codec.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/detail/facade_work.hpp>
#include <llmx/server/detail/form_upload.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/read_request.hpp>
#include <llmx/service/reply.hpp>
#include <llmx/wire/detail/aws_boundary.hpp>
#include <llmx/wire/detail/line_boundary.hpp>
#include <llmx/wire/detail/sse_boundary.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// Fills in \p c, whose codec is set, from what the body's scan says.
LLMX_DECL void set_up_request(call& c, std::string_view body, const request_head& head, const request_target& target, std::string& unescaped_model);
/// Fills in \p c from what the body's scan and the connection say.
LLMX_DECL void set_up_call(call& c, server_connection& peer, std::string_view body, const request_head& head,
                           const request_target& target, std::string& unescaped_model);
/// Notes what of the fields of the request on \p peer goes on to every provider (`inbound::relayed`).
LLMX_DECL void note_relayed_fields(inbound& in, const server_connection& peer);
/// Ends a call that its façade abandons while what it views is still there.
class call_ending {
public:
    explicit call_ending(call& c) noexcept : call_(&c) {}
    call_ending(const call_ending&) = delete;
    call_ending& operator=(const call_ending&) = delete;
    ~call_ending() { call_->end(call_->aborted()); }

private:
    call* call_;
};
/// Notes for the log what the gateway's own work took until now, and returns it.
LLMX_DECL duration note_overhead(server_connection& peer, const call& c);
/// Adds the x-llmx-* fields of the answer's head and notes the overhead.
LLMX_DECL void describe_call(server_connection& peer, const call& c);
/// Names the trailer field of a stream's cost in the head, where the client reads trailers and the model has prices.
LLMX_DECL void announce_cost(server_connection& peer, const call& c);
/// The stream has ended: its cost is known, for the log and for the trailer.
LLMX_DECL void state_stream_cost(server_connection& peer, const call& c);
/// Makes the estimate of the tokens of \p answer, a whole reply of a chat that a layer has made without a provider.
LLMX_DECL boost::asio::awaitable<void> estimate_usage_of(server_connection& peer, call& c, const reply& answer);
/// The tokenizer of the model of \p c; empty when it is not known.
LLMX_DECL std::string_view tokenizer_of(const call& c) noexcept;
/// Names in the answer's head what has counted, and the model that it was counted for in \p counted.
LLMX_DECL void describe_count(server_connection& peer, const call& c, bool exact, token_count& counted);
/// Frees on another thread what a large request has left behind in \p c and \p answer.
LLMX_DECL boost::asio::awaitable<void> free_offloaded(server_connection& peer, call& c, result<reply>& answer);

} // namespace detail

/// Everything between a parsed HTTP request in the form of the codec \p C and its answer.
///
/// When the provider that answered has \p C too, its bytes pass through; otherwise
/// they are decoded and written anew, events of a stream as they come. Answers that are neither
/// (speech) are relayed with the media type that the provider names. A stream that
/// breaks off ends with the language's error event, if one can still be understood, and
/// with the connection closed inside the message: never with a clean end. What fails
/// before the first byte is answered with the error's own status.
///
/// While a stream brings nothing, the client gets pings (`server_options::stream_ping_interval`): what the codec has as
/// `static constexpr std::string_view ping`, else a comment; in a JSON array a line end.
///
/// Of the client's fields it reads `x-request-id` (its own name for the call) and
/// `x-llmx-drop-params: true|false` (whether what the provider cannot express is left out), and
/// sends `anthropic-version`, `anthropic-beta` and `openai-beta` on to a provider of the
/// same language, and `traceparent`, `tracestate`, a usable `x-request-id` and what `server_options::forward_headers` names to any.
///
/// \p Keeper, unless it is void, changes the request and sees the answer before its client does (`detail::response_keeper`).
template <codec C, class Keeper = void> class facade {
    static_assert(facade_codec<C>, "llmx: a facade needs a codec that decodes requests and encodes replies; this codec is for providers alone");
    using op = typename C::operation;
    static constexpr bool has_events = requires { typename C::stream_encoder; };
    static constexpr bool keeps = !std::is_void_v<Keeper>;

public:
    /// What \p target views must outlive the answer. \p json_array: the caller asks for a stream
    /// as one JSON array (Gemini). \p upload: a form of which only the beginning has been read; null:
    /// the body is whole. \p keeper: null without a `Keeper`.
    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& peer, Gateway& gateway,
                                              request_target target, bool json_array = false,
                                              detail::form_upload* upload = nullptr, Keeper* keeper = nullptr) {
        result<request_head> head;
        std::string_view body = upload != nullptr ? upload->held() : peer.body();
        if constexpr (keeps) body = keeper->body();
        detail::request_scanning<C> scanning(body, peer.head(), target, head);
        if (upload != nullptr && !upload->ended()) {
            head = upload->head();
        } else if (body.size() <= offload_scan_above) {
            scanning.run();
        } else {
            const result<void> ran = co_await peer.on().offload(scanning, peer.context().cancellation);
            if (!ran) head = ran.error();
        }
        if (!head) {
            co_await peer.fail(head.error());
            co_return;
        }
        std::string unescaped_model;
        call& c = peer.open_call();
        const detail::call_ending ending(c);
        c.in.operation = &op::info;
        c.in.codec = &codec_of<C>;
        if constexpr (requires { typename op::forms; }) c.in.forms = forms_of<op>();
        else if constexpr (requires { C::forms_for(*head); }) c.in.forms = C::forms_for(*head);
        detail::set_up_call(c, peer, body, *head, target, unescaped_model);
        if (upload != nullptr && !upload->ended()) upload->attach(c.in);
        c.in.answer.json_array = json_array;
        if constexpr (requires { requires C::repeats_request; }) c.in.answer.request = body;
        if constexpr (keeps) keeper->set_up(c);
        peer.log_model(c.model, c.in.stream);
        if constexpr (has_events && op::info.answer == operation_info::answers::json)
            if (c.in.stream) peer.ping_while_silent(stream_type(json_array), json_array ? std::string_view("\n") : ping());

        if constexpr (std::is_same_v<op, count_tokens>) {
            c.in.estimated_tokens = 0;
            // Another model's count is no answer.
            c.in.no_fallback = true;
        }
        result<reply> answer = co_await gateway.execute(c);
        c.in.answer.model = c.model;
        if constexpr (keeps) keeper->answered(c);
        if constexpr (std::is_same_v<op, count_tokens>) co_await settle_count(peer, c, answer);
        if (answer && c.in.stream && answer->stream == nullptr)
            answer = error(errc::internal, "the gateway answered in another form than asked for");
        const bool same = answer && answer->passes_as(codec_of<C>);
        if constexpr (std::is_same_v<op, chat>)
            if (answer && answer->stream == nullptr && answer->tokens.empty()) {
                if (!c.report.usage_judged) co_await detail::estimate_usage_of(peer, c, *answer);
                if (peer.tokens() != nullptr && !c.report.estimate.empty()) co_await count_usage(peer, c, *answer);
            }
        if (!answer) {
            co_await refuse(peer, c, answer.error());
        } else if (answer->stream == nullptr && same) {
            if constexpr (requires { C::add_usage(answer->body, c.report.estimate); })
                if (!c.report.estimate.empty() && !C::add_usage(answer->body, c.report.estimate)) c.report.estimate = usage();
            if constexpr (keeps) co_await keeper->keep(c, answer->body, true);
            detail::describe_call(peer, c);
            const std::string_view type = answer->content_type.empty() ? std::string_view("application/json") : std::string_view(answer->content_type);
            if (!peer.try_reply(200, type, answer->body)) co_await peer.finish_reply();
        } else if (answer->stream == nullptr) {
            co_await rewrite(peer, c, *answer, keeper);
        } else if (!json_array && (same || is_octets(*answer->stream))) {
            co_await relay(peer, c, *answer->stream, keeper);
        } else if constexpr (has_events) {
            co_await translate(peer, c, *answer, keeper);
        } else {
            const error other(errc::internal, "the gateway answered with a stream that has no form here");
            co_await refuse(peer, c, other);
        }
        if (c.in.body.size() > offload_translation_above) co_await detail::free_offloaded(peer, c, answer);
    }

private:
    /// Makes the estimate of an answer's usage one of its tokens, where the model's tokenizer is there.
    static boost::asio::awaitable<void> count_usage(server_connection& peer, call& c, const reply& answer) {
        const std::string_view name = detail::tokenizer_of(c);
        if (!peer.tokens()->is_exact(name)) co_return;
        detail::usage_counting<C> work(*peer.tokens(), c, answer, name);
        if (work.bytes() > offload_count_above) {
            const result<void> ran = co_await peer.on().offload(work, peer.context().cancellation);
            if (!ran) co_return;
        } else {
            work.run();
        }
        if (!work.counted.empty()) c.report.estimate = work.counted;
    }
    /// Writes the provider's count in the form \p C, or counts here when no provider of the model does.
    static boost::asio::awaitable<void> settle_count(server_connection& peer, call& c, result<reply>& answer) {
        if (answer && answer->passes_as(codec_of<C>)) co_return;
        token_count counted;
        if (answer) {
            result<token_count> theirs = answer->template as<count_tokens>();
            if (!theirs) {
                answer = theirs.error();
                co_return;
            }
            counted = std::move(*theirs);
            counted.model = std::string(c.report.upstream_model);
            counted.counted_by = std::string(c.report.provider).append("_api");
        } else {
            if (answer.error().value() != errc::unsupported_operation) co_return;
            const result<const token_count_request*> asked = co_await decode_request<op>(c);
            if (!asked) {
                answer = asked.error();
                co_return;
            }
            static const token_counter estimates;
            const any_token_counter& counter = peer.tokens() != nullptr ? *peer.tokens() : static_cast<const any_token_counter&>(estimates);
            const std::string_view name = detail::tokenizer_of(c);
            detail::token_counting<op> work(counter, **asked, c.in.body.size(), name);
            if (work.bytes() > offload_count_above) {
                const result<void> ran = co_await peer.on().offload(work, peer.context().cancellation);
                if (!ran) {
                    answer = ran.error();
                    co_return;
                }
            } else {
                work.run();
            }
            counted.input_tokens = work.tokens;
            detail::describe_count(peer, c, counter.is_exact(name), counted);
        }
        reply made;
        made.codec = &codec_of<C>;
        C::encode_reply(counted, c.in.answer, made.body);
        answer = std::move(made);
    }
    static boost::asio::awaitable<void> rewrite(server_connection& peer, const call& c, reply& answer, [[maybe_unused]] Keeper* keeper) {
        detail::reply_rewriting<C> work(answer, c.in.answer, c.report.estimate, peer.scratch());
        if (answer.body.size() > offload_translation_above) {
            const result<void> ran = co_await peer.on().offload(work, peer.context().cancellation);
            if (!ran) work.good = ran.error();
        } else {
            work.run();
        }
        if constexpr (keeps)
            if (work.good) co_await keeper->keep(c, peer.scratch(), false);
        detail::describe_call(peer, c);
        if constexpr (requires { C::set_latency(peer.scratch(), 0); })
            if (work.good) C::set_latency(peer.scratch(), milliseconds_of(peer));
        if (!work.good) co_await peer.fail(work.good.error());
        else co_await peer.reply(200, work.type, peer.scratch());
    }
    /// Audio is the same in each language; events are not.
    static bool is_octets(const reply_stream& stream) noexcept {
        return op::info.answer == operation_info::answers::octets && !stream.content_type().starts_with("text/event-stream");
    }

    /// The media type of the language's streams; those that are no server-sent events state one.
    static constexpr std::string_view own_stream_type = [] {
        if constexpr (requires { { C::stream_content_type } -> std::convertible_to<std::string_view>; })
            return std::string_view(C::stream_content_type);
        else return std::string_view("text/event-stream");
    }();
    static constexpr bool has_sse = own_stream_type == "text/event-stream";
    /// Finds the ends of frames in bytes that pass.
    using frame_boundary = std::conditional_t<
        has_sse, detail::sse_boundary,
        std::conditional_t<own_stream_type == "application/x-ndjson", detail::line_boundary, detail::aws_boundary>>;
    static constexpr std::string_view stream_type(bool json_array) noexcept {
        if constexpr (!has_sse) return own_stream_type;
        return json_array ? "application/json; charset=utf-8" : "text/event-stream; charset=utf-8";
    }
    /// What readers of this language's streams pass over: a comment (WHATWG HTML, 9.2.5), unless the codec has its own.
    static constexpr std::string_view ping() noexcept {
        if constexpr (requires { { C::ping } -> std::convertible_to<std::string_view>; }) return C::ping;
        else return has_sse ? std::string_view(": ping\n\n") : std::string_view();
    }
    /// From the arrival of the request until now.
    static std::int64_t milliseconds_of(server_connection& peer) {
        return std::chrono::duration_cast<std::chrono::milliseconds>(peer.on().now() - peer.context().started).count();
    }
    /// \p type is what the provider calls a stream that passes; empty: what is usual.
    static void begin(server_connection& peer, const call& c, std::string_view type) {
        detail::describe_call(peer, c);
        detail::announce_cost(peer, c);
        peer.begin_stream(type.empty() ? stream_type(c.in.answer.json_array) : type);
    }
    /// The answer is \p why: by its status, or by the stream's error event when pings have begun the stream.
    static boost::asio::awaitable<void> refuse(server_connection& peer, const call& c, const error& why) {
        detail::describe_call(peer, c);
        if (!peer.stream_begun()) {
            co_await peer.fail(why);
            co_return;
        }
        std::string& words = peer.scratch();
        words.clear();
        append_failure(c, peer.explained(why), words);
        co_await peer.cut_stream(words, why);
    }
    /// Events are UTF-8 whatever type the provider gives; of other answers it alone defines the type, also
    /// where it was asked for events.
    static std::string_view relayed_type(const call& c, const reply_stream& stream) noexcept {
        if constexpr (op::info.answer == operation_info::answers::json) {
            return c.in.stream ? std::string_view() : stream.content_type();
        } else {
            const std::string_view type = stream.content_type();
            const bool events = type.starts_with("text/event-stream") || (type.empty() && c.in.stream);
            if (events) return std::string_view();
            return type.empty() ? std::string_view("application/octet-stream") : type;
        }
    }
    /// Adds the language's error event to \p out, where there is one.
    static void append_failure(const call& c, const error& why, std::string& out) {
        if constexpr (has_events) {
            typename C::stream_encoder encoder(c.in.answer);
            encoder.fail(why, out);
        }
    }

    static boost::asio::awaitable<void> relay(server_connection& peer, const call& c, reply_stream& stream, [[maybe_unused]] Keeper* keeper) {
        frame_boundary seam;
        bool first = true;
        for (;;) {
            const result<std::string_view> piece = co_await stream.read_some();
            if (!piece) {
                if (!peer.stream_begun()) {
                    co_await refuse(peer, c, piece.error());
                    co_return;
                }
                // The provider's own words about it are on their way already, and after half an
                // event nothing would be understood.
                std::string& words = peer.scratch();
                if (!stream.provider_reported() && seam.between_events()) append_failure(c, peer.explained(piece.error()), words);
                co_await peer.cut_stream(words, piece.error());
                co_return;
            }
            if (!peer.stream_begun()) begin(peer, c, relayed_type(c, stream));
            else if (first) detail::note_overhead(peer, c); // pings have begun it
            first = false;
            if (piece->empty()) break;
            seam.feed(*piece);
            peer.hold_pings(!seam.between_events());
            if constexpr (keeps) co_await keeper->follow(c, *piece, true);
            const bool written = co_await peer.write(*piece);
            if (!written) {
                co_await peer.cut_stream(std::string_view(), error(errc::cancelled));
                co_return;
            }
        }
        detail::state_stream_cost(peer, c);
        co_await peer.end_stream();
    }

    static boost::asio::awaitable<void> translate(server_connection& peer, call& c, reply& answer, [[maybe_unused]] Keeper* keeper) {
        std::string& out = peer.scratch();
        detail::stream_translation<C> work(answer, c.in.answer, out);
        bool first = true;
        while (!work.last || work.more) {
            if (!work.more) {
                const result<std::string_view> piece = co_await answer.stream->read_some();
                if (!piece) work.fail(piece.error());
                else work.take(*piece);
            }
            if constexpr (requires { work.encoder.took(0); })
                if (work.last) work.encoder.took(milliseconds_of(peer));
            if (work.is_long()) {
                const result<void> ran = co_await peer.on().offload(work, peer.context().cancellation);
                if (!ran) work.fail(ran.error());
            } else {
                work.run();
            }
            if (!work.good) {
                c.fail(work.good.error().value());
                if (!peer.stream_begun() && out.empty()) {
                    co_await refuse(peer, c, work.good.error());
                    co_return;
                }
                if (!peer.stream_begun()) begin(peer, c, std::string_view());
                work.encoder.fail(peer.explained(work.good.error()), out);
                co_await peer.cut_stream(out, work.good.error());
                co_return;
            }
            if (work.last || work.more || !out.empty()) {
                if (!peer.stream_begun()) begin(peer, c, std::string_view());
                else if (first) detail::note_overhead(peer, c); // pings have begun it
                first = false;
            }
            if constexpr (keeps) co_await keeper->follow(c, out, false);
            bool written = true;
            if (!out.empty()) written = co_await peer.write(out);
            if (!written) {
                co_await peer.cut_stream(std::string_view(), error(errc::cancelled));
                co_return;
            }
        }
        detail::state_stream_cost(peer, c);
        co_await peer.end_stream();
    }
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/facade.ipp>
#endif
