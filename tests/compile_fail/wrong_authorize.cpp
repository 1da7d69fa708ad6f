// expect: llmx: a provider's authorize is boost::asio::awaitable<result<void>> authorize
// names: forgetful
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
struct forgetful : llmx::openai {
    llmx::result<void> authorize(llmx::http_request&) const { return llmx::success(); }
};
static_assert(sizeof(llmx::registry<forgetful>) != 0);
