// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/result.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/realtime_options.hpp>
#include <llmx/service/reply.hpp>

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace llmx::inline LLMX_ABI {

namespace detail {

/// Counts the open sessions of a server. Thread-safe.
class realtime_places {
public:
    /// Takes a place for the principal \p id; a failure when there is none.
    LLMX_DECL [[nodiscard]] result<void> enter(const realtime_options& limits, const std::string& id);
    LLMX_DECL void leave(const std::string& id) noexcept;

private:
    std::mutex mutex_;
    std::size_t all_ = 0;
    std::unordered_map<std::string, std::size_t> of_;
};

/// A place while it exists.
class realtime_place {
public:
    realtime_place(std::shared_ptr<realtime_places> in, std::string id) noexcept : in_(std::move(in)), id_(std::move(id)) {}
    realtime_place(const realtime_place&) = delete;
    realtime_place& operator=(const realtime_place&) = delete;
    ~realtime_place() {
        if (in_ != nullptr) in_->leave(id_);
    }

private:
    std::shared_ptr<realtime_places> in_;
    std::string id_;
};

} // namespace detail

/// Relays the messages of a realtime session between the client of \p peer, whose socket is \p client, and \p upstream, which the call \p c
/// has brought, until both have closed it.
///
/// Each side's frames are read into messages and written anew, so a fragment, a ping or a wrong frame of one side is not the other's. Where
/// the codec of \p from is another than OpenAI's the messages are translated. Each direction holds one message, and is read no further
/// while its other side does not take it; memory comes from the server's budget. The tokens of each `response.done` are charged to the
/// limits of the call (`call::charge`); when one is used up the client gets an `error` event and a close frame with code 1008. A drain
/// ends a session between two responses with code 1001. \p first, if any, is sent as the client's first event. Returns how it ended, as `relay` does.
LLMX_DECL boost::asio::awaitable<result<void>> relay_realtime(server_connection& peer, taken_socket client, call& c, reply_tunnel& upstream,
                                                              const codec_ops& from, const realtime_options& options,
                                                                  std::string_view first);

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/realtime_session.ipp>
#endif
