// expect: llmx: every argument of a gateway after the registry must be a policy
// names: check_argument<fast>
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
struct fast {};
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, fast>;
