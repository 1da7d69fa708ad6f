// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/core/result.hpp>
#include <llmx/core/tool_names.hpp>
#include <llmx/core/usage.hpp>
#include <llmx/fwd.hpp>

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace llmx::inline v0 {

/// A streamed reply as the provider sends it: bytes in the provider's dialect.
///
/// The first piece is already there when a layer hands the stream on, so everything
/// that can still be retried has been. Letting go of it before the end cancels the
/// upstream. Not thread-safe.
class reply_stream {
public:
    virtual ~reply_stream() = default;
    /// The next bytes, valid until the next call; empty at the proper end, which the
    /// dialect's own end marker must have announced. Fails with `truncated`,
    /// `idle_timeout`, `deadline_exceeded`, `cancelled`, or what the provider reported
    /// inside the stream (then `provider_said_so` is true and its words have been among
    /// the bytes).
    virtual boost::asio::awaitable<result<std::string_view>> read_some() = 0;
    [[nodiscard]] virtual bool provider_said_so() const noexcept = 0;
    /// Tokens reported so far.
    [[nodiscard]] virtual const usage& tokens() const noexcept = 0;
};

/// What an attempt brought: a whole body or an open stream, in the provider's dialect.
struct reply {
    reply() = default;
    const dialect_ops* dialect = nullptr;
    /// A tool of ours stands for the form of the answer: only decoding takes it out again.
    bool answer_by_tool = false;
    /// Functions that the provider knows by other names than the caller; mostly null. Behind a
    /// pointer because replies stand in coroutine frames, which must stay small.
    std::unique_ptr<llmx::tool_names> tool_names;
    /// Whole body; empty for a stream.
    std::string body;
    std::unique_ptr<reply_stream> stream;
    /// The provider's own id of the request.
    std::string request_id;
    usage tokens;
};

} // namespace llmx::inline v0
