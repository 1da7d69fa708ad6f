// expect: llmx: two providers in a registry have the same name
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
struct other : llmx::openai {};
template class llmx::registry<llmx::openai, other>;
