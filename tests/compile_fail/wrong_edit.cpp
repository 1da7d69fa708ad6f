// expect: llmx: a provider's edit is result<void> edit
// names: forgetful
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
struct forgetful : llmx::openai {
    llmx::result<void> edit(llmx::splice_list&) const { return llmx::success(); }
};
static_assert(sizeof(llmx::registry<forgetful>) != 0);
