// SPDX-License-Identifier: BSL-1.0
// llmx-soak upstream
// llmx-soak load PORT KEY POOR_KEY CALLS SECONDS CONNECTIONS RECORDS SEED
#include "load.hpp"
#include "upstream.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "upstream") return soak::run_upstream();
    if (argc == 10 && std::string_view(argv[1]) == "load") {
        soak::load_options o;
        o.port = static_cast<unsigned short>(std::strtoul(argv[2], nullptr, 10));
        o.key = argv[3];
        o.poor_key = argv[4];
        o.calls = std::strtoull(argv[5], nullptr, 10);
        o.seconds = static_cast<unsigned>(std::strtoul(argv[6], nullptr, 10));
        o.connections = static_cast<unsigned>(std::strtoul(argv[7], nullptr, 10));
        o.records = argv[8];
        o.seed = std::strtoull(argv[9], nullptr, 10);
        return soak::run_load(o);
    }
    std::fprintf(stderr, "usage: llmx-soak upstream | llmx-soak load PORT KEY POOR_KEY CALLS SECONDS CONNECTIONS RECORDS SEED\n");
    return 2;
}
