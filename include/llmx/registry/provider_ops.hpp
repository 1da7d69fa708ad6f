// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/awaitable.hpp>
#include <llmx/providers/authorizing.hpp>
#include <llmx/providers/provider.hpp>
#include <llmx/providers/request_edit.hpp>
#include <llmx/service/runtime.hpp>
#include <llmx/transport/http_exchange.hpp>

#include <array>
#include <concepts>
#include <span>
#include <string>
#include <string_view>

namespace llmx::inline LLMX_ABI {

/// A provider that answers inside the process instead of over the network (`mock`, a
/// model linked into the program): it has HTTP's interface without a socket.
template <class P>
concept in_process_provider =
    provider<P> && requires(const P& p, runtime& on, const deployment& d, const http_request& request,
                            const http_limits& limits, cancellation& stop) {
        { p.exchange(on, d, request, limits, stop) } -> std::same_as<boost::asio::awaitable<result<http_response>>>;
    };

struct provider_ops;
namespace detail {
template <> inline constexpr bool keeps_frames<provider_ops> = true;
} // namespace detail

/// A provider as a table of functions, which the innermost service calls once routing
/// has chosen by run-time name. One table per provider type, in read-only memory.
struct provider_ops {
    std::string_view name;
    provider_facts facts;
    std::span<const codec_ops* const> codecs;
    /// The codec for a request of \p op in the form \p from, which may be null: that one when the
    /// provider has it, else its first of the operation; null when it has none.
    [[nodiscard]] const codec_ops* codec_for(const operation_info& op, const codec_ops* from) const noexcept {
        const codec_ops* first = nullptr;
        for (const codec_ops* const c : codecs) {
            if (c == from) return c;
            if (first == nullptr && c->operation == &op) first = c;
        }
        return first;
    }
    /// The same for the model \p model of \p d, of the codecs that it takes.
    [[nodiscard]] const codec_ops* codec_for(const operation_info& op, const codec_ops* from, const deployment& d,
                                             std::string_view model) const {
        if (takes == nullptr) return codec_for(op, from);
        const codec_ops* first = nullptr;
        for (const codec_ops* const c : codecs) {
            if (c != from && (first != nullptr || c->operation != &op)) continue;
            if (!takes(*c, d, model)) continue;
            if (c == from) return c;
            first = c;
        }
        return first;
    }
    /// How requests for the model \p model of \p d are written; \p known has what the catalogue knows about it, or is null.
    [[nodiscard]] model_traits traits_for(const deployment& d, std::string_view model, const model_traits* known = nullptr) const {
        if (d.traits) return *d.traits;
        model_traits t = traits_of != nullptr ? traits_of(d, model) : facts.traits;
        if (known != nullptr) t = merge_traits(t, *known);
        d.stated.apply(t);
        return t;
    }
    result<void> (*prepare)(const void*, const deployment&, const outgoing&, http_request&);
    error (*classify)(const void*, int, std::span<const http_field>, std::string_view);
    /// Null: over the network.
    boost::asio::awaitable<result<http_response>> (*exchange)(const void*, runtime&, const deployment&,
                                                              const http_request&, const http_limits&,
                                                              cancellation&);
    /// Null: `prepare` has written the credentials.
    boost::asio::awaitable<result<void>> (*authorize)(const void*, runtime&, const deployment&, http_request&,
                                                      const http_limits&, cancellation&);
    /// Edits the body of a request in one of the provider's forms; null: it is sent as it is.
    result<void> (*edit)(const void*, request_edit&);
    /// Whether a request may include the flag for the usage of its stream.
    bool takes_stream_options;
    /// Whether a model takes requests in the form of one of `codecs`; null: each model takes all.
    bool (*takes)(const codec_ops&, const deployment&, std::string_view model);
    /// Null: all models have those of `facts`.
    model_traits (*traits_of)(const deployment&, std::string_view model);
    /// Whether a deployment is right, as far as the provider itself can check.
    result<void> (*check)(const deployment&);
    /// Fills in values that a deployment leaves open; null: nothing beyond `facts`.
    result<void> (*complete)(deployment&, const variable_lookup&);
    /// Whether a deployment's streams may be requested with their usage; null: the value of `takes_stream_options`.
    bool (*asks_usage)(const deployment&) = nullptr;
    /// Names of codecs that calls bring (`on_demand_provider`).
    std::span<const std::string_view> on_demand = {};
    /// `choosing_provider`: a beginning of names of models behind a wildcard that only states their form.
    std::string_view form_prefix = {};
    /// `reporting_provider`; null: there is nothing beyond what the gateway sees.
    std::string (*report)(const deployment&) = nullptr;
    /// `replacing_provider`; null: nothing outlives a deployment.
    void (*replaced)(std::span<const deployment> before, std::span<const deployment> now) = nullptr;

