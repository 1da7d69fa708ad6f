// SPDX-License-Identifier: BSL-1.0
// Embeddings from one language to another and back, and what mutated bodies do to the codecs.
#include "embeddings_support.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>

namespace embeddings_translation_unit {

namespace {

using namespace embeddings_test;
using openai = llmx::openai_embeddings;
using batch = llmx::gemini_batch_embed;
using single = llmx::gemini_embed;

/// What a façade of \p Facade and a provider of \p Upstream do to a request and its reply.
template <class Facade, class Upstream>
std::string exchange(std::string_view body, const llmx::request_target& to, std::string_view answer, std::string& sent,
                     llmx::drop_report& drops) {
    const auto head = Facade::scan_request(body, to).value();
    const auto request = Facade::decode_request(body, to).value();
    sent = encode<Upstream>(request, drops, "upstream-model");
    const auto reply = Upstream::decode_reply(answer).value();
    return encode<Facade>(reply, head.base64);
}

/// \p text with a few bytes changed, lost, doubled or moved.
std::string mutated(std::string text, generator& g) {
    static constexpr std::string_view words[] = {"null", "[]", "{}", "\"\"", "-1", "1e999", ",", ":", "[", "]", "{", "}", "\"",
                                                 "\\u0000", "\\", "\xFF", "0.5", "\"model\":", "\"input\":"};
    for (std::size_t n = 1 + g.below(2); n > 0 && !text.empty(); --n) {
        const std::size_t at = g.below(text.size()), length = 1 + g.below(std::min<std::size_t>(8, text.size() - at));
        switch (g.below(16)) {
        case 0: text[at] = static_cast<char>(g.below(256)); break;
        case 1: text.resize(at); break;
        case 2: text.insert(at, text.substr(at, length)); break;
        case 3:
        case 4: text.erase(at, length); break;
        case 5:
        case 6: text.replace(at, length, words[g.below(std::size(words))]); break;
        default: text[at] = static_cast<char>(text[at] ^ (1 << g.below(7))); break;
        }
    }
    return text;
}

/// A request that \p D reads can be written in every language, or the error names the member; its own
/// reads the same again.
template <class D> void requests_hold(std::string_view body, std::size_t& read) {
    (void)D::scan_request(body, target("m"));
    (void)D::scan_request(body, target(""));
    const auto r = D::decode_request(body, target("m"));
    if (r.has_error()) {
        BOOST_TEST((r.error() == llmx::errc::invalid_request), body);
        return;
    }
    ++read;
    const auto written = [&]<class Other>(const Other*) {
        std::string out;
        llmx::drop_report drops;
        const auto done = Other::encode_request(*r, llmx::encode_options(), out, drops);
        for (const auto& e : drops.entries()) (void)D::caller_path(e.at, *r);
        if (done.has_error()) {
            BOOST_TEST(!done.error().param().empty(), body);
            return;
        }
        BOOST_TEST(json(out).is_object(), body);
        if constexpr (std::is_same_v<D, Other>) {
            const auto again = D::decode_request(out, target("m"));
            BOOST_REQUIRE_MESSAGE(again.has_value(), body << "\n" << out << "\n" << again.error().message());
            BOOST_REQUIRE_MESSAGE(again->inputs.size() == r->inputs.size(), body << "\n" << out);
            for (std::size_t i = 0; i < r->inputs.size(); ++i)
                BOOST_TEST((again->inputs[i].text == r->inputs[i].text && again->inputs[i].tokens == r->inputs[i].tokens),
                           body << "\n" << out);
        }
    };
    written(static_cast<const openai*>(nullptr));
    written(static_cast<const batch*>(nullptr));
    written(static_cast<const single*>(nullptr));
}

/// The same for replies: what was read is written as JSON, and its own language reads the same again.
template <class D> void replies_hold(std::string_view body, std::size_t& read) {
    (void)D::decode_error(body);
    const llmx::usage scanned = D::scan_usage(body);
    const auto r = D::decode_reply(body);
    if (r.has_error()) return;
    ++read;
    BOOST_TEST((scanned == r->usage), body);
    for (const bool base64 : {false, true}) {
        BOOST_TEST(json(encode<openai>(*r, base64)).is_object(), body);
        const auto again = D::decode_reply(encode<D>(*r, base64));
        BOOST_REQUIRE_MESSAGE(again.has_value(), body << "\n" << encode<D>(*r, base64));
        const std::size_t kept = std::is_same_v<D, single> ? std::size_t{1} : r->vectors.size();
        BOOST_REQUIRE_MESSAGE(again->vectors.size() == kept, body);
        for (std::size_t i = 0; i < std::min(kept, r->vectors.size()); ++i)
            BOOST_TEST(same_bits(again->vectors[i].values, r->vectors[i].values), body);
    }
    BOOST_TEST(json(encode<batch>(*r)).is_object(), body);
    BOOST_TEST(json(encode<single>(*r)).is_object(), body);
}

} // namespace

BOOST_AUTO_TEST_SUITE(dialects_embeddings_translation)

BOOST_AUTO_TEST_CASE(an_openai_client_of_a_gemini_model) {
    std::string sent;
    llmx::drop_report drops;
    const std::string answer = exchange<openai, batch>(
        R"({"model":"alias","input":["a","b"],"dimensions":2,"encoding_format":"base64","user":"u"})", llmx::request_target(),
        R"({"embeddings":[{"values":[1,-2]},{"values":[0,0.5]}],"usageMetadata":{"promptTokenCount":2,"totalTokenCount":2}})", sent, drops);
    BOOST_TEST(sent == R"({"requests":[{"model":"models/upstream-model","content":{"parts":[{"text":"a"}]},"outputDimensionality":2},)"
                       R"({"model":"models/upstream-model","content":{"parts":[{"text":"b"}]},"outputDimensionality":2}]})");
    BOOST_TEST(dropped(drops) == "(user)");
    BOOST_TEST(answer == R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":"AACAPwAAAMA="},)"
                         R"({"object":"embedding","index":1,"embedding":"AAAAAAAAAD8="}],"model":"routed",)"
                         R"("usage":{"prompt_tokens":2,"total_tokens":2}})");
    BOOST_TEST((exchange<openai, single>(R"({"model":"alias","input":"a"})", llmx::request_target(),
                                         R"({"embedding":{"values":[1]}})", sent, drops)) ==
               R"({"object":"list","data":[{"object":"embedding","index":0,"embedding":[1]}],"model":"routed",)"
               R"("usage":{"prompt_tokens":0,"total_tokens":0}})");
    BOOST_TEST(sent == R"({"content":{"parts":[{"text":"a"}]}})");
}

BOOST_AUTO_TEST_CASE(the_purpose_of_an_openai_client_reaches_gemini) {
    struct row {
        std::string_view member, task;
    };
    const row rows[] = {{R"("task_type":"RETRIEVAL_QUERY")", "RETRIEVAL_QUERY"},
                        {R"("input_type":"search_document")", "RETRIEVAL_DOCUMENT"},
                        {R"("input_type":"query")", "RETRIEVAL_QUERY"},
                        {R"("input_type":"clustering","task_type":"CLASSIFICATION")", "CLASSIFICATION"}};
    for (const row& r : rows) {
        const auto request = openai::decode_request(R"({"model":"m","input":"a",)" + std::string(r.member) + "}", llmx::request_target()).value();
        llmx::drop_report drops;
        const std::string sent = encode<single>(request, drops, "m");
        BOOST_TEST(sent.find(R"("taskType":")" + std::string(r.task) + '"') != std::string::npos, sent);
        llmx::drop_report none;
        const std::string again = encode<openai>(request, none, "m");
        BOOST_TEST(again.find(std::string(r.member).substr(0, 20)) != std::string::npos, again);
        BOOST_TEST(none.count() == 0u);
    }
}

BOOST_AUTO_TEST_CASE(a_purpose_is_a_hint_for_openai) {
    llmx::drop_report drops;
    const auto request = single::decode_request(R"({"content":{"parts":[{"text":"a"}]},"taskType":"RETRIEVAL_QUERY"})", target("m")).value();
    BOOST_TEST(encode<openai>(request, drops, "m") == R"({"model":"m","input":"a"})");
    BOOST_TEST((drops.count() == 1u && drops.first_lost() == nullptr));
}

BOOST_AUTO_TEST_CASE(a_gemini_client_of_an_openai_model) {
    std::string sent;
    llmx::drop_report drops;
    BOOST_TEST((exchange<batch, openai>(
                   R"({"requests":[{"model":"models/alias","content":{"parts":[{"text":"a"}]},"taskType":"CLUSTERING"},
                       {"model":"models/alias","content":{"parts":[{"text":"b"}]},"taskType":"CLUSTERING","title":"t"}]})",
                   target("alias"),
                   R"({"object":"list","data":[{"index":1,"embedding":[2]},{"index":0,"embedding":"AACAPw=="}],"model":"m",
                       "usage":{"prompt_tokens":2,"total_tokens":2}})",
                   sent, drops)) ==
               R"({"embeddings":[{"values":[1]},{"values":[2]}],"usageMetadata":{"promptTokenCount":2,"totalTokenCount":2}})");
    BOOST_TEST(sent == R"({"model":"upstream-model","input":["a","b"]})");
    BOOST_TEST(dropped(drops) == "inputs[1].title (task_type)");
    BOOST_TEST((exchange<single, openai>(R"({"content":{"parts":[{"text":"a"}]},"outputDimensionality":1})", target("alias"),
                                         R"({"data":[{"index":0,"embedding":[0.25]}]})", sent, drops)) ==
               R"({"embedding":{"values":[0.25]}})");
    BOOST_TEST(sent == R"({"model":"upstream-model","input":"a","dimensions":1})");
}

