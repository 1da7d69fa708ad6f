// expect: llmx: an endpoint's serve is template <class Gateway> boost::asio::awaitable<void> serve(
// names: check_serving<status
#include <llmx/policies/weighted.hpp>
#include <llmx/gateway/gateway.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/server/server.hpp>
struct status {
    static llmx::endpoint_match match(std::string_view, std::string_view) noexcept { return llmx::endpoint_match(); }
    static constexpr std::string_view usage = "GET /status";
    static constexpr std::string_view language = "";
    static bool needs_key(const llmx::endpoint_match&) noexcept { return true; }
    static constexpr bool quiet = false;
    static void encode_error(const llmx::error&, std::string&) {}
    static boost::asio::awaitable<void> serve(llmx::server_connection&) { co_return; }
};
using some_gateway = llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted>;
static_assert(sizeof(llmx::server<some_gateway, status>) != 0);
