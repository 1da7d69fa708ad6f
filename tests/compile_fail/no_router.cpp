// expect: llmx: a gateway needs a router
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/providers/mock.hpp>
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::retry>;
