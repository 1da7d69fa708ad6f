// expect: llmx: an observer's attempt_ended is void attempt_ended(
// names: check_observer<my_log>
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/policies/observers.hpp>
struct my_log {
    void call_began(const llmx::call&) noexcept {}
    void attempt_ended(const llmx::call&, const llmx::outcome&) noexcept {}
};
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, llmx::observers<my_log>>;
