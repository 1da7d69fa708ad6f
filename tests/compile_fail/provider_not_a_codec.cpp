// expect: llmx: a codec's operation is
// expect: llmx: a codec's language is
// expect: llmx: a codec's path is
// names: check_codec<my_form>
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
struct my_form {
    static constexpr std::string_view name = "my_form";
};
struct acme : llmx::openai {
    using codecs = llmx::codec_list<my_form>;
};
static_assert(sizeof(llmx::registry<acme>) != 0);
