// expect: llmx: an operation's info is
// names: check_operation<moderation>
#include <llmx/dialects/openai/chat.hpp>
struct moderation {
    using request = int;
    using reply = int;
};
struct my_form {
    using operation = moderation;
    static constexpr std::string_view name = "my_form", language = "mine", path = "/moderations";
};
static_assert(llmx::codec_list<my_form>::size == 1);
