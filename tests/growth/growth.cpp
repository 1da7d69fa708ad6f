// SPDX-License-Identifier: BSL-1.0
// Work grows with the size of what is translated: eight times as many of the same things cost about
// eight times as many steps, whatever the things are, between all languages and in both directions.
#include "check.hpp"
#include "pipeline.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using growth::check;
using growth::generator;
using growth::language;
using growth::report;
using growth::worst;

[[nodiscard]] std::string body_of(const generator& g, std::size_t n) { return g.make(n); }

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
