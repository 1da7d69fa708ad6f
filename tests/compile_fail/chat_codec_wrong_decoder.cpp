// expect: llmx: a chat codec's stream_decoder has
// names: my_chat
#include <llmx/dialects/openai/chat.hpp>
struct my_chat : llmx::openai_chat {
    struct stream_decoder {
        bool feed(std::string_view, llmx::event_batch&) { return true; }
    };
};
const llmx::codec_ops& table = llmx::codec_of<my_chat>;
