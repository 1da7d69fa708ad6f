// SPDX-License-Identifier: BSL-1.0
#include <unit/gateway/fixture.hpp>

#include <llmx/providers/azure_openai.hpp>
#include <llmx/wire/utf8.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace model_sent_unit {

// What was routed is what is sent: the chosen model stands in the body, or in the URL alone.

using namespace gateway_test;

namespace {

using all = registry<openai, anthropic, gemini, azure_openai, mock>;
using plain_gateway = gateway<all, weighted>;

std::shared_ptr<const topology> all_of(std::vector<deployment> ds) {
    for (auto& d : ds) {
        if (d.provider == "azure") d.api_base = parse_base_url("http://azure.test").value();
        auto completed = all::complete(d);
        if (completed.has_error()) throw call_failed(completed.error());
    }
    return topology::make(std::move(ds)).value();
}

struct sent {
    std::string body, target;
};

/// What the provider gets of \p body, whose path named the model "m" unless \p path is empty.
template <class Dialect> sent passed(const std::string& provider, const std::string& body, std::string_view path = "m") {
    world w;
    plain_gateway gw(all_of({make("a", "m", provider, "chosen")}));
    w.network.reply_always(200, openai_reply);
    request_target target;
    target.model = path;
    const auto head = Dialect::scan_request(body, target);
    BOOST_REQUIRE_MESSAGE(head.has_value(), body);
    call c(w.runtime, w.context);
    c.in.codec = &codec_of<Dialect>;
    c.in.body = body;
    c.model = head->model;
    c.in.path_model = path;
    c.in.model_begin = head->model_begin;
    c.in.model_end = head->model_end;
    c.in.cut_begin = head->cut_begin;
    c.in.cut_end = head->cut_end;
    (void)testing::run(gw.execute(c));
    BOOST_REQUIRE_EQUAL(w.network.requests().size(), 1u);
    return sent{w.network.requests()[0].body, w.network.requests()[0].target};
}

/// \p json without the member "model", which must be there once and say \p expected.
std::string without_model(const std::string& json, std::string_view expected) {
    auto o = boost::json::parse(json).as_object();
    BOOST_TEST(o.at("model").as_string() == expected);
    std::size_t named = 0;
    for (auto at = json.find("\"model\""); at != std::string::npos; at = json.find("\"model\"", at + 1)) ++named;
    for (auto at = json.find("odel\""); at != std::string::npos; at = json.find("odel\"", at + 1)) named += json[at - 1] != 'm';
    BOOST_TEST(named == 1u, json);
    o.erase("model");
    return boost::json::serialize(o);
}

/// Sends bytes to the deployment as they are, without a façade's scan.
std::string unscanned(const std::string& provider, const codec_ops& dialect, const std::string& body) {
    world w;
    plain_gateway gw(all_of({make("a", "m", provider, "chosen")}));
    w.network.reply_always(200, openai_reply);
    call c(w.runtime, w.context);
    c.in.codec = &dialect;
    c.in.body = body;
    c.model = "m";
    (void)testing::run(gw.execute(c));
    return w.network.requests().at(0).body;
}

error refused(plain_gateway& gw, world& w, std::string model) {
    const chat_request q(std::move(model), "x");
    const auto r = testing::run(gw.chat(w.runtime, w.context, q));
    BOOST_REQUIRE(r.has_error());
    return r.error();
}

} // namespace

BOOST_AUTO_TEST_SUITE(gateway_model_sent)

