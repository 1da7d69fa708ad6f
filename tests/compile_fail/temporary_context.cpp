// expect: llmx: the call_context must outlive the call
#include <llmx/gateway/client.hpp>
#include <llmx/providers/mock.hpp>
auto ask(llmx::client<llmx::mock>& ai, const llmx::chat_request& request) {
    return ai.chat(llmx::call_context(), request);
}
