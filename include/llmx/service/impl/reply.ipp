// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/service/call.hpp>
#include <llmx/service/credentials.hpp>
#include <llmx/service/reply.hpp>

#include <utility>

namespace llmx::inline LLMX_ABI {

LLMX_DECL void reply::call_deleter::operator()(call* c) const noexcept { delete c; }

LLMX_INLINE reply::~reply() = default;

LLMX_INLINE reply& reply::operator=(reply&& other) noexcept {
    codec = other.codec;
    from = other.from;
    how = std::move(other.how);
    // The stream refers to the call.
    stream = std::move(other.stream);
    of = std::move(other.of);
    body = std::move(other.body);
    content_type = std::move(other.content_type);
    request_id = std::move(other.request_id);
    tokens = other.tokens;
    return *this;
}

LLMX_DECL result<any_message> reply::decode(const operation_info* op) const {
    if (stream != nullptr || codec == nullptr || codec->operation != op)
        return error(errc::internal, "a layer of the gateway returned a reply in another form than the call requested");
    result<any_message> decoded = codec->decode_reply(body, content_type, how.get());
    if (decoded) return decoded;
    return reported_by(from, decoded.error());
}

} // namespace llmx::inline LLMX_ABI
