// expect: llmx: the call_context must outlive the call
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
using some_gateway = llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted>;
auto ask(some_gateway& gw, llmx::runtime& on) {
    return gw.stream(on, llmx::call_context(), llmx::chat_request("m", "hi"));
}
