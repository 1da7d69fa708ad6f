// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/access/key_ring.hpp>
#include <llmx/core/any_token_counter.hpp>
#include <llmx/core/clock.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/core/secret.hpp>
#include <llmx/server/http_request_reader.hpp>
#include <llmx/telemetry/access_log.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A server's address, its keys, its limits and its times.
struct server_options {
    server_options() = default;

    /// An address, or a name that resolves to one. Without a key only a loopback one is bound.
    std::string host = "127.0.0.1";
    /// 0: any free port; the server's `port()` returns it.
    std::uint16_t port = 4000;
    /// One `io_context` each; 0: as many as the machine has processors.
    unsigned threads = 0;
    /// One socket accepts for all threads in turn, as on systems where they cannot share the
    /// port. Few long connections are then spread more evenly, many short ones cost more.
    bool single_acceptor = false;
    /// The master key: every model, no limits of its own.
    secret key;
    /// Keys of callers, each with its principal. Without any key none is required.
    std::vector<access_key> keys;

    http_request_limits limits;
    /// From the first byte of a head (or from the connection's begin) to its last: 408.
    duration header_timeout = std::chrono::seconds(10);
    /// Between two requests of a connection.
    duration idle_timeout = std::chrono::seconds(75);
    /// Between two reads of a body: 408.
    duration body_timeout = std::chrono::seconds(30);
    /// For a body as a whole, from the end of its head: 408. It is prolonged by one second for
    /// each `min_transfer_rate` bytes that have come, so that a large body over a slow uplink gets
    /// the time it needs, and one that comes byte by byte does not.
    duration body_total_timeout = std::chrono::seconds(30);
    /// For a client that does not read: between two writes that make progress. A write as a whole
    /// (an answer, or one piece of a stream) may take as long and one second more for each
    /// `min_transfer_rate` bytes of it. A stream as a whole has no time of its own: it lasts as long
    /// as its call may.
    duration write_timeout = std::chrono::seconds(60);
    /// Bytes per second that a client must keep up in the long run, in both directions
    /// of its connection; 0: the times above are not prolonged. The default is the rate of a mobile connection of
    /// the second generation (EDGE, some 120 kbit/s); 32 MiB then have 35 minutes.
    std::size_t min_transfer_rate = 16 * 1024;
    /// The server watches the client of a call that waits longer, to detect a disconnect. Clients of faster
    /// calls cost nothing.
    duration hang_up_check = std::chrono::milliseconds(25);
    /// A client that waits for a stream gets a ping when nothing has been written for so long: first, if need be, the head of
    /// the answer, then what its language has for pings (`facade`). 0: never.
    ///
    /// The default is below the time after which common intermediaries close silent connections (30 s at Heroku, 60 s at
    /// nginx and AWS load balancers), and above the time in which providers refuse calls. A failure after the first ping is reported by the
    /// stream's error event: its status, `retry-after` and `x-llmx-...` can no longer be sent. Retries and fallbacks
    /// continue as before, since a ping has no content.
    duration stream_ping_interval = std::chrono::seconds(10);
    /// Origins whose pages may read answers in a browser (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol): "*" for all,
    /// "https://app.example", or with one `*` for a part of the name, "https://*.app.example". Empty: none. Unset: all when callers
    /// need a key, which a page has to have from its user; otherwise pages of this machine, because any page could use the gateway
    /// then (the requests of others are refused, see `key_authenticator`). Cookies and other credentials of the browser are never asked for.
    std::optional<std::vector<std::string>> cors_origins;
    /// Names of clients' header fields that go on to every provider, beside `traceparent` and `tracestate`
    /// (https://www.w3.org/TR/trace-context/) and the caller's `x-request-id`, which always do. A name that ends with `*` stands
    /// for all that begin so, but for those of proxies, SDKs and gateways (`x-forwarded-`, `x-real-ip`, `x-stainless-`, `x-llmx-`,
    /// `x-litellm-`). Credentials and what belongs to a connection or to the form of a message never go on. Twelve fields of a
    /// request at most.
    std::vector<std::string> forward_headers;
    /// Counts the tokens of a whole answer whose provider reports no usage, and of calls that only count, which no provider counts
    /// (`token_counter` with files of ranks). Null: both are estimated.
    std::shared_ptr<const any_token_counter> tokens;
    /// Clients' connections, all threads together; lowered by `listen` where the process may
    /// not open two descriptors for each (`server_host::max_connections`, and a line in the
    /// log). At the limit a new connection replaces the one that is needed least: first
    /// those whose client has not sent a valid key yet, then those between two requests,
    /// the longest idle first; never one with a call running. When every connection has a
    /// call running, a new one is answered 503 with `retry-after`, and closed unanswered
    /// when the refusals themselves are too many.
    ///
    /// A connection holds one buffer of `limits.max_header` and 1 KiB, into which small requests
    /// fit whole, some 4 KiB of its own, and between requests no more than 64 KiB of strings that
    /// keep their memory. That is beside `memory` and at most this number times as much.
    std::size_t max_connections = 16 * 1024;
    /// Accounts for all that is buffered beyond that: request bodies, whole answers of providers,
    /// translated copies (about: see `call::memory`). Null: the server makes one of
    /// `default_memory_limit()`, a quarter of the machine's memory. May be shared with other
    /// servers and whatever else the process buffers.
    ///
    /// When it is exhausted, requests whose bodies do not fit are answered 503 with `retry-after`
    /// before they are read. Bodies under way are not read further until bytes are released, for as long as
    /// `body_timeout` and `body_total_timeout` allow, and then answered the same. An answer of a
    /// provider that does not fit is an `errc::shed`. Bodies larger than a quarter of it never fit:
    /// `limits.max_body` is lowered.
    ///
    /// It counts the bytes in use, and not the blocks that the allocator keeps: glibc's may keep as
    /// much again unless M_MMAP_THRESHOLD is set (mallopt(3)), as llmx-gateway does.
    std::shared_ptr<memory_budget> memory;
    /// Whether `listen` raises this process's soft limit of open files (RLIMIT_NOFILE) to
    /// the hard limit. The soft limit is 1,024 in most shells and service units, enough for
    /// some 420 connections. Off by default, because the limit belongs to the whole process:
    /// select(2) cannot watch descriptors beyond 1,023, and child processes inherit the
    /// limit. A program that is only a gateway should turn it on; llmx-gateway does.
    bool raise_descriptor_limit = false;
    /// How long running calls and background tasks may take after `stop`; then they are cancelled.
    duration drain = std::chrono::seconds(30);

    access_log_options log;
    /// SIGTERM and SIGINT drain (a second one stops at once), SIGHUP calls `reload`.
    bool handle_signals = true;
    /// Runs on a thread of its own; calls continue meanwhile.
    std::function<void()> reload;
};

} // namespace llmx::inline LLMX_ABI
