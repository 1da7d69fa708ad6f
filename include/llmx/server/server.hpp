// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <llmx/server/auth.hpp>
#include <llmx/server/connection.hpp>
#include <llmx/server/endpoint.hpp>
#include <llmx/server/host.hpp>
#include <llmx/server/options.hpp>
#include <llmx/server/pooled_runtime.hpp>
#include <llmx/server/routes.hpp>
#include <llmx/server/session.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace llmx::inline v0 {

/// A gateway behind a socket. Its endpoints are its type: what is not listed is not in
/// the program.
///
/// \code
/// llmx::server<my_gateway, llmx::openai_chat_endpoint, llmx::health_endpoint> s(gateway, options);
/// auto done = s.run();
/// \endcode
/// \p gateway is used from all threads and must outlive the server.
template <server_gateway Gateway, server_endpoint... Endpoints> class server final : public server_host {
    static_assert(sizeof...(Endpoints) != 0, "llmx: a server needs at least one endpoint");
    using routes = route_table<Gateway, Endpoints...>;

public:
    /// Each thread gets what \p make_runtime makes; null: `pooled_runtimes`.
    explicit server(Gateway& gateway, server_options o = server_options(),
                    runtime_factory make_runtime = runtime_factory())
        : server_host(o, make_runtime ? std::move(make_runtime) : pooled_runtimes(http_pool_options(), o.threads)),
          gateway_(&gateway), key_(options().key) {}

private:
    void begin_session(server_core& core, std::shared_ptr<server_connection> c) override {
        boost::asio::co_spawn(core.io, serve_session<Gateway, routes>(c, *gateway_, key_),
                              [c](const std::exception_ptr& e) {
                                  if (e) c->abandon();
                              });
    }

    Gateway* gateway_;
    master_key key_;
};

} // namespace llmx::inline v0
