// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/auth.hpp>
#include <llmx/server/check_endpoint.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/host.hpp>
#include <llmx/server/key_authenticator.hpp>
#include <llmx/server/options.hpp>
#include <llmx/server/pooled_runtime.hpp>
#include <llmx/server/routes.hpp>
#include <llmx/server/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <concepts>
#include <exception>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

namespace llmx::inline LLMX_ABI {

/// A gateway behind a socket. Who may call and its endpoints are its type: what is not listed
/// is not in the program.
///
/// \code
/// llmx::server<my_gateway, llmx::openai_chat_endpoint, llmx::health_endpoint> s(gateway, options);
/// auto done = s.run();
/// \endcode
/// Endpoints with state are given to the constructor, behind the options; the others are made by
/// default and named by their type alone:
/// \code
/// llmx::server<my_gateway, llmx::openai_chat_endpoint, feedback_endpoint> s(gateway, options, feedback_endpoint(&db));
/// llmx::server s(gateway, options, llmx::openai_chat_endpoint(), feedback_endpoint(&db));
/// \endcode
/// `run` serves on threads of the server's own, `start` on a context of the program's.
///
/// \p gateway is used from all threads and must outlive the server. `server` identifies callers by
/// the keys of its options; `basic_server` takes an authenticator of the program's own.
template <class Gateway, class Authenticator, class... Endpoints>
class basic_server final : public server_host {
    static_assert(sizeof(check_server_gateway<Gateway>) != 0 && sizeof(check_authenticator<Authenticator>) != 0);
    static_assert(((sizeof(check_endpoint<Endpoints>) != 0 && sizeof(check_serving<Endpoints, Gateway>) != 0) && ...));
    static_assert(sizeof...(Endpoints) != 0, "llmx: a server needs at least one endpoint");
    using routes = route_table<Gateway, Endpoints...>;
    using endpoint_objects = typename routes::objects;

public:
    /// Each thread gets what \p make_runtime makes; null: `pooled_runtimes`.
    explicit basic_server(Gateway& gateway, server_options o = server_options(),
                          runtime_factory make_runtime = runtime_factory())
        requires std::same_as<Authenticator, key_authenticator> && (std::default_initializable<Endpoints> && ...)
        : basic_server(gateway, std::move(o), std::move(make_runtime), std::tuple<>()) {}
    /// The same with \p endpoints, those that have a state, in any order.
    template <class... Given>
        requires std::same_as<Authenticator, key_authenticator> &&
                 (sizeof...(Given) != 0 && detail::endpoint_list<Endpoints...>::template completed_by<Given...>)
    basic_server(Gateway& gateway, server_options o, Given... endpoints)
        : basic_server(gateway, std::move(o), runtime_factory(), std::tuple<Given...>(std::move(endpoints)...)) {}
    template <class... Given>
        requires std::same_as<Authenticator, key_authenticator> &&
                 (sizeof...(Given) != 0 && detail::endpoint_list<Endpoints...>::template completed_by<Given...>)
    basic_server(Gateway& gateway, server_options o, runtime_factory make_runtime, Given... endpoints)
        : basic_server(gateway, std::move(o), std::move(make_runtime), std::tuple<Given...>(std::move(endpoints)...)) {}
    /// The same with \p who identifying callers: the keys of \p o are not looked at.
    basic_server(Gateway& gateway, Authenticator who, server_options o = server_options(),
                 runtime_factory make_runtime = runtime_factory())
        requires(std::default_initializable<Endpoints> && ...)
        : basic_server(gateway, std::move(who), std::move(o), std::move(make_runtime), std::tuple<>()) {}
    template <class... Given>
        requires(sizeof...(Given) != 0 && detail::endpoint_list<Endpoints...>::template completed_by<Given...>)
    basic_server(Gateway& gateway, Authenticator who, server_options o, Given... endpoints)
        : basic_server(gateway, std::move(who), std::move(o), runtime_factory(), std::tuple<Given...>(std::move(endpoints)...)) {}
    template <class... Given>
        requires(sizeof...(Given) != 0 && detail::endpoint_list<Endpoints...>::template completed_by<Given...>)
    basic_server(Gateway& gateway, Authenticator who, server_options o, runtime_factory make_runtime, Given... endpoints)
        : basic_server(gateway, std::move(who), std::move(o), std::move(make_runtime), std::tuple<Given...>(std::move(endpoints)...)) {}

    [[nodiscard]] Authenticator& callers() noexcept { return state_->who; }
    /// The endpoint of type \p E, for programs that read its state; it is valid as long as the server.
    template <class E>
        requires detail::is_given<E, Endpoints...>
    [[nodiscard]] E& endpoint() noexcept {
        return state_->endpoints.template get<E>();
    }

private:
    /// What sessions use. In a context of the program's own they may outlast the server.
    struct state {
        template <class Made>
        state(Authenticator w, Made given) : who(std::move(w)), endpoints(std::move(given)) {}
        Authenticator who;
        endpoint_objects endpoints;
    };

    template <class... Given>
    basic_server(Gateway& gateway, server_options o, runtime_factory make_runtime, std::tuple<Given...> given)
        : server_host(o, or_pooled(std::move(make_runtime), o.threads), false), gateway_(&gateway),
          state_(std::make_shared<state>(keys_in(options()), std::move(given))) {}
    template <class... Given>
    basic_server(Gateway& gateway, Authenticator who, server_options o, runtime_factory make_runtime, std::tuple<Given...> given)
        : server_host(o, or_pooled(std::move(make_runtime), o.threads), !std::same_as<Authenticator, key_authenticator>),
          gateway_(&gateway), state_(std::make_shared<state>(std::move(who), std::move(given))) {}

    static runtime_factory or_pooled(runtime_factory given, unsigned threads) {
        return given ? std::move(given) : pooled_runtimes(http_pool_options(), threads);
    }
    static key_authenticator keys_in(const server_options& o) {
        result<std::shared_ptr<const key_ring>> keys = key_authenticator::keys_of(o);
        // With wrong keys there is no server: `listen` reports them.
        return key_authenticator(keys ? std::move(*keys) : key_ring::make(std::vector<access_key>()).value());
    }
    void begin_session(server_core& core, std::shared_ptr<server_connection> c) override {
        boost::asio::co_spawn(core.io, serve_session<routes>(c, *gateway_, state_->who, state_->endpoints),
                              [c, kept = state_](const std::exception_ptr& e) {
                                  if (e) c->abandon();
                              });
    }

    Gateway* gateway_;
    std::shared_ptr<state> state_;
};

template <server_gateway Gateway, server_endpoint... Endpoints>
basic_server(Gateway&, server_options, Endpoints...) -> basic_server<Gateway, key_authenticator, Endpoints...>;

/// A server that identifies callers by the keys of its options.
template <class Gateway, class... Endpoints>
using server = basic_server<Gateway, key_authenticator, Endpoints...>;

} // namespace llmx::inline LLMX_ABI
