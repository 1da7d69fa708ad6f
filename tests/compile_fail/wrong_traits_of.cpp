// expect: llmx: a provider's traits_of is static model_traits traits_of
// names: forgetful
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
struct forgetful : llmx::openai {
    static llmx::model_traits traits_of(std::string_view) { return {}; }
};
static_assert(sizeof(llmx::registry<forgetful>) != 0);