BOOST_AUTO_TEST_CASE(texts_and_vectors_survive_the_other_language) {
    for (std::uint64_t seed = 1; seed <= 500; ++seed) {
        generator g(seed);
        llmx::embedding_request before = g.openai_request();
        if (before.inputs.front().is_tokens()) continue;
        const auto there = batch::decode_request(encode<batch>(before), target("x")).value();
        const auto back = openai::decode_request(encode<openai>(there), target("x")).value();
        BOOST_TEST((back.inputs == before.inputs), "seed " << seed);
        BOOST_TEST((back.dimensions == before.dimensions), "seed " << seed);

        const llmx::embedding_reply reply = g.reply(openai::name, 4);
        const auto other = batch::decode_reply(encode<batch>(reply)).value();
        const auto again = openai::decode_reply(encode<openai>(other, g.chance(2))).value();
        BOOST_REQUIRE(again.vectors.size() == reply.vectors.size());
        for (std::size_t i = 0; i < reply.vectors.size(); ++i)
            BOOST_TEST(same_bits(again.vectors[i].values, reply.vectors[i].values), "seed " << seed);
        BOOST_TEST((again.usage == reply.usage), "seed " << seed);
    }
}

BOOST_AUTO_TEST_CASE(mutated_bodies_are_read_or_refused) {
    std::size_t read = 0;
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        generator g(seed);
        requests_hold<openai>(mutated(encode<openai>(g.openai_request()), g), read);
        requests_hold<batch>(mutated(encode<batch>(g.gemini_request(batch::name, 2)), g), read);
        requests_hold<single>(mutated(encode<single>(g.gemini_request(single::name, 1)), g), read);
        replies_hold<openai>(mutated(encode<openai>(g.reply(openai::name, 2), g.chance(2)), g), read);
        replies_hold<batch>(mutated(encode<batch>(g.reply(batch::name, 2)), g), read);
        replies_hold<single>(mutated(encode<single>(g.reply(single::name, 1)), g), read);
    }
    // Otherwise the mutations leave nothing to look at.
    BOOST_TEST(read > 1000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace embeddings_translation_unit
