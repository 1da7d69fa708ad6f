// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/dialects/dialect.hpp>
#include <llmx/gateway/credentials.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/detail/facade_work.hpp>
#include <llmx/server/detail/sse_boundary.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline v0 {
namespace detail {

/// Fills in \p c from what the body's scan and the connection say.
LLMX_DECL void set_up_call(call& c, server_connection& connection, const request_head& head,
                           const request_target& target, std::string& unescaped_model);
/// Adds the x-llmx-* fields of the answer's head and notes the overhead.
LLMX_DECL void describe_call(server_connection& connection, const call& c);
/// Frees on another thread what a large request has left behind in \p c and \p answer.
LLMX_DECL boost::asio::awaitable<void> free_offloaded(server_connection& connection, call& c, result<reply>& answer);

} // namespace detail

/// Everything between a parsed HTTP request in the language \p D and its answer.
///
/// When the provider that answered speaks \p D too, its bytes pass through; otherwise
/// they are decoded and written anew, events of a stream as they come. A stream that
/// breaks off ends with the dialect's error event, if one can still be understood, and
/// with the connection closed inside the message: never with a clean end. What fails
/// before the first byte is answered with the error's own status.
///
/// Of the client's fields it reads `x-request-id` (its own name for the call) and
/// `x-llmx-drop-params: true|false` (whether what the provider cannot say is left out), and
/// sends `anthropic-version`, `anthropic-beta` and `openai-beta` on to a provider of the
/// same language.
template <chat_dialect D> class chat_facade {
public:
    /// What \p target views must outlive the answer. \p json_array: the caller wants a stream
    /// as one JSON array (Gemini).
    template <server_gateway Gateway>
    static boost::asio::awaitable<void> serve(server_connection& connection, Gateway& gateway,
                                              request_target target, bool json_array = false) {
        result<request_head> head = scan_short(connection.body(), target);
        if (connection.body().size() > offload_scan_above) co_await scan_offloaded(connection, target, head);
        if (!head) {
            co_await connection.fail(head.error());
            co_return;
        }
        std::string unescaped_model;
        call& c = connection.open_call();
        c.dialect = &dialect_of<D>;
        detail::set_up_call(c, connection, *head, target, unescaped_model);
        connection.log_model(c.model, c.stream);

        result<reply> answer = co_await gateway.execute(c);
        reply_options how;
        how.id = connection.context().request_id;
        how.created = connection.on().unix_seconds();
        how.model = c.model;
        how.include_usage = head->include_usage;
        how.json_array = json_array;
        if (answer && c.stream != (answer->stream != nullptr))
            answer = error(errc::internal, "the gateway answered in another form than asked for");
        const bool same = answer && answer->dialect == &dialect_of<D> && !answer->answer_by_tool && answer->tool_names == nullptr;
        if (!answer) {
            detail::describe_call(connection, c);
            co_await connection.fail(answer.error());
        } else if (!c.stream && same) {
            detail::describe_call(connection, c);
            if (!connection.try_reply(200, "application/json", answer->body)) co_await connection.finish_reply();
        } else if (!c.stream) {
            co_await rewrite(connection, c, *answer, how);
        } else if (same && !json_array) {
            co_await relay(connection, c, *answer->stream, how);
        } else {
            co_await translate(connection, c, *answer, how);
        }
        if (c.body.size() > offload_translation_above) co_await detail::free_offloaded(connection, c, answer);
    }

private:
    /// Nothing of a body that is not short: see `scan_offloaded`.
    static result<request_head> scan_short(std::string_view body, const request_target& target) {
        if (body.size() > offload_scan_above) return request_head();
        return D::scan_request(body, target);
    }
    static boost::asio::awaitable<void> scan_offloaded(server_connection& connection, const request_target& target,
                                                       result<request_head>& head) {
        detail::request_scanning<D> work(connection.body(), target, head);
        const result<void> ran = co_await connection.on().offload(work, connection.context().cancellation);
        if (!ran) head = ran.error();
    }

    static boost::asio::awaitable<void> rewrite(server_connection& connection, const call& c, reply& answer,
                                                const reply_options& how) {
        detail::reply_rewriting<D> work(answer, how, c, connection.scratch());
        if (answer.body.size() > offload_translation_above) {
            const result<void> ran = co_await connection.on().offload(work, connection.context().cancellation);
            if (!ran) work.good = ran.error();
        } else {
            work.run();
        }
        detail::describe_call(connection, c);
        if (!work.good) co_await connection.fail(work.good.error());
        else co_await connection.reply(200, "application/json", connection.scratch());
    }

    static void begin(server_connection& connection, const call& c, const reply_options& how) {
        detail::describe_call(connection, c);
        connection.begin_stream(how.json_array ? std::string_view("application/json; charset=utf-8")
                                               : std::string_view("text/event-stream; charset=utf-8"));
    }

    static boost::asio::awaitable<void> relay(server_connection& connection, const call& c, reply_stream& stream,
                                              const reply_options& how) {
        detail::sse_boundary seam;
        for (;;) {
            const result<std::string_view> piece = co_await stream.read_some();
            if (!piece) {
                if (!connection.stream_begun()) {
                    detail::describe_call(connection, c);
                    co_await connection.fail(piece.error());
                    co_return;
                }
                // The provider's own words about it are on their way already, and after half an
                // event nothing would be understood.
                std::string& words = connection.scratch();
                if (!stream.provider_said_so() && seam.between_events()) {
                    typename D::stream_encoder encoder(how);
                    encoder.fail(piece.error(), words);
                }
                co_await connection.cut_stream(words, piece.error());
                co_return;
            }
            if (!connection.stream_begun()) begin(connection, c, how);
            if (piece->empty()) break;
            seam.feed(*piece);
            const bool written = co_await connection.write(*piece);
            if (!written) {
                co_await connection.cut_stream(std::string_view(), error(errc::cancelled));
                co_return;
            }
        }
        co_await connection.end_stream();
    }

    static boost::asio::awaitable<void> translate(server_connection& connection, const call& c, reply& answer,
                                                  const reply_options& how) {
        std::string& out = connection.scratch();
        detail::stream_translation<D> work(answer, how, c, out);
        while (!work.last || work.more) {
            if (!work.more) {
                const result<std::string_view> piece = co_await answer.stream->read_some();
                if (!piece) work.fail(piece.error());
                else work.take(*piece);
            }
            if (work.is_long()) {
                const result<void> ran = co_await connection.on().offload(work, connection.context().cancellation);
                if (!ran) work.fail(ran.error());
            } else {
                work.run();
            }
            if (!work.good) {
                if (!connection.stream_begun() && out.empty()) {
                    detail::describe_call(connection, c);
                    co_await connection.fail(work.good.error());
                    co_return;
                }
                if (!connection.stream_begun()) begin(connection, c, how);
                work.encoder.fail(work.good.error(), out);
                co_await connection.cut_stream(out, work.good.error());
                co_return;
            }
            if (!connection.stream_begun() && (work.last || work.more || !out.empty())) begin(connection, c, how);
            bool written = true;
            if (!out.empty()) written = co_await connection.write(out);
            if (!written) {
                co_await connection.cut_stream(std::string_view(), error(errc::cancelled));
                co_return;
            }
        }
        co_await connection.end_stream();
    }
};

} // namespace llmx::inline v0

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/facade.ipp>
#endif
