// expect: llmx: two policies of a gateway stand on the same one-seat stage
// names: weighted
// names: round_robin
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/round_robin.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, llmx::round_robin>;
