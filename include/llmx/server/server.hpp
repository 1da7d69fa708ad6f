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
/// \p gateway is used from all threads and must outlive the server. `server` identifies callers by
/// the keys of its options; `basic_server` takes an authenticator of the program's own.
template <class Gateway, class Authenticator, class... Endpoints>
class basic_server final : public server_host {
    static_assert(sizeof(check_server_gateway<Gateway>) != 0 && sizeof(check_authenticator<Authenticator>) != 0);
    static_assert(((sizeof(check_endpoint<Endpoints>) != 0 && sizeof(check_serving<Endpoints, Gateway>) != 0) && ...));
    static_assert(sizeof...(Endpoints) != 0, "llmx: a server needs at least one endpoint");
    using routes = route_table<Gateway, Endpoints...>;

public:
    /// Each thread gets what \p make_runtime makes; null: `pooled_runtimes`.
    explicit basic_server(Gateway& gateway, server_options o = server_options(),
                          runtime_factory make_runtime = runtime_factory())
        requires std::same_as<Authenticator, key_authenticator>
        : server_host(o, or_pooled(std::move(make_runtime), o.threads), false), gateway_(&gateway),
          who_(keys_in(options())) {}
    /// The same with \p who identifying callers: the keys of \p o are not looked at.
    basic_server(Gateway& gateway, Authenticator who, server_options o = server_options(),
                 runtime_factory make_runtime = runtime_factory())
        : server_host(o, or_pooled(std::move(make_runtime), o.threads), !std::same_as<Authenticator, key_authenticator>),
          gateway_(&gateway), who_(std::move(who)) {}

    [[nodiscard]] Authenticator& callers() noexcept { return who_; }

private:
    static runtime_factory or_pooled(runtime_factory given, unsigned threads) {
        return given ? std::move(given) : pooled_runtimes(http_pool_options(), threads);
    }
    static key_authenticator keys_in(const server_options& o) {
        result<std::shared_ptr<const key_ring>> keys = key_authenticator::keys_of(o);
        // With wrong keys there is no server: `listen` reports them.
        return key_authenticator(keys ? std::move(*keys) : key_ring::make(std::vector<access_key>()).value());
    }
    void begin_session(server_core& core, std::shared_ptr<server_connection> c) override {
        boost::asio::co_spawn(core.io, serve_session<routes>(c, *gateway_, who_),
                              [c](const std::exception_ptr& e) {
                                  if (e) c->abandon();
                              });
    }

    Gateway* gateway_;
    Authenticator who_;
};

/// A server that identifies callers by the keys of its options.
template <class Gateway, class... Endpoints>
using server = basic_server<Gateway, key_authenticator, Endpoints...>;

} // namespace llmx::inline LLMX_ABI
