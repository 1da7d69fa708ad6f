// expect: llmx: a deciding layer's after is std::optional<time_point> after(call& c, memory& m, result<reply>& r)
// names: check_deciding<my_layer<
#include <llmx/service/deciding_layer.hpp>
template <class Next> class my_layer : public llmx::deciding_layer<my_layer<Next>, Next> {
public:
    struct memory {};
    explicit my_layer(Next next) : llmx::deciding_layer<my_layer<Next>, Next>(std::move(next)) {}
    llmx::result<void> before(llmx::call&, memory&) { return llmx::success(); }
    void after(llmx::call&) {}
};
void make() { my_layer<llmx::detail::probe_service> one{llmx::detail::probe_service()}; }
