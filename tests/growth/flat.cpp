// SPDX-License-Identifier: BSL-1.0
// The same for operations without events: embeddings, speech and recordings, whose requests are JSON and forms. There
// are a hundred thousand of each thing; where a codec takes fewer, what its refusal costs is what counts.
#include "check.hpp"
#include "text.hpp"

#include <llmx/dialects/detail/name_drops.hpp>
#include <llmx/dialects/gemini/embeddings.hpp>
#include <llmx/dialects/openai/embeddings.hpp>
#include <llmx/dialects/openai/speech.hpp>
#include <llmx/dialects/openai/transcription.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace {

using growth::array_of;
using growth::generators;
using growth::run;
using growth::times;

constexpr std::string_view form_type = "multipart/form-data; boundary=XX";

std::string field(std::string_view name, std::string_view value) {
    return "--XX\r\nContent-Disposition: form-data; name=\"" + std::string(name) + "\"\r\n\r\n" + std::string(value) + "\r\n";
}
std::string form(const std::string& fields, std::string_view octets = "RIFF") {
    return field("model", "m") + fields +
           "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n" +
           std::string(octets) + "\r\n--XX--\r\n";
}

const generators& openai_inputs() {
    static const generators all{
        {"inputs", [](std::size_t n) { return R"({"model":"m","input":)" + array_of(n, R"("a@")") + "}"; }, true},
        {"token ids", [](std::size_t n) { return R"({"model":"m","input":)" + array_of(n, "@") + "}"; }, true},
        {"inputs of token ids", [](std::size_t n) { return R"({"model":"m","input":)" + array_of(n, "[@]") + "}"; }, true},
        {"2,000 inputs of token ids", [](std::size_t n) {
             return R"({"model":"m","input":)" + array_of(2000, array_of(n / 2000, "7")) + "}";
         }, true},
        {"token ids, the last of which is none", [](std::size_t n) { return R"({"model":"m","input":[)" + times(n, "@") + ",-1]}"; }, true},
        {"a long text", [](std::size_t n) { return R"({"model":"m","input":")" + run(n, R"(a\n)") + R"("})"; }},
        {"members", [](std::size_t n) { return R"({"model":"m","input":"a",)" + times(n, R"("x@":1)") + "}"; }, true},
        {"an unknown list", [](std::size_t n) { return R"({"model":"m","input":"a","x":)" + array_of(n, R"({"y":1})") + "}"; }},
    };
    return all;
}

const generators& gemini_batches() {
    static const generators all{
        {"requests", [](std::size_t n) { return R"({"requests":)" + array_of(n, R"({"content":{"parts":[{"text":"a"}]}})") + "}"; }, true},
        {"parts", [](std::size_t n) { return R"({"requests":[{"content":{"parts":)" + array_of(n, R"({"text":"a"})") + "}}]}"; }},
        {"parts of another kind", [](std::size_t n) {
             return R"({"requests":[{"content":{"parts":)" + array_of(n, R"({"inlineData":{}})") + "}}]}";
         }},
        {"members", [](std::size_t n) { return R"({"requests":[{"content":{"parts":[{"text":"a"}]},)" + times(n, R"("x@":1)") + "}]}"; }, true},
        {"members of 2,000 requests", [](std::size_t n) {
             return R"({"requests":)" + array_of(2000, R"({"content":{"parts":[{"text":"a"}]},"title":"t@",)" + times(n / 2000, R"("x":1)") + "}") + "}";
         }, true},
    };
    return all;
}

const generators& gemini_singles() {
    static const generators all{
        {"parts", [](std::size_t n) { return R"({"content":{"parts":)" + array_of(n, R"({"text":"a"})") + "}}"; }},
        {"members of the content", [](std::size_t n) { return R"({"content":{"parts":[{"text":"a"}],)" + times(n, R"("x@":1)") + "}}"; }, true},
        {"members of the configuration", [](std::size_t n) {
             return R"({"content":{"parts":[{"text":"a"}]},"embedContentConfig":)" + growth::object_of(n, R"("x@":1)") + "}";
         }, true},
    };
    return all;
}

