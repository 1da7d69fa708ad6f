// expect: llmx: an observer has one of call_began, attempt_began, first_content, attempt_ended and call_ended
// names: check_observer<my_log>
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/policies/observers.hpp>
struct my_log {
    void call_begun(const llmx::call&) noexcept {}
};
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, llmx::observers<my_log>>;
