// expect: llmx: a facade needs a codec that decodes requests and encodes replies
#include <llmx/dialects/voyage/rerank.hpp>
#include <llmx/server/facade.hpp>
template class llmx::facade<llmx::voyage_rerank>;