const generators& speeches() {
    static const generators all{
        {"a long text", [](std::size_t n) { return R"({"model":"m","input":")" + run(n, R"(a\n)") + R"("})"; }},
        {"members", [](std::size_t n) { return R"({"model":"m","input":"a",)" + times(n, R"("x@":1)") + "}"; }, true},
        {"members of the voice", [](std::size_t n) { return R"({"model":"m","input":"a","voice":{"id":"v",)" + times(n, R"("x@":1)") + "}}"; }, true},
    };
    return all;
}

const generators& recordings() {
    static const generators all{
        {"fields", [](std::size_t n) { return form(run(n, field("x@", "1"))); }, true},
        {"elements of a list", [](std::size_t n) { return form(run(n, field("keywords[]", "k@"))); }, true},
        {"members of the strategy", [](std::size_t n) { return form(run(n, field("chunking_strategy[x@]", "1"))); }, true},
        // A form has at most a thousand parts.
        {"fields that are taken", [](std::size_t n) { return form(run(n / 125, field("x@", "1"))); }},
        {"elements of a list that are taken", [](std::size_t n) { return form(run(n / 125, field("keywords[]", "k@"))); }},
        {"members of the strategy that are taken", [](std::size_t n) {
             return form(run(n / 125, field("chunking_strategy[x@]", "1")));
         }},
        {"a strategy of one field", [](std::size_t n) { return form(field("chunking_strategy", growth::object_of(n, R"("x@":"1")"))); }},
        {"a long text", [](std::size_t n) { return form(field("prompt", run(n, "a\r\n-"))); }},
        {"a long recording", [](std::size_t n) { return form("", run(n, "\r\n--X")); }},
        {"boundaries in a recording", [](std::size_t n) { return form("", run(n, "llmx-form-00000000")); }},
        {"boundaries of many numbers", [](std::size_t n) { return form("", run(n, "llmx-form-1@")); }},
        {"a field that never ends", [](std::size_t n) { return field("model", "m") + "--XX\r\n" + run(n, "x"); }, true},
    };
    return all;
}

/// One codec, and what its callers send.
struct flat {
    const llmx::codec_ops* ops;
    std::string_view type;
    bool (*scan)(std::string_view body, const llmx::request_target& target);
    const generators& (*requests)();
};

template <class C> flat of(const generators& (*requests)()) {
    constexpr bool json = llmx::codec_of<C>.json_request;
    return {&llmx::codec_of<C>, json ? std::string_view() : form_type,
            [](std::string_view body, const llmx::request_target& target) {
                if constexpr (json) return C::scan_request(body, target).has_value();
                else return C::scan_request(body, form_type, target).has_value();
            },
            requests};
}

const std::vector<flat>& codecs() {
    static const std::vector<flat> all{of<llmx::openai_embeddings>(&openai_inputs), of<llmx::gemini_batch_embed>(&gemini_batches),
                                       of<llmx::gemini_embed>(&gemini_singles), of<llmx::openai_speech>(&speeches),
                                       of<llmx::openai_transcription>(&recordings), of<llmx::openai_translation>(&recordings)};
    return all;
}

/// What the gateway does with a request of \p caller's for a provider with \p to, its own codec too. False: refused.
bool translate(const flat& caller, const llmx::codec_ops& to, std::string_view body) {
    llmx::request_target target;
    if (!caller.ops->model_in_body) target.model = "m";
    if (!caller.scan(body, target)) return false;
    const auto request = caller.ops->decode_request(body, caller.type, target);
    if (request.has_error()) return false;
    llmx::encode_options options;
    options.model = "m";
    llmx::drop_report drops;
    std::string out;
    llmx::encoded_request written(out);
    const auto encoded = to.encode_request(*request, options, written, drops);
    static_cast<void>(llmx::detail::name_drops(drops, caller.ops, *request));
    return encoded.has_value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(growth_of)

BOOST_AUTO_TEST_CASE(flat_requests) {
    growth::worst w;
    for (const flat& caller : codecs())
        for (const flat& to : codecs()) {
            if (caller.ops->operation != to.ops->operation) continue;
            const std::string arrow = std::string(caller.ops->name) + " to " + std::string(to.ops->name);
            growth::sizes n;
            n.few = 12'500;
            n.many = 100'000;
            for (const growth::generator& g : caller.requests())
                growth::check(g, arrow, w, [](const growth::generator& made, std::size_t size) { return made.make(size); },
                              [&](const std::string& body) { return translate(caller, *to.ops, body); }, n);
        }
    growth::report(w);
}

BOOST_AUTO_TEST_SUITE_END()