    /// The codec among \p forms, which a null pointer ends, for a request of \p op in the form \p from: that one when the provider lists its
    /// name and the model takes it, else the first of the provider's list; null when there is none.
    [[nodiscard]] const codec_ops* form_for(const codec_ops* const* forms, const operation_info& op, const codec_ops* from,
                                            const deployment& d, std::string_view model) const {
        const codec_ops* first = nullptr;
        for (const std::string_view one : on_demand)
            for (const codec_ops* const* f = forms; *f != nullptr; ++f) {
                if ((*f)->name != one || (*f)->operation != &op || (takes != nullptr && !takes(**f, d, model))) continue;
                if (*f == from) return from;
                if (first == nullptr) first = *f;
            }
        return first;
    }
    [[nodiscard]] bool may_ask_usage(const deployment& d) const noexcept {
        return takes_stream_options && (asks_usage == nullptr || asks_usage(d));
    }
};

/// The optional members of the provider \p P that need a runtime, each with a sentence.
template <class P> struct check_provider_hooks {
    static_assert(!detail::names_authorize<P> || authorizing_provider<P>,
                  "llmx: a provider's authorize is boost::asio::awaitable<result<void>> authorize(runtime& on, const "
                  "deployment& d, http_request& out, const http_limits& limits, cancellation& stop) const");
    static_assert(!detail::names_edit<P> || editing_provider<P>, "llmx: a provider's edit is result<void> edit(request_edit& e) const");
    static_assert(!requires { &P::exchange; } || in_process_provider<P>,
                  "llmx: a provider's exchange is boost::asio::awaitable<result<http_response>> exchange(runtime& on, const deployment& d, "
                  "const http_request& request, const http_limits& limits, cancellation& stop) const");
};

namespace detail {
template <class P> [[nodiscard]] constexpr auto exchange_of() noexcept -> decltype(provider_ops::exchange) {
    if constexpr (in_process_provider<P>)
        return [](const void* self, runtime& on, const deployment& d, const http_request& request,
                  const http_limits& limits, cancellation& stop) {
            return static_cast<const P*>(self)->exchange(on, d, request, limits, stop);
        };
    else
        return nullptr;
}

template <class P> [[nodiscard]] constexpr auto authorize_of() noexcept -> decltype(provider_ops::authorize) {
    if constexpr (authorizing_provider<P>)
        return [](const void* self, runtime& on, const deployment& d, http_request& out, const http_limits& limits,
                  cancellation& stop) { return static_cast<const P*>(self)->authorize(on, d, out, limits, stop); };
    else
        return nullptr;
}
} // namespace detail

namespace detail {
template <class List> struct codec_table;
template <class... Cs> struct codec_table<codec_list<Cs...>> {
    static constexpr std::array<const codec_ops*, sizeof...(Cs)> all = {&codec_of<Cs>...};
};
} // namespace detail

namespace detail {
template <class P> [[nodiscard]] constexpr auto edit_of() noexcept -> decltype(provider_ops::edit) {
    if constexpr (editing_provider<P>)
        return [](const void* self, request_edit& e) { return static_cast<const P*>(self)->edit(e); };
    else
        return nullptr;
}
template <class P> [[nodiscard]] constexpr bool stream_options_of() noexcept {
    if constexpr (requires { { P::takes_stream_options } -> std::convertible_to<bool>; }) return P::takes_stream_options;
    else return true;
}
template <class P> [[nodiscard]] constexpr auto takes_of() noexcept -> decltype(provider_ops::takes) {
    if constexpr (choosing_provider<P>) return &P::takes;
    else return nullptr;
}
template <class P> [[nodiscard]] constexpr auto traits_of() noexcept -> decltype(provider_ops::traits_of) {
    if constexpr (traits_provider<P>) return &P::traits_of;
    else return nullptr;
}
template <class P> [[nodiscard]] constexpr auto complete_of() noexcept -> decltype(provider_ops::complete) {
    if constexpr (completing_provider<P>) return &complete_deployment<P>;
    else return nullptr;
}
} // namespace detail

namespace detail {
template <class P> [[nodiscard]] constexpr auto asks_usage_of() noexcept -> decltype(provider_ops::asks_usage) {
    if constexpr (requires(const deployment& d) { { P::asks_usage(d) } -> std::same_as<bool>; }) return &P::asks_usage;
    else return nullptr;
}
} // namespace detail

namespace detail {
template <class P> [[nodiscard]] constexpr std::string_view form_prefix_of() noexcept {
    if constexpr (requires { { P::form_prefix } -> std::convertible_to<std::string_view>; }) return P::form_prefix;
    else return std::string_view();
}
template <class P> [[nodiscard]] constexpr std::span<const std::string_view> on_demand_of() noexcept {
    if constexpr (on_demand_provider<P>) return P::on_demand;
    else return std::span<const std::string_view>();
}
template <class P> [[nodiscard]] constexpr auto report_of() noexcept -> decltype(provider_ops::report) {
    if constexpr (reporting_provider<P>) return &P::report;
    else return nullptr;
}
template <class P> [[nodiscard]] constexpr auto replaced_of() noexcept -> decltype(provider_ops::replaced) {
    if constexpr (replacing_provider<P>) return &P::replaced;
    else return nullptr;
}
/// Whether one of \p names is that of a codec of \p Op that calls bring.
template <class Op> [[nodiscard]] constexpr bool names_form_of(std::span<const std::string_view> names) noexcept {
    if constexpr (requires { typename Op::forms::list; }) {
        for (const codec_ops* const* f = forms_of<Op>(); *f != nullptr; ++f)
            for (const std::string_view name : names)
                if ((*f)->name == name) return true;
    }
    return false;
}
} // namespace detail

template <provider P>
inline constexpr provider_ops provider_ops_of = {
    P::name,
    P::facts,
    detail::codec_table<typename P::codecs>::all,
    [](const void* self, const deployment& d, const outgoing& what, http_request& out) {
        return static_cast<const P*>(self)->prepare(d, what, out);
    },
    [](const void* self, int status, std::span<const http_field> fields, std::string_view body) {
        return static_cast<const P*>(self)->classify(status, fields, body);
    },
    detail::exchange_of<P>(),
    detail::authorize_of<P>(),
    detail::edit_of<P>(),
    detail::stream_options_of<P>(),
    detail::takes_of<P>(),
    detail::traits_of<P>(),
    &detail::check_deployment<P>,
    detail::complete_of<P>(),
    detail::asks_usage_of<P>(),
    detail::on_demand_of<P>(),
    detail::form_prefix_of<P>(),
    detail::report_of<P>(),
    detail::replaced_of<P>(),
};

} // namespace llmx::inline LLMX_ABI
