// SPDX-License-Identifier: BSL-1.0
// What the compile times of llmx are divided by: standard library alone, so that it changes with the machine and the
// compiler and not with llmx. Do not change it: the limits in budgets.json are multiples of its time.
#include <algorithm>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <ranges>
#include <regex>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

template <int N> struct node {
    std::map<std::string, std::vector<std::variant<int, std::string, std::unique_ptr<node<N - 1>>>>> children;
    std::unordered_map<std::string, std::function<int(const node&)>> visitors;
    int sum() const {
        int total = N;
        for (const auto& [name, values] : children)
            for (const auto& v : values)
                if (const auto* inner = std::get_if<2>(&v)) total += (*inner)->sum();
                else if (const auto* number = std::get_if<0>(&v)) total += *number;
        for (const auto& [name, visit] : visitors) total += visit(*this);
        return total;
    }
};
template <> struct node<0> {
    int sum() const { return 0; }
};

int main(int argc, char** argv) {
    node<24> root;
    const std::regex word("([a-z]+)-([0-9]+)");
    std::mt19937 random(1);
    std::vector<std::string> words(argv, argv + argc);
    std::ranges::shuffle(words, random);
    std::ranges::sort(words, std::ranges::greater());
    for (const auto& text : words | std::views::filter([](const auto& s) { return !s.empty(); })) {
        std::smatch match;
        if (std::regex_match(text, match, word)) root.children[match[1]].emplace_back(std::stoi(match[2]));
    }
    std::cout << root.sum() << '\n';
}
