// SPDX-License-Identifier: BSL-1.0
// Milliseconds to read the embedded catalogue, nanoseconds of a lookup and of a cost, of the thread's own processor time. Prints a table
// beside the budgets of 20 ms and 200 ns; asserts nothing.
#include <llmx/catalog/call_cost.hpp>
#include <llmx/catalog/embedded.hpp>

#include <cstdio>
#include <ctime>
#include <string_view>

namespace {

using namespace llmx;

/// Nanoseconds of processor time: what other programs use of the machine does not count.
double cpu_time() { return static_cast<double>(std::clock()) * (1e9 / CLOCKS_PER_SEC); }
double nanoseconds(double since) { return cpu_time() - since; }

void lookup(const model_catalog& known, std::string_view provider, std::string_view model) {
    constexpr int rounds = 200'000;
    std::size_t seen = 0;
    const auto began = cpu_time();
    for (int i = 0; i < rounds; ++i) seen += known.find(provider, model) != nullptr ? 1u : 0u;
    std::printf("%8.1f ns  %s/%.*s (%s)\n", nanoseconds(began) / rounds, provider.data(), static_cast<int>(model.size()), model.data(),
                seen == 0 ? "not known" : "known");
}

} // namespace

int main() {
    const auto began = cpu_time();
    const model_catalog& known = *embedded_catalog();
    std::printf("%8.1f ms  read, %zu models\n", nanoseconds(began) / 1e6, known.models().size());
    lookup(known, "openai", "gpt-5");
    lookup(known, "anthropic", "claude-opus-5-5-20261101");
    lookup(known, "bedrock", "arn:aws:bedrock:us-east-1::foundation-model/us.anthropic.claude-sonnet-5-v1:0");
    lookup(known, "vertex_ai", "projects/p/locations/global/publishers/anthropic/models/claude-sonnet-4-5@20250929");
    lookup(known, "azure", "gpt-4o-2024-11-20");
    lookup(known, "", "azure/eu/gpt-6.1-sol-2026-09-29");
    lookup(known, "anthropic", "claude-opus-9-20280101");
    lookup(known, "openai", "unheard-of-model");
    usage used;
    used.input_tokens = 1000;
    used.output_tokens = 100;
    used.cached_tokens = 500;
    const model_facts& facts = *known.find("openai", "gpt-5");
    constexpr int rounds = 200'000;
    money total;
    const auto costs = cpu_time();
    for (int i = 0; i < rounds; ++i) total += cost_of(facts, used)->total;
    std::printf("%8.1f ns  cost of a call (%lld)\n", nanoseconds(costs) / rounds, static_cast<long long>(total.nanodollars));
    return 0;
}
