// compiles
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/retry.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, llmx::retry>;
