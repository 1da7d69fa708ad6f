// SPDX-License-Identifier: BSL-1.0
// Milliseconds to read the embedded catalogue, nanoseconds of a lookup and of a cost. Prints a table; asserts nothing.
#include <llmx/catalog/call_cost.hpp>
#include <llmx/catalog/embedded.hpp>

#include <chrono>
#include <cstdio>
#include <string_view>

namespace {

using namespace llmx;
using std::chrono::steady_clock;

double nanoseconds(steady_clock::time_point since) {
    return std::chrono::duration<double, std::nano>(steady_clock::now() - since).count();
}

void lookup(const model_catalog& known, std::string_view provider, std::string_view model) {
    constexpr int rounds = 200'000;
    std::size_t seen = 0;
    const auto began = steady_clock::now();
    for (int i = 0; i < rounds; ++i) seen += known.find(provider, model) != nullptr ? 1u : 0u;
    std::printf("%8.1f ns  %s/%.*s (%s)\n", nanoseconds(began) / rounds, provider.data(), static_cast<int>(model.size()), model.data(),
                seen == 0 ? "not known" : "known");
}

} // namespace

int main() {
    const auto began = steady_clock::now();
    const model_catalog& known = *embedded_catalog();
    std::printf("%8.1f ms  read, %zu models\n", nanoseconds(began) / 1e6, known.models().size());
    lookup(known, "openai", "gpt-5");
    lookup(known, "anthropic", "claude-opus-5-5-20261101");
    lookup(known, "bedrock", "arn:aws:bedrock:us-east-1::foundation-model/us.anthropic.claude-sonnet-5-v1:0");
    lookup(known, "anthropic", "claude-opus-9-20280101");
    lookup(known, "openai", "unheard-of-model");
    usage used;
    used.input_tokens = 1000;
    used.output_tokens = 100;
    used.cached_tokens = 500;
    const model_facts& facts = *known.find("openai", "gpt-5");
    constexpr int rounds = 200'000;
    money total;
    const auto costs = steady_clock::now();
    for (int i = 0; i < rounds; ++i) total += cost_of(facts, used)->total;
    std::printf("%8.1f ns  cost of a call (%lld)\n", nanoseconds(costs) / rounds, static_cast<long long>(total.nanodollars));
    return 0;
}
