// expect: llmx: an endpoint's match is
// expect: llmx: an endpoint's serve is
// names: openai_chat
#include <llmx/policies/weighted.hpp>
#include <llmx/gateway/gateway.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/server/server.hpp>
#include <llmx/dialects/openai/chat.hpp>
using some_gateway = llmx::gateway<llmx::registry<llmx::mock>, llmx::weighted>;
static_assert(sizeof(llmx::server<some_gateway, llmx::openai_chat>) != 0);
