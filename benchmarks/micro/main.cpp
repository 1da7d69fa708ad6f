// SPDX-License-Identifier: BSL-1.0
// Nanoseconds and heap allocations of one in-process call through all built-in policies,
// over a scripted transport that answers at once. Prints a table; asserts nothing.
#include <llmx/gateway/stock_gateway.hpp>
#include <llmx/policies/routers.hpp>
#include <llmx/testing/manual_runtime.hpp>
#include <llmx/testing/run.hpp>
#include <llmx/testing/scripted_transport.hpp>

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

namespace {
std::uint64_t allocations = 0;
} // namespace

// Out of line: inlined, they look to g++ like a new that malloc does not belong to.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* p = std::malloc(size)) return p;
    throw std::bad_alloc();
}
// What Asio takes coroutine frames from that it has none kept of.
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
    ++allocations;
    void* p = nullptr;
    return ::posix_memalign(&p, alignment, size) == 0 ? p : nullptr;
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace {

using namespace llmx;

const std::string reply_body =
    R"({"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"Hello! How can I help you today?","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}})";
const std::string request_body =
    R"({"model":"gpt","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Say hello in one short sentence, please."}],"temperature":0.2,"max_tokens":64})";

struct measured {
    double ns = 0;
    double allocated = 0;
};

template <class Gateway> boost::asio::awaitable<int> pass_bytes(Gateway& gw, runtime& on, int n) {
    int good = 0;
    for (int i = 0; i < n; ++i) {
        call_context ctx;
        ctx.started = on.now();
        call c(on, ctx);
        const auto head = openai_chat::scan_request(request_body, request_target());
        c.in.codec = &codec_of<openai_chat>;
        c.in.body = request_body;
        c.model = head->model;
        c.in.model_begin = head->model_begin;
        c.in.model_end = head->model_end;
        c.in.estimated_tokens = request_body.size() / 4;
        const auto r = co_await gw.execute(c);
        if (r.has_value()) ++good;
    }
    co_return good;
}

template <class Gateway> boost::asio::awaitable<int> typed(Gateway& gw, runtime& on, const chat_request& q, int n) {
    int good = 0;
    for (int i = 0; i < n; ++i) {
        call_context ctx;
        const auto r = co_await gw.chat(on, ctx, q);
        if (r.has_value()) ++good;
    }
    co_return good;
}

template <class Work> measured measure(int n, Work work) {
    measured best;
    for (int round = 0; round < 7; ++round) {
        const std::uint64_t before = allocations;
        const auto began = std::chrono::steady_clock::now();
        if (work(n) != n) std::abort();
        const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - began;
        const double ns = took.count() / n;
        if (round == 0) continue;
        if (round == 1 || ns < best.ns) best.ns = ns;
        best.allocated = static_cast<double>(allocations - before) / n;
    }
    return best;
}

std::shared_ptr<const topology> make_world(std::size_t members) {
    std::vector<deployment> ds;
    for (std::size_t i = 0; i < members; ++i) {
        deployment d;
        d.id = "d" + std::to_string(i);
        d.model_group = "gpt";
        d.provider = "openai";
        d.model = "gpt-4o";
        d.key = secret("sk-bench");
        d.requests_per_minute = 1000000000;
        d.tokens_per_minute = 1000000000000;
        d.max_parallel = 100;
        if (stock_registry::complete(d).has_error()) std::abort();
        ds.push_back(std::move(d));
    }
    return topology::make(std::move(ds)).value();
}

void print(const char* what, const measured& m) { std::printf("%-58s %8.0f ns %7.2f allocations\n", what, m.ns, m.allocated); }

} // namespace

int main() {
    testing::scripted_transport network;
    network.reply_always(200, reply_body);
    network.record(false);
    testing::manual_runtime on(network);
    constexpr int n = 200000;

    std::printf("one in-process call, best of 6 rounds of %d, scripted transport\n", n);
    gateway<stock_registry, weighted> bare(make_world(3));
    stock_gateway full(make_world(3));
    stock_gateway wide(make_world(1000));
    print("router only, bytes passed through", measure(n, [&](int k) { return testing::run(pass_bytes(bare, on, k)); }));
    print("all policies, bytes passed through", measure(n, [&](int k) { return testing::run(pass_bytes(full, on, k)); }));
    print("all policies, 1000 deployments, bytes passed through",
          measure(n, [&](int k) { return testing::run(pass_bytes(wide, on, k)); }));
    const chat_request q("gpt", "Say hello in one short sentence, please.");
    print("all policies, typed request and reply", measure(n, [&](int k) { return testing::run(typed(full, on, q, k)); }));
}