BOOST_AUTO_TEST_CASE(the_chosen_model_is_written_where_the_body_has_none) {
    const std::string messages = R"("messages":[{"role":"user","content":"hi"}])";
    const std::string rest = "{" + messages + "}";
    const std::vector<std::string> bodies = {
        "{" + messages + "}",
        " \n{ " + messages + " } ",
        "\t{\r\n" + messages + "\r\n}",
        R"({"model":null,)" + messages + "}",
        R"({ "model" : null , )" + messages + "}",
        "{" + messages + R"(,"model":null})",
        R"({"\u006dodel":null,)" + messages + "}",
        R"({"model":"other",)" + messages + "}",
        R"({"mod\u0065l":"\u006f\/ther",)" + messages + "}",
        "{" + messages + R"(, "model" : "m" })",
        R"({"model":"chosen",)" + messages + "}",
    };
    for (const std::string& body : bodies)
        for (const std::string provider : {"openai", "azure"})
            BOOST_TEST_CONTEXT(provider << ": " << body) {
                const sent s = passed<openai_chat>(provider, body);
                if (body.find("\\u") == std::string::npos)
                    BOOST_TEST(without_model(s.body, "chosen") == rest);
                BOOST_TEST(boost::json::parse(s.body).at("model").as_string() == "chosen");
                BOOST_TEST(s.body.find("ther") == std::string::npos);
            }
    for (std::string body : bodies)
        BOOST_TEST_CONTEXT("anthropic: " << body) {
            body.insert(body.find('{') + 1, R"("max_tokens":5,)");
            const sent s = passed<anthropic_messages>("anthropic", body);
            BOOST_TEST(boost::json::parse(s.body).at("model").as_string() == "chosen");
            BOOST_TEST(boost::json::parse(s.body).as_object().size() == 3u);
            BOOST_TEST(s.body.find("ther") == std::string::npos);
        }
    for (const std::string empty : {"{}", " { } ", "{\n}"})
        for (const auto& [provider, dialect] : {std::pair<std::string, const codec_ops*>("openai", &codec_of<openai_chat>),
                                                std::pair<std::string, const codec_ops*>("anthropic", &codec_of<anthropic_messages>)})
            BOOST_TEST(boost::json::parse(unscanned(provider, *dialect, empty)) ==
                       (boost::json::value{{"model", "chosen"}}), empty);
}

BOOST_AUTO_TEST_CASE(only_the_model_changes) {
    const sent s = passed<openai_chat>("openai", R"( { "messages" : [ {"role":"user","content":"\u00e9"} ],"x":[1, 2] } )");
    BOOST_TEST(s.body == R"( {"model":"chosen", "messages" : [ {"role":"user","content":"\u00e9"} ],"x":[1, 2] } )");
}

