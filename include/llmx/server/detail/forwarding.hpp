// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/memory_budget.hpp>
#include <llmx/core/topology.hpp>
#include <llmx/gateway/own_path.hpp>
#include <llmx/gateway/pass_through.hpp>
#include <llmx/registry/provider_ops.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/detail/form_upload.hpp>
#include <llmx/server/detail/plain_body.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/reply.hpp>
#include <llmx/transport/body_source.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llmx::inline LLMX_ABI::detail {

/// A request that goes to a vendor's own path, from its head to the last byte of the answer.
///
/// A JSON body is read first, for the model and the size of the request, within the memory that all bodies share; of a form
/// only what is before its model, where the caller is limited to models. Every other body is pulled by the provider's connection. Stands in the
/// frame of its endpoint; not thread-safe.
LLMX_DECL class basic_forwarding final : public body_source {
public:
    /// \p rest is the path behind the vendor's name. What the arguments refer to must outlive this.
    basic_forwarding(server_connection& peer, const provider_ops& ops, std::string_view rest);
    /// The same for a path of the operator's own.
    basic_forwarding(server_connection& peer, const provider_ops& ops, std::string_view rest, const own_path& route);

    pass_through_answer answered;
    pass_through_request request;

    /// Checks the path, finds the form of the request and reads its body as far as it must be known.
    boost::asio::awaitable<result<void>> read();
    /// Fails with `errc::permission_denied` unless the caller may use each model that the request names. One that is limited to models
    /// may make no request without any.
    [[nodiscard]] result<void> admit(const topology& served) const;
    /// Fills in \p c, for the group \p group, which must outlive it.
    void set_up(call& c, std::string_view group);
    /// Relays \p got, the result of the call \p c.
    boost::asio::awaitable<void> give(call& c, result<reply>& got);

    boost::asio::awaitable<result<std::string_view>> read_some() override;
    [[nodiscard]] std::optional<std::uint64_t> size() const noexcept override;

private:
    void take_fields();
    /// The fields of a WebSocket's handshake.
    void take_handshake();
    /// Relays the bytes of the WebSocket that \p opened is.
    boost::asio::awaitable<void> give_tunnel(reply& opened);
    void find_codec();
    /// Models in the path: what follows "models", "model" or "deployments".
    void find_models_in_path();
    void find_models_in(std::string_view json, int depth, bool everywhere);
    void note_model(std::string name);
    [[nodiscard]] bool limited() const noexcept;
    boost::asio::awaitable<result<void>> read_whole();
    /// Decodes a whole body with a content coding, as far as it has to be read.
    boost::asio::awaitable<result<void>> decode(std::string_view coding);
    /// The body as it can be read.
    [[nodiscard]] std::string_view text() const noexcept { return plain_ ? std::string_view(plain_->text) : std::string_view(held_); }
    /// Reads what the codec finds in a whole body.
    [[nodiscard]] result<void> scan();

    server_connection* peer_;
    const provider_ops* ops_;
    const own_path* route_ = nullptr;
    /// The codec of the request, and of its answer; null: the path is that of none.
    const codec_ops* codec_ = nullptr;
    std::string query_, path_model_, held_, model_, protocols_;
    std::vector<std::string> models_;
    memory_lease memory_;
    /// The body without its content coding; nothing when it has none, or cannot be decoded.
    std::optional<plain_body> plain_;
    std::optional<LLMX_OF(form_upload)> form_;
    request_head head_;
    inbound* in_ = nullptr;
    bool streams_ = false;
    bool whole_ = false;
    /// The body has a content coding and is not read.
    bool sealed_ = false;
};
using forwarding = LLMX_PLAIN(basic_forwarding);

/// \p query without the parameter `key`, which holds a caller's key.
LLMX_DECL [[nodiscard]] std::string query_without_key(std::string_view query);
/// Whether a client's field \p name may go on to another server: no field of the connection, no credential, no trace of the client's
/// own network.
LLMX_DECL [[nodiscard]] bool is_passed_field(const http_request_head& head, std::string_view name);

} // namespace llmx::inline LLMX_ABI::detail

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/server/impl/forwarding.ipp>
#endif
