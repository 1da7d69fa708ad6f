// expect: llmx: the first argument of gateway is a registry: gateway<registry<openai>, weighted>
// names: gateway<llmx
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
using some_gateway = llmx::gateway<llmx::mock, llmx::weighted>;
static_assert(sizeof(some_gateway) != 0);
