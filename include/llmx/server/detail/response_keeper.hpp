// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/core/result.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/response_store.hpp>
#include <llmx/service/call.hpp>
#include <llmx/wire/sse.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// One request of the Responses API whose answer is kept, or that continues one that is: what `facade` asks.
///
/// Stands in the frame of its endpoint; not thread-safe.
LLMX_DECL class basic_response_keeper {
public:
    /// \p what was found in the body of the request on \p peer.
    basic_response_keeper(std::shared_ptr<response_store> store, server_connection& peer, responses_demands what);

    /// Finds what the request continues, and makes the body that is sent. Where the vendor that made the response before can be asked,
    /// it alone is;
    /// elsewhere the conversation is sent as a whole. An id that is not known stays where it is, for a vendor that may know it.
    boost::asio::awaitable<result<void>> resolve(const topology& served);

    /// The body for the gateway.
    [[nodiscard]] std::string_view body() const noexcept { return changed_.empty() ? peer_->body() : std::string_view(changed_); }
    void set_up(call& c);
    void answered(call& c) noexcept;
    /// Keeps \p response, which is the whole answer. \p native: in the vendor's own bytes, so that the vendor has it too.
    boost::asio::awaitable<void> keep(const call& c, std::string_view response, bool native);
    /// The next bytes of a streamed answer, which is kept before its last event is sent.
    boost::asio::awaitable<void> follow(const call& c, std::string_view piece, bool native);

    /// Moves what was found into \p job.
    void move_to(response_job& job);

private:
    /// Finds the turns of `conversation`, as responses before. False when there is no such conversation.
    boost::asio::awaitable<result<bool>> find_conversation_turns(response_history& turns);
    /// Whether something is made of the answer.
    [[nodiscard]] bool keeps() const noexcept { return what_.store || !what_.conversation.empty(); }
    /// The items that the model gets, with those of the conversation.
    [[nodiscard]] std::string_view whole_input() const;

    std::shared_ptr<response_store> store_;
    server_connection* peer_;
    responses_demands what_;
    std::string owner_, id_, changed_, last_;
    /// Deployments of the group that do not have the response before, by index.
    std::vector<std::size_t> others_;
    bool pinned_ = false, must_translate_ = false, kept_ = false;
    memory_lease memory_;
    sse_parser parser_;
};
using response_keeper = LLMX_PLAIN(basic_response_keeper);

/// Whose responses the caller of \p peer reaches.
LLMX_DECL [[nodiscard]] std::string response_owner(const server_connection& peer);
/// A new id.
LLMX_DECL [[nodiscard]] std::string new_response_id(runtime& on);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/response_keeper.ipp>
#endif
