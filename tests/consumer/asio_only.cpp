// SPDX-License-Identifier: BSL-1.0
// A unit of the program that uses Asio and does not include llmx, as in a library that was built before. It runs before
// main, and the linker may take Asio's inline functions from here or from the units that use llmx.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdio>

namespace {

boost::asio::awaitable<int> count_down(int n) {
    co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    const int rest = n == 0 ? 0 : co_await count_down(n - 1);
    co_return rest + 1;
}

const struct before_main {
    before_main() {
        boost::asio::io_context io;
        int counted = 0;
        boost::asio::co_spawn(io, count_down(9), [&counted](std::exception_ptr, int n) { counted = n; });
        boost::asio::post(io, [] {});
        io.run();
        std::printf("asio alone counted %d\n", counted);
        std::fflush(stdout);
    }
} runs;

} // namespace
