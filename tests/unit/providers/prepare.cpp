// SPDX-License-Identifier: BSL-1.0
#include <llmx/providers/anthropic.hpp>
#include <llmx/providers/azure_openai.hpp>
#include <llmx/providers/gemini.hpp>
#include <llmx/providers/mock.hpp>
#include <llmx/providers/openai.hpp>
#include <llmx/registry/registry.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <utility>

namespace prepare_unit {

using namespace llmx;

namespace {

using all = registry<openai, anthropic, gemini, azure_openai, openai_compatible, mock>;

template <class P>
http_request prepared(std::string base, bool stream, std::string model = "m", std::string version = "",
                      const operation_info& op = chat::info) {
    deployment d;
    d.id = "d";
    d.provider = P::name;
    d.model = model;
    d.key = secret("k-1");
    if constexpr (provider_with_settings<P>)
        if (typename P::settings own; !version.empty()) {
            if constexpr (requires { own.api_version; }) own.api_version = std::move(version);
            d.settings = any_settings::of(own);
        }
    if (!base.empty()) d.api_base = parse_base_url(base).value();
    BOOST_REQUIRE(all::complete(d).has_value());
    http_request r;
    const codec_ops* const form = provider_ops_of<P>.codec_for(op, nullptr);
    BOOST_REQUIRE(form != nullptr);
    outgoing what(*form);
    what.stream = stream;
    what.model = model;
    BOOST_REQUIRE(P().prepare(d, what, r).has_value());
    return r;
}

bool has(const http_request& r, std::string_view field) { return r.fields.find(field) != std::string::npos; }

} // namespace

BOOST_AUTO_TEST_SUITE(providers_prepare)

BOOST_AUTO_TEST_CASE(each_operation_has_its_path) {
    const std::string azure = "https://r.openai.azure.com", version = "2025-04-01-preview";
    BOOST_TEST(prepared<openai>("", false, "m", "", embeddings::info).target == "/v1/embeddings");
    BOOST_TEST(prepared<openai>("", false, "m", "", speech::info).target == "/v1/audio/speech");
    BOOST_TEST(prepared<openai_compatible>("http://h/v1", false, "m", "", transcription::info).target == "/v1/audio/transcriptions");
    BOOST_TEST(prepared<openai>("", true, "gpt realtime", "", realtime::info).target == "/v1/realtime?model=gpt%20realtime");
    BOOST_TEST(prepared<azure_openai>(azure, false, "te3", version, embeddings::info).target ==
               "/openai/deployments/te3/embeddings?api-version=" + version);
    BOOST_TEST(prepared<azure_openai>(azure, false, "w", version, translation::info).target ==
               "/openai/deployments/w/audio/translations?api-version=" + version);
    BOOST_TEST(prepared<azure_openai>(azure, true, "rt", version, realtime::info).target ==
               "/openai/realtime?api-version=" + version + "&deployment=rt");
    BOOST_TEST(prepared<azure_openai>(azure + "/openai/v1", true, "rt", version, realtime::info).target == "/openai/v1/realtime?model=rt");
    BOOST_TEST(prepared<gemini>("", false, "ge", "", embeddings::info).target == "/v1beta/models/ge:batchEmbedContents");
}

BOOST_AUTO_TEST_CASE(the_base_is_what_the_vendor_s_sdk_takes) {
    BOOST_TEST(prepared<openai>("", false).target == "/v1/chat/completions");
    BOOST_TEST(prepared<openai>("http://h:1/v1", false).target == "/v1/chat/completions");
    BOOST_TEST(prepared<openai>("http://h:1/v1/", false).target == "/v1/chat/completions");
    BOOST_TEST(prepared<openai_compatible>("http://h:1/api/v3", true).target == "/api/v3/chat/completions");
    BOOST_TEST(prepared<anthropic>("", false).target == "/v1/messages");
    BOOST_TEST(prepared<anthropic>("http://h", true).target == "/v1/messages");
    BOOST_TEST(prepared<anthropic>("http://h/v1", true).target == "/v1/messages");
    BOOST_TEST(prepared<anthropic>("http://h/anthropic", true).target == "/anthropic/v1/messages");
    BOOST_TEST(prepared<gemini>("", false, "gemini-x").target == "/v1beta/models/gemini-x:generateContent");
    BOOST_TEST(prepared<gemini>("http://h", true, "gemini-x").target == "/v1beta/models/gemini-x:streamGenerateContent?alt=sse");
    BOOST_TEST(prepared<gemini>("http://h/v1beta", false, "a/b").target == "/v1beta/models/a%2Fb:generateContent");
    BOOST_TEST(prepared<gemini>("http://h/v1", false, "x").target == "/v1/models/x:generateContent");
    BOOST_TEST(prepared<azure_openai>("https://r.openai.azure.com", false, "my dep", "2025-01-01-preview").target ==
               "/openai/deployments/my%20dep/chat/completions?api-version=2025-01-01-preview");
    BOOST_TEST(prepared<azure_openai>("https://r.openai.azure.com/openai", false, "d").target ==
               "/openai/deployments/d/chat/completions?api-version=2024-10-21");
    BOOST_TEST(prepared<azure_openai>("https://r.openai.azure.com/openai/v1", false, "d").target ==
               "/openai/v1/chat/completions");
}

BOOST_AUTO_TEST_CASE(each_vendor_has_its_own_key_header) {
    BOOST_TEST(has(prepared<openai>("", false), "authorization: Bearer k-1\r\n"));
    BOOST_TEST(has(prepared<anthropic>("", false), "x-api-key: k-1\r\n"));
    BOOST_TEST(has(prepared<anthropic>("", false), "anthropic-version: 2023-06-01\r\n"));
    BOOST_TEST(has(prepared<gemini>("", false), "x-goog-api-key: k-1\r\n"));
    BOOST_TEST(has(prepared<azure_openai>("http://h", false), "api-key: k-1\r\n"));
    BOOST_TEST(!has(prepared<gemini>("", false), "authorization"));
}

BOOST_AUTO_TEST_CASE(what_is_incomplete_is_refused_in_one_sentence) {
    const auto refusal = [](deployment d) {
        const auto r = all::complete(d);
        return r.has_error() ? r.error().message() : std::string();
    };
    deployment d;
    d.id = "x";
    d.provider = "nobody";
    BOOST_TEST(refusal(d) == "deployment 'x': unknown provider 'nobody'; this program has openai, anthropic, gemini, azure, "
                             "openai_compatible, mock");
    d.provider = "azure";
    d.key = secret("k");
    BOOST_TEST(refusal(d) == "deployment 'x': provider 'azure' has no base URL of its own, give api_base");
    d.provider = "openai";
    d.key = secret("a\r\nb: c");
    BOOST_TEST(refusal(d) == "deployment 'x': the key holds a line break");
    d.key = secret("k");
    openai::settings account;
    account.organization = "a\r\nb: c";
    d.settings = any_settings::of(account);
    BOOST_TEST(refusal(d) == "deployment 'x': organization holds a line break");
    account.organization.clear();
    account.project = "a\nb";
    d.settings = any_settings::of(account);
    BOOST_TEST(refusal(d) == "deployment 'x': project holds a line break");
    d.settings = any_settings::of(anthropic::settings("2023"));
    BOOST_TEST(refusal(d) == "deployment 'x': its settings are not those of provider 'openai'");
    d.provider = "anthropic";
    BOOST_TEST(refusal(d) == "");
    d.settings = any_settings::of(anthropic::settings("2023\nb"));
    BOOST_TEST(refusal(d) == "deployment 'x': api_version holds a line break");
    d.provider = "gemini";
    BOOST_TEST(refusal(d) == "deployment 'x': its settings are not those of provider 'gemini'");
}

BOOST_AUTO_TEST_CASE(base_urls_are_read_strictly) {
    const auto good = parse_base_url("https://[2001:db8::1]:8443/a/b/");
    BOOST_REQUIRE(good.has_value());
    BOOST_TEST(good->where.host == "2001:db8::1");
    BOOST_TEST(good->where.authority == "[2001:db8::1]:8443");
    BOOST_TEST(good->path == "/a/b");
    BOOST_TEST(parse_base_url("http://h:80")->where.authority == "h");
    for (const char* bad : {"", "h", "ftp://h", "http://", "http://h:0", "http://h:65536", "http://h:x", "http://u:p@h",
                            "http://h?q", "http://h#f", "http://h h", "http://h/a b", "http://[::1", "http://h\r\n", "http://-\xc3\xa4"}) {
        const auto r = parse_base_url(bad);
        BOOST_TEST(r.has_error(), bad);
        if (r.has_error()) BOOST_TEST((r.error().value() == errc::bad_configuration));
    }
    BOOST_TEST(percent_decode("a%20b%2F")->compare("a b/") == 0);
    for (const char* bad : {"%", "%4", "%zz", "%00"}) BOOST_TEST(percent_decode(bad).has_error(), bad);
}

BOOST_AUTO_TEST_CASE(mock_scripts_are_parsed_whole_or_not_at_all) {
    const auto s = parse_mock_script("text?say=Good%20day&latency_ms=20&tokens_per_second=50&cut_after=3");
    BOOST_REQUIRE(s.has_value());
    BOOST_TEST((s->what == mock_script::kind::text));
    BOOST_TEST(s->say == "Good day");
    BOOST_TEST(s->latency.count() == 20);
    BOOST_TEST(s->cut_after.value() == 3u);
    for (const char* bad : {"", "nothing", "echo?x=1", "error?status=200", "error?status=abc", "echo?latency_ms=-1",
                            "echo?say=%zz", "echo?cut_after="})
        BOOST_TEST(parse_mock_script(bad).has_error(), bad);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace prepare_unit
