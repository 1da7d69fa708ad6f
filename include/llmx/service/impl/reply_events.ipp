// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/reply_events.hpp>

#include <chrono>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL boost::asio::awaitable<result<void>> collect_reply(call& c, reply& r) {
    // The stream discards it at its end.
    r.content_type = std::string(r.stream->content_type());
    for (;;) {
        const result<std::string_view> piece = co_await r.stream->read_some();
        if (!piece) co_return piece.error();
        if (piece->empty()) break;
        if (piece->size() > c.now.limits.max_body - r.body.size()) {
            c.fail(errc::bad_response);
            co_return reported_by(r.from, error(errc::bad_response, "the answer is larger than the limit; raise max_response_size_mb "
                                                "(http_limits::max_body) if such answers are expected"));
        }
        if (!append_within(&c.memory, r.body, *piece)) {
            c.fail(errc::shed);
            error e(errc::shed, "the gateway has no memory for the provider's answer now; try again later");
            co_return e.with_retry_after(std::chrono::seconds(1));
        }
    }
    r.tokens = r.stream->tokens();
    r.stream.reset();
    co_return success();
}

} // namespace llmx::inline LLMX_ABI::detail
