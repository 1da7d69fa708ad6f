// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/read_request.hpp>

#include <chrono>
#include <cstddef>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL result<any_message> decode_body(const call& c) {
    if (c.in.codec == nullptr) return error(errc::internal, "the call has no request");
    if (c.in.source != nullptr)
        return error(errc::internal, "a layer reads a request whose body is still being uploaded");
    request_target target;
    target.model = c.in.path_model;
    target.stream = c.in.stream;
    return c.in.codec->decode_request(c.in.body, c.in.content_type, target);
}

/// Accounts for \p copies of the request.
LLMX_DECL result<void> reserve_copies(inbound& in, std::size_t copies) {
    if (in.memory.grow(copies * in.body.size())) return success();
    error e(errc::shed, "the gateway has no memory to read the request now; try again later");
    return e.with_retry_after(std::chrono::seconds(1));
}

LLMX_DECL result<void> reserve_copy(inbound& in) { return reserve_copies(in, 1); }

/// The JSON's tree is as large as the decoded form, and gone when that is there.
LLMX_DECL result<void> reserve_decoding(inbound& in) { return reserve_copies(in, 2); }

/// What came of a decoding that was accounted for is the call's request, unless there is one.
LLMX_DECL result<void> keep_decoded(inbound& in, result<any_message> decoded) {
    const bool wanted = decoded && in.canonical.empty();
    in.memory.shrink((wanted ? 1 : 2) * in.body.size());
    if (!decoded) return decoded.error();
    if (wanted) in.canonical = std::move(*decoded);
    return success();
}

LLMX_DECL result<void> keep_request(call& c) {
    if (const result<void> room = reserve_decoding(c.in); !room) return room;
    return keep_decoded(c.in, decode_body(c));
}

LLMX_DECL class basic_request_decoding final : public offloaded_work {
public:
    explicit basic_request_decoding(call& c) noexcept : call_(&c) {}
    result<any_message> decoded = errc::cancelled;

    std::size_t bytes() const noexcept override { return call_->in.body.size(); }
    void run() override { decoded = decode_body(*call_); }

private:
    call* call_;
};
using request_decoding = LLMX_PLAIN(basic_request_decoding);

LLMX_DECL boost::asio::awaitable<result<void>> keep_request_offloaded(call& c) {
    // The lease is used on this thread alone: another attempt of the same call may decode at the same time, and be quicker.
    if (const result<void> room = reserve_decoding(c.in); !room) co_return room;
    LLMX_OF(request_decoding) work(c);
    const result<void> went = co_await c.on->offload(work, c.stop);
    if (!went) work.decoded = went.error();
    co_return keep_decoded(c.in, std::move(work.decoded));
}

LLMX_DECL error not_the_request() {
    return error(errc::internal, "a layer decoded the request of a call as a request of another operation");
}

} // namespace llmx::inline LLMX_ABI::detail
