// expect: llmx: a provider's codecs is
// expect: llmx: a provider's facts is
// expect: llmx: a provider's prepare is
// expect: llmx: a provider's classify is
// names: check_provider<vendor>
#include <llmx/registry/registry.hpp>
struct vendor {
    static constexpr std::string_view name = "vendor";
};
template class llmx::registry<vendor>;
