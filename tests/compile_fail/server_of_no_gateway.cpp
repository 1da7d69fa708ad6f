// expect: llmx: the gateway of a server has boost::asio::awaitable<result<reply>> execute(call& c)
// names: check_server_gateway<backend>
#include <llmx/policies/weighted.hpp>
#include <llmx/gateway/gateway.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/server/server.hpp>
#include <llmx/server/endpoints/health.hpp>
struct backend {
    std::shared_ptr<const llmx::topology> world() const;
};
static_assert(sizeof(llmx::server<backend, llmx::health_endpoint>) != 0);
