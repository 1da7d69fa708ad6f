// expect: llmx: a policy's layer is template <class Next> class layer
// names: check_policy<my_policy>
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/service/deciding_layer.hpp>
struct my_policy {
    static constexpr llmx::stage_position position = llmx::before(llmx::stage::retry);
};
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, my_policy>;
