// expect: llmx: an authenticator's identify is
// names: check_authenticator<by_cookie>
#include <llmx/policies/weighted.hpp>
#include <llmx/gateway/gateway.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/server/server.hpp>
#include <llmx/server/endpoints/health.hpp>
struct by_cookie {
    std::optional<llmx::result<llmx::principal_ptr>> try_identify(llmx::runtime&, const llmx::http_request_head&) const;
    llmx::result<llmx::principal_ptr> identify(llmx::runtime&, const llmx::http_request_head&) const;
};
using some_gateway = llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted>;
static_assert(sizeof(llmx::basic_server<some_gateway, by_cookie, llmx::health_endpoint>) != 0);
