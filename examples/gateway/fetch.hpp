// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/cancellation.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/result.hpp>
#include <llmx/transport/http_pool.hpp>
#include <llmx/wire/http_message.hpp>
#include <llmx/wire/url.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace fetching {

/// \p url without its query, which may hold a signature, for messages.
inline std::string shown(std::string_view url) { return std::string(url.substr(0, url.find('?'))); }

inline llmx::error failed(std::string_view url, const std::string& why) {
    return llmx::error(llmx::errc::bad_configuration, shown(url) + " cannot be fetched: " + why);
}

/// The body of the answer to one GET; the empty text with the place of a redirect in \p moved.
inline boost::asio::awaitable<llmx::result<std::string>> get_once(llmx::http_transport& over, std::string_view url, llmx::time_point limit,
                                                                  std::string& moved) {
    const std::size_t query = url.find('?');
    const llmx::result<llmx::base_url> place = llmx::parse_base_url(url.substr(0, query));
    if (!place) co_return failed(url, place.error().message());
    llmx::http_request request;
    request.to = &place->where;
    request.method = "GET";
    request.target = place->path.empty() ? std::string("/") : place->path;
    if (query != std::string_view::npos) request.target += url.substr(query);
    request.add_field("accept", "application/json");
    request.add_field("accept-encoding", "identity");
    request.add_field("user-agent", "llmx/" LLMX_VERSION_STRING);
    llmx::http_limits limits;
    limits.deadline = limit;
    llmx::cancellation stop;
    llmx::result<llmx::http_response> answer = co_await over.exchange(request, limits, stop);
    if (!answer) co_return failed(url, answer.error().message());
    const int status = answer->status;
    if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308) {
        moved = std::string(llmx::find_field(answer->fields, "location"));
        if (!moved.empty()) co_return std::string();
    }
    if (status != 200) co_return failed(url, "the server answered " + std::to_string(status));
    std::string body;
    const llmx::result<void> read = co_await answer->body->read_all(body);
    if (!read) co_return failed(url, read.error().message());
    co_return body;
}

inline boost::asio::awaitable<llmx::result<std::string>> get(llmx::http_transport& over, std::string url, llmx::time_point limit) {
    for (int redirects = 0; redirects < 4; ++redirects) {
        std::string moved;
        llmx::result<std::string> text = co_await get_once(over, url, limit, moved);
        if (!text || moved.empty()) co_return text;
        if (moved.starts_with("//")) moved = url.substr(0, url.find("//")) + moved;
        else if (moved.front() == '/') moved = url.substr(0, url.find('/', url.find("://") + 3)) + moved;
        if (url.starts_with("https://") && !moved.starts_with("https://"))
            co_return failed(url, "it redirects to a place without TLS, or by a relative path");
        url = std::move(moved);
    }
    co_return failed(url, "there are more than 3 redirects");
}

} // namespace fetching

/// The text that an `http` or `https` URL answers a GET with, at most 64 MiB, redirects followed. Waits for it, no longer than
/// \p most, and gives up when \p stop becomes true; uses the proxies of the environment. Fails in one line that names the URL without its query.
inline llmx::result<std::string> fetch_text(const std::string& url, llmx::duration most, const std::atomic<bool>& stop) {
    llmx::http_pool_options options;
    auto proxies = llmx::proxies_from_environment(llmx::process_variables());
    if (proxies.has_error()) return proxies.error();
    options.proxies = std::move(*proxies);
    llmx::result<std::string> text = llmx::error(llmx::errc::cancelled);
    boost::asio::io_context io(1);
    llmx::http_pool pool(io, std::move(options));
    const llmx::time_point limit = llmx::time_point::clock::now() + most;
    boost::asio::co_spawn(io, fetching::get(pool, url, limit), [&text, &io, &url](std::exception_ptr thrown, llmx::result<std::string> got) {
        if (thrown == nullptr) text = std::move(got);
        else text = fetching::failed(url, "out of memory");
        io.stop();
    });
    while (!stop && !io.stopped()) io.run_for(std::chrono::milliseconds(50));
    if (stop && !text) return fetching::failed(url, "the program ends");
    return text;
}
