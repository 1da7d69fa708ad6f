// expect: llmx: a deciding layer's before is result<void> before(call& c, memory& m); its other hooks, after, must_wait and wait, may be left out
// names: my_policy::layer<
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/service/deciding_layer.hpp>
struct my_policy {
    static constexpr llmx::stage_position position = llmx::before(llmx::stage::retry);
    template <class Next> class layer : public llmx::deciding_layer<layer<Next>, Next> {
    public:
        layer(const my_policy&, std::shared_ptr<const llmx::topology>, Next next) : llmx::deciding_layer<layer<Next>, Next>(std::move(next)) {}
        struct memory {};
    };
};
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, my_policy>;
