// expect: llmx: a facade needs a codec that decodes requests and encodes replies
#include <llmx/dialects/openai/completions.hpp>
#include <llmx/server/facade.hpp>
template class llmx::facade<llmx::mistral_fim>;
