// expect: llmx: a provider's classify is error classify(int status
// names: acme
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
struct acme {
    static constexpr std::string_view name = "acme";
    using codecs = llmx::codec_list<llmx::openai_chat>;
    static constexpr llmx::provider_facts facts = llmx::openai::facts;
    llmx::result<void> prepare(const llmx::deployment&, const llmx::outgoing&, llmx::http_request&) const { return llmx::success(); }
};
using providers = llmx::registry<acme>;
static_assert(sizeof(providers) != 0);
