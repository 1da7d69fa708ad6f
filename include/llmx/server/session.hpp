// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/auth.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/detail/path.hpp>
#include <llmx/server/routes.hpp>

#include <boost/asio/awaitable.hpp>

#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

namespace llmx::inline v0 {
namespace detail {

/// What is wrong with a request before anything is done for it; `success` when nothing is.
/// On success the caller's alias stands in the context.
template <class Routes>
[[nodiscard]] result<void> admit(server_connection& c, const typename Routes::route& r, const master_key& key) {
    using verdict = endpoint_match::verdict;
    const http_request_head& head = c.head();
    if (c.refused()) {
        error e(errc::shed, "the gateway has too many connections");
        return e.with_retry_after(std::chrono::seconds(1));
    }
    // A path that an endpoint has as a whole is plain.
    if (r.endpoint == Routes::none || !r.match.name.empty())
        if (const result<void> text = check_path(head.path); !text) return text;
    if (r.match.what == verdict::wrong_method)
        return error(errc::method_not_allowed, "the path takes the method " + std::string(r.match.allow));
    if (r.endpoint == Routes::none)
        return error(errc::not_found, "no such path; there are " + Routes::usage());
    if (r.needs_key) {
        const result<std::string_view> who = key.check(head);
        if (!who) return who.error();
        c.context().caller = *who;
    }
    if (const std::string_view coding = head.find("content-encoding"); !coding.empty() && !iequals(coding, "identity"))
        return error(errc::unsupported_media_type, "compressed request bodies are not accepted");
    return success();
}

} // namespace detail

/// Serves one client: request after request, until either side has had enough.
///
/// Whatever can be refused by the head alone is refused before the body is read. The
/// connection keeps itself alive; \p gateway and \p key must outlive it.
template <class Gateway, class Routes>
boost::asio::awaitable<void> serve_session(std::shared_ptr<server_connection> connection, Gateway& gateway,
                                           const master_key& key) {
    server_connection& c = *connection;
    using arrival = server_connection::arrival;
    for (;;) {
        arrival head = c.begin_waiting();
        while (head == arrival::more) {
            const auto got = co_await c.async_receive();
            head = c.received(std::get<0>(got), std::get<1>(got));
        }
        if (head == arrival::closed) break;
        const typename Routes::route r = Routes::find(c.head());
        c.begin(r.match, r.language, r.write_error, r.quiet);
        if (head == arrival::refused) {
            co_await c.fail(c.failure());
            (void)c.finish();
            break;
        }
        const result<void> admitted = detail::admit<Routes>(c, r, key);
        bool whole = c.try_body();
        if (!admitted) {
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
                bool thrown = false;
                try {
                    co_await Routes::serve(r.endpoint, c, gateway);
                } catch (const std::exception&) {
                    thrown = true; // out of memory, or a defect: nothing can be awaited in here
                }
                if (thrown) {
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

} // namespace llmx::inline v0
