// SPDX-License-Identifier: BSL-1.0
// Compiled twice into one program, header-only, with and without LLMX_NO_TLS: each unit asks a closed port over https and
// reports as it was built.
#include <llmx/testing/run.hpp>
#include <llmx/transport/http_pool.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdio>
#include <string>

namespace {

boost::asio::awaitable<llmx::result<int>> ask(llmx::http_pool& pool, const llmx::http_request& request) {
    llmx::cancellation stop;
    const llmx::http_limits limits;
    const auto reply = co_await pool.exchange(request, limits, stop);
    if (!reply) co_return reply.error();
    co_return reply->status;
}

} // namespace

#if defined(LLMX_NO_TLS)
bool without_tls_reports_it();
bool without_tls_reports_it()
#else
bool without_tls_reports_it();
bool with_tls_connects();
bool with_tls_connects()
#endif
{
    boost::asio::io_context io(1);
    llmx::origin to;
    {
        const boost::asio::ip::tcp::acceptor closed(
            io, boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
        to.port = closed.local_endpoint().port();
    }
    to.host = "127.0.0.1";
    to.authority = "127.0.0.1:" + std::to_string(to.port);
    to.tls = true;
    llmx::http_pool pool(io);
    llmx::http_request request;
    request.to = &to;
    const auto got = llmx::testing::run(io, ask(pool, request));
    std::puts(got.error().message().c_str());
#if defined(LLMX_NO_TLS)
    return got.error().value() == llmx::errc::bad_configuration;
#else
    return got.error().value() == llmx::errc::connect_failed;
#endif
}

#if !defined(LLMX_NO_TLS)
int main() { return with_tls_connects() && without_tls_reports_it() ? 0 : 1; }
#endif
