// expect: llmx: a provider's complete is static result<void> complete
// names: forgetful
#include <llmx/providers/openai.hpp>
#include <llmx/registry/provider_ops.hpp>
struct forgetful : llmx::openai {
    static llmx::result<void> complete(llmx::deployment&) { return llmx::success(); }
};
static_assert(!llmx::provider_ops_of<forgetful>.name.empty());
