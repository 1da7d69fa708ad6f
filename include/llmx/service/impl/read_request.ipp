// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/read_request.hpp>

#include <chrono>
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

/// Decodes the request; \p c's lease holds it from now on.
LLMX_DECL result<any_message> decode_within(call& c) {
    // The JSON's tree is as large as the decoded form, and gone when that is there.
    const std::size_t size = c.in.body.size();
    if (!c.memory.grow(2 * size)) {
        error e(errc::shed, "the gateway has no memory to read the request now; try again later");
        return e.with_retry_after(std::chrono::seconds(1));
    }
    result<any_message> decoded = decode_body(c);
    c.memory.shrink(decoded ? size : 2 * size);
    return decoded;
}

LLMX_DECL result<void> keep_request(call& c) {
    result<any_message> decoded = decode_within(c);
    if (!decoded) return decoded.error();
    c.in.canonical = std::move(*decoded);
    return success();
}

LLMX_DECL class basic_request_decoding final : public offloaded_work {
public:
    explicit basic_request_decoding(call& c) noexcept : call_(&c) {}
    result<any_message> decoded;

    std::size_t bytes() const noexcept override { return call_->in.body.size(); }
    void run() override { decoded = decode_within(*call_); }

private:
    call* call_;
};
using request_decoding = LLMX_PLAIN(basic_request_decoding);

LLMX_DECL boost::asio::awaitable<result<void>> keep_request_offloaded(call& c) {
    LLMX_OF(request_decoding) work(c);
    const result<void> went = co_await c.on->offload(work, c.stop);
    if (!went) co_return went;
    if (!work.decoded) co_return work.decoded.error();
    // Another attempt of the same call may have been quicker.
    if (c.in.canonical.empty()) c.in.canonical = std::move(*work.decoded);
    co_return success();
}

LLMX_DECL error not_the_request() {
    return error(errc::internal, "a layer decoded the request of a call as a request of another operation");
}

} // namespace llmx::inline LLMX_ABI::detail
