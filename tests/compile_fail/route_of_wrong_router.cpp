// expect: llmx: a router's finished is void finished(
// names: check_router<my_router>
#include <llmx/gateway/gateway.hpp>
#include <llmx/providers/mock.hpp>
struct my_router {
    struct state {};
    struct table {
        table(const my_router&, std::span<const llmx::deployment* const>) {}
    };
    template <llmx::candidate_view C> std::size_t pick(table&, const C&, llmx::pick_hints&) const noexcept { return 0; }
    void started(state&, llmx::time_point) const noexcept {}
    void answered(state&, llmx::duration, bool, llmx::time_point) const noexcept {}
};
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::route<my_router>>;
