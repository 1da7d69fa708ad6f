// expect: llmx: a provider's classify is error classify(int status, std::span<const http_field> fields, std::string_view body) const
// names: check_provider<vendor>
#include <llmx/gateway/blocking_client.hpp>
#include <llmx/providers/openai.hpp>
struct vendor {
    static constexpr std::string_view name = "vendor";
    using codecs = llmx::codec_list<llmx::openai_chat>;
    static constexpr llmx::provider_facts facts = {
        .default_base = "https://example.com", .key_env = "KEY", .base_env = "BASE", .needs_key = false, .traits = {}};
    llmx::result<void> prepare(const llmx::deployment&, const llmx::outgoing&, llmx::http_request&) const { return llmx::success(); }
};
int main() {
    llmx::blocking_client<vendor> ai("a-model");
    return ai.chat("hi").has_value() ? 0 : 1;
}
