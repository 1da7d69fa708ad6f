// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/detail/plain_body.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

namespace llmx::inline LLMX_ABI::detail {

LLMX_DECL result<void> LLMX_OF(body_decoding)::decode() const {
    constexpr std::size_t step = std::size_t{64} * 1024;
    const std::unique_ptr<content_decoder> decoder = make_content_decoder(coding_);
    std::string_view in = coded_;
    std::string part;
    for (;;) {
        part.clear();
        if (!decoder->decode(in, part, step))
            return error(errc::invalid_request, "the request body is not in the content coding that its Content-Encoding names");
        if (part.empty()) break;
        if (part.size() > most_ - to_->text.size())
            return error(errc::payload_too_large, "the request body is larger than " + std::to_string(most_) +
                                                      " bytes after decoding (general_settings.max_request_size_mb)");
        if (append_within(&to_->memory, to_->text, part)) continue;
        error e(errc::shed, "the gateway has no memory for the request body now; try again later");
        return e.with_retry_after(std::chrono::seconds(1));
    }
    if (decoder->whole()) return success();
    return error(errc::invalid_request, "the request body ends within the content coding that its Content-Encoding names");
}

} // namespace llmx::inline LLMX_ABI::detail
