// expect: llmx: a provider's facts is static constexpr provider_facts facts
// names: acme
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>
struct acme {
    static constexpr std::string_view name = "acme";
    using codecs = llmx::codec_list<llmx::openai_chat>;
    llmx::result<void> prepare(const llmx::deployment&, const llmx::outgoing&, llmx::http_request&) const { return llmx::success(); }
    llmx::error classify(int, std::span<const llmx::http_field>, std::string_view) const { return llmx::errc::internal; }
};
using providers = llmx::registry<acme>;
static_assert(sizeof(providers) != 0);
