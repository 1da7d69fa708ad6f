// expect: llmx: a provider's takes is static bool takes
// names: forgetful
#include <llmx/providers/openai.hpp>
#include <llmx/registry/provider_ops.hpp>
struct forgetful : llmx::openai {
    static bool takes(std::string_view) { return true; }
};
static_assert(!llmx::provider_ops_of<forgetful>.name.empty());
