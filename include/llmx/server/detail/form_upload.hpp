// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/dialects/openai/detail/form_model.hpp>
#include <llmx/dialects/request_head.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/service/inbound.hpp>
#include <llmx/transport/body_source.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI::detail {

/// A form with files that is sent on while it comes: only what stands before its model and the beginning
/// of its file is held, and the rest is pulled from the client by the provider's connection.
///
/// A form whose model comes behind its file is held up to there, within the memory that all
/// bodies share. Stands in the frame of its endpoint; not thread-safe.
LLMX_DECL class basic_form_upload final : public body_source {
public:
    explicit basic_form_upload(server_connection& peer);

    /// Reads until model and file are there, or to the end. Fails when the form is malformed (`invalid_request`), no
    /// form (`unsupported_media_type`), there is no memory for it (`shed`), or like `request_body`.
    boost::asio::awaitable<result<void>> read_until_model(bool whole);
    /// Reads the rest, for a form that is to be written anew. Fails likewise.
    boost::asio::awaitable<result<void>> read_rest();
    /// What was read.
    [[nodiscard]] std::string_view held() const noexcept { return held_; }
    /// The form has been read to its end.
    [[nodiscard]] bool ended() const noexcept { return ended_; }
    [[nodiscard]] request_head head() const;
    /// From now on the rest is \p in's source.
    void attach(inbound& in) noexcept;

    boost::asio::awaitable<result<std::string_view>> read_some() override;
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override;

private:
    /// Reads one piece, or notes the end.
    boost::asio::awaitable<result<void>> read_piece();
    /// As a request body: below the budget's high-water mark.
    [[nodiscard]] bool hold(std::string_view bytes);
    server_connection* connection_;
    memory_lease memory_;
    std::optional<form_model_finder> finder_;
    std::string held_;
    inbound* in_ = nullptr;
    bool ended_ = false;
};
using form_upload = LLMX_PLAIN(basic_form_upload);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/form_upload.ipp>
#endif
