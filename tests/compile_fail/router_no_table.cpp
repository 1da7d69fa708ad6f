// expect: llmx: a router's table is a type with a constructor
// names: check_router<my_router>
#include <llmx/gateway/gateway.hpp>
#include <llmx/providers/mock.hpp>
struct my_router {
    struct state {};
    std::size_t pick(int&, int, llmx::pick_hints&) const noexcept { return 0; }
    void started(state&, llmx::time_point) const noexcept {}
    void answered(state&, llmx::duration, bool, llmx::time_point) const noexcept {}
    void finished(state&, const llmx::outcome&, llmx::time_point) const noexcept {}
};
template class llmx::gateway<llmx::registry<llmx::mock>, my_router>;
