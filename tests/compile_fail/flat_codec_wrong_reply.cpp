// expect: llmx: a codec's decode_reply is
// names: check_flat_codec<my_embeddings>
#include <llmx/dialects/openai/embeddings.hpp>
struct my_embeddings : llmx::openai_embeddings {
    static bool decode_reply(std::string_view) { return true; }
};
const llmx::codec_ops& table = llmx::codec_of<my_embeddings>;
