// expect: llmx: a provider's complete is static result<void> complete
// names: forgetful
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
struct forgetful : llmx::openai {
    static llmx::result<void> complete(llmx::deployment&) { return llmx::success(); }
};
static_assert(sizeof(llmx::registry<forgetful>) != 0);
