// expect: llmx: a gateway takes its policies as one tuple
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/policies/retry.hpp>
using some_gateway = llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, llmx::retry>;
void make(std::shared_ptr<const llmx::topology> t) { some_gateway gw(t, llmx::weighted(), llmx::retry()); }
