// expect: llmx: a provider's takes is static bool takes
// names: forgetful
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
struct forgetful : llmx::openai {
    static bool takes(std::string_view) { return true; }
};
static_assert(sizeof(llmx::registry<forgetful>) != 0);
