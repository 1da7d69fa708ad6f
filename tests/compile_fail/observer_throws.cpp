// expect: llmx: an observer's call_began is void call_began(const call& c) noexcept
// names: check_observer<my_log>
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/policies/observers.hpp>
struct my_log {
    void call_began(const llmx::call&) {}
};
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, llmx::observers<my_log>>;
