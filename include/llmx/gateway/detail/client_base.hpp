// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/gateway/client_options.hpp>
#include <llmx/gateway/detail/client_calling.hpp>
#include <llmx/gateway/detail/client_setup.hpp>
#include <llmx/service/any_service.hpp>

#include <memory>
#include <string>
#include <utility>

namespace llmx::inline LLMX_ABI::detail {

/// What `client` and `blocking_client` have in common: the model, and the state that their calls share.
///
/// Its destructor closes the state, so that calls under way are cancelled.
template <class P, class... Policies> class client_base {
public:
    using options_type = client_options<P, Policies...>;
    using gateway_type = typename options_type::gateway_type;

    client_base& operator=(client_base&&) = delete;

    /// Success, or why every call would fail. Thread-safe for a `client`.
    [[nodiscard]] result<void> ready() const { return client_ready(state_); }
    /// The model given at construction: what requests of this client should name.
    [[nodiscard]] const std::string& model() const noexcept { return model_; }
    /// The client's gateway for policies that call it with a runtime of their own: it may outlive the
    /// client, whose destruction does not cancel such calls. Empty when `ready` fails.
    [[nodiscard]] any_service service() const {
        if (!state_ || !state_->gateway) return any_service();
        return any_service(std::shared_ptr<gateway_type>(state_, &*state_->gateway));
    }

protected:
    template <class... Given> client_base(io_executor on, deployment d, const Given&... given) {
        model_ = d.model_group.empty() ? d.model : d.model_group;
        state_ = make_client_state(std::move(on), client_setup<P, Policies...>(std::move(d), given...));
    }
    client_base(client_base&& other) noexcept = default;
    ~client_base() { close(); }

    void close() noexcept { end_client(std::move(state_)); }
    void swap(client_base& other) noexcept {
        model_.swap(other.model_);
        state_.swap(other.state_);
    }
    /// \p request and the context \p ctx, null when the caller brings none, for a coroutine on \p where. The state
    /// must not be null.
    template <class Request> [[nodiscard]] auto asking(const io_executor& where, call_context* ctx, Request request) const {
        auto bridge = std::make_shared<call_bridge>(where);
        bridge->begin(ctx);
        return client_asking<gateway_type, Request>(state_, std::move(bridge), std::make_shared<const Request>(std::move(request)));
    }

    std::string model_;
    /// Null after a move.
    client_state_ptr<gateway_type> state_;
};

} // namespace llmx::inline LLMX_ABI::detail
