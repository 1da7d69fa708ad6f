// expect: llmx: a deciding layer names itself: class my_layer : public deciding_layer<my_layer, Next>
// names: my_policy::layer<
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/service/deciding_layer.hpp>
template <class Next> class other {};
struct my_policy {
    static constexpr llmx::stage_position position = llmx::before(llmx::stage::retry);
    template <class Next> class layer : public llmx::deciding_layer<other<Next>, Next> {
    public:
        layer(const my_policy&, std::shared_ptr<const llmx::topology>, Next next) : llmx::deciding_layer<other<Next>, Next>(std::move(next)) {}
        struct memory {};
        llmx::result<void> before(llmx::call&, memory&) { return llmx::success(); }
    };
};
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, my_policy>;
