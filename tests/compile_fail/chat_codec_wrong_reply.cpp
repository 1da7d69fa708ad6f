// expect: llmx: a chat codec's encode_reply is
// names: check_chat_codec<my_chat>
#include <llmx/dialects/openai/chat.hpp>
struct my_chat : llmx::openai_chat {
    static bool encode_reply(const llmx::chat_reply&, const llmx::reply_options&, std::string&) { return true; }
};
const llmx::codec_ops& table = llmx::codec_of<my_chat>;
