// expect: llmx: this provider is not in the registry
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
const auto& get(const llmx::registry<llmx::openai>& r) { return r.get<llmx::openai_compatible>(); }
