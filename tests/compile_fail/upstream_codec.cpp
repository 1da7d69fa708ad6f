// expect: llmx: a facade needs a codec that decodes requests and encodes replies
#include <llmx/dialects/bedrock/converse.hpp>
#include <llmx/server/facade.hpp>
template class llmx::facade<llmx::bedrock_converse>;
