// expect: llmx: a layer's operator() is boost::asio::awaitable<result<reply>> operator()(call& c)
// names: my_policy::layer<
#include <llmx/gateway/gateway.hpp>
#include <llmx/policies/weighted.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/service/deciding_layer.hpp>
struct my_policy {
    static constexpr llmx::stage_position position = llmx::before(llmx::stage::retry);
    template <class Next> class layer : public llmx::layer_base<Next> {
    public:
        layer(const my_policy&, std::shared_ptr<const llmx::topology>, Next next) : llmx::layer_base<Next>(std::move(next)) {}
        llmx::result<llmx::reply> operator()(llmx::call&) { return llmx::error(llmx::errc::shed); }
    };
};
template class llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted, my_policy>;
