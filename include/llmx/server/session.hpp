// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/server/auth.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/routes.hpp>
#include <llmx/wire/content_coding.hpp>

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// What is wrong with a request before its caller is identified; `success` when nothing is.
template <class Routes> [[nodiscard]] result<void> admit(const server_connection& c, const typename Routes::route& r) {
    if (c.refused()) {
        error e(errc::shed, "the gateway has too many connections");
        return e.with_retry_after(std::chrono::seconds(1));
    }
    // A path that an endpoint has as a whole is plain.
    if (r.endpoint == Routes::none || !r.match.name.empty())
        if (const result<void> text = check_path(c.head().path); !text) return text;
    if (r.match.what == endpoint_match::verdict::wrong_method)
        return error(errc::method_not_allowed, "the path takes the method " + std::string(r.match.allow));
    if (r.endpoint == Routes::none) return no_such_path(c.head(), r.language, Routes::usage());
    if (!r.takes_body && c.announces_body())
        return error(errc::payload_too_large, "the path takes no request body: send none, or Content-Length: 0");
    return success();
}

/// Who calls is known: the call's context names the caller from now on.
LLMX_DECL [[nodiscard]] inline result<void> identified(server_connection& c, result<principal_ptr> who) {
    if (!who) return who.error();
    if (*who) c.context().caller = (*who)->alias;
    c.context().principal = std::move(*who);
    c.trust();
    return success();
}

/// Whether the server itself answers \p head, which no endpoint does: OPTIONS of a path that exists or of the server as a whole
/// (RFC 9110 section 9.3.7), and a browser's preflight of any path, so that the page may send the request and read its error.
[[nodiscard]] inline bool answers_options(const http_request_head& head, bool path_exists) noexcept {
    if (head.method != "OPTIONS") return false;
    return path_exists || head.path == "*" || (!head.find("origin").empty() && !head.find("access-control-request-method").empty());
}

/// What is wrong with a request whose caller may make it, as far as its head shows. \p coding: the content coding of its
/// body, which is decoded when it is whole; a body that its endpoint reads itself (\p streamed) has none, unless the endpoint takes it with
/// its coding (\p as_it_is).
LLMX_DECL [[nodiscard]] inline result<void> admit_body(const http_request_head& head, bool streamed, bool as_it_is, content_coding& coding) {
    if (as_it_is) return success();
    const std::string_view named = head.find("content-encoding");
    coding = content_coding_of(named);
    if (coding == content_coding::identity || (!streamed && make_content_decoder(coding) != nullptr)) return success();
    std::string text = "the request body has a content coding that this path does not take: send it ";
    if (!streamed && make_content_decoder(content_coding::gzip) != nullptr) text += "in gzip, or ";
    text += "uncompressed and without Content-Encoding";
    return error(errc::unsupported_media_type, std::move(text));
}

} // namespace detail

/// Serves one client: request after request, until either side has had enough.
///
/// Whatever can be refused by the head alone is refused before the body is read. The
/// connection keeps itself alive; \p gateway, \p callers and \p endpoints must outlive it.
template <class Routes, class Gateway, authenticator Authenticator>
boost::asio::awaitable<void> serve_session(std::shared_ptr<server_connection> peer, Gateway& gateway,
                                           const Authenticator& callers, typename Routes::objects& endpoints) {
    server_connection& c = *peer;
    using arrival = server_connection::arrival;
    for (;;) {
        arrival head = c.begin_waiting();
        while (head == arrival::more) {
            const auto got = co_await c.async_receive();
            head = c.received(std::get<0>(got), std::get<1>(got));
        }
        if (head == arrival::closed) break;
        const typename Routes::route r = Routes::find(c.head(), endpoints);
        c.begin(r.match, r.language, r.name, r.write_error, r.quiet);
        if (head == arrival::refused) {
            co_await c.fail(c.failure());
            (void)c.finish();
            break;
        }
        result<void> admitted = detail::admit<Routes>(c, r);
        if (admitted && r.needs_key) {
            std::optional<result<principal_ptr>> who = callers.try_identify(c.on(), c.head());
            if (!who) who = co_await callers.identify(c.on(), c.head());
            admitted = detail::identified(c, std::move(*who));
        }
        content_coding coding = content_coding::identity;
        if (admitted) admitted = detail::admit_body(c.head(), r.streams_body, r.takes_codings, coding);
        const bool exists = r.match.what != endpoint_match::verdict::none;
        const bool options = !c.refused() && r.endpoint == Routes::none && detail::answers_options(c.head(), exists);
        // What will not be wanted is left where it is, and the connection closed behind the answer.
        bool whole = (r.takes_body || !c.announces_body()) && (r.streams_body ? c.open_body() : c.try_body());
        if (options) {
            co_await c.reply_options(exists);
        } else if (!admitted) {
            co_await c.fail(admitted.error());
        } else {
            arrival body = arrival::request;
            if (!whole) {
                if (c.body_refused()) body = arrival::refused;
                else body = co_await c.read_body();
                whole = body == arrival::request;
            }
            if (body == arrival::refused) {
                co_await c.fail(c.failure());
            } else if (whole) {
                c.begin_call();
                std::exception_ptr thrown;
                try {
                    result<void> readable = success();
                    if (coding != content_coding::identity) readable = co_await c.decode_body(coding);
                    if (readable) co_await Routes::serve(endpoints, r.endpoint, c, gateway);
                    else co_await c.fail(readable.error());
                } catch (...) {
                    thrown = std::current_exception(); // out of memory, or a defect: nothing can be awaited in here
                }
                if (thrown) {
                    c.log_exception(thrown);
                    const error e(errc::internal);
                    if (c.answered()) co_await c.cut_stream(std::string_view(), e);
                    else co_await c.fail(e);
                }
            }
        }
        if (!c.finish()) break;
    }
    co_await c.close();
}

} // namespace llmx::inline LLMX_ABI
