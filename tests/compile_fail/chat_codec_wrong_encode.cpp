// expect: llmx: a chat codec's encode_request is
// names: my_chat
#include <llmx/dialects/openai/chat.hpp>
struct my_chat : llmx::openai_chat {
    static llmx::result<void> encode_request(const llmx::chat_request&, std::string&) { return llmx::success(); }
};
const llmx::codec_ops& table = llmx::codec_of<my_chat>;