BOOST_AUTO_TEST_CASE(a_gemini_body_names_no_other_model_than_its_url) {
    const std::string contents = R"("contents":[{"role":"user","parts":[{"text":"hi"}]}])";
    struct row {
        std::string body, expected;
    };
    const std::vector<row> rows = {
        {"{" + contents + "}", "{" + contents + "}"},
        {R"({"model":"models/exp",)" + contents + "}", "{" + contents + "}"},
        {"{" + contents + R"(,"model":"models/exp"})", "{" + contents + "}"},
        {"{" + contents + R"( , "model" : "exp" , "x":1})", "{" + contents + R"( ,  "x":1})"},
        {R"({"\u006dodel":"\u0065xp",)" + contents + "}", "{" + contents + "}"},
        {R"({ "model":null, )" + contents + "}", "{  " + contents + "}"},
    };
    for (const row& given : rows)
        BOOST_TEST_CONTEXT(given.body) {
            const sent s = passed<gemini_generate>("gemini", given.body);
            BOOST_TEST(s.body == given.expected);
            BOOST_TEST(s.target == "/v1beta/models/chosen:generateContent");
        }
    // Translated, and with a signature that makes the same language translate.
    const std::string signed_turn = R"({"model":"models/exp","contents":[{"role":"model","parts":[{"text":"a","thoughtSignature":"bGxteDo6eA=="}]},)"
                                    R"({"role":"user","parts":[{"text":"hi"}]}]})";
    const sent s = passed<gemini_generate>("gemini", signed_turn);
    BOOST_TEST(s.body.find("exp") == std::string::npos, s.body);
    const sent o = passed<gemini_generate>("openai", R"({"model":"models/exp",)" + contents + "}");
    BOOST_TEST(boost::json::parse(o.body).at("model").as_string() == "chosen");
    BOOST_TEST(o.body.find("exp\"") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_stream_that_the_path_asks_for_is_in_the_body_too) {
    for (const std::string said : {"", R"("stream":false,)", R"("stream":null,)"}) {
        world w;
        plain_gateway gw(all_of({make("a", "m", "openai", "chosen")}));
        w.network.reply_always(200, "");
        const std::string body = "{" + said + R"("model":"m","messages":[{"role":"user","content":"hi"}]})";
        request_target target;
        target.stream = true;
        const auto head = openai_chat::scan_request(body, target);
        BOOST_REQUIRE(head.has_value());
        call c(w.runtime, w.context);
        c.in.codec = &codec_of<openai_chat>;
        c.in.body = body;
        c.model = head->model;
        c.in.stream = head->stream;
        c.in.model_begin = head->model_begin;
        c.in.model_end = head->model_end;
        c.in.must_translate = head->must_translate;
        (void)testing::run(gw.execute(c));
        BOOST_TEST(boost::json::parse(w.network.requests().at(0).body).at("stream").as_bool());
    }
}

BOOST_AUTO_TEST_CASE(names_of_models_have_limits) {
    const std::vector<std::string> bad = {
        std::string(513, 'x'),
        std::string(1000000, 'x'),
        "o/" + std::string(511, 'x'),
        "o/\xff",
        "o/\xc0\x80",
        "o/\xed\xa0\x80",
        "o/a\r\nInjected: 1",
        std::string("o/a\0b", 5),
        "o/\x7f",
        "o/\xc2\x85",
        ".",
        "..",
        "o/..",
        "o/.",
        "o/a/../b",
        "o/../../x",
        "../o",
        "o/%2e%2e",
        "o/%2E%2e/x",
        "o/.%2e",
        "o/a%2f..%2Fb",
        "o/a\\..\\b",
        "o/a%5c..",
        "o/%252e%252e",
        "o/%25252e./x",
    };
    for (const std::string& name : bad)
        for (const std::string provider : {"openai", "anthropic", "gemini", "azure"}) {
            world w;
            plain_gateway gw(all_of({make("a", "*", provider, "*"), make("b", "o/*", provider, "*")}));
            const error e = refused(gw, w, name);
            BOOST_TEST((e.value() == errc::invalid_request), name);
            BOOST_TEST(e.param() == "model");
            BOOST_TEST(e.message().size() < 300u);
            BOOST_TEST(w.network.calls() == 0u);
            BOOST_TEST(w.context.report.upstream_model.size() < 600u);
        }
}

BOOST_AUTO_TEST_CASE(a_wildcard_makes_no_name_that_a_caller_may_not_say) {
    for (const auto& [group, model, asked] :
         {std::tuple<std::string, std::string, std::string>("z/a*", "*", "z/a.."), {"z/a*", "*", "z/a."}, {"z/a*", "x/.*", "z/a."},
          {"z/a*", "x/*", "z/a..\\x"}, {"z/*", std::string(500, 'm') + "*", "z/" + std::string(100, 'n')}}) {
        world w;
        plain_gateway gw(all_of({make("a", group, "azure", model)}));
        const error e = refused(gw, w, asked);
        BOOST_TEST((e.value() == errc::invalid_request), asked);
        BOOST_TEST(w.network.calls() == 0u);
        BOOST_TEST(w.context.report.upstream_model.size() <= 512u);
    }
}

BOOST_AUTO_TEST_CASE(good_names_are_sent_and_stay_one_segment) {
    const std::vector<std::string> names = {"gpt-4.1", "a..b", "...", "v1.0/x", "meta/llama-3:free", "ft:gpt-4o:org::id", "ключ",
                                   "a b", "x?y=1#z", "%41", "a%b", "100%", "x%2", "@cf/meta/llama", "model.", ".hidden",
                                   "a/..b/c", std::string(500, 'x')};
    for (const std::string& name : names) {
        for (const std::string provider : {"gemini", "azure"}) {
            world w;
            plain_gateway gw(all_of({make("a", "z/*", provider, "*")}));
            w.network.reply_always(503, "{}");
            (void)refused(gw, w, "z/" + name);
            BOOST_REQUIRE_MESSAGE(w.network.requests().size() == 1u, name);
            const std::string target = w.network.requests()[0].target;
            const std::string path = target.substr(0, target.find('?'));
            BOOST_TEST(std::count(path.begin(), path.end(), '/') == (provider == "gemini" ? 3 : 5), target);
            BOOST_TEST(path.find('#') == std::string::npos);
            for (const char c : target) BOOST_TEST((c > ' ' && c < 0x7f));
        }
        world w;
        plain_gateway gw(all_of({make("a", "z/*", "openai", "*")}));
        w.network.reply_always(503, "{}");
        (void)refused(gw, w, "z/" + name);
        BOOST_TEST(boost::json::parse(w.network.requests().at(0).body).at("model").as_string() == name);
    }
}

BOOST_AUTO_TEST_CASE(a_configured_name_has_the_same_limits) {
    for (const std::string name : {"..", "a/../b", "x\xff", "a\nb"}) {
        deployment d = make("a", "m", "openai", name);
        const auto r = all::complete(d);
        BOOST_REQUIRE_MESSAGE(r.has_error(), name);
        BOOST_TEST((r.error().value() == errc::bad_configuration));
        BOOST_TEST(valid_utf8(r.error().message()));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace model_sent_unit
