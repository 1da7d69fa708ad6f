// SPDX-License-Identifier: BSL-1.0
// Work grows with the size of what is translated: eight times as many of the same things cost about
// eight times as many steps, whatever the things are, between all languages and in both directions.
#include "pipeline.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <iostream>
#include <sstream>

namespace {

using growth::generator;
using growth::language;

constexpr std::size_t few = 1000, many = 8 * few;
// Eight, the logarithm of a sort or of a tree (13 / 10), and what a buffer that grows copies.
constexpr double steepest = 12;
// Steps a byte that no growth is looked for below: a few passes over a text, or over a refused one.
// What is done once more for each of 8,000 things takes hundreds.
constexpr double cheap = 20;
// Bytes of heap at the worst moment for each byte translated. Smallest values make the largest
// trees: a number of one digit in an array takes 24 bytes there, and twice that while it is read.
constexpr double fattest = 130;
// What is there at any size, and what references in a schema are written out to.
constexpr std::size_t spare = std::size_t{1} << 20;

struct worst {
    double ratio = 0, bytes = 0;
    std::string ratio_of, bytes_of;
};

/// \p text(g, n) is what is given to \p work, which is false when that refused it.
template <class Text, class Work>
void check(const generator& g, const std::string& what, worst& w, Text text, Work work) {
    const std::string small = text(g, few), large = text(g, many);
    static_cast<void>(work(text(g, 2))); // what is made once
    bool small_taken = false, large_taken = false;
    const counted::cost a = counted::of([&] { small_taken = work(small); });
    const counted::cost b = counted::of([&] { large_taken = work(large); });
    const std::string name = what + ", " + std::string(g.name);
    const double ratio = static_cast<double>(b.steps) / static_cast<double>(a.steps);
    const double bytes = static_cast<double>(b.bytes) / static_cast<double>(large.size());
    if (std::getenv("LLMX_GROWTH_TABLE") != nullptr)
        std::cout << name << ": " << a.steps << " to " << b.steps << " steps, ratio " << ratio << ", heap " << bytes
                  << " a byte of " << large.size() << (large_taken ? "" : ", refused") << '\n';
    const double each = static_cast<double>(b.steps) / static_cast<double>(large.size());
    BOOST_CHECK_MESSAGE(ratio < steepest || each < cheap, name << ": " << a.steps << " steps became " << b.steps << ", ratio " << ratio);
    BOOST_CHECK_MESSAGE(static_cast<double>(b.bytes) < fattest * static_cast<double>(large.size()) + spare, name << ": " << b.bytes << " bytes of heap for " << large.size() << ", ratio " << bytes);
    if (!g.may_be_refused)
        BOOST_CHECK_MESSAGE(small_taken && large_taken, name << " is refused at " << (small_taken ? many : few));
    if (ratio > w.ratio) {
        w.ratio = ratio;
        w.ratio_of = name;
    }
    if (bytes > w.bytes) {
        w.bytes = bytes;
        w.bytes_of = name;
    }
}

[[nodiscard]] std::string body_of(const generator& g, std::size_t n) { return g.make(n); }

void report(const worst& w) {
    BOOST_TEST_MESSAGE("steepest: " << w.ratio << " (" << w.ratio_of << "); most heap: " << w.bytes << " (" << w.bytes_of << ")");
}

[[nodiscard]] std::string arrow(const language& from, const language& to) {
    return std::string(from.name) + " to " + std::string(to.name);
}

} // namespace

BOOST_AUTO_TEST_SUITE(growth_of)

BOOST_AUTO_TEST_CASE(requests) {
    worst w;
    for (const language& caller : growth::languages())
        for (const language& provider : growth::languages())
            for (const generator& g : caller.requests())
                check(g, arrow(caller, provider), w, body_of,
                      [&](const std::string& body) { return growth::translate_request(caller, provider, body); });
    report(w);
}

BOOST_AUTO_TEST_CASE(schemas) {
    worst w;
    for (const language& caller : growth::languages())
        for (const language& provider : growth::languages())
            for (const generator& g : growth::schemas())
                check(g, arrow(caller, provider) + ", schema", w,
                      [&](const generator& schema, std::size_t n) { return caller.with_schema(schema.make(n)); },
                      [&](const std::string& body) { return growth::translate_request(caller, provider, body); });
    report(w);
}

BOOST_AUTO_TEST_CASE(replies) {
    worst w;
    for (const language& provider : growth::languages())
        for (const language& caller : growth::languages())
            for (const generator& g : provider.replies())
                check(g, arrow(provider, caller), w, body_of,
                      [&](const std::string& body) { return growth::translate_reply(provider, caller, body); });
    report(w);
}

BOOST_AUTO_TEST_CASE(streams) {
    worst w;
    for (const language& provider : growth::languages())
        for (const generator& g : provider.streams())
            for (const std::size_t piece : {std::string::npos, std::size_t{4096}, std::size_t{1}}) {
                const std::string size = piece == std::string::npos ? " whole" : " by " + std::to_string(piece);
                for (const language& caller : growth::languages())
                    check(g, arrow(provider, caller) + size, w, body_of,
                          [&](const std::string& body) { return caller.translate(*provider.ops, body, piece); });
                check(g, std::string(provider.name) + size + " watched", w, body_of, [&](const std::string& body) {
                    static_cast<void>(growth::watch_stream(provider, body, piece));
                    return true;
                });
            }
    report(w);
}

BOOST_AUTO_TEST_SUITE_END()
