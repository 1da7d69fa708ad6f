// expect: llmx: a client calls one provider: client<openai>; several are called through gateway<registry<openai, ...>, ...>
// names: client_registry<llmx
#include <llmx/gateway/client.hpp>
#include <llmx/providers/mock.hpp>
#include <boost/asio/io_context.hpp>
int main() {
    boost::asio::io_context io;
    llmx::client<llmx::registry<llmx::mock>> ai(io, "echo");
    ai.async_chat(llmx::chat_request(ai.model(), "hi"), [](const llmx::result<llmx::chat_reply>&) {});
}
