// expect: llmx: every type in a registry must be a provider
#include <llmx/registry/registry.hpp>
struct vendor {
    static constexpr std::string_view name = "vendor";
};
template class llmx::registry<vendor>;
