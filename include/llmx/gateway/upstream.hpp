// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/core/callers_access.hpp>
#include <llmx/core/deployment.hpp>
#include <llmx/registry/registry.hpp>
#include <llmx/service/call.hpp>
#include <llmx/service/layer.hpp>
#include <llmx/service/reply.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace llmx::inline LLMX_ABI {
namespace detail {

/// One attempt: builds the provider's request, exchanges it, reads the reply (or the
/// head of the stream up to the first real content) and types every failure.
/// \p self is the provider object behind \p ops.
LLMX_DECL boost::asio::awaitable<result<reply>> perform(const provider_ops& ops, const void* self, call& c);
/// The same for a duplex operation: the reply is a `reply_tunnel`.
LLMX_DECL boost::asio::awaitable<result<reply>> open_session(const provider_ops& ops, const void* self, call& c);

/// Finds in the request of \p c what the price of the units in `report.tokens` depends on, and the facts that have that price.
LLMX_DECL void note_measures(call& c);
/// Whether the call brings its answer (`brought_access::mock`) and the deployment of the attempt lets it.
LLMX_DECL [[nodiscard]] bool brings_answer(const call& c) noexcept;
/// That deployment as one of the provider at \p provider_index, which answers so.
LLMX_DECL [[nodiscard]] std::shared_ptr<const deployment> mock_place(const call& c, std::size_t provider_index);

/// The request of an operation with answers of the kind `passed`, which makes its attempts itself.
struct own_attempt {
    own_attempt() = default;
    boost::asio::awaitable<result<reply>> (*make)(const provider_ops& ops, const void* self, call& c) = nullptr;
};

} // namespace detail

/// The innermost service: calls the provider of `call::target`.
///
/// Bytes pass through unparsed when the provider has the codec of the caller's request, unless they hold
/// signatures of another vendor; otherwise the request is decoded once per call and encoded
/// for the provider.
template <class Registry> class upstream {
public:
    explicit upstream(std::shared_ptr<const Registry> providers) : providers_(std::move(providers)) {}

    [[nodiscard]] boost::asio::awaitable<result<reply>> operator()(call& c) {
        std::size_t at = c.now.target->provider_index;
        c.now.own_place.reset();
        if (c.in.brought != nullptr && detail::brings_answer(c))
            if (const auto mock = Registry::find(c.now.target->callers->mock_provider)) c.now.own_place = detail::mock_place(c, at = *mock);
        if (c.in.operation->answer >= operation_info::answers::duplex) {
            // The call brings the function, so that only programs that pass requests on contain it.
            if (const auto* const own = c.in.canonical.get<detail::own_attempt>())
                return own->make(Registry::ops(at), providers_->self(at), c);
            return detail::open_session(Registry::ops(at), providers_->self(at), c);
        }
        return detail::perform(Registry::ops(at), providers_->self(at), c);
    }
    [[nodiscard]] time_point available_at(const deployment&, time_point now) const noexcept { return now; }
    void adopt(upstream&) noexcept {}

private:
    std::shared_ptr<const Registry> providers_;
};

} // namespace llmx::inline LLMX_ABI

#if !defined(LLMX_SEPARATE_COMPILATION)
#include <llmx/gateway/impl/upstream.ipp>
#endif
